"""Captions of scenes: what is right, where the maps lie and how sure the model is, on hand-made scenes and tiny random models."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models import tiny_captions
from viz_core.decoding import Beam
from viz_core.decoding.forced import forced_log_probs
from viz_core.decoding.greedy import greedy_choices
from viz_core.driver import run
from viz_core.evaluation import caption_scenes, caption_writing, captions, evaluators
from viz_core.evaluation.caption_scenes import Scenes
from viz_core.evaluation.caption_writing import Written
from viz_core.evaluation.pointing import regions
from viz_core.inputs.caption_words import CaptionWords
from viz_core.tasks.captions import NOUNS, CaptionScene, Description, Thing

CAT, DOG = (next(i for i, noun in enumerate(NOUNS) if noun.en == name) for name in ("cat", "dog"))
A_CAT, RED_CAT, DOGS = (Description((thing,), None) for thing in (Thing(CAT), Thing(CAT, colour=0), Thing(DOG, 2)))
TOKENS = 17  # 4 × 4 patches of 4 pixels and [CLS]


def mask(*patches: int) -> np.ndarray:
    """One region that covers whole patches of 4 × 4."""
    found = np.zeros((16, 4, 4), bool)
    found[list(patches)] = True
    return found.reshape(4, 4, 4, 4).transpose(0, 2, 1, 3).reshape(1, 16, 16)


def scenes(*descriptions: Description, patches: tuple[int, ...] = (5, 6)) -> Scenes:
    features = np.random.default_rng(0).normal(size=(len(descriptions), TOKENS, 27)).astype(np.float16)
    return Scenes(list(descriptions), features, [regions(mask(*patches), 4)] * len(descriptions))


def said(*captions: tuple[str, float]) -> list[Written]:
    return [Written(tuple(words.split()), math.log(confidence)) for words, confidence in captions]


def test_exact_means_every_word():
    found = caption_scenes.exactness(scenes(A_CAT, RED_CAT, DOGS, DOGS), said(("a cat", 0.9), ("a cat", 0.9), ("two dogs", 0.5), ("a cat", 0.5)), "en")
    assert found == {"exact": 0.5, "exact_one": 0.5, "nouns": 0.75}
    assert caption_scenes.exactness(scenes(DOGS), said(("两 只 狗", 0.9)), "zh")["exact"] == 1


def test_exactness_by_the_kind_of_what_was_never_combined(monkeypatch):
    monkeypatch.setattr(caption_scenes, "unseen_kinds", {A_CAT: {"colour", "count"}, RED_CAT: {"colour"}, DOGS: {"count"}}.get)
    found = caption_scenes.exactness(scenes(A_CAT, RED_CAT, DOGS, DOGS), said(("a cat", 0.9), ("a cat", 0.9), ("two dogs", 0.5), ("a cat", 0.5)), "en")
    assert (found["exact_colour"], found["exact_count"], found.get("exact_nouns")) == (0, 0.5, None)


def test_a_noun_counts_in_singular_plural_and_chinese():
    assert caption_scenes.names(("a", "dog"), DOG) and caption_scenes.names(("two", "dogs"), DOG) and caption_scenes.names(("一只", "狗"), DOG)
    assert not caption_scenes.names(("a", "cat"), DOG)


def test_calibration_by_hand():
    parts = [scenes(A_CAT, DOGS, DOGS), scenes(RED_CAT, DOGS)]
    written = [said(("a cat", 0.9), ("a cat", 0.9), ("two dogs", 0.9)), said(("a cat", 0.3), ("two dogs", 0.3))]
    found = caption_scenes.calibration(parts, written, "en")
    # two bins: 0.9 right two times of three, 0.3 right one time of two
    assert found["ece"] == pytest.approx(3 / 5 * (0.9 - 2 / 3) + 2 / 5 * 0.2)
    assert found["confidence"] == pytest.approx(0.66) and found["confident_wrong_scenes"] == 0.2


def test_maps_of_nouns_against_their_things(monkeypatch):
    """The word cat of “a red cat” stands third; its row has its peak on a patch of the thing, the others have not."""
    row = np.full(16, 0.3 / 15)
    away, on = row.copy(), row.copy()
    away[0], on[5] = 0.7, 0.7
    monkeypatch.setattr(caption_scenes, "attention", lambda *_: [np.stack([away, on, away]), np.stack([away, away, on, away]), np.stack([on, away, on])])
    given = said(("a cat", 0.9), ("a cat", 0.9), ("two dogs", 0.9))
    found = caption_scenes.looked(tiny_captions.tiny(), scenes(A_CAT, RED_CAT, DOGS), given)
    assert found["pointing_game"] == pytest.approx(2 / 3) == found["pointing_game_centre"]
    assert found["mass_inside"] == pytest.approx((2 * 0.72 + 0.04) / 3)
    assert found["pointing_game_own"] == 0.5 and found["mass_inside_own"] == pytest.approx(0.38)  # the first and the last
    assert found["pointing_game_chance"] == pytest.approx(2 / 16)


def test_coverage_by_hand():
    found = caption_scenes.coverage([np.array([[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]]), np.full((4, 4), 0.25)])
    assert found["coverage_variance"] == pytest.approx(0.25 / 2)  # Σ α = (1, 1, 0, 0), and all 1
    assert found["coverage_penalty"] == pytest.approx(0.5 / 2) and found["coverage_share"] == pytest.approx(0.75)


@pytest.mark.parametrize("kind", tiny_captions.KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_greedy_captions_and_their_probability(kind: str, language: str):
    stepper = tiny_captions.tiny(kind).speaking(language)
    stepper.module.bias.data[stepper.end] += 4.0  # so that some captions end
    some = list(caption_writing.sources(stepper, scenes(*[A_CAT] * 3).features))
    found = caption_writing.write(stepper, iter(some))
    assert any(len(written.words) < stepper.limit(some[0]) for written in found)
    for written, choices, source in zip(found, greedy_choices(stepper, some), some, strict=True):
        assert written.words == tuple(stepper.labels[c] for c in choices)
        ended = [*choices, stepper.end] if len(choices) < stepper.limit(source) else choices
        assert written.log_prob == pytest.approx(float(forced_log_probs(stepper, [source], [ended])[0].sum()), abs=1e-4)


def test_searched_captions_are_those_of_the_page():
    stepper = tiny_captions.tiny().speaking("zh")
    stepper.module.bias.data[stepper.end] += 0.3  # so that some captions end
    some = list(caption_writing.sources(stepper, scenes(*[A_CAT] * 3).features))
    found, greedy = caption_writing.search(stepper, iter(some), caption_scenes.BEAM), [each.words for each in caption_writing.write(stepper, iter(some))]
    for words, source in zip(found, some, strict=True):
        assert "".join(words) == run(stepper, source, caption_scenes.BEAM).output
    assert any(found) and caption_writing.search(stepper, iter(some), Beam(width=1)) == greedy != found


def test_a_model_that_joins_a_number_and_its_classifier_is_asked_in_its_words_and_judged_in_those_of_the_grammar():
    joined = ("a", "red", "cat", "two", "dogs", "一只", "红色的", "猫", "两只", "狗", "只")
    stepper = replace(tiny_captions.tiny(), words=CaptionWords.of(joined)).speaking("zh")
    assert caption_writing.cut(stepper, ("两", "只", "狗")) == ["两只", "狗", "</s>"]
    assert caption_writing.cut(tiny_captions.tiny().speaking("zh"), ("两", "只", "狗")) == ["两", "只", "狗", "</s>"]
    choices = stepper.choices("一只猫")
    assert caption_writing._cut(stepper, choices, [0.0] * len(choices)).words == ("一", "只", "猫")
    assert caption_scenes.looked(stepper, scenes(A_CAT, DOGS), said(("一 只 猫", 0.9), ("猫", 0.9)))["pointing_game_chance"] == pytest.approx(2 / 16)


@pytest.mark.parametrize("kind", ["attention", "transformer"])
def test_forced_maps_are_the_rows_of_the_steps(kind: str, monkeypatch):
    monkeypatch.setattr(caption_writing, "BATCH", 2)
    stepper = tiny_captions.tiny(kind)
    some = list(caption_writing.sources(stepper, scenes(*[A_CAT] * 3).features))
    maps = caption_writing.attention(stepper, iter(some), [("a", "cat"), ("a", "red", "cat"), ("two", "dogs")])
    assert [rows.shape for rows in maps] == [(3, 16), (4, 16), (3, 16)]
    state, rows = stepper.start(some[1:2]), []
    for choice in stepper.choices("a red cat"):
        prediction = stepper.predict(state)
        rows.append(prediction.weights[0, 0].numpy())
        state, _ = stepper.step(state, choice)
    assert np.allclose(maps[1], caption_writing.shifted(np.stack(rows)) if getattr(stepper, "alignment_shifted", False) else np.stack(rows), atol=1e-6)


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Scenes of 16 × 16 pixels in place of the task's own."""
    monkeypatch.setenv("VIZ_CORE_CACHE", str(tmp_path))

    def scene(part: str, number: int) -> CaptionScene:
        pixels = np.random.default_rng([len(part), number]).integers(0, 255, (16, 16, 3), dtype=np.uint8)
        return CaptionScene(pixels, mask(number % 16), (A_CAT, RED_CAT, DOGS)[number % 3])

    monkeypatch.setattr(caption_scenes, "scene", scene)


