"""The attention microscope's core: `import viz_core as vc`, then `vc.zoo`, `vc.run`, `vc.trace`, `vc.figures`.

Everything is imported on first use, so that `import viz_core` is fast and needs neither torch nor streamlit.
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"
_ROOMS = {"capture", "decoding", "evaluation", "explain", "figures", "inputs", "layers", "models", "tasks", "trace", "training", "zoo"}
_FROM_DRIVER = {"run", "iter_steps"}


def __getattr__(name: str) -> object:
    if name in _FROM_DRIVER:
        return getattr(importlib.import_module("viz_core.driver"), name)
    if name in _ROOMS:
        return importlib.import_module(f"viz_core.{name}")
    raise AttributeError(f"module 'viz_core' has no attribute {name!r}")
