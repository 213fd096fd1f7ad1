"""What somebody who looks at a run of a loaded model gets to see: attention of all layers and heads, norms, candidates.

A run keeps only its log-probabilities. At the first look, the whole path is read again in one forward pass under
`capture.record`: a causal model gives each position what it gave it step by step, so that tracing costs nothing while
the model writes and memory stays linear in length. Under interventions, some of which depend on how many rows a call
has, the path is read again in the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from viz_core.capture import record
from viz_core.models.candidates import candidates
from viz_core.models.path_steps import PathNumbers
from viz_core.models.pretrained_maps import maps_of, part_of, prefix
from viz_core.trace import AttentionMap, Axis, Quantity
from viz_core.trace.attention import SUM_TOLERANCE

if TYPE_CHECKING:
    from viz_core.models.pretrained_generator import PretrainedGenerator
    from viz_core.models.pretrained_state import TextState
    from viz_core.models.protocol import Source


class Seen(NamedTuple):
    """maps: those of each step; norms: f32[step, layer + 1], of the hidden state that the next output is made from."""

    maps: list[tuple[AttentionMap, ...]]
    norms: Tensor


class Look:
    """A look at a path that is made once, when somebody looks."""

    def __init__(self, make: Callable[[], Seen]) -> None:
        self._make = make

    @cached_property
    def seen(self) -> Seen:
        return self._make()


@torch.inference_mode()
def look_at(stepper: PretrainedGenerator, source: Source, said: Sequence[int], first: int) -> Seen:
    """Reads a path again. said: every output of it; first: the first step that is asked for."""
    state, encoder = stepper.encoded_in_sight(source)
    begun = stepper.before(state, 0)
    axis = stepper.path_axis(source, said[:-1])
    bounds = [(0, len(begun)), *((len(begun) + t, len(begun) + t + 1) for t in range(len(said) - 1))]
    fed = torch.tensor([[*begun, *said[:-1]]], device=stepper.device)
    found = None if stepper.edits else at_once(stepper, state, fed, axis, source.axis, bounds)
    maps, norms = found or stepwise(stepper, state, fed, axis, source.axis, bounds)
    maps[0] = (*encoder, *maps[0])
    return Seen(maps[first:], norms[first:])


Bounds = Sequence[tuple[int, int]]
Maps = list[tuple[AttentionMap, ...]]


def at_once(
    stepper: PretrainedGenerator, state: TextState, fed: Tensor, axis: Axis, source: Axis, bounds: Bounds
) -> tuple[Maps, Tensor] | None:
    """Everything in one forward pass; the maps of the steps share its arrays. None for a model that then looks ahead."""
    with record() as found:
        out = stepper.forward(state._replace(cache=None), fed, output_hidden_states=True)
    whole = maps_of(stepper.own(found.calls), stepper.site_axes(axis, axis, source))
    if any(looks_ahead(item) for item in whole if item.site == "decoder"):
        return None
    maps = []
    for start, stop in bounds:
        rows = prefix(axis, start, stop)
        keys = {"cross": source}
        maps.append(tuple(part_of(item, start, stop, rows, keys.get(item.site, prefix(axis, 0, stop))) for item in whole))
    return maps, norms_of(out)[[stop - 1 for _, stop in bounds]]


def stepwise(stepper: PretrainedGenerator, state: TextState, fed: Tensor, axis: Axis, source: Axis, bounds: Bounds) -> tuple[Maps, Tensor]:
    """The same steps as when the path was written, under the same interventions."""
    maps, norms, past = [], [], {}
    for start, stop in bounds:
        with record(*stepper.edits, past=past) as found:
            out = stepper.forward(state, fed[:, start:stop] if stepper.cached else fed[:, :stop], output_hidden_states=True)
        past = found.past
        axes = stepper.site_axes(prefix(axis, start, stop), prefix(axis, 0, stop), source)
        maps.append(tuple(maps_of(stepper.own(found.calls), axes)))
        norms.append(norms_of(out)[-1])
    return maps, torch.stack(norms)


def looks_ahead(item: AttentionMap) -> bool:
    """Whether the first position has weight on later ones."""
    rows = (item.rows(layer, head, [0])[0, 1:] for layer, head in np.ndindex(*item.weights.shape[:2]))
    return any(float(np.nansum(row)) > SUM_TOLERANCE for row in rows)


def norms_of(out: object) -> Tensor:
    """‖h‖₂ of each position after the embedding and after each layer, f32[position, layer + 1], of the only row."""
    states = getattr(out, "decoder_hidden_states", None) or out.hidden_states  # type: ignore[attr-defined]
    return torch.stack([state[0].float().norm(dim=-1) for state in states], dim=-1)


def numbers_of(stepper: PretrainedGenerator, look: Look, log_probs: Sequence[Tensor], choices: Sequence[int]) -> PathNumbers:
    """Candidates, log-probabilities and attention of a path."""
    found, chosen = candidates(torch.stack(list(log_probs)), choices, stepper.labels)
    return PathNumbers(chosen, found, look.seen.maps)


def quantities_of(
    stepper: PretrainedGenerator, look: Look, log_probs: Sequence[Tensor], place: int, choices: Sequence[int]
) -> tuple[Quantity, ...]:
    """The numbers of one step beside its attention."""
    row, one = log_probs[place].float(), Axis("channel", ("",))
    norms = look.seen.norms[place].cpu().numpy()
    possible = row[row > -torch.inf]
    return (
        Quantity("hidden-state norm", r"\lVert h^{(\ell)}_t \rVert", (Axis("layer", layer_names(len(norms))),), norms,
                 r"\lVert h^{(\ell)}_t \rVert_2 = \sqrt{\textstyle\sum_d (h^{(\ell)}_{t,d})^2}"),
        Quantity("entropy of the next token", r"H(p_t)", (one,), [float(-(possible.exp() * possible).sum())],
                 r"H(p_t) = -\sum_y p(y \mid y_{<t}) \log p(y \mid y_{<t})", "Shannon 1948, §6"),
        Quantity("log-probability", r"\log p(y_t \mid y_{<t})", (one,), [float(row[choices[place]])],
                 r"p(y_t \mid y_{<t}) = \mathrm{softmax}(W h^{(L)}_t)"),
    )  # fmt: skip


def layer_names(count: int) -> tuple[str, ...]:
    """The embedding, then the layers from 0."""
    return ("embedding", *(str(layer) for layer in range(count - 1)))
