"""What the training scrubber replays of a machine with a tape: what it says, and where its heads read."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from viz_core.models.tape_stepper import TapeStepper

PROBES = {
    "copy": ("10110010 01100001 11010110 00101100 10010111 01011010",),
    "repeat-copy": ("10110010 01100001 11010110 x3",),
    "recall": ("101101 001100 111000 | 010101 110011 000111 | 100001 011110 101010 ? 101101 001100 111000",),
}


def snapshot(stepper: TapeStepper, step: int) -> dict[str, Any]:
    """What the task's probes give at a step of training."""
    return {"step": step, "probes": [probe(stepper, text) for text in PROBES[stepper.task.NAME]]}


def probe(stepper: TapeStepper, text: str) -> dict[str, Any]:
    """Output of one tape with the weighting of its first read head at every tick, as bytes 0–255 (none without a memory)."""
    trace = stepper.trace(text)
    rows = [step.attention[0].map() for step in trace.steps if step.attention]
    seen = np.round(np.concatenate(rows) * 255).astype(np.uint8).tobytes() if rows else b""
    return {
        "source": list(trace.source_axis.labels),
        "output": [step.emitted for step in trace.steps],
        "log_probs": [round(float(step.log_prob or 0.0), 4) for step in trace.steps],
        "weights": base64.b64encode(seen).decode(),
    }
