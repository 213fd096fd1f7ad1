"""The network against numbers computed by hand and against the formulas of the paper written out word by word."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz_core.models.memory_network import TYING, Config, MemoryNetwork, restored, store, tables
from viz_core.models.memory_network_batch import ages, read
from viz_core.trace.errors import InputError

WORDS = ("is", "john", "kitchen", "mary", "park", "where")
STORY, QUESTION = ["Mary is kitchen.", "John is park."], "Where is Mary?"


def network(tying: str = "adjacent", hops: int = 2, **more: object) -> MemoryNetwork:
    torch.manual_seed(0)
    module = MemoryNetwork(Config(hops, 4, tying, memory=5, **more), WORDS).eval().requires_grad_(False)  # type: ignore[arg-type]
    module.embedding.mul_(10)
    return module


def position_encoding(count: int, size: int) -> np.ndarray:
    """l_kj = (1 − j/J) − (k/d)(1 − 2j/J), f64[j, k]; Sukhbaatar et al. 2015, §4.1."""
    j, k = np.arange(1, count + 1)[:, None] / count, np.arange(1, size + 1)[None] / size
    return (1 - j) - k * (1 - 2 * j)


def by_hand(module: MemoryNetwork, story: list[str], question: str) -> np.ndarray:
    """Answer probabilities, sentence by sentence and word by word."""
    config, parts = module.config, tables(module.config)
    embedding = module.embedding.double().numpy()

    def vector(sentence: str, table: int, age: int | None) -> np.ndarray:
        ids = [WORDS.index(w) for w in sentence.lower().strip(".?").split()]
        weights = position_encoding(len(ids), config.embedding) if config.encoding == "position" else np.ones((len(ids), 1))
        found = (weights * embedding[table][ids]).sum(0)
        return found if age is None or not config.temporal else found + module.temporal[table][age].double().numpy()

    u = vector(question, parts.ask, None)
    for hop in range(config.hops):
        m, c = (np.stack([vector(s, table, len(story) - 1 - i) for i, s in enumerate(story)]) for table in (parts.match[hop], parts.read[hop]))
        p = np.exp(m @ u - (m @ u).max())
        o = (p / p.sum()) @ c
        u = (module.update.weight.double().numpy() @ u if config.tying == "layer-wise" else u) + o
    logits = embedding[parts.answer] @ u
    return np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()


@pytest.mark.parametrize("tying", TYING)
@pytest.mark.parametrize("more", [{}, {"encoding": "bag"}, {"temporal": False}, {"hops": 1}, {"hops": 3}])
def test_answers_are_those_of_the_formulas(tying, more):
    module = network(tying, **more)
    batch = read(module, [STORY], [QUESTION])
    found = module(*batch)[0, 0].softmax(-1).numpy()
    np.testing.assert_allclose(found, by_hand(module, STORY, QUESTION), atol=1e-5)


def test_which_embeddings_are_shared():
    assert tables(Config(3)) == ((0, 1, 2), (1, 2, 3), 0, 3)
    assert tables(Config(3, tying="layer-wise")) == ((0, 0, 0), (1, 1, 1), 2, 3)
    assert tables(Config(2, tying="separate")) == ((0, 2), (1, 3), 4, 5)
    assert tables(Config(1, tying="single")) == ((0,), (0,), 1, 2)
    assert tables(Config(2, tying="separate")).count == 6


def test_one_vector_a_sentence_is_both_matched_and_read():
    memory = read(network("single", hops=1), [STORY], [QUESTION]).memory
    assert torch.equal(memory.match[0], memory.read[0])


def test_order_of_words_matters_with_position_encoding_only():
    module = network()
    assert not torch.allclose(module.embed(module.bag("mary is park"), 0), module.embed(module.bag("park is mary"), 0))
    plain = network(encoding="bag")
    assert torch.allclose(plain.embed(plain.bag("mary is park"), 0), plain.embed(plain.bag("park is mary"), 0))


def test_order_of_sentences_matters_with_temporal_encoding_only():
    for temporal in (True, False):
        module = network(temporal=temporal)
        one, two = (module(*read(module, [story], [QUESTION])) for story in (STORY, STORY[::-1]))
        assert torch.allclose(one, two, atol=1e-6) != temporal


def test_a_story_in_a_batch_is_read_as_alone():
    module = network()
    longer = [*STORY, "Mary is park.", "John is kitchen."]
    both = module(*read(module, [STORY, longer], [QUESTION, QUESTION]))
    for i, story in enumerate((STORY, longer)):
        torch.testing.assert_close(both[i], module(*read(module, [story], [QUESTION]))[0])


def test_a_sentence_taken_out_lets_older_ones_move_up_unless_asked_not_to():
    module, longer = network(), [*STORY, "Mary is park."]
    keep = torch.tensor([[True, True, False]])
    short = module(*read(module, [STORY], [QUESTION]))
    torch.testing.assert_close(module(*read(module, [longer], [QUESTION], keep)), short)
    assert not torch.allclose(module(*read(module, [longer], [QUESTION], keep, moved_up=False)), short)
    assert ages(torch.tensor([[True, False, True, True]])).tolist() == [[2, 2, 1, 0]]


def test_without_any_sentence_the_question_stays_as_it_is():
    module = network()
    batch = read(module, [STORY], [QUESTION], torch.tensor([[False, False]]))
    torch.testing.assert_close(module(*batch), module.answer(batch.query))


def test_linear_hops_add_what_matches_without_softmax():
    module = network(hops=1)
    memory, query = read(module, [STORY], [QUESTION])
    hop = module.hop(memory, query, 0, linear=True)
    torch.testing.assert_close(hop.weights, query @ memory.match[0].transpose(-1, -2))


def test_given_weights_replace_the_network_s_own_where_they_are_numbers():
    module = network()
    memory, query = read(module, [STORY], [QUESTION])
    rows = torch.tensor([[[[0.0, 1.0], [torch.nan, torch.nan]]]])
    u = query + memory.read[0][:, 1:2]
    expected = module.answer(module.hop(memory, u, 1).query)
    torch.testing.assert_close(module(memory, query, weights=rows), expected)


@pytest.mark.parametrize("tying", TYING)
def test_a_file_gives_the_same_network(tying):
    module = network(tying)
    tensors, metadata = store(module)
    again = restored(metadata, tensors)
    assert again.config == module.config and again.vocabulary == WORDS
    torch.testing.assert_close(again(*read(again, [STORY], [QUESTION])), module(*read(module, [STORY], [QUESTION])))


@pytest.mark.parametrize("wrong", [{"hops": 0}, {"hops": 1, "tying": "tight"}, {"hops": 1, "encoding": "none"}, {"hops": 1, "memory": 0}])
def test_a_network_that_cannot_be_built_is_refused(wrong):
    with pytest.raises(InputError):
        Config(**wrong)
