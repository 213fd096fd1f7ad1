"""What tracers of models that read everything at once share: the attention of each layer."""

from __future__ import annotations

from collections.abc import Sequence

from viz_core.capture import Call
from viz_core.models.pretrained_maps import joined, of_call
from viz_core.trace import AttentionMap, Axis
from viz_core.trace.errors import InputError

INSTEAD = "record it with viz_core.capture instead"


def layer_maps(calls: Sequence[Call], axis: Axis, layers: int, name: str) -> list[tuple[AttentionMap, ...]]:
    """The attention of each layer over the positions of `axis`, in order of the layers.

    calls: of one forward pass of the model `name`, which has hidden states after each of so many `layers`. InputError where
    attention is not from every position to every position, and where there is none in some layer.
    """
    found: dict[int, list[Call]] = {}
    for call in calls:
        if (call.queries, call.keys) != (len(axis), len(axis)):
            raise InputError(
                f"attention of {call.module!r} is {call.queries} × {call.keys} for {len(axis)} tokens; this model does not attend "
                f"from every token to every token, {INSTEAD}"
            )
        found.setdefault(call.layer, []).append(call)
    if len(found) != layers:
        raise InputError(f"{name} has {layers} hidden states but attention in {len(found)} layers; {INSTEAD} of tracing it layer by layer")
    return [tuple(joined([of_call(call, axis, axis, 0, 0) for call in found[layer]])) for layer in sorted(found)]
