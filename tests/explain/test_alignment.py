"""Attention rows while a reference is forced, and what becomes of them when pieces are gathered into words."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.decoding.table_stepper import END, attention, random_table
from tests.models.tiny import tiny

from viz_core import driver
from viz_core.decoding import Forced
from viz_core.explain.alignment import forced_weights, to_words
from viz_core.inputs.subwords import Subwords, words
from viz_core.trace import ShapeError

REFERENCES = [[2, 3, END], [3, END], [2, 2, 3, 2, END]]


def test_row_t_is_what_the_model_looks_at_after_t_forced_outputs():
    stepper = random_table(0, outputs=2, limit=8)
    sources = [stepper.encode(text) for text in ("a b", "c d e f", "g h i")]
    found = forced_weights(stepper, sources, REFERENCES)
    for rows, source, reference in zip(found, sources, REFERENCES, strict=True):
        expected = [attention(tuple(reference[:t]), len(source.axis)) for t in range(len(reference))]
        np.testing.assert_allclose(rows, expected, rtol=1e-6)


@pytest.mark.parametrize("score", ["dot", "general", "additive"])
def test_a_batch_gives_what_each_pair_gives_alone_and_what_a_trace_shows(score):
    stepper = tiny(score)
    texts, references = ["cab", "b", "attention"], ["K AA B", "B", "AA T S S T AA"]
    sources, ids = [stepper.encode(text) for text in texts], [stepper.choices(reference) for reference in references]
    batch = forced_weights(stepper, sources, ids)
    for text, reference, rows, source, row_ids in zip(texts, references, batch, sources, ids, strict=True):
        np.testing.assert_allclose(rows, forced_weights(stepper, [source], [row_ids])[0], atol=1e-6)
        np.testing.assert_allclose(rows.sum(1), 1, atol=1e-6)
        trace = driver.run(stepper, text, decoding=Forced(reference=reference))
        np.testing.assert_allclose(rows, trace.attention("cross").map(), atol=1e-6)


def test_without_attention_every_weight_is_nan_and_nothing_gives_nothing():
    stepper = tiny("none")
    (rows,) = forced_weights(stepper, [stepper.encode("cab")], [stepper.choices("K AA")])
    assert rows.shape == (3, 3) and np.isnan(rows).all()
    assert forced_weights(stepper, [], []) == []


def test_pieces_are_averaged_to_words_clitics_and_numbers_on_their_own():
    text = "The teacher's 1,250 books aren't here."
    assert words(text) == ["The", "teacher", "'s", "1,250", "books", "aren't", "here", "."]
    pieces = ["<s>", "▁The", "▁teach", "er", "'s", "▁", "1,", "250", "▁books", "▁are", "n't", "▁here", ".", "</s>"]
    weights = np.array([[i, 2.0 * i] for i in range(len(pieces))])
    expected = [1, (2 + 3) / 2, 4, (5 + 6 + 7) / 3, 8, (9 + 10) / 2, 11, 12]
    np.testing.assert_allclose(to_words(weights, pieces, text), [[value, 2 * value] for value in expected])


def test_an_unknown_character_does_not_shift_the_words_after_it():
    pieces = ["▁a", "▁ca", "f", "<unk>", "▁in", "▁P", "aris", "</s>"]
    expected = [[0], [(1 + 2 + 3) / 3], [4], [(5 + 6) / 2]]
    np.testing.assert_allclose(to_words(np.arange(8.0)[:, None], pieces, "a café in Paris"), expected)


def test_the_pieces_of_a_trained_encoding_spell_their_words():
    texts = ["I don't know what time it is: 10:30?", "My mother's well-known friend left at 5 o'clock, didn't she?"]
    tokenizer = Subwords.train(texts * 2, 90)
    for text in (*texts, "Mr. Ōno isn't in; 3,000 people's lives!"):
        pieces = [tokenizer.symbols[i] for i in tokenizer.encode(text)]
        owner = to_words(np.eye(len(pieces)), pieces, text)
        for word, row in zip(words(text), owner, strict=True):
            own = [pieces[i].replace("▁", "") for i in np.flatnonzero(row)]
            assert re.fullmatch("".join("." if piece == "<unk>" else re.escape(piece) for piece in own), word)
            np.testing.assert_allclose(row[np.flatnonzero(row)], 1 / len(own))


@pytest.mark.parametrize(
    "rows, pieces, text",
    [(2, ["▁I", "▁see", "</s>"], "I see"), (2, ["▁I", "</s>"], "I see"), (3, ["▁I", "▁see", "</s>"], "I see you")],
)
def test_rows_pieces_and_words_must_fit(rows, pieces, text):
    with pytest.raises(ShapeError, match="one row a piece"):
        to_words(np.ones((rows, 4)), pieces, text)
