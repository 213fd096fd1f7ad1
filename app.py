"""`streamlit run app.py`: the attention microscope in a browser."""

from viz_core.ui import frame

frame.run()
