"""Word and phoneme error rate of spelling-to-pronunciation models.

With several references the closest one counts, as in Yao & Zweig 2015 and
Toshniwal & Livescu 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

from viz_core.tasks.g2p.cmudict import PHONEMES, Entry
from viz_core.tasks.metrics import phoneme_error_rate, word_error_rate
from viz_core.trace.errors import InputError

_KNOWN_PHONEMES = frozenset(PHONEMES)


def evaluate(
    predictions: Sequence[Sequence[str]], entries: Sequence[Entry]
) -> dict[str, float | int]:
    """Score one predicted pronunciation an entry, in the entries' order.

    Returns ``wer``, the share of entries whose prediction equals no reference;
    ``per``, the edit distances to the closest references (the first listed on a
    tie) over those references' summed length; and ``n``, the number of entries.
    Rates are fractions; ``per`` can pass 1 when predictions are too long. An empty
    prediction is a wrong word with every phoneme missing.

    Raises InputError when there are no entries, when the counts differ, and when a
    prediction is not a sequence of ``PHONEMES``.
    """
    if not entries:
        raise InputError("There are 0 entries to score; expected at least 1; pass held_out().")
    if len(predictions) != len(entries):
        raise InputError(
            f"There are {len(predictions)} predictions for {len(entries)} entries; "
            "expected one each, in the same order; predict every entry."
        )
    for prediction, entry in zip(predictions, entries):
        _check_prediction(prediction, entry.spelling)
    references = [entry.pronunciations for entry in entries]
    return {
        "wer": word_error_rate(predictions, references),
        "per": phoneme_error_rate(predictions, references),
        "n": len(entries),
    }


def _check_prediction(prediction: Sequence[str], spelling: str) -> None:
    if isinstance(prediction, str):
        raise InputError(
            f"The prediction for {spelling!r} is the text {prediction!r}; expected a sequence "
            "of phonemes such as ('K', 'AE', 'T'); split it at the spaces."
        )
    for phoneme in prediction:
        if phoneme not in _KNOWN_PHONEMES:
            raise InputError(
                f"The prediction for {spelling!r} holds {phoneme!r}; expected one of the 39 "
                "ARPAbet phonemes such as 'AE'; remove stress digits and end marks."
            )
