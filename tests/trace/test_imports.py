import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_trace_opens_without_torch_streamlit_or_plotly(tmp_path):
    code = (
        "import sys, viz_core.trace, viz_core.trace.text_export\n"
        "print([name for name in ('torch', 'streamlit', 'plotly', 'pandas') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
