"""The records every model speaks and every figure reads. NumPy only: a trace opens without torch and without the model."""

from viz_core.trace.attention import AttentionMap, Dense, Factored, dense
from viz_core.trace.axis import Axis, numbered
from viz_core.trace.beam_tree import BeamTree
from viz_core.trace.errors import InputError, ShapeError
from viz_core.trace.step import Candidates, Quantity, Step
from viz_core.trace.storage import load, save
from viz_core.trace.trace import Trace

__all__ = [
    "AttentionMap", "Axis", "BeamTree", "Candidates", "Dense", "Factored", "InputError", "Quantity", "ShapeError",
    "Step", "Trace", "dense", "load", "numbered", "save",
]
