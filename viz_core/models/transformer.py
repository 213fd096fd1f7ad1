"""The Transformer encoder–decoder (Vaswani et al. 2017): post-LN as in the paper, or pre-LN (Xiong et al. 2020).

Axes: N sources, B hypotheses, S source positions, T target positions, D model width, H heads, d = D / H, V outputs.
Nothing of a call is kept on the module: keys and values of earlier steps travel in `KeyValue`s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.inputs.vocabulary import PAD
from viz_core.layers.attention import scaled_scores
from viz_core.layers.positional import sinusoids
from viz_core.models.recurrent_seq2seq import WordEmbedding
from viz_core.models.transformer_edits import Weigh, Weigher
from viz_core.trace.errors import InputError


@dataclass(frozen=True)
class Config:
    """Sizes of a model. inner: width of the position-wise network; norm: `post` (the paper) or `pre`; positions: False
    leaves the position encodings out, for looking at what attention does without them.

    alignment_layer, alignment_head (None: the mean of all): the cross-attention that aligns best and that a beam node keeps;
    alignment_shifted: words align better by the row of the step that *reads* them, the one after the step that writes them
    (Chen et al. 2020, §3). All three are chosen on development data.
    """

    words: int
    parts: int
    outputs: int
    size: int = 160
    heads: int = 4
    layers: int = 3
    inner: int = 640
    dropout: float = 0.1
    norm: str = "post"
    alignment_layer: int = -1
    positions: bool = True
    alignment_head: int | None = None
    alignment_shifted: bool = False

    def __post_init__(self) -> None:
        if self.norm not in ("post", "pre"):
            raise InputError(f"norm {self.norm!r} is unknown; use post (LayerNorm after the sum, as in the paper) or pre")
        if self.size % self.heads:
            raise InputError(f"{self.heads} heads do not divide the width {self.size}; choose a divisor")


class KeyValue(NamedTuple):
    """Keys and values of one attention layer, each (·, H, positions, d)."""

    keys: Tensor
    values: Tensor


class Asked(NamedTuple):
    """What self-attention projected some positions to: queries, and their own keys and values, each (·, H, positions, d)."""

    query: Tensor
    own: KeyValue


class Memory(NamedTuple):
    """What the encoder left. states (N, S, D); mask (N, S), True at real positions; cross: keys and values of each decoder
    layer; of each encoder layer: inputs, between: what entered it and its position-wise network, (N, S, D); asked, attended: by
    its attention, and what that gave; inner, made: of the position-wise network, (N, S, inner) and (N, S, D)."""

    states: Tensor
    mask: Tensor
    cross: tuple[KeyValue, ...]
    inputs: tuple[Tensor, ...]
    asked: tuple[Asked, ...] = ()
    attended: tuple[Tensor, ...] = ()
    between: tuple[Tensor, ...] = ()
    inner: tuple[Tensor, ...] = ()
    made: tuple[Tensor, ...] = ()

    @property
    def embedded(self) -> Tensor:
        """√D · E(x) + position, (N, S, D)."""
        return self.inputs[0]


class DecoderStep(NamedTuple):
    """What one decoder step computed for B hypotheses, one a layer; everything else follows from it. states: what the tied
    matrix reads, (N, B, D); past: keys and values up to this step, (N·B, H, t + 1, d); inputs, crossing, between: what entered
    the layer, its cross-attention and its position-wise network, (N, B, D); asked: of the newest position, (N·B, H, 1, d);
    attended, crossed: what self- and cross-attention gave, (N, B, D); across: the queries of the latter, heads side by side,
    (N, B, D); inner, made: of the position-wise network, (N, B, inner) and (N, B, D)."""

    states: Tensor
    past: tuple[KeyValue, ...]
    inputs: tuple[Tensor, ...]
    crossing: tuple[Tensor, ...]
    asked: tuple[Asked, ...]
    attended: tuple[Tensor, ...]
    across: tuple[Tensor, ...]
    crossed: tuple[Tensor, ...]
    between: tuple[Tensor, ...]
    inner: tuple[Tensor, ...]
    made: tuple[Tensor, ...]


class MultiHead(nn.Module):
    """W^Q, W^K, W^V, h heads in parallel and W^O (§3.2.2)."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(size, size) for _ in range(4))
        for layer in (self.query, self.key, self.value, self.output):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def split(self, x: Tensor) -> Tensor:
        """(N, L, D) → (N, H, L, d)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def ask(self, x: Tensor) -> Tensor:
        """Queries of positions x (N, L, D), (N, H, L, d)."""
        return self.split(self.query(x))

    def remember(self, x: Tensor) -> KeyValue:
        """Keys and values of positions x (N, L, D)."""
        return KeyValue(self.split(self.key(x)), self.split(self.value(x)))

    def forward(
        self, query: Tensor, memory: KeyValue, mask: Tensor | None = None, causal: bool = False, weigh: Weigh | None = None
    ) -> Tensor:
        """Queries (N, H, L, d) look at memory → (N, L, D); mask True where visible, broadcastable to (N, H, L, K).

        weigh: from scores to weights under interventions; None: softmax, fused with the sum.
        """
        if weigh is None:
            heads = F.scaled_dot_product_attention(query, *memory, attn_mask=mask, is_causal=causal)
        else:
            heads = weigh(scaled_scores(query, memory.keys, mask)) @ memory.values
        return self.output(heads.transpose(1, 2).flatten(-2))  # concat, W^O

    def own(self, x: Tensor, past: KeyValue | None, weigh: Weigh | None = None) -> tuple[Tensor, KeyValue, Asked]:
        """One more position for each of B hypotheses: x (N, B, D), each looks at its own past (N·B, H, T, d) and itself."""
        rows = x.flatten(0, 1)[:, None]  # (N·B, 1, D)
        asked = Asked(self.ask(rows), self.remember(rows))
        seen = asked.own
        if past is not None:
            seen = KeyValue(torch.cat((past.keys, seen.keys), dim=-2), torch.cat((past.values, seen.values), dim=-2))
        return self(asked.query, seen, weigh=weigh)[:, 0].unflatten(0, x.shape[:2]), seen, asked


class Sublayer(nn.Module):
    """The residual connection and LayerNorm around a sub-layer: LN(x + f(x)), or x + f(LN(x)) where pre."""

    def __init__(self, size: int, pre: bool, dropout: float) -> None:
        super().__init__()
        self.norm, self.pre, self.dropout = nn.LayerNorm(size), pre, dropout

    def before(self, x: Tensor) -> Tensor:
        return self.norm(x) if self.pre else x

    def after(self, x: Tensor, output: Tensor) -> Tensor:
        total = x + F.dropout(output, self.dropout, self.training)
        return total if self.pre else self.norm(total)


class FeedForward(nn.Module):
    """The position-wise network max(0, x W_1 + b_1) W_2 + b_2 (eq. 2)."""

    def __init__(self, size: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.into, self.out, self.dropout = nn.Linear(size, inner), nn.Linear(inner, size), dropout

    def inside(self, x: Tensor) -> Tensor:
        """max(0, x W_1 + b_1), (…, D) → (…, inner)."""
        return F.relu(self.into(x))

    def outside(self, inner: Tensor) -> Tensor:
        """The output from the inner layer, (…, inner) → (…, D)."""
        return self.out(F.dropout(inner, self.dropout, self.training))

    def forward(self, x: Tensor) -> Tensor:
        return self.outside(self.inside(x))


class EncoderLayer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        pre = config.norm == "pre"
        self.attention = MultiHead(config.size, config.heads)
        self.feed_forward = FeedForward(config.size, config.inner, config.dropout)
        self.around_attention, self.around_feed_forward = (Sublayer(config.size, pre, config.dropout) for _ in range(2))

    def forward(self, x: Tensor, mask: Tensor, weigh: Weigh | None = None) -> tuple[Tensor, Asked, Tensor, Tensor, Tensor, Tensor]:
        """x (N, S, D), mask (N, 1, 1, S) → (N, S, D), then what its attention asked and gave, what entered the position-wise
        network, and the latter's inner layer and output."""
        y = self.around_attention.before(x)
        asked = Asked(self.attention.ask(y), self.attention.remember(y))
        attended = self.attention(*asked, mask, weigh=weigh)
        x = self.around_attention.after(x, attended)
        inner = self.feed_forward.inside(self.around_feed_forward.before(x))
        made = self.feed_forward.outside(inner)
        return self.around_feed_forward.after(x, made), asked, attended, x, inner, made


