"""Keys and values of the steps before, as values: a state's cache stays valid whatever is decoded after it.

transformers' own layers put a new tensor together at every step, which copies the whole past. Here the steps of one
run share a store with room at its end, and a step writes only its own place; a second branch from the same state finds
the place taken and moves to a store of its own. So stepping back and forking are free, and memory is linear in length.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from threading import Lock
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer, EncoderDecoderCache

ROOM = 32  # positions that a new store has beyond what is needed, or a quarter of its length when that is more

class Store:
    """Keys and values (row, head, position, depth) with room at the end; the first `filled` positions are written."""

    def __init__(self, keys: Tensor, values: Tensor, filled: int) -> None:
        self.keys, self.values, self.filled, self._lock = keys, values, filled, Lock()

    def claim(self, start: int, end: int) -> bool:
        """Whether the positions [start, end) are the next free ones; then they are the caller's."""
        with self._lock:
            free = self.filled == start and end <= self.keys.shape[2]
            self.filled = end if free else self.filled
        return free


class Noticing:
    """A layer that can say once that it is written to: what runs after it in a forward pass may then be recorded alone."""

    notice: Callable[[], object] | None = None

    def noticed(self) -> None:
        notice, self.notice = self.notice, None
        if notice is not None:
            notice()


class SlidingLayer(Noticing, DynamicSlidingWindowLayer):
    """transformers' layer that forgets what is out of sight; a step replaces its tensors and never writes to them."""

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        self.noticed()
        return super().update(key_states, value_states, *args, **kwargs)


class GrowingLayer(Noticing, DynamicLayer):
    """One layer's keys and values: the first `length` positions of a store."""

    def __init__(self) -> None:
        super().__init__()
        self.store: Store | None = None
        self.length = 0

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        self.noticed()
        start, end = self.length, self.length + key_states.shape[2]
        if self.store is None or not self.store.claim(start, end):
            self.store = self._moved(key_states, value_states, end)
        self.store.keys[:, :, start:end] = key_states
        self.store.values[:, :, start:end] = value_states
        self.length = end
        self._look()
        self.dtype, self.device, self.is_initialized = key_states.dtype, key_states.device, True
        return self.keys, self.values

    def _moved(self, keys: Tensor, values: Tensor, end: int) -> Store:
        """A new store with a copy of the past and room for what comes."""
        size = end + max(ROOM, end // 4)
        new = [part.new_empty((*part.shape[:2], size, part.shape[3])) for part in (keys, values)]
        if self.store is not None:
            for target, past in zip(new, (self.store.keys, self.store.values), strict=True):
                target[:, :, : self.length] = past[:, :, : self.length]
        return Store(new[0], new[1], end)

    def _look(self) -> None:
        self.keys, self.values = (part[:, :, : self.length] for part in (self.store.keys, self.store.values))

    def get_seq_length(self) -> int:
        return self.length

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """This layer goes on with other rows, in a store of its own."""
        if self.store is None:
            return
        size = min(self.store.keys.shape[2], self.length + ROOM)
        parts = [part[:, :, :size].index_select(0, beam_idx) for part in (self.store.keys, self.store.values)]
        self.store = Store(parts[0], parts[1], self.length)
        self._look()


SHARED = (GrowingLayer, SlidingLayer, DynamicLayer)  # a step never changes what a copy of such a layer still sees


def new_cache(config: Any, encoder_decoder: bool) -> Cache:
    """An empty cache for a model: growing layers, and transformers' own where a layer forgets (sliding windows)."""
    own = DynamicCache(config=config)
    own.layers = [_ours(layer) for layer in own.layers]
    if own.layer_class_to_replicate is DynamicLayer:
        own.layer_class_to_replicate = GrowingLayer
    return EncoderDecoderCache(own, DynamicCache()) if encoder_decoder else own


def _ours(layer: Any) -> Any:
    if type(layer) is DynamicSlidingWindowLayer:
        return SlidingLayer(layer.sliding_window)
    return GrowingLayer() if type(layer) is DynamicLayer else layer


def last_written(cache: Cache | None) -> Noticing | None:
    """The last of the decoder's layers, once something was written; None where that cannot be noticed."""
    own = cache.self_attention_cache if isinstance(cache, EncoderDecoderCache) else cache
    written = [layer for layer in (own.layers if own is not None else []) if layer.get_seq_length()]
    return written[-1] if written and isinstance(written[-1], Noticing) else None


def branched(cache: Cache | None) -> Cache | None:
    """A cache that may be written to while the given one stays as it is."""
    if cache is None:
        return None
    other = copy.copy(cache)
    if isinstance(cache, EncoderDecoderCache):
        other.self_attention_cache = branched(cache.self_attention_cache)
        other.cross_attention_cache = branched(cache.cross_attention_cache)
        other.is_updated = dict(cache.is_updated)
        return other
    other.layers = [copy.copy(layer) if type(layer) in SHARED else copy.deepcopy(layer) for layer in cache.layers]
    return other


def selected(cache: Cache | None, rows: Tensor, same_sources: bool) -> Cache | None:
    """A cache whose row i is row rows[i] of the given one. same_sources: every row keeps its source, so that what was
    made of the source (cross-attention) can stay."""
    other = branched(cache)
    if isinstance(other, EncoderDecoderCache):
        other.self_attention_cache.reorder_cache(rows)
        if not same_sources:
            other.cross_attention_cache.reorder_cache(rows)
    elif other is not None:
        other.reorder_cache(rows)
    return other
