"""End-to-end memory network (Sukhbaatar et al. 2015): a question looks into a story, hop after hop.

p_i = softmax(uᵀ m_i), o = Σ p_i c_i, u ← u + o; after the last hop â = softmax(W u). A sentence is a vector m_i to be matched
(embedding A) and another one c_i to be read (embedding C); the question is embedded by B, the answer read by W.
Axes: N questions, B hypotheses of each, S sentences, V vocabulary, D embedding, K hops.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.inputs.story import words
from viz_core.trace.errors import InputError

NETWORK = "memory-network"  # the family of its weights files
TYING = ("adjacent", "layer-wise", "separate", "single")
ENCODINGS = ("position", "bag")


@dataclass(frozen=True)
class Config:
    """How the network is built.

    tying: which of the embeddings are one and the same. `adjacent` A of a hop is C of the hop before, B = A of the first,
    W = C of the last (paper, §2.2, 1); `layer-wise` one A and one C for all hops, u ← H u + o (§2.2, 2); `separate` all
    differ; `single` one vector a sentence, both matched and read (the simpler first structure).
    encoding: `position` weighs a word by its place in the sentence (§4.1), `bag` adds words. temporal: sentences carry how
    far back they are (§4.1). memory: sentences that fit.
    """

    hops: int
    embedding: int = 64
    tying: str = "adjacent"
    encoding: str = "position"
    temporal: bool = True
    memory: int = 30

    def __post_init__(self) -> None:
        if not (self.hops >= 1 and self.embedding >= 1 and self.memory >= 1):
            raise InputError(f"{self.hops} hops, embedding {self.embedding}, memory {self.memory}; give whole numbers of at least 1")
        if self.tying not in TYING or self.encoding not in ENCODINGS:
            raise InputError(f"tying is {self.tying!r}, encoding {self.encoding!r}; use one of {', '.join(TYING)} and one of {', '.join(ENCODINGS)}")


class Tables(NamedTuple):
    """Which embedding table plays which part. match, read: one a hop (A and C); ask: B; answer: W."""

    match: tuple[int, ...]
    read: tuple[int, ...]
    ask: int
    answer: int

    @property
    def count(self) -> int:
        return 1 + max(*self.match, *self.read, self.ask, self.answer)


def tables(config: Config) -> Tables:
    """The tables of a way of tying; equal numbers are one embedding."""
    hops = config.hops
    if config.tying == "adjacent":
        return Tables(tuple(range(hops)), tuple(range(1, hops + 1)), 0, hops)
    if config.tying == "layer-wise":
        return Tables((0,) * hops, (1,) * hops, 2, 3)
    if config.tying == "single":
        return Tables((0,) * hops, (0,) * hops, 1, 2)
    return Tables(tuple(range(0, 2 * hops, 2)), tuple(range(1, 2 * hops, 2)), 2 * hops, 2 * hops + 1)


class Hop(NamedTuple):
    """One hop. scores, weights: (N, B, S), −inf and 0 at sentences that are not there; output o, query: u after it, (N, B, D)."""

    scores: Tensor
    weights: Tensor
    output: Tensor
    query: Tensor


class Memory(NamedTuple):
    """The story as every hop sees it. match, read: m_i and c_i of each hop, (N, S, D); there: bool (N, S)."""

    match: tuple[Tensor, ...]
    read: tuple[Tensor, ...]
    there: Tensor


class MemoryNetwork(nn.Module):
    """Embedding tables, their temporal parts, and H for layer-wise tying. vocabulary: words, answers among them."""

    def __init__(self, config: Config, vocabulary: Sequence[str]) -> None:
        super().__init__()
        self.config, self.vocabulary, self.tables = config, tuple(vocabulary), tables(config)
        self.ids = {word: i for i, word in enumerate(self.vocabulary)}
        count, size = self.tables.count, config.embedding
        self.embedding = nn.Parameter(torch.randn(count, len(vocabulary), size) * 0.1)  # σ of the paper's §4.2
        if config.temporal:
            self.temporal = nn.Parameter(torch.randn(count, config.memory, size) * 0.1)
        if config.tying == "layer-wise":
            self.update = nn.Linear(size, size, bias=False)

    def bag(self, sentence: str) -> Tensor:
        """A sentence as two weighted counts of its words, f32 (2, V), see `embed`; its words must be in the vocabulary."""
        found = [self.ids[word] for word in words(sentence)]
        counts = torch.zeros(2, len(self.vocabulary))
        places = torch.arange(1, len(found) + 1) / max(1, len(found))  # j / J
        bag = self.config.encoding == "bag"
        weights = torch.stack([torch.ones_like(places), torch.zeros_like(places)] if bag else [1 - places, 1 - 2 * places])
        return counts.index_add(1, torch.tensor(found, dtype=torch.long), weights)

    def embed(self, bags: Tensor, table: int) -> Tensor:
        """Σ_j l_j ⊙ (table x_j) for bags (…, 2, V) → (…, D).

        Position encoding l_kj = (1 − j/J) − (k/d)(1 − 2j/J) (§4.1) is linear in k/d, so that a sentence is two bags:
        one weighs words by 1 − j/J, the other by 1 − 2j/J.
        """
        plain, graded = (bags @ self.embedding[table]).unbind(-2)
        size = self.config.embedding
        return plain - graded * torch.arange(1, size + 1, device=plain.device) / size

    def memory(self, sentences: Tensor, ages: Tensor, there: Tensor, story: Tensor | None = None) -> Memory:
        """The memories of a batch.

        sentences: bags (U, 2, V) of the sentences that occur, and story: int64 (N, S), which of them stands where; or bags
        (N, S, 2, V) without story. ages: int64 (N, S) or (S), how many sentences ago, 0 the last. there: bool (N, S).
        """

        def vectors(table: int) -> Tensor:
            found = self.embed(sentences, table)
            found = found if story is None else F.embedding(story, found)
            return found + self.temporal[table][ages] if self.config.temporal else found

        made = {table: vectors(table) for table in {*self.tables.match, *self.tables.read}}
        return Memory(tuple(made[t] for t in self.tables.match), tuple(made[t] for t in self.tables.read), there)

    def ask(self, questions: Tensor) -> Tensor:
        """u of the question before the first hop: bags (N, 2, V) → (N, 1, D)."""
        return self.embed(questions, self.tables.ask)[:, None]

    def hop(self, memory: Memory, query: Tensor, number: int, linear: bool = False, weights: Tensor | None = None) -> Hop:
        """One hop. linear: without softmax (linear start, §4.2). weights: used instead of the network's own, where not NaN."""
        there = memory.there[:, None]
        scores = query @ memory.match[number].transpose(-1, -2)  # (N, B, S)
        own = scores.masked_fill(~there, 0.0) if linear else softmax(scores.masked_fill(~there, -torch.inf))
        used = own if weights is None else torch.where(weights.isnan(), own, weights)
        output = used @ memory.read[number]
        return Hop(scores.masked_fill(~there, -torch.inf), used, output, self.carried(query) + output)

    def carried(self, query: Tensor) -> Tensor:
        """What of the query stays: u, or H u with layer-wise tying."""
        return self.update(query) if self.config.tying == "layer-wise" else query

    def answer(self, query: Tensor) -> Tensor:
        """W u, the logits of every word: (…, D) → (…, V)."""
        return query @ self.embedding[self.tables.answer].T

    def forward(self, memory: Memory, query: Tensor, linear: bool = False, weights: Tensor | None = None) -> Tensor:
        """Logits after the last hop, (N, B, V). weights: (N, B, K, S) to use in place of the own ones, where not NaN."""
        for number in range(self.config.hops):
            query = self.hop(memory, query, number, linear, None if weights is None else weights[:, :, number]).query
        return self.answer(query)


def softmax(scores: Tensor) -> Tensor:
    """Softmax over the last axis; a row without any sentence is 0, so that nothing is read."""
    return scores.softmax(-1).nan_to_num(0.0)


def store(module: MemoryNetwork) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (f32, they are small) and metadata for a safetensors file."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    words = json.dumps(list(module.vocabulary), ensure_ascii=False)
    return tensors, {"family": NETWORK, "config": json.dumps(asdict(module.config)), "vocabulary": words}


def restored(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> MemoryNetwork:
    """The network of a file, in evaluation mode."""
    module = MemoryNetwork(Config(**json.loads(metadata["config"])), json.loads(metadata["vocabulary"]))
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
    return module.eval().requires_grad_(False)
