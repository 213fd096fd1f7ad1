"""Four maps of what a vision transformer's token got from each patch: raw attention, rollout, gradient rollout, relevance.

All are rows of products of the layers' maps. A row is carried from the last layer to the first, so that no product of whole
maps is ever made: r ← r (ρ I + (1 − ρ) Ā) costs as much as making Ā once, in blocks of rows. Axes: H heads, T tokens, L layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.explain.vision_gradients import Layer, attended, output_of
from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder
from viz_core.trace import AttentionMap, Factored, Trace
from viz_core.trace.errors import InputError

METHODS = ("raw", "rollout", "gradient_rollout", "relevance")
ROWS_AT_ONCE = 128
RESIDUAL = 0.5  # share of a token that the residual connection keeps (Abnar & Zuidema 2020, §3)


class Maps(NamedTuple):
    """rows: f32[T] ≥ 0 by method, over all tokens; value: of what was explained; target: its class, or None."""

    rows: dict[str, NDArray]
    value: float
    target: int | None


def maps(model: VisionEncoder, source: Source, query: int = 0, target: int | None = None, layer: int = -1) -> Maps:
    """The four maps of one token.

    query: the token that looks (0: CLS). target: class whose logit is explained; None: the token's own last state. layer: of
    the raw attention, the mean over heads. Costs one forward and one backward pass and one pass over all attention weights.
    Raises InputError for a token, class or layer that is not there.
    """
    _check_query(query, len(source.axis))
    layers, value = attended(model, source, output_of(model, query, target))
    if not -len(layers) <= layer < len(layers):
        raise InputError(f"there is no layer {layer}; give a layer from 0 to {len(layers) - 1}")
    carried = carry(layers, query, METHODS[1:])
    raw = layers[layer].rows(query, query + 1)[:, 0].mean(0)
    rows = {"raw": raw, **carried}
    return Maps({name: rows[name].float().cpu().numpy() for name in METHODS}, value, target)


def over_patches(row: NDArray, source: Source) -> NDArray:
    """A map's numbers at the patches as a picture, f[rows, cols]; the prefix is left out."""
    geometry = source.axis.geometry
    return row[int(geometry["prefix"]) :].reshape(int(geometry["rows"]), int(geometry["cols"]))  # type: ignore[call-overload]


def rollout_row(trace: Trace, query: int = 0, residual: float = RESIDUAL) -> NDArray:
    """One row of attention rollout (Abnar & Zuidema 2020, §3) from a trace's maps, f32[T]; sums to 1."""
    _check_query(query, len(trace.source_axis))
    return carry(layers_of(trace), query, ("rollout",), residual)["rollout"].numpy()


def layers_of(trace: Trace) -> list[Layer]:
    """The attention layers of a trace, first one first, without gradients."""
    return [_layer(item, i) for step in trace.steps for item in step.attention for i in range(len(item.layers))]


@torch.no_grad()
def carry(layers: Sequence[Layer], query: int, methods: Sequence[str], residual: float = RESIDUAL) -> dict[str, Tensor]:
    """The row of `query` carried from the last layer to the first by each method, f32[T].

    `rollout`: r ← ρ r + (1 − ρ) r Ā, Ā the mean over heads (Abnar & Zuidema 2020). `gradient_rollout`: the same with
    Ā = mean of max(0, ∇A ⊙ A) over heads, its rows scaled to sum to 1: heads count by how much the output needs them.
    `relevance`: r ← r + r mean(max(0, ∇A ⊙ A)), unscaled (Chefer et al. 2021b, eq. 5–6); the start is taken away at the end, so
    that it says what came through attention.
    """
    like = layers[0].queries
    start = torch.zeros(like.shape[1], device=like.device).index_fill_(0, torch.tensor([query], device=like.device), 1.0)
    found = {name: start.clone() for name in methods}
    weighted = any(name != "rollout" for name in methods)
    for layer in reversed(layers):
        mixed = {name: torch.zeros_like(start) for name in methods}
        for low in range(0, len(start), ROWS_AT_ONCE):
            high = min(low + ROWS_AT_ONCE, len(start))
            if not any(row[low:high].any() for row in found.values()):
                continue  # nothing comes from these tokens
            weights = layer.rows(low, high)
            used = (weights * layer.gradient_rows(low, high)).clamp_(min=0).mean(0) if weighted else weights[0]
            for name, row in found.items():
                mixed[name] += _through(name, row[low:high], weights, used)
        for name, row in found.items():
            found[name] = row + mixed[name] if name == "relevance" else residual * row + (1 - residual) * mixed[name]
    if "relevance" in found:
        found["relevance"] = (found["relevance"] - start).clamp(min=0)
    return found


def _through(name: str, row: Tensor, weights: Tensor, used: Tensor) -> Tensor:
    """r Ā over a block of rows. weights: f32[H, rows, T]; used: mean over heads of max(0, ∇A ⊙ A), f32[rows, T]."""
    if name == "rollout":
        return (row / len(weights)).repeat(len(weights)) @ weights.flatten(0, 1)
    if name == "relevance":
        return row @ used
    total = used.sum(-1)
    return torch.where(total > 0, row / total.clamp(min=1e-30), 0.0) @ used


def _layer(item: AttentionMap, index: int) -> Layer:
    """One layer of a record, without gradients; of stored weights their logarithms are as good as scores."""
    weights = item.weights
    if isinstance(weights, Factored) and weights.mask is None and not weights.causal:
        queries, keys = (torch.tensor(part[index]) for part in (weights.queries, weights.keys))
        return Layer(queries, keys, keys, weights.scale)
    rows = np.stack([item.map(index, head) for head in range(len(item.heads))])
    identity = np.broadcast_to(np.eye(rows.shape[-1], dtype=np.float32), rows.shape)
    scores = torch.from_numpy(np.log(np.maximum(np.nan_to_num(rows), 1e-30)))
    return Layer(scores, torch.from_numpy(identity.copy()), scores, 1.0)


def _check_query(query: int, tokens: int) -> None:
    if not 0 <= query < tokens:
        raise InputError(f"there is no token {query}; give one from 0 (CLS) to {tokens - 1}")
