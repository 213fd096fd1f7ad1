"""One loop and one short recipe per model; `python -m viz_core train RECIPE`."""
