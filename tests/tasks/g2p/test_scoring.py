"""Word and phoneme error rates against numbers worked out by hand."""

import pytest

from viz_core.tasks.g2p import Entry, evaluate, held_out
from viz_core.trace.errors import InputError

CAT = Entry("cat", (("K", "AE", "T"),))
TOMATO = Entry(
    "tomato", (("T", "AH", "M", "EY", "T", "OW"), ("T", "AH", "M", "AA", "T", "OW"))
)


def test_any_reference_makes_the_word_right():
    for reference in TOMATO.pronunciations:
        assert evaluate([reference], [TOMATO]) == {"wer": 0.0, "per": 0.0, "n": 1}


def test_rates_by_hand():
    # cat: one substitution of 3; tomato: the second reference and one phoneme too many, of 6.
    predictions = [("K", "AH", "T"), ["T", "AH", "M", "AA", "T", "OW", "Z"], CAT.pronunciations[0]]
    scores = evaluate(predictions, [CAT, TOMATO, CAT])
    assert scores == {"wer": 2 / 3, "per": 2 / 12, "n": 3}


def test_per_uses_the_length_of_the_closest_reference():
    entry = Entry("x", (("EH", "K", "S"), ("K",)))
    assert evaluate([("K", "S")], [entry])["per"] == 1 / 3  # the first listed, on a tie
    assert evaluate([("T",)], [entry])["per"] == 1 / 1


def test_an_empty_prediction_misses_every_phoneme():
    assert evaluate([()], [CAT]) == {"wer": 1.0, "per": 1.0, "n": 1}


def test_held_out_references_score_zero_errors():
    entries = held_out()
    assert evaluate([entry.pronunciations[-1] for entry in entries], entries) == {
        "wer": 0.0,
        "per": 0.0,
        "n": 5_000,
    }


@pytest.mark.parametrize(
    "predictions, entries, message",
    [
        ([], [], "0 entries to score"),
        ([("K",)], [CAT, CAT], "1 predictions for 2 entries"),
        (["K AE T"], [CAT], "is the text 'K AE T'"),
        ([("K", "AE1", "T")], [CAT], "holds 'AE1'"),
    ],
)
def test_bad_input_is_named(predictions, entries, message):
    with pytest.raises(InputError, match=message):
        evaluate(predictions, entries)
