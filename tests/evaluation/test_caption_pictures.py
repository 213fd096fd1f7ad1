"""Captions of single pictures, photographs and pictures of nothing, on made-up pictures and scripted captions."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.models import tiny_captions
from viz_core.evaluation import caption_pictures, captions
from viz_core.evaluation.caption_writing import Written
from viz_core.inputs.picture import Picture
from viz_core.models import vision
from viz_core.tasks.captions import NOUNS, UNKNOWN_CAPTION, Captioned, Description, Thing, Unknown
from viz_core.trace.errors import InputError

CAT, DOG = (Description((Thing(next(i for i, noun in enumerate(NOUNS) if noun.en == name)),)) for name in ("cat", "dog"))
SINGLE = (
    Captioned(Path("one.png"), CAT, ("a", "small", "red", "cat"), True), Captioned(Path("two.png"), DOG, (), False),
    Captioned(Path("three.png"), None, ("two", "big", "brown", "dogs"), True), Captioned("airplane", DOG, (), True, True),
)  # fmt: skip
NOTHING = (Unknown("blank", None, (1,)), Unknown("noise", None, (2,)), Unknown("drawing", Path("four.png")), Unknown("drawing", Path("five.png")))


@pytest.fixture
def stepper(tmp_path, monkeypatch):
    monkeypatch.setenv("VIZ_CORE_CACHE", str(tmp_path))
    seen = {repr(picture): np.random.default_rng(i).integers(0, 255, (16, 16, 3), dtype=np.uint8) for i, picture in enumerate((*SINGLE, *NOTHING))}
    monkeypatch.setattr(caption_pictures, "captioned", lambda part: SINGLE[:3])
    monkeypatch.setattr(caption_pictures, "photographs", lambda: (SINGLE[0], SINGLE[3]))
    monkeypatch.setattr(caption_pictures, "unknown", lambda part: NOTHING)
    monkeypatch.setattr(caption_pictures, "look", lambda picture: seen[repr(picture)])
    monkeypatch.setattr(vision, "named", lambda name: Picture(np.zeros((8, 32, 3), np.uint8), name, "PNG", (32, 8), ""))
    return tiny_captions.tiny()


def scripted(monkeypatch, *said: tuple[str, float]) -> list[tuple[int, int]]:
    """`write` says these in turn; the grids of the pictures that it was given."""
    script, grids = iter(said), []

    def write(stepper, pictures):
        found = []
        for source in pictures:
            grids.append((source.axis.geometry["rows"], source.axis.geometry["cols"]))
            words, confidence = next(script)
            found.append(Written(tuple(words.split()), math.log(confidence)))
        return found

    monkeypatch.setattr(caption_pictures, "write", write)
    return grids


def test_single_pictures_by_hand(stepper, monkeypatch):
    scripted(monkeypatch, ("a small red cat", 0.9), ("a cat", 0.9), ("two big brown dogs", 0.9))
    found = caption_pictures.of_single(stepper)
    assert found["n_single"] == 2 and found["names_single"] == 0.5  # two of three have a noun, one is named
    assert (found["n_own"], found["bleu_4"], found["cider"]) == (2, pytest.approx(100), pytest.approx(10))
    scripted(monkeypatch, ("红色的 猫", 0.9), ("狗", 0.9), ("狗", 0.9))
    assert caption_pictures.of_single(stepper.speaking("zh")) == {"n_single": 2, "names_single": 1}


def test_photographs_are_all_read_and_samples_in_their_own_shape(stepper, monkeypatch):
    grids = scripted(monkeypatch, ("two cats", 0.5), ("a cat", 0.25), ("two cats", 0.5), ("a cat", 0.25))
    found = caption_pictures.of_photographs(stepper)
    assert found == {
        "n_photographs": 2, "photographs": 0.5, "photographs_confidence": pytest.approx(0.375),
        "n_photographs_cut_out": 1, "photographs_cut_out": 1, "n_photographs_whole": 1, "photographs_whole": 0,
    }  # fmt: skip
    assert grids == [(4, 4), (4, 16)]
    assert [each[:2] + each[3:4] for each in caption_pictures.said_of_photographs(stepper)] == [("one.png", "cat", True), ("airplane", "dog", False)]


def test_pictures_of_nothing_by_hand(stepper, monkeypatch):
    scripted(monkeypatch, (" ".join(UNKNOWN_CAPTION["en"]), 0.9), ("a cat", 0.4), ("a cat", 0.6), (" ".join(UNKNOWN_CAPTION["en"]), 0.2))
    found = caption_pictures.of_nothing(stepper)
    assert found["told_unknown"] == 0.5 and found["confident_wrong"] == 0.25
    assert [found[f"confident_wrong_{kind}"] for kind in ("blank", "noise", "drawing")] == [0, 0, 0.5]
    assert [found[f"confidence_{kind}"] for kind in ("blank", "noise", "drawing")] == pytest.approx([0.9, 0.4, 0.4])


@pytest.mark.parametrize("kind", tiny_captions.KINDS)
def test_everything_from_end_to_end(stepper, kind: str, monkeypatch):
    monkeypatch.setattr(captions, "of_scenes", lambda *_: {})
    monkeypatch.setattr(captions.caption_scenes, "scenes_of", lambda *_: captions.caption_scenes.Scenes([], np.zeros(0), []))
    found = captions.evaluate(tiny_captions.tiny(kind), 2, 0)
    for name in ("names_single", "photographs", "told_unknown", "confident_wrong", "confidence_blank"):
        assert 0 <= found[name] <= 1 and 0 <= found[f"{name}_zh"] <= 1
    assert found["n_unknown"] == 4 and found["n_photographs"] == 2


def test_every_photograph_is_listed_with_what_is_said_in_each_language(stepper, monkeypatch, capsys):
    monkeypatch.setattr(caption_pictures.zoo, "load", lambda name: stepper)
    scripted(monkeypatch, ("a cat", 0.5), ("a cat", 0.25), ("一只 猫", 0.5), ("一只 狗", 0.25))
    caption_pictures.main(["tiny"])
    assert capsys.readouterr().out.splitlines() == [
        "cat\t✓ a cat (0.50)\t✓ 一只 猫 (0.50)\tone.png", "dog\t✗ a cat (0.25)\t✓ 一只 狗 (0.25)\tairplane",
    ]  # fmt: skip


def test_an_unknown_model_is_named():
    with pytest.raises(InputError, match="no-such-model"):
        caption_pictures.main(["no-such-model"])
