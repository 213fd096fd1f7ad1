"""Captions of single pictures: drawings and photographs of one thing, and pictures of which nothing can be said.

`python -m viz_core.evaluation.caption_pictures MODEL` lists what is said of every photograph.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from viz_core import zoo
from viz_core.evaluation.caption_features import features
from viz_core.evaluation.caption_scenes import SURE, names
from viz_core.evaluation.caption_writing import Words, Written, sources, write
from viz_core.models.caption_reader import CaptionReader
from viz_core.models.protocol import Source
from viz_core.tasks.caption_metrics import bleu_4, cider_d
from viz_core.tasks.captions import NOUNS, UNKNOWN_CAPTION, Captioned, Unknown, caption, captioned, look, photographs, unknown
from viz_core.tasks.sample_pictures import SAMPLE
from viz_core.trace.errors import InputError

PART = "held-out"


class Photograph(NamedTuple):
    """A photograph, the noun it shows, what a model says of it, and whether it shows a whole scene."""

    name: str
    noun: str
    written: Written
    named: bool
    whole: bool


def of_pictures(stepper: CaptionReader) -> dict[str, float]:
    """All metrics of single pictures in the stepper's language."""
    return {**of_single(stepper), **of_photographs(stepper), **of_nothing(stepper)}


def of_single(stepper: CaptionReader) -> dict[str, float]:
    """Held-out drawings and stamps. `names_single`: how often the caption has the noun; in English `bleu_4` and `cider`
    against the one sentence that a stamp's makers wrote, where they did."""
    pictures = captioned(PART)
    written = write(stepper, _square(stepper, pictures))
    named = [names(said.words, _noun(picture)) for picture, said in zip(pictures, written, strict=True) if picture.description]
    found = {"n_single": len(named), "names_single": float(np.mean(named))}
    own = [(said.words, [picture.own]) for picture, said in zip(pictures, written, strict=True) if picture.own]
    if stepper.language != "en" or len(own) < 2:
        return found
    given, wanted = ([pair[i] for pair in own] for i in range(2))
    return {**found, "n_own": len(own), "bleu_4": bleu_4(given, wanted), "cider": cider_d(given, wanted)}


def of_photographs(stepper: CaptionReader) -> dict[str, float]:
    """`photographs`: the share of all test photographs whose caption has the noun, also of those cut out of their ground and of
    whole ones; `photographs_confidence`: of the captions."""
    found = said_of_photographs(stepper)
    made = {"n_photographs": len(found), "photographs": float(np.mean([each.named for each in found])),
            "photographs_confidence": float(np.mean([each.written.confidence for each in found]))}  # fmt: skip
    for kind, whole in (("cut_out", False), ("whole", True)):
        if named := [each.named for each in found if each.whole == whole]:
            made |= {f"n_photographs_{kind}": len(named), f"photographs_{kind}": float(np.mean(named))}
    return made


def said_of_photographs(stepper: CaptionReader) -> list[Photograph]:
    """What the model says of every photograph of `tasks.captions.photographs`: cut-out ones on white, the others whole and in
    their own shape, as an upload is read."""
    pictures = sorted(photographs(), key=lambda picture: picture.whole)
    cut_out, whole = ([picture for picture in pictures if picture.whole == kind] for kind in (False, True))
    written = write(stepper, _square(stepper, cut_out)) + write(stepper, (stepper.encode(_given(picture)) for picture in whole))
    return [
        Photograph(str(picture.path).rsplit("/", 1)[-1], NOUNS[_noun(picture)].en, said, names(said.words, _noun(picture)), picture.whole)
        for picture, said in zip(pictures, written, strict=True)
    ]  # fmt: skip


def _given(picture: Captioned) -> str | Path:
    """The picture as a stepper takes one: a file, or the name of a sample."""
    return f"{SAMPLE}{picture.path}" if isinstance(picture.path, str) else picture.path


def of_nothing(stepper: CaptionReader) -> dict[str, float]:
    """Blank, noise and text-only pictures, scribbles, and drawings that no class names.

    `confidence_<kind>`: the mean; `told_unknown`: the share that gets the caption which says so; `confident_wrong`: the share
    that gets another one with a confidence of `SURE` or more, also by kind.
    """
    pictures = unknown(PART)
    written = write(stepper, _square(stepper, pictures))
    kinds = np.array([picture.kind for picture in pictures])
    confidence = np.array([said.confidence for said in written])
    told = np.array([said.words == UNKNOWN_CAPTION[stepper.language] for said in written])
    wrong = ~told & (confidence >= SURE)
    found = {"n_unknown": len(pictures), "told_unknown": float(told.mean()), "confident_wrong": float(wrong.mean())}
    for kind in dict.fromkeys(kinds.tolist()):
        chosen = kinds == kind
        found |= {f"confidence_{kind}": float(confidence[chosen].mean()), f"confident_wrong_{kind}": float(wrong[chosen].mean())}
    return found


def _square(stepper: CaptionReader, pictures: Sequence[Captioned | Unknown]) -> Iterator[Source]:
    """Pictures in a square on white, by features that are kept in the cache folder."""
    listed = hashlib.sha256(repr(pictures).encode()).hexdigest()[:8]  # so that another list has features of its own
    found = features(stepper.backbone, f"{PART}-pictures-{listed}", lambda number: look(pictures[number]), len(pictures))
    return sources(stepper, found)


def _noun(picture: Captioned) -> int:
    """Number of the noun that a picture shows."""
    assert picture.description is not None
    return picture.description.things[0].noun


def _listed(model: str) -> Iterator[str]:
    """One line a photograph: whether it is named, the noun, what is said in every language, how sure the model is."""
    stepper = zoo.load(model)
    languages = [said_of_photographs(stepper.speaking(language)) for language in stepper.target.languages]
    for found in zip(*languages, strict=True):
        said = "\t".join(f"{'✓' if each.named else '✗'} {' '.join(each.written.words)} ({each.written.confidence:.2f})" for each in found)
        yield f"{found[0].noun}\t{said}\t{found[0].name}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="What a captioning model says of every test photograph: noun, captions, file.")
    parser.add_argument("model", help="name of the model, as `viz_core models` lists it")
    for line in _listed(parser.parse_args(arguments).model):
        print(line)


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(str(error))