class DecoderLayer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        pre = config.norm == "pre"
        self.attention, self.cross = (MultiHead(config.size, config.heads) for _ in range(2))
        self.feed_forward = FeedForward(config.size, config.inner, config.dropout)
        self.around_attention, self.around_cross, self.around_feed_forward = (
            Sublayer(config.size, pre, config.dropout) for _ in range(3)
        )

    def forward(self, x: Tensor, memory: KeyValue, mask: Tensor) -> Tensor:
        """All target positions at once, each seeing itself and what came before: x (N, T, D) → (N, T, D)."""
        y = self.around_attention.before(x)
        x = self.around_attention.after(x, self.attention(self.attention.ask(y), self.attention.remember(y), causal=True))
        return self.rest(x, memory, mask)[0]

    def look_back(self, x: Tensor, past: KeyValue | None, weigh: Weigh | None = None) -> tuple[Tensor, KeyValue, Asked, Tensor]:
        """Self-attention of one position of B hypotheses: x (N, B, D) → (N, B, D), the keys and values so far, and what this
        position asked and got."""
        attended, seen, asked = self.attention.own(self.around_attention.before(x), past, weigh)
        return self.around_attention.after(x, attended), seen, asked, attended

    def rest(self, x: Tensor, memory: KeyValue, mask: Tensor, weigh: Weigh | None = None) -> tuple[Tensor, ...]:
        """Cross-attention and the position-wise network, then the queries and the output of the former (N, L, D), what entered the
        latter, its inner layer and its output; queries do not see one another, so L may be T or B."""
        query = self.cross.query(self.around_cross.before(x))
        crossed = self.cross(self.cross.split(query), memory, mask, weigh=weigh)
        x = self.around_cross.after(x, crossed)
        inner = self.feed_forward.inside(self.around_feed_forward.before(x))
        made = self.feed_forward.outside(inner)
        return self.around_feed_forward.after(x, made), query, crossed, x, inner, made


