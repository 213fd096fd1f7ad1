"""Where a call's rows and columns lie in their sequences, and on which side of an encoder–decoder it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from viz_core.capture.location import Location
from viz_core.capture.names import is_decoder
from viz_core.capture.rows import masked_below

_CACHES = ("past_key_values", "past_key_value", "layer_past", "cache")
_CACHE_DEPTH = 3  # frames of modules outwards in which a call's cache is looked for


@dataclass(frozen=True)
class Cache:
    """What a Hugging Face cache says after it took in the current step."""

    length: int  # positions of the decoder so far, the current ones included
    rewritten: bool  # its key tensors are changed in place by later steps


def cache_of(location: Location) -> Cache | None:
    """The key–value cache among the local values of the calling modules, if there is one."""
    found = [
        value
        for frame in location.frames[:_CACHE_DEPTH]
        for value in map(frame.f_locals.get, _CACHES)
        if hasattr(value, "get_seq_length")
    ]
    if not found:
        return None
    # an encoder–decoder pair says more than the half of it that an attention module may hold
    pairs = (value.self_attention_cache for value in found if hasattr(value, "self_attention_cache"))
    return _read(next(pairs, found[0]), location.module)


def _read(cache: object, module: nn.Module | None) -> Cache:
    layer = getattr(module, "layer_idx", None)
    layers = getattr(cache, "layers", [])
    index = layer if isinstance(layer, int) and layer < len(layers) else 0
    length = int(cache.get_seq_length(index))  # type: ignore[attr-defined]
    rewritten = bool(layers) and bool(getattr(layers[index], "is_compileable", False))
    return Cache(length, rewritten)


def is_causal_mask(mask: Tensor | None, queries: int, keys: int) -> bool:
    """Whether a mask (…, Q, K), bool (True: visible) or added, hides every later key."""
    if mask is None or mask.ndim < 2 or mask.shape[-2] != queries or mask.shape[-1] != keys:
        return False
    return _hides_later(mask, _hidden)


def is_causal_map(weights: Tensor) -> bool:
    """Whether weights (…, Q, K) are 0 at every later key."""
    return _hides_later(weights, lambda part: part == 0)


def _hides_later(map_: Tensor, hidden: Callable[[Tensor], Tensor]) -> bool:
    """Judged by three rows; the last row stands at the last key, and sees it in some batch item."""
    queries, keys = map_.shape[-2:]
    if not 1 < queries <= keys:
        return False
    for row in {0, max(queries // 2 - 1, 0), queries - 2}:
        if not bool(hidden(map_[..., row, row + keys - queries + 1 :]).all()):
            return False
    return not bool(hidden(map_[..., queries - 1, keys - 1]).all())


def _hidden(mask: Tensor) -> Tensor:
    return ~mask if mask.dtype == torch.bool else mask <= masked_below(mask.dtype)


def site_of(location: Location, queries: int, keys: int, causal: bool, same_sequence: bool | None, cache: Cache | None) -> str:
    """Cross when keys come from another sequence, decoder when later positions are hidden, else encoder.

    same_sequence: what the caller knows about it, None when it does not.
    """
    if same_sequence is None and (crossing := location.is_cross) is not None:
        same_sequence = not crossing
    if same_sequence is False:
        return "cross"
    named = is_decoder(location.name)
    if causal or named:
        return "decoder"
    says_causal = getattr(location.module, "is_causal", False) is True
    if queries == keys > 1:
        return "encoder"
    if (cache is not None and cache.length >= queries) or says_causal:
        return "decoder"
    return "encoder" if queries == keys or same_sequence or named is False else "cross"
