"""The only room that imports streamlit: caches, controls, the player component."""