class Transformer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.source = WordEmbedding(config.words, config.parts, config.size)
        self.target = nn.Embedding(config.outputs, config.size, padding_idx=PAD)
        nn.init.normal_(self.target.weight, std=config.size**-0.5)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        last = nn.LayerNorm if config.norm == "pre" else lambda size: nn.Identity()
        self.encoder_norm, self.decoder_norm = last(config.size), last(config.size)
        self.bias = nn.Parameter(torch.zeros(config.outputs))

    def place(self, embedded: Tensor, first: int = 0) -> Tensor:
        """√D · E + position (§3.4, §3.5): the factor brings embeddings of length ≈ 1 to the scale of the positions."""
        scaled = embedded * math.sqrt(self.config.size)
        if self.config.positions:
            scaled = scaled + sinusoids(embedded.shape[1], self.config.size, first).to(embedded)
        return F.dropout(scaled, self.config.dropout, self.training)

    def encode(self, words: Tensor, parts: Tensor | None, weigher: Weigher | None = None) -> Memory:
        """words int64 (N, S) padded with PAD, parts (N, S, P) or None → `Memory`. weigher: interventions on attention."""
        mask = words.ne(PAD) if parts is None else words.ne(PAD) | parts.ne(PAD).any(-1)
        return self.read(self.source(words, parts), mask, weigher)

    def read(self, embedded: Tensor, mask: Tensor, weigher: Weigher | None = None) -> Memory:
        """Word embeddings E(x) f32 (N, S, D) and real positions bool (N, S) → `Memory`."""
        x, found = self.place(embedded), []
        for i, layer in enumerate(self.encoder):
            left, *kept = layer(x, mask[:, None, None], weigher and weigher.at("encoder", i, mask))
            found.append((x, *kept))
            x = left
        states = self.encoder_norm(x)
        return Memory(states, mask, tuple(layer.cross.remember(states) for layer in self.decoder), *zip(*found, strict=True))

    def step(
        self, memory: Memory, past: tuple[KeyValue, ...] | None, previous: Tensor, index: int, weigher: Weigher | None = None
    ) -> DecoderStep:
        """One decoder step of B hypotheses. previous: y_{index−1}, int64 (N, B); past: of the step before, None at first."""
        x = self.place(self.target(previous.flatten())[:, None], index)[:, 0].unflatten(0, previous.shape)
        mask, found = memory.mask[:, None, None], []
        for i, layer in enumerate(self.decoder):
            y, seen, asked, attended = layer.look_back(x, past[i] if past else None, weigher and weigher.at("decoder", i))
            left, *rest = layer.rest(y, memory.cross[i], mask, weigher and weigher.at("cross", i))
            found.append((seen, x, y, asked, attended, *rest))
            x = left
        return DecoderStep(self.decoder_norm(x), *zip(*found, strict=True))

    def logits(self, states: Tensor) -> Tensor:
        """Through the tied matrix (§3.4; Press & Wolf 2017): (..., D) → (..., V)."""
        return F.linear(states, self.target.weight, self.bias)

    def forward(self, words: Tensor, parts: Tensor | None, previous: Tensor) -> Tensor:
        """Teacher forcing, all positions in parallel. previous: y_0 … y_{T−1}, int64 (N, T) → states (N, T, D)."""
        return self.forced(self.encode(words, parts), previous)

    def forced(self, memory: Memory, previous: Tensor) -> Tensor:
        """`forward` from what the encoder left."""
        x = self.place(self.target(previous))
        for layer, cross in zip(self.decoder, memory.cross, strict=True):
            x = layer(x, cross, memory.mask[:, None, None])
        return self.decoder_norm(x)
