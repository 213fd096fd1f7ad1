"""Word and phoneme error rates on the 5,000 held-out spellings."""

from __future__ import annotations

from typing import Any

from viz_core.evaluation import sample
from viz_core.evaluation.outputs import outputs
from viz_core.models.protocol import Stepper
from viz_core.tasks import g2p

TASK = "g2p"


def evaluate(stepper: Stepper, n: int | None, seed: int, beam: int = 5, length_penalty: float = 1.0) -> dict[str, Any]:
    """`wer` and `per` (0–1): a word is wrong when no reference pronunciation equals the output."""
    entries = sample(list(g2p.held_out()), n, seed)
    texts = outputs(stepper, [tuple(entry.spelling) for entry in entries], beam, length_penalty)
    return {**g2p.evaluate([text.split() for text in texts], entries), "beam": beam, "length_penalty": length_penalty}
