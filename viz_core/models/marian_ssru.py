"""Marian's small translation students: a Transformer encoder and a recurrent decoder that looks at the source.

In each decoder layer the self-attention of the Transformer is replaced by a Simpler Simple Recurrent Unit (Kim et al.
2019, "From Research to Production and Back"), whose state has one size whatever came before; cross-attention and
the position-wise network stay. LayerNorm after each sum (Vaswani et al. 2017).
Axes: N sources, B hypotheses, S source positions, T target positions, D model width, H heads, d = D / H, V pieces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.layers.attention import scaled_scores
from viz_core.models.transformer_edits import Weigh, Weigher

NOTHING = -1  # the "previous output" of the first step: its embedding is 0


@dataclass(frozen=True)
class Config:
    """Sizes. inner: width of the position-wise network; encoder, decoder: layers; pieces: one vocabulary for both sides."""

    pieces: int
    size: int = 256
    heads: int = 8
    inner: int = 1536
    encoder: int = 6
    decoder: int = 2


class Heads(NamedTuple):
    """Queries, keys or both of one attention layer, each (N, H, positions, d)."""

    queries: Tensor
    keys: Tensor


class Memory(NamedTuple):
    """What the encoder left. embedded, states (N, S, D); mask (N, S), True at real positions; own: queries and keys of each
    encoder layer; keys, values: of each decoder layer's cross-attention, (N, H, S, d)."""

    embedded: Tensor
    states: Tensor
    mask: Tensor
    own: tuple[Heads, ...]
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]


class LayerStep(NamedTuple):
    """One decoder layer at one position. candidate W x_t, forget f_t, cell c_t: (N, B, D); queries (N, H, B, d); context
    (N, B, D): what cross-attention brought; output (N, B, D)."""

    candidate: Tensor
    forget: Tensor
    cell: Tensor
    queries: Tensor
    context: Tensor
    output: Tensor


class DecoderStep(NamedTuple):
    """embedded (N, B, D): √D · E(y_{t−1}) + position; layers: one `LayerStep` each."""

    embedded: Tensor
    layers: tuple[LayerStep, ...]


class Attention(nn.Module):
    """Multi-head attention with its residual sum and LayerNorm (Vaswani et al. 2017, §3.2.2)."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(size, size) for _ in range(4))
        self.norm = nn.LayerNorm(size, eps=1e-6)

    def split(self, x: Tensor) -> Tensor:
        """(N, L, D) → (N, H, L, d)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def look(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor, weigh: Weigh | None = None) -> Tensor:
        """W^O of what the heads read, (N, Q, D). weigh: scores to weights under interventions; None: one fused call."""
        if weigh is None:
            read = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask[:, None, None])
        else:
            read = row_weights(queries, keys, mask, weigh).to(values.dtype) @ values
        return self.output(read.transpose(1, 2).flatten(-2))


def row_weights(queries: Tensor, keys: Tensor, mask: Tensor, weigh: Weigh | None = None) -> Tensor:
    """softmax(q kᵀ / √d) of queries (N, H, Q, d) on keys (N, H, S, d), or what `weigh` makes of it; mask (N, S) → f32 (N, H, Q, S)."""
    scores = scaled_scores(queries, keys, mask[:, None, None])
    return scores.float().softmax(-1) if weigh is None else weigh(scores)


