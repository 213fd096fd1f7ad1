"""Attention in one torch call: `scaled_dot_product_attention`, as it is called and as it is edited."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from viz_core.capture.errors import CaptureError
from viz_core.capture.location import Location
from viz_core.capture.position import Cache
from viz_core.capture.products import head_count
from viz_core.capture.rows import Edited, ScaledDot, blocks, default_scale
from viz_core.layers.edits import AblateHead, Edit, edited_heads
from viz_core.trace.errors import InputError

NAME = "scaled_dot_product_attention"
MULTI_HEAD = "multi_head_attention_forward"
_OPAQUE = re.compile(r"flash_?attn|flash_?attention|efficient_attention|paged_attention|scaled_dot_product", re.IGNORECASE)
_PARAMETERS = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")


@dataclass(frozen=True, eq=False)
class Arguments:
    """The arguments of one `scaled_dot_product_attention` call, by name."""

    query: Tensor
    key: Tensor
    value: Tensor
    attn_mask: Tensor | None = None
    dropout_p: float = 0.0
    is_causal: bool = False
    scale: float | None = None
    enable_gqa: bool = False

    @classmethod
    def of(cls, args: tuple, kwargs: dict) -> Arguments:
        return cls(**dict(zip(_PARAMETERS, args, strict=False)), **kwargs)


@functools.cache
def is_opaque(name: str) -> bool:
    """Whether a torch function of this name is an attention kernel other than `scaled_dot_product_attention`."""
    return name != NAME and _OPAQUE.search(name) is not None


def rows_of(found: Arguments, location: Location, cache: Cache | None) -> ScaledDot:
    """The call as rows to compute later: queries (B, H, Q, d), keys (B, H / groups, K, d), by reference."""
    query, key, mask = (None if part is None else part.detach() for part in (found.query, found.key, found.attn_mask))
    if query.is_nested or key.is_nested:
        raise CaptureError(f"{location.name!r} attends over a nested tensor; pass a padded batch with its mask instead")
    kind = query.device.type
    if torch.is_autocast_enabled(kind):  # torch casts inside the call
        query, key = (part.to(torch.get_autocast_dtype(kind)) for part in (query, key))
    if is_packed(query, location):  # (B, key head, group, d) of one position: the groups are heads
        query = query.reshape(query.shape[0], -1, 1, query.shape[-1])
        mask = None if mask is None else (mask if mask.shape[1] == 1 else mask.reshape(mask.shape[0], -1, 1, mask.shape[-1]))
    query, key, mask = _four(query, key, mask, location)
    if cache is not None and cache.rewritten:  # a later step writes into the same tensors
        seen = cache.length if 0 < cache.length < key.shape[2] else key.shape[2]
        key = key[:, :, :seen].clone()
        mask = mask if mask is None or mask.shape[-1] == 1 else mask[..., :seen].clone()
    scale = default_scale(query.shape[-1]) if found.scale is None else float(found.scale)
    return ScaledDot.of(query, key, mask, scale, found.is_causal, location.name)


def is_packed(query: Tensor, location: Location) -> bool:
    """Whether Hugging Face has put the heads that share keys where the queries are, as it does for a single position."""
    values = location.caller.f_locals if location.caller is not None else {}
    return values.get("q_length") == 1 and query.ndim == 4 and query.shape[2] > 1 and "sdpa" in location.caller.f_code.co_name


def _four(query: Tensor, key: Tensor, mask: Tensor | None, location: Location) -> tuple[Tensor, Tensor, Tensor | None]:
    """All three with four axes; leading axes before the heads count as batch."""
    if query.ndim == 4:
        if key.shape[0] != query.shape[0]:
            batch = max(key.shape[0], query.shape[0])
            query, key = query.expand(batch, -1, -1, -1), key.expand(batch, -1, -1, -1)
        return query, key, None if mask is None else mask[(None,) * (4 - mask.ndim)]
    lead = tuple(query.shape[:-2])
    if mask is not None and mask.ndim > 2:
        mask = mask.expand(*lead, *mask.shape[-2:])
    heads = lead[-1] if len(lead) > 2 else 1
    if len(lead) == 1:
        said = head_count(location.module)
        heads = said if said is not None and lead[0] % said == 0 else 1
    split = (-1, heads)
    mask = None if mask is None else mask.reshape(*split, *mask.shape[-2:]) if mask.ndim > 2 else mask[None, None]
    return query.reshape(*split, *query.shape[-2:]), key.expand(*lead, *key.shape[-2:]).reshape(*split, *key.shape[-2:]), mask


def edited_output(func: Callable, found: Arguments, rows: ScaledDot, edited: Edited, edits: tuple[Edit, ...]) -> Tensor:
    """The call's output under edits: the fast output, with the touched heads made again from their edited weights."""
    result = func(*(getattr(found, name) for name in _PARAMETERS[:3]), **{name: getattr(found, name) for name in _PARAMETERS[3:]})
    batch, heads, queries, _ = rows.shape
    for edit in edits:
        if (item := getattr(edit, "batch", None)) is not None and item >= batch:
            raise InputError(f"there is no batch item {item} in a call of {batch}")
    with torch._C.DisableTorchFunction():  # an outer recording sees the call above, not how it is edited
        return _put_edited(result, found, rows, edited, edits)


