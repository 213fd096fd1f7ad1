"""What the training scrubber replays: outputs and alignments of a few fixed inputs at snapshots of a run.

Weights are kept as bytes (0–255, base64), a whole run in some tens of kilobytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from viz_core.decoding.greedy import greedy_choices
from viz_core.models.protocol import Source, Stepper


@dataclass(frozen=True)
class History:
    """snapshots: JSON values, each {step, probes: [{source, output, log_probs, weights}]}."""

    snapshots: tuple[dict, ...] = ()

    def with_snapshot(self, entry: dict) -> History:
        """One more snapshot; those of the same step or later are dropped (a resumed run goes through them again)."""
        return History((*(known for known in self.snapshots if known["step"] < entry["step"]), entry))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.snapshots, ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> History:
        """The history of a run; empty when the run has none yet."""
        return cls(tuple(json.loads(path.read_text())) if path.exists() else ())


def snapshot(stepper: Stepper, step: int, probes: Sequence[tuple[str, ...] | Source]) -> dict:
    """What a model makes of the probes (units, or sources) at a step of its training, decoded greedily."""
    return {"step": step, "probes": [_probe(stepper, units) for units in probes]}


def _probe(stepper: Stepper, probe: tuple[str, ...] | Source) -> dict:
    """Greedy output of one input with its alignment rows."""
    source = probe if isinstance(probe, Source) else stepper.encode_units(probe)
    state, labels, log_probs, rows = stepper.start([source]), [], [], []
    for choice in [*greedy_choices(stepper, [source])[0], stepper.end]:
        rows.append(stepper.predict(state).weights[0, 0].float().cpu().numpy())
        state, step = stepper.step(state, choice)
        labels.append(step.emitted)
        log_probs.append(round(float(step.log_prob or 0.0), 4))
    seen = b"" if np.isnan(rows).all() else np.round(np.array(rows) * 255).astype(np.uint8).tobytes()
    packed = base64.b64encode(seen).decode()
    return {"source": [source.text] if isinstance(probe, Source) else list(probe), "output": labels, "log_probs": log_probs, "weights": packed}