class FeedForward(nn.Module):
    """LN(x + W_2 max(0, W_1 x + b_1) + b_2) (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.into, self.out, self.norm = nn.Linear(size, inner), nn.Linear(inner, size), nn.LayerNorm(size, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x + self.out(F.relu(self.into(x))))


class EncoderLayer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention, self.feed_forward = Attention(config.size, config.heads), FeedForward(config.size, config.inner)

    def forward(self, x: Tensor, mask: Tensor, weigh: Weigh | None) -> tuple[Tensor, Heads]:
        """x (N, S, D), mask (N, S) → (N, S, D) and the queries and keys of its heads."""
        own = self.attention
        seen = Heads(own.split(own.query(x)), own.split(own.key(x)))
        x = own.norm(x + own.look(*seen, own.split(own.value(x)), mask, weigh))
        return self.feed_forward(x), seen


class DecoderLayer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.candidate, self.forget = nn.Linear(config.size, config.size, bias=False), nn.Linear(config.size, config.size)
        self.norm = nn.LayerNorm(config.size, eps=1e-6)
        self.cross, self.feed_forward = Attention(config.size, config.heads), FeedForward(config.size, config.inner)

    def recur(self, x: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """W x_t, f_t = σ(W_f x_t + b_f) and c_t = f_t ⊙ c_{t−1} + (1 − f_t) ⊙ W x_t (Kim et al. 2019)."""
        candidate, forget = self.candidate(x), torch.sigmoid(self.forget(x))
        return candidate, forget, forget * cell + (1 - forget) * candidate

    def forward(self, x: Tensor, cell: Tensor, memory: Memory, layer: int, weigh: Weigh | None) -> LayerStep:
        """x, cell (N, B, D): B hypotheses at one position. layer: its number, for what it finds in the memory."""
        candidate, forget, cell = self.recur(x, cell)
        x = self.norm(x + F.relu(cell))
        queries = self.cross.split(self.cross.query(x))  # (N, H, B, d)
        context = self.cross.look(queries, memory.keys[layer], memory.values[layer], memory.mask, weigh)
        return LayerStep(candidate, forget, cell, queries, context, self.feed_forward(self.cross.norm(x + context)))


class MarianSSRU(nn.Module):
    """The whole model; input and output embedding are one matrix (Press & Wolf 2017)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.pieces, config.size)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder))
        self.bias = nn.Parameter(torch.zeros(config.pieces))

    def place(self, ids: Tensor, positions: Tensor) -> Tensor:
        """√D · E(id) + position; `NOTHING` has the embedding 0. ids (N, L), positions broadcastable → (N, L, D)."""
        rows = self.embedding(ids.clamp(min=0)) * math.sqrt(self.config.size)
        return rows.masked_fill((ids == NOTHING)[..., None], 0) + positions

    def positions(self, first: int, count: int) -> Tensor:
        """Sinusoids in Marian's order: all sines, then all cosines, (count, D)."""
        half = self.config.size // 2
        rates = torch.exp(torch.arange(half, device=self.bias.device) * (-math.log(10_000.0) / (half - 1)))
        angles = torch.arange(first, first + count, device=self.bias.device)[:, None] * rates
        return torch.cat([angles.sin(), angles.cos()], dim=-1).to(self.bias.dtype)

    def encode(self, ids: Tensor, mask: Tensor, weigher: Weigher | None = None) -> Memory:
        """ids int64 (N, S), mask (N, S) True at real positions. weigher: interventions on attention."""
        x = embedded = self.place(ids, self.positions(0, ids.shape[1]))
        own = []
        for i, layer in enumerate(self.encoder):
            x, seen = layer(x, mask, weigher and weigher.at("encoder", i, mask))
            own.append(seen)
        keys, values = ([layer.cross.split(read(layer.cross)(x)) for layer in self.decoder] for read in (_key, _value))
        return Memory(embedded, x, mask, tuple(own), tuple(keys), tuple(values))

    def begin(self, memory: Memory) -> Tensor:
        """The cells before the first step, zeros (N, 1, layer, D)."""
        return memory.states.new_zeros(len(memory.states), 1, self.config.decoder, self.config.size)

    def decode(self, memory: Memory, cells: Tensor, previous: Tensor, index: int, weigher: Weigher | None = None) -> DecoderStep:
        """One step of B hypotheses. cells (N, B, layer, D); previous: y_{index−1}, int64 (N, B)."""
        x = embedded = self.place(previous, self.positions(index, 1))
        steps = []
        for i, layer in enumerate(self.decoder):
            steps.append(layer(x, cells[:, :, i], memory, i, weigher and weigher.at("cross", i)))
            x = steps[-1].output
        return DecoderStep(embedded, tuple(steps))

    def logits(self, output: Tensor) -> Tensor:
        """(…, D) → (…, V)."""
        return F.linear(output, self.embedding.weight, self.bias)

    def forward(self, ids: Tensor, mask: Tensor, previous: Tensor) -> Tensor:
        """Teacher forcing. previous: NOTHING, y_1 … y_{T−1}, int64 (N, T) → outputs (N, T, D); each layer runs over all
        positions at once except for its recurrence."""
        memory = self.encode(ids, mask)
        x = self.place(previous, self.positions(0, previous.shape[1]))
        for i, layer in enumerate(self.decoder):
            cell, outputs = torch.zeros_like(x[:, 0]), []
            for position in x.unbind(1):
                cell = layer.recur(position, cell)[2]
                outputs.append(F.relu(cell))
            x = layer.norm(x + torch.stack(outputs, dim=1))
            queries = layer.cross.split(layer.cross.query(x))
            context = layer.cross.look(queries, memory.keys[i], memory.values[i], mask)
            x = layer.feed_forward(layer.cross.norm(x + context))
        return x


def _key(attention: Attention) -> nn.Linear:
    return attention.key


def _value(attention: Attention) -> nn.Linear:
    return attention.value
