"""LSTM encoder–decoder without attention and with dot, general or additive attention.

Architecture: bidirectional encoder (Bahdanau et al. 2015, §3.2), scores and attentional state of Luong et al. 2015
(§3.1, eq. 5–8) with input feeding (§3.3), so that the four variants differ in nothing but how c_t is made.
Axes: N sources, B hypotheses, S source positions, T target positions, P parts of a word, D embedding, H state, V outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from viz_core.inputs.vocabulary import PAD
from viz_core.inputs.words import PARTS
from viz_core.layers.attention import additive_scores, attention_weights, dot_scores
from viz_core.layers.lstm import LSTMStep, lstm_step
from viz_core.trace.errors import InputError

SCORES = ("none", "dot", "general", "additive")


@dataclass(frozen=True)
class Config:
    """Sizes of a model. score: one of `SCORES`; parts: characters of words (0: the source has no parts);
    encoder_layers: 1, or 2 with a second bidirectional layer between the embedding and the one that is attended to."""

    score: str
    words: int
    parts: int
    outputs: int
    embedding: int = 160
    hidden: int = 384
    dropout: float = 0.3
    encoder_layers: int = 1

    def __post_init__(self) -> None:
        if self.encoder_layers not in (1, 2):
            raise InputError(f"an encoder of {self.encoder_layers} layers is not offered; use 1 or 2")
        if self.score not in SCORES:
            raise InputError(f"score function {self.score!r} is unknown; use one of {', '.join(SCORES)}")


class Memory(NamedTuple):
    """What the encoder left. states: h, (N, S, H). projected: what scores compare with, (N, S, H or A). mask: (N, S),
    True at real positions. fixed: the one vector c of the variant without attention, (N, H). embedded: (N, S, D)."""

    states: Tensor
    projected: Tensor
    mask: Tensor
    fixed: Tensor
    embedded: Tensor


class DecoderState(NamedTuple):
    """s_{t−1}, its cell and ŝ_{t−1} (fed to the next step), each (N, B, ·)."""

    hidden: Tensor
    cell: Tensor
    attentional: Tensor


class DecoderStep(NamedTuple):
    """Everything one decoder step computes, each (N, B, ·)."""

    embedded: Tensor  # (N, B, D)
    lstm: LSTMStep  # (N, B, H) each
    scores: Tensor | None  # e, (N, B, S); None without attention
    weights: Tensor | None  # α, (N, B, S)
    context: Tensor  # c, (N, B, H)
    attentional: Tensor  # ŝ, (N, B, D)


class WordEmbedding(nn.Module):
    """A word's own vector plus its characters', each character weighted by a learned vector of its place.

    A word that training never saw has no vector of its own: its characters alone speak for it. Every word has PARTS places;
    an empty one holds the row of PAD, a fixed vector that says how short the word is.
    """

    def __init__(self, words: int, parts: int, size: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words, size, padding_idx=PAD)
        self.parts = nn.Embedding(parts, size, padding_idx=PAD) if parts else None
        self.places = nn.Parameter(torch.ones(PARTS, size)) if parts else None
        nn.init.normal_(self.words.weight, std=0.1)
        if self.parts is not None:
            nn.init.normal_(self.parts.weight, std=0.1)

    def forward(self, words: Tensor, parts: Tensor | None) -> Tensor:
        """words int64 (N, S), parts int64 (N, S, PARTS) with PAD → (N, S, D)."""
        embedded = self.words(words)
        if self.parts is None or parts is None:
            return embedded
        real = parts.ne(PAD).sum(-1, keepdim=True).clamp(min=1)
        return embedded + (self.parts(parts) * self.places).sum(dim=-2) / real


class RecurrentSeq2Seq(nn.Module):
    """The four variants. Nothing of a call is kept on the module."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        d, h = config.embedding, config.hidden
        self.source = WordEmbedding(config.words, config.parts, d)
        self.below = nn.LSTM(d, h // 2, bidirectional=True, batch_first=True) if config.encoder_layers == 2 else None
        self.encoder = nn.LSTM(h if self.below else d, h // 2, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(h, 2 * h)
        self.target = nn.Embedding(config.outputs, d, padding_idx=PAD)
        self.decoder = nn.LSTMCell(2 * d, h)
        if config.score in ("general", "additive"):
            self.memory_projection = nn.Linear(h, h, bias=False)
        if config.score == "additive":
            self.state_projection = nn.Linear(h, h)
            self.v = nn.Parameter(torch.randn(h) * h**-0.5)
        self.combine = nn.Linear(2 * h, d, bias=False)
        self.bias = nn.Parameter(torch.zeros(config.outputs))
        nn.init.normal_(self.target.weight, std=d**-0.5)
        with torch.no_grad():  # start with open forget gates (Jozefowicz et al. 2015, §2.2)
            self.decoder.bias_ih[h : 2 * h].fill_(1.0)

    def encode(self, words: Tensor, parts: Tensor | None) -> Memory:
        """words int64 (N, S) padded with PAD, parts (N, S, P) or None → `Memory`."""
        mask = words.ne(PAD) if parts is None else words.ne(PAD) | parts.ne(PAD).any(-1)
        return self.read(self.source(words, parts), mask)

    def read(self, embedded: Tensor, mask: Tensor) -> Memory:
        """Embeddings f32 (N, S, D) and real positions bool (N, S), at least one each, the padding last → `Memory`."""
        dropped = F.dropout(embedded, self.config.dropout, self.training)
        packed = nn.utils.rnn.pack_padded_sequence(dropped, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        states, (last, _) = self.encoder(self.read_below(packed))
        states, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True, total_length=mask.shape[1])
        fixed = torch.cat([last[0], last[1]], dim=-1)  # both directions' last states: c of Sutskever et al. 2014
        # no dropout on h: it makes the scores noisy, and alignment is then learned late or not at all
        projected = self.memory_projection(states) if self.config.score in ("general", "additive") else states
        return Memory(states, projected, mask, fixed, embedded)

    def read_below(self, embedded: PackedSequence) -> PackedSequence:
        """What the attended encoder layer reads: the embeddings, or the states of the layer below it."""
        if self.below is None:
            return embedded
        states, _ = self.below(embedded)
        return states._replace(data=F.dropout(states.data, self.config.dropout, self.training))

    def encoder_inputs(self, embedded: Tensor) -> Tensor:
        """The rows that the attended encoder layer reads at each position of one source: f32[S, D] → f32[S, D or H]."""
        return self.read_below(pack_sequence([embedded])).data

    def begin(self, memory: Memory) -> DecoderState:
        """s_0 and c_0 from the encoder's last states, ŝ_0 = 0; one hypothesis a source."""
        hidden, cell = torch.tanh(self.bridge(memory.fixed)).chunk(2, dim=-1)
        attentional = hidden.new_zeros(hidden.shape[0], 1, self.config.embedding)
        return DecoderState(hidden[:, None], cell[:, None], attentional)

    def scores(self, states: Tensor, memory: Memory) -> Tensor:
        """e_ij = score(s_i, h_j): (N, B, H) → (N, B, S)."""
        if self.config.score == "additive":
            return additive_scores(self.state_projection(states), memory.projected, self.v)
        return dot_scores(states, memory.projected)  # dot, or general: sᵀ (W h)

    def word_inputs(self, embedded: Tensor) -> Tensor:
        """The part of the gates that only the previous word decides, W_x E(y) + b: (..., D) → (..., 4H)."""
        cell = self.decoder
        return F.linear(embedded, cell.weight_ih[:, : self.config.embedding], cell.bias_ih + cell.bias_hh)

    def decode(
        self, memory: Memory, state: DecoderState, embedded: Tensor, word_inputs: Tensor | None = None, feed: Tensor | None = None,
        weigh: Callable[[Tensor, Tensor], Tensor] = attention_weights,
    ) -> DecoderStep:  # fmt: skip
        """One decoder step. embedded: E(y_{t−1}), (N, B, D). word_inputs, and feed, the columns of the input weights for
        ŝ_{t−1}: where they are known already (slicing them at every step of training costs a tenth of it). weigh: from scores and mask to
        weights, where somebody intervenes."""
        word_inputs = self.word_inputs(embedded) if word_inputs is None else word_inputs
        feed = self.decoder.weight_ih[:, self.config.embedding :] if feed is None else feed
        gates = word_inputs + F.linear(state.attentional, feed) + F.linear(state.hidden, self.decoder.weight_hh)
        lstm = lstm_step(gates, state.cell)
        if self.config.score == "none":
            scores = weights = None
            context = memory.fixed[:, None].expand(-1, lstm.hidden.shape[1], -1)
        else:
            scores = self.scores(lstm.hidden, memory)
            weights = weigh(scores, memory.mask[:, None])
            context = weights.to(memory.states.dtype) @ memory.states  # c_i = Σ_j α_ij h_j
        attentional = torch.tanh(self.combine(torch.cat([context, lstm.hidden.to(context.dtype)], dim=-1)))
        return DecoderStep(embedded, lstm, scores, weights, context, attentional)

    def logits(self, attentional: Tensor) -> Tensor:
        """W_s ŝ with W_s tied to the target embedding (Press & Wolf 2017): (..., D) → (..., V)."""
        return F.linear(attentional, self.target.weight, self.bias)

    def forward(self, words: Tensor, parts: Tensor | None, previous: Tensor) -> Tensor:
        """Teacher forcing. previous: y_0 … y_{T−1}, int64 (N, T) → attentional states (N, T, D)."""
        return self.forced(self.encode(words, parts), previous)

    def forced(self, memory: Memory, previous: Tensor) -> Tensor:
        """`forward` from what the encoder left."""
        embedded = F.dropout(self.target(previous), self.config.dropout, self.training)
        inputs, feed = self.word_inputs(embedded), self.decoder.weight_ih[:, self.config.embedding :]
        state, outputs = self.begin(memory), []
        for word, word_inputs in zip(embedded.split(1, dim=1), inputs.split(1, dim=1), strict=True):
            step = self.decode(memory, state, word, word_inputs, feed)
            attentional = F.dropout(step.attentional, self.config.dropout, self.training)
            state = DecoderState(step.lstm.hidden, step.lstm.cell, attentional)
            outputs.append(attentional)
        return torch.cat(outputs, dim=1)
