"""One short recipe per model; `RECIPES` maps a model's name to a function that makes its recipe."""
