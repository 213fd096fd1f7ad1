"""A recorded call as an `AttentionMap`: factored where queries, keys and one mask say it all, stored otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.weak import WeakTensorKeyDictionary

from viz_core.capture.rows import Rows, ScaledDot, masked_below
from viz_core.trace.attention import AttentionMap, Dense, Factored
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError

if TYPE_CHECKING:
    from viz_core.capture.call import Call

_ARRAYS = WeakTensorKeyDictionary()  # mask tensor → {batch item: array}
MAX_STORED = 2**27  # weights in a stored map (512 MiB)


def to_attention_map(call: Call, item: int, heads: list[int], query_axis: Axis, key_axis: Axis) -> AttentionMap:
    """One batch item of a call; InputError when it can only be stored and is too large for that."""
    weights = _factored(call.rows, item, heads) or _stored(call, item, heads)
    names = tuple(str(head) for head in heads)
    return AttentionMap(call.site, query_axis, key_axis, weights, layers=(str(call.layer),), heads=names)


def _factored(rows: Rows, item: int, heads: list[int]) -> Factored | None:
    """Queries and keys as arrays; None when the mask differs between heads or the rows are not made of them."""
    if not isinstance(rows, ScaledDot):
        return None
    mask = None if rows.mask is None else rows.mask[min(item, rows.mask.shape[0] - 1)]  # (H or 1, Q or 1, K or 1)
    if mask is not None and mask.shape[0] > 1:
        return None
    queries, keys = rows.shape[2:]
    causal = rows.causal and queries == keys
    added = None
    if mask is not None:
        causal = causal or _is_triangle(mask[0].expand(queries, keys))
        added = None if causal and not rows.causal else _added(rows.mask, item, queries, keys)
    if rows.causal and not causal:  # row i sees keys 0 … i, whatever the number of keys
        triangle = np.where(np.tri(queries, keys, dtype=bool), np.float32(0), np.float32(-np.inf))
        added = triangle if added is None else added + triangle
    groups = rows.queries.shape[1] // rows.keys.shape[1]
    query_array = rows.queries[item, heads].float().cpu().numpy()
    key_array = rows.keys[item, [head // groups for head in heads]].float().cpu().numpy()
    return Factored(query_array[None], key_array[None], rows.scale, added, causal)


def _is_triangle(mask: torch.Tensor) -> bool:
    """Whether a mask (query, key) is the causal one exactly, the last query at the last key."""
    queries, keys = mask.shape
    seen = torch.ones(queries, keys, dtype=torch.bool, device=mask.device).tril(keys - queries)
    if mask.dtype == torch.bool:
        return torch.equal(mask, seen)
    return torch.equal(mask == 0, seen) and bool((mask[~seen] <= masked_below(mask.dtype)).all())


def _added(mask: torch.Tensor, item: int, queries: int, keys: int) -> np.ndarray:
    """The mask of a batch item as numbers added to the scores, f32[query, key], −inf where masked.

    Calls of one recording share their masks, and their maps the array that is made of it.
    """
    place = min(item, mask.shape[0] - 1)
    arrays = _ARRAYS.setdefault(mask, {})
    if place not in arrays:
        own = mask[place, 0].expand(queries, keys)
        numbers = torch.zeros(()) if own.dtype == torch.bool else own.float()
        hidden = ~own if own.dtype == torch.bool else own <= masked_below(own.dtype)
        array = torch.where(hidden, -torch.inf, numbers.to(own.device)).cpu().numpy()
        array.flags.writeable = False  # a record shares read-only arrays
        arrays[place] = array
    return arrays[place]


def _stored(call: Call, item: int, heads: list[int]) -> Dense:
    size = len(heads) * call.queries * call.keys
    if size > MAX_STORED:
        raise InputError(
            f"the map of {call.module!r} has {size} weights that must be stored, more than {MAX_STORED}; "
            "choose fewer heads, or look at it with pooled()"
        )
    weights = call.weights(heads, batch=item)
    weights[(weights == 0).all(dim=-1)] = torch.nan  # rows of a zeroed head look nowhere
    return Dense(weights.cpu().numpy())