def _put_edited(result: Tensor, found: Arguments, rows: ScaledDot, edited: Edited, edits: tuple[Edit, ...]) -> Tensor:
    """The result with the touched heads replaced."""
    batch, heads, queries, _ = rows.shape
    output = result.reshape(batch, heads, queries, result.shape[-1]).clone()
    live = _live(found, rows)
    values = found.value.reshape(batch, -1, *found.value.shape[-2:])
    groups = heads // values.shape[1]
    for head in edited_heads(edits, heads):
        own = [edit for edit in edits if edit.head in (None, head)]
        simple = ("zero", "mean") if edited.before is None else ("zero",)
        if all(isinstance(edit, AblateHead) and edit.how in simple for edit in own):
            for edit in own:
                item = slice(None) if edit.batch is None else slice(edit.batch, edit.batch + 1)
                part = output[item, head]
                output[item, head] = 0.0 if edit.how == "zero" else part.mean(dim=-2, keepdim=True)
            continue
        again = Edited(live, edited.edits, edited.site, edited.layer, edited.first_query, edited.first_key, edited.before)
        for start, stop in _touched_rows(own, edited.first_query, queries, batch * rows.shape[3]):
            weights = again.weights(range(batch), [head], start, stop).nan_to_num(nan=0.0)[:, 0]
            output[:, head, start:stop] = (weights @ values[:, head // groups, : weights.shape[-1]].float()).to(output.dtype)
    return output.reshape(result.shape)


def _touched_rows(edits: list[Edit], first_query: int, queries: int, width: int) -> list[tuple[int, int]]:
    """Row ranges to compute again: single rows where every edit is of one query, else all."""
    chosen = [getattr(edit, "query", None) for edit in edits]
    if None in chosen:
        return blocks(queries, width)
    return [(row - first_query, row - first_query + 1) for row in sorted(set(chosen))]


def _live(found: Arguments, rows: ScaledDot) -> ScaledDot:
    """The rows with queries and keys that gradients flow through."""
    if not torch.is_grad_enabled() or not (found.query.requires_grad or found.key.requires_grad):
        return rows
    query, key = found.query.reshape(rows.queries.shape), found.key.reshape(rows.keys.shape)
    return ScaledDot.of(query, key, rows.mask, rows.scale, rows.causal, rows.name)


def _transparent(func: FunctionType) -> FunctionType:
    """A torch function written in Python that hides its inner calls from function modes, as one that shows them.

    It is the same code with one global name answered otherwise: "no argument overrides torch functions".
    """
    names = {**func.__globals__, "has_torch_function": lambda _: False}
    shown = FunctionType(func.__code__, names, func.__name__, func.__defaults__)
    shown.__kwdefaults__ = func.__kwdefaults__
    return shown


multi_head_attention = _transparent(F.multi_head_attention_forward)
_MHA_QUERY_KEY = tuple(inspect.signature(F.multi_head_attention_forward).parameters)[:2]


def same_sequence(args: tuple, kwargs: dict) -> bool:
    """Whether a multi-head attention call gives one tensor as queries and keys."""
    named = {**dict(zip(_MHA_QUERY_KEY, args, strict=False)), **kwargs}
    return named["query"] is named["key"]
