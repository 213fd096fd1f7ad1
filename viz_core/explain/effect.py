"""`Effect` and `Shift`: what an intervention changed, as numbers. Frozen; the runs they compare are never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.layers.edits import Edit
from viz_core.trace import Candidates, InputError
from viz_core.trace.arrays import check_shape, frozen


@dataclass(frozen=True, eq=False)
class Said:
    """An output as it was chosen step by step: its text, tokens, their ids and log p(y_t | y_<t, x) in nats, f32[step]."""

    text: str
    labels: tuple[str, ...]
    choices: tuple[int, ...]
    log_probs: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "choices", tuple(int(choice) for choice in self.choices))
        object.__setattr__(self, "log_probs", frozen(self.log_probs, what="log-probabilities of an output"))
        check_shape("log-probabilities of an output", self.log_probs, (len(self.choices),), "step")

    @property
    def log_prob(self) -> float:
        """log P(Y | X) in nats."""
        return float(self.log_probs.sum(dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Effect:
    """A run before and after edits, twice: as the model writes by itself, and under the same choices.

    before, after: the greedy outputs. shared: the choices that both models were fed (the output before, unless others
    were asked for); its log_probs are those before. log_probs_after, kl: f32[step], of the same choices after the edits.
    kl is KL(before ‖ after) = Σ_v p_v log(p_v / q_v) over all outputs v, in nats; ∞ where the edits make something
    impossible that was not. candidates_before, candidates_after: the most probable outputs of each step.
    forced: the outputs that were forced after the edits, by step; at later steps "the same choices" contain them.
    """

    edits: tuple[Edit, ...]
    forced: Mapping[int, int]
    before: Said
    after: Said
    shared: Said
    log_probs_after: NDArray
    kl: NDArray
    candidates_before: tuple[Candidates, ...]
    candidates_after: tuple[Candidates, ...]

    def __post_init__(self) -> None:
        for name in ("log_probs_after", "kl"):
            object.__setattr__(self, name, frozen(getattr(self, name), what=name))
            check_shape(name, getattr(self, name), (len(self.shared.choices),), "step")

    @property
    def change(self) -> NDArray:
        """Change of log p of each shared choice in nats, f32[step]; negative: less probable after the edits."""
        return self.log_probs_after - self.shared.log_probs

    @property
    def first_difference(self) -> int | None:
        """The first step at which the two outputs differ; None when they are the same."""
        one, other = self.before.choices, self.after.choices
        if one == other:
            return None
        return next((t for t, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@dataclass(frozen=True, eq=False)
class Shift:
    """What edits changed in an encoder, which has no output of its own.

    labels: its tokens. similarity: cosine of the two sentence embeddings (mean of the last hidden states).
    token_change: f32[layer, token], 1 − cosine of a token's hidden state before and after, behind every layer.
    """

    edits: tuple[Edit, ...]
    labels: tuple[str, ...]
    similarity: float
    token_change: NDArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "token_change", frozen(self.token_change, what="token change"))
        layers = self.token_change.shape[:1]
        check_shape("token change", self.token_change, (*layers, len(self.labels)), "layer, token")


def divergence(before: NDArray, after: NDArray) -> NDArray:
    """KL(p ‖ q) in nats from log-probabilities f[..., V] → f[...]; outputs with p = 0 count nothing, q = 0 < p gives ∞."""
    if before.shape[-1:] != after.shape[-1:]:
        raise InputError(f"distributions over {before.shape[-1:]} and {after.shape[-1:]} outputs cannot be compared; use one model")
    with np.errstate(invalid="ignore"):  # −∞ − (−∞) where p = 0: not counted below
        parts = np.exp(before) * (before - after)
    return np.where(np.isneginf(before), 0.0, parts).sum(axis=-1).clip(min=0)  # rounding may give −1e-8
