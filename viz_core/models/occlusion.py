"""What a stepper offers to the trust tests: its output's log-probabilities with source positions removed, gradients of
them, and the output with other attention weights.

A stepper may have a property `occlusion` with an `Occlusion` of its own; any other stepper is tested by `Deletion`. What
"removed" means differs, so every way has a name (`REMOVALS`), and reports and pages say which one was used:

- `delete`: the position is taken out of the input; what comes after it moves up.
- `block`: the position is read, but the decoder may not look at it (attention knock-out, Geva et al. 2023).
- `mask`: the position stays, but no attention of the model may fall on it.

Axes: B sets of kept positions, S source positions, T output steps, D embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from viz_core.models.protocol import Source, State, Stepper
from viz_core.trace.errors import InputError, ShapeError

REMOVALS = ("delete", "block", "mask")


class Occlusion(Protocol):
    """How one model is read with positions removed.

    removals: of `REMOVALS`, the default first. quantity: what the values are, `log_prob` (nats; choices are output ids) or
    `similarity` (cosine; choices are positions whose states are explained).
    """

    removals: tuple[str, ...]
    quantity: str

    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        """The value of every choice when only the kept positions are there: bool[B, S] → f32[B, T]."""


@runtime_checkable
class Differentiable(Protocol):
    """A model whose outputs can be derived with respect to what it reads."""

    def gradients(self, source: Source, choices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The source's embeddings f32[S, D], and d log p(y_t) / d embedding for every choice, f32[T, S, D]."""


@runtime_checkable
class Scalable(Protocol):
    """A model whose states are explained: how strongly each embedding acts on them, to first order."""

    def scaled(self, source: Source, choices: Sequence[int]) -> Tensor:
        """f32[T, S], ≥ 0."""


@runtime_checkable
class Reweightable(Protocol):
    """A model whose attention rows can be replaced where it has one row a step."""

    def reweighted(self, source: Source, choices: Sequence[int], weights: Tensor) -> Tensor:
        """log p of every choice (nats) with attention rows replaced: f32[B, T, S] → f32[B, T]; a row of NaN stays the model's own."""


def occlusion_of(stepper: Stepper) -> Occlusion:
    """The stepper's `occlusion`, or `Deletion`; InputError for what cannot be decoded step by step."""
    found = getattr(stepper, "occlusion", None)
    if found is not None:
        return found
    if not hasattr(stepper, "predict") or not hasattr(stepper, "commit"):
        raise InputError(f"a {type(stepper).__name__} cannot be read with positions removed, so its maps cannot be tested; choose a model that writes an output")
    return Deletion(stepper)


@dataclass(frozen=True, eq=False)
class Deletion:
    """The `Occlusion` of any stepper: it is given the source without the positions.

    nothing: ids of what it reads in place of a source of which nothing is kept; () when that cannot happen.
    """

    stepper: Stepper
    nothing: tuple[Any, ...] = ()

    removals = ("delete",)
    quantity = "log_prob"

    @torch.inference_mode()
    def values(self, source: Source, choices: Sequence[int], keep: Tensor, removal: str) -> Tensor:
        check_request(source, keep, removal, self.removals)
        return follow(self.stepper, self.stepper.start([self._part(source, row) for row in keep.tolist()]), choices)

    def _part(self, source: Source, keep: Sequence[bool]) -> Source:
        kept = [i for i, stays in enumerate(keep) if stays]
        if not kept and not self.nothing:
            raise InputError("this model cannot read an empty source; keep at least one position")
        if not kept:  # the axis is of the first position: it only counts
            return Source(source.text, source.axis.take([0] * len(self.nothing)), self.nothing)
        return Source(source.text, source.axis.take(kept), tuple(source.ids[i] for i in kept))


def removable(source: Source) -> list[int]:
    """Positions that a person wrote; those that the tokenizer adds (`special` in the axis' geometry) always stay."""
    special = source.axis.geometry.get("special") or [False] * len(source.axis)
    return [i for i, added in enumerate(special) if not added]  # type: ignore[arg-type]


def check_request(source: Source, keep: Tensor, removal: str, removals: Sequence[str]) -> None:
    """Raises ShapeError unless keep is bool[B, S], InputError for a way of removal that the model does not have."""
    if keep.dtype != torch.bool or keep.ndim != 2 or keep.shape[1] != len(source.axis):
        raise ShapeError(
            f"the kept positions are {keep.dtype} of shape {tuple(keep.shape)} but the source has {len(source.axis)} positions; "
            f"give bool of shape (sets, {len(source.axis)})"
        )
    if removal not in removals:
        raise InputError(f"positions cannot be removed by {removal!r} here; use one of {', '.join(removals)}")


def follow(stepper: Stepper, state: State, choices: Sequence[int]) -> Tensor:
    """log p of every choice when they are forced on each of the state's B sources, f32[B, T]."""
    columns = []
    for choice in choices:
        prediction = stepper.predict(state)
        columns.append(prediction.log_probs[:, 0, choice].float())
        rows = torch.zeros((len(columns[0]), 1), dtype=torch.long, device=columns[0].device)
        state = stepper.commit(prediction, rows, rows + choice)
    return torch.stack(columns, 1)  # (B, T)


class EmbeddingLeaf(TorchFunctionMode):
    """Inside it the first look-up in one embedding table becomes a leaf of the graph, `leaf`, f32[…, positions, D].

    A function mode belongs to its thread and the model stays as it is, which no hook on the module can promise.
    """

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table, self.leaf = table, None

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if self.leaf is None and func is torch.nn.functional.embedding and (args[1] if len(args) > 1 else kwargs["weight"]) is self.table:
            self.leaf = found = found.detach().clone().requires_grad_()
        return found


def row_gradients(log_probs: Tensor, leaf: Tensor) -> Tensor:
    """d log p(y_t) / d leaf for every t: f32[T] and a leaf f32[1, S, D] → f32[T, S, D]."""
    rows = [torch.autograd.grad(value, leaf, retain_graph=True)[0][0] for value in log_probs]
    return torch.stack(rows)
