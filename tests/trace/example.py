"""One small trace with every part that a trace can have, and hand-chosen numbers."""

from __future__ import annotations

import numpy as np

from viz_core.trace import AttentionMap, Axis, BeamTree, Candidates, Factored, Quantity, Step, Trace, dense

SOURCE = Axis("token", ("我", "=是"), {"spans": [(0, 1), (1, 2)]})
TARGET = Axis("token", ("I",))


def step(index: int, emitted: str, row: list[float], log_prob: float = -0.5) -> Step:
    """A step with one cross-attention row, two candidates and a deferred context vector (index, 2)."""
    return Step(
        index, f"step {index}", emitted, index + 3, log_prob, Candidates((emitted, "you"), [index + 3, 9], [log_prob, -2]),
        (dense("cross", TARGET, SOURCE, np.array([row], np.float32)),),
        lambda: (Quantity("context", "c_i", (Axis("channel", ("0", "1")),), [index, 2.0], "c_i=\\sum_j", "Luong 2015, eq. 5"),),
    )  # fmt: skip


def tree() -> BeamTree:
    """Root → (I, you); I → am. The attention row of the root is masked."""
    return BeamTree(
        [-1, 0, 0, 1], [-1, 0, 0, 1], [0, 3, 9, 5], ("", "I", "you", "am"), [0, -0.5, -2, -0.25], [0, -0.5, -2, -0.75],
        [0, -0.5, -2, -0.375], [0, 0, 1, 0], ("root", "kept", "pruned", "finished"), ("", "", "beam is full", ""),
        [[np.nan] * 2, [0.25, 0.75], [0.5, 0.5], [1, 0]], SOURCE, (3,), {"width": 2, "penalty": 1.0},
    )  # fmt: skip


def trace() -> Trace:
    """Two decoder steps, an encoder map in factored form in the first."""
    steps = [step(0, "I", [0.25, 0.75]), step(1, "am", [float("nan")] * 2, -0.25)]
    ones = np.ones((1, 2, 2, 4), np.float32)
    encoder = AttentionMap("encoder", SOURCE, SOURCE, Factored(ones, ones, 0.5, causal=True), ("0",), ("a", "b"))
    first = Step(0, "step 0", "I", 3, -0.5, steps[0].candidates, (encoder, *steps[0].attention), steps[0].details)
    run = {"model": "toy", "seed": 0, "options": {"beam": 2}}
    return Trace(run, "我是", SOURCE, "I am", "token", (first, steps[1]), tree(), ("a note",))