def test_the_task_is_found():
    assert evaluators()["captions"] is captions


@pytest.mark.parametrize("kind", tiny_captions.KINDS)
def test_evaluation_of_scenes_from_end_to_end(made_up, kind: str):
    found = captions.evaluate(tiny_captions.tiny(kind), 6, 0, pictures=0)
    assert found["n"] == 6 and found["n_drawings"] == found["n_familiar"] == 3
    for suffix in ("", "_zh"):
        rates = ["exact", "exact_beam_4", "exact_drawings", "exact_familiar", "nouns", "ece", "confidence", "confident_wrong_scenes"]
        assert all(0 <= found[name + suffix] <= 1 for name in rates) and found[f"bleu_4_scenes{suffix}"] >= 0
        maps = {"pointing_game", "pointing_game_centre", "mass_inside", "coverage_variance"}
        assert {name + suffix in found for name in maps} == {kind != "none"}
    again = captions.evaluate(tiny_captions.tiny(kind), 6, 0, pictures=0)
    assert found == again


def test_another_seed_means_other_scenes(made_up):
    model = tiny_captions.tiny()
    one, two = (caption_scenes.scenes_of(model, "held-out", 3, first) for first in (0, captions.APART))
    assert not np.array_equal(one.features, two.features) and torch.is_tensor(next(caption_writing.sources(model, two.features)).ids)
