"""Choosing outputs: greedy, sampling, beam search, teacher forcing, over any stepper.

Options need no torch; the functions are imported on first use.
"""

import importlib

from viz_core.decoding.interventions import ForceToken
from viz_core.decoding.notation import parse, to_text
from viz_core.decoding.options import Beam, Decoding, Forced, Greedy, Sampling

_FUNCTIONS = {"beam_search": "beam", "choices_of": "batch", "forced_log_probs": "forced", "greedy_choices": "greedy"}

__all__ = [
    "Beam", "Decoding", "ForceToken", "Forced", "Greedy", "Sampling", "beam_search", "choices_of", "forced_log_probs",
    "greedy_choices", "parse", "to_text",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"viz_core.decoding.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module 'viz_core.decoding' has no attribute {name!r}")
