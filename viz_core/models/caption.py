"""Show, attend and tell: an LSTM that writes a caption over the patches of a picture (Xu et al. 2015).

The picture's patches come from a frozen vision transformer. Axes: N pictures, B hypotheses, L patches, T words, D width of
the vision model, A of an annotation, E of an embedding, H of the state, V outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.inputs.vocabulary import PAD
from viz_core.layers.attention import additive_scores, attention_weights
from viz_core.layers.lstm import LSTMStep, lstm_step
from viz_core.models.caption_annotator import COLOURS, Annotator
from viz_core.trace.errors import InputError

DECODERS = ("attention", "none")
TINT = 32  # units between the colours of a patch and what they are called


@dataclass(frozen=True)
class Config:
    """Sizes. decoder: `attention`, or `none` for one fixed image vector at every step; features: D; annotation: A;
    hues, colours: of the annotator; named: for each noun that the vision model's classes speak for, the words that name it,
    English singular and plural, then Chinese; tinted: for each colour, the word for it in every language: then annotations
    hold no colours, and which colour is said follows from the colours looked at alone."""

    decoder: str
    outputs: int
    features: int = 387
    annotation: int = 256
    embedding: int = 192
    hidden: int = 384
    attention: int = 64
    dropout: float = 0.15
    hues: int = 0
    colours: int = COLOURS
    named: Sequence[Sequence[int]] = ()
    tinted: Sequence[Sequence[int]] = ()

    def __post_init__(self) -> None:
        if self.decoder not in DECODERS:
            raise InputError(f"caption decoder {self.decoder!r} is unknown; use one of {', '.join(DECODERS)}")


class Annotations(NamedTuple):
    """A picture as the decoder reads it. vectors: a_i, (N, L, A); projected: U a_i, what scores compare with, (N, L, ·);
    mask: (N, L), True at real patches; image: the one fixed vector, (N, A); names: n_i, what the vision model's classes call
    each patch, (N, L, E); tints: s_i, what its colours are called, (N, L, C). Both (N, L, 0) where they are not asked."""

    vectors: Tensor
    projected: Tensor
    mask: Tensor
    image: Tensor
    names: Tensor
    tints: Tensor


class CaptionState(NamedTuple):
    """h_{t−1} and its cell, (N, B, H)."""

    hidden: Tensor
    cell: Tensor


class CaptionStep(NamedTuple):
    """Everything that one step computes, each (N, B, ·)."""

    embedded: Tensor  # E y_{t−1}, (N, B, E)
    scores: Tensor | None  # e_t, (N, B, L); None without attention
    weights: Tensor | None  # α_t, (N, B, L)
    context: Tensor  # Σ_i α_ti a_i, or the fixed image vector, (N, B, A)
    gate: Tensor | None  # β_t, (N, B, 1); None without attention
    gated: Tensor  # ẑ_t = β_t Σ_i α_ti a_i, (N, B, A)
    lstm: LSTMStep  # (N, B, H) each
    trust: Tensor | None  # τ_t, (N, B, 1), how far the names are listened to; None without them
    name: Tensor | None  # Σ_i α_ti n_i, (N, B, E)
    tint_trust: Tensor | None  # κ_t, (N, B, 1), how far the colours are listened to; None without them
    tint: Tensor | None  # Σ_i α_ti s_i, (N, B, C)
    output: Tensor  # what the words are chosen from, (N, B, E); (N, B, E + C) with tints


class CaptionLSTM(nn.Module):
    """The decoder with attention and the one with a fixed vector. Nothing of a call is kept on the module."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        a, e, h = config.annotation, config.embedding, config.hidden
        self.told = config.features - config.colours if config.tinted else config.features  # features that annotations are made of
        self.annotator = Annotator(self.told, a, config.dropout, config.hues, 0 if config.tinted else config.colours)
        self.target = nn.Embedding(config.outputs, e, padding_idx=PAD)
        self.first = nn.Linear(a, 2 * h)
        self.decoder = nn.LSTMCell(e + a, h)
        self.from_hidden, self.from_context = nn.Linear(h, e), nn.Linear(a, e, bias=False)
        self.bias = nn.Parameter(torch.zeros(config.outputs))
        self.sharpness = nn.Parameter(torch.ones(()), requires_grad=False)  # 1 / T, the temperature that calibrates its words; not learned
        if config.named:
            self.trust = nn.Linear(h, 1)
        if config.tinted:
            self.tint, self.tint_trust = nn.Sequential(nn.Linear(config.colours, TINT), nn.GELU(), nn.Linear(TINT, len(config.tinted))), nn.Linear(h, 1)
        if config.decoder == "attention":
            self.memory_projection = nn.Linear(a, config.attention, bias=False)
            self.state_projection = nn.Linear(h, config.attention)
            self.v = nn.Parameter(torch.randn(config.attention) * config.attention**-0.5)
            self.gate = nn.Linear(h, 1)
        nn.init.normal_(self.target.weight, std=e**-0.5)
        with torch.no_grad():  # start with open forget gates (Jozefowicz et al. 2015, §2.2)
            self.decoder.bias_ih[h : 2 * h].fill_(1.0)

    @torch.no_grad()
    def sharpen(self, factor: float) -> None:
        """Multiplies every logit by a factor, 1 / T (Guo et al. 2017, §4.2)."""
        self.sharpness *= factor
        self.bias *= factor

    def annotate(self, features: Tensor, places: Tensor, mask: Tensor) -> Annotations:
        """States of the frozen model (N, 1 + L, D), [CLS] first, centres of the patches (N, L, 2), mask (N, L)."""
        vectors, image = self.annotator(features[..., : self.told], places, mask)
        projected = self.memory_projection(vectors) if self.config.decoder == "attention" else vectors
        nothing = vectors[..., :0]
        names = self._names(features) if self.config.named else nothing
        return Annotations(vectors, projected, mask, image, names, self.tints(features) if self.config.tinted else nothing)

    def _names(self, features: Tensor) -> Tensor:
        """n_i = Σ_k r_ik ē_k, ē_k the mean embedding of the words for noun k: (N, L, E). As logits are products with the same
        embeddings, each word gains what speaks for it: copying from a classifier as in Yao et al. 2017 ("Incorporating copying
        mechanism in image captioning for learning novel objects"), here as a sum of logits."""
        words = torch.tensor(self.config.named, device=features.device)
        return self.evidence(features).to(self.target.weight.dtype) @ self.target(words).mean(1)

    def evidence(self, features: Tensor) -> Tensor:
        """r_i, what the vision model's classes say for each noun at every patch: (..., 1 + L, D) → (..., L, K)."""
        return features[..., 1:, -self.config.colours - len(self.config.named) : -self.config.colours]

    def tints(self, features: Tensor) -> Tensor:
        """s_i, how far the colours of every patch are each of the colours that have words: (..., 1 + L, D) → (..., L, C)."""
        return self.tint(features[..., 1:, -self.config.colours :])

    def begin(self, annotations: Annotations) -> CaptionState:
        """h_0 and c_0 from the image vector (Xu et al. 2015, §3.1.2: from the mean annotation); one hypothesis a picture."""
        hidden, cell = torch.tanh(self.first(annotations.image)).chunk(2, dim=-1)
        return CaptionState(hidden[:, None], cell[:, None])

    def decode(
        self, annotations: Annotations, state: CaptionState, embedded: Tensor,
        weigh: Callable[[Tensor, Tensor], Tensor] = attention_weights,
    ) -> CaptionStep:  # fmt: skip
        """One step (eq. 1–9). embedded: E y_{t−1}, (N, B, E); weigh: from scores and mask to weights, where somebody intervenes."""
        scores = weights = gate = None
        if self.config.decoder == "attention":
            scores = additive_scores(self.state_projection(state.hidden), annotations.projected, self.v)
            weights = weigh(scores, annotations.mask[:, None])
            context = weights.to(annotations.vectors.dtype) @ annotations.vectors
            gate = torch.sigmoid(self.gate(state.hidden))
            gated = gate * context
        else:
            context = gated = annotations.image[:, None].expand(-1, state.hidden.shape[1], -1)
        cell = self.decoder
        inputs = torch.cat([embedded, gated.to(embedded.dtype)], dim=-1)
        gates = F.linear(inputs, cell.weight_ih, cell.bias_ih) + F.linear(state.hidden, cell.weight_hh, cell.bias_hh)
        lstm = lstm_step(gates, state.cell)
        hidden = F.dropout(lstm.hidden, self.config.dropout, self.training)
        output = embedded + self.from_hidden(hidden) + self.from_context(gated)
        trust = name = tint_trust = tint = None
        if self.config.named:
            trust, name = F.softplus(self.trust(hidden)), self._attended(annotations.names, annotations.mask, weights)
            output = output + trust * name
        if self.config.tinted:
            tint_trust, tint = F.softplus(self.tint_trust(hidden)), self._attended(annotations.tints, annotations.mask, weights)
            output = torch.cat([output, (tint_trust * tint).to(output.dtype)], dim=-1)
        return CaptionStep(embedded, scores, weights, context, gate, gated, lstm, trust, name, tint_trust, tint, self.sharpness * output)

    @staticmethod
    def _attended(values: Tensor, mask: Tensor, weights: Tensor | None) -> Tensor:
        """What the patches looked at are called, (N, L, ·) → (N, B, ·); of the decoder without attention, all patches together."""
        if weights is not None:
            return weights.to(values.dtype) @ values
        return (values * mask[..., None]).sum(1, keepdim=True) / mask.sum(1)[:, None, None]

    def logits(self, output: Tensor) -> Tensor:
        """L_o through the tied embedding (eq. 7; Press & Wolf 2017): (..., E), with tints (..., E + C) → (..., V).

        With tints the words for colours of one language have the mean of their embeddings, so that a state can say that some
        colour is due; which one, the last C numbers of an output alone tell. A slot of the sentence filled by what was seen in
        its place, as in Lu et al. 2018 ("Neural baby talk", §3); what a thing is has no say in its colour, so that a new
        combination is as good as any (Nikolaus et al. 2019)."""
        if not self.config.tinted:
            return F.linear(output, self.target.weight, self.bias)
        said, tints = output.split([self.config.embedding, len(self.config.tinted)], dim=-1)
        logits, words = F.linear(said, self.target.weight, self.bias), torch.tensor(self.config.tinted, device=output.device)  # (C, languages)
        due = said @ self.target(words).mean(0).T.to(said.dtype)  # (..., languages)
        logits[..., words] = (due[..., None, :] + tints[..., None] + self.bias[words]).to(logits.dtype)
        return logits

    def forward(self, features: Tensor, places: Tensor, mask: Tensor, previous: Tensor) -> tuple[Tensor, Tensor | None]:
        """Teacher forcing. previous: y_0 … y_{T−1}, int64 (N, T) → outputs (N, T, E) and α (N, T, L), None without attention."""
        return self.forced(self.annotate(features, places, mask), previous)

    def forced(self, annotations: Annotations, previous: Tensor) -> tuple[Tensor, Tensor | None]:
        """`forward` from annotations."""
        embedded = F.dropout(self.target(previous), self.config.dropout, self.training)
        state, outputs, weights = self.begin(annotations), [], []
        for word in embedded.split(1, dim=1):
            step = self.decode(annotations, state, word)
            state = CaptionState(step.lstm.hidden, step.lstm.cell)
            outputs.append(step.output)
            weights.append(step.weights)
        return torch.cat(outputs, dim=1), None if weights[0] is None else torch.cat(weights, dim=1)


def doubly_stochastic(weights: Tensor, mask: Tensor, written: Tensor) -> Tensor:
    """Σ_i (1 − Σ_t α_ti)², the mean over pictures (Xu et al. 2015, eq. 14): every patch is to be looked at over the sentence.

    weights (N, T, L), mask (N, L) True at real patches, written (N, T) True at real words.
    """
    looked = (weights * written[..., None]).sum(1)  # (N, L)
    return ((1 - looked).square() * mask).sum(1).mean()
