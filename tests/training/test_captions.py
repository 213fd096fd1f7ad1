"""The caption recipes on made-up features: both kinds of decoder, the regulariser, and what a batch holds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from tests.models.tiny_captions import backbone
from viz_core.inputs.caption_words import CaptionWords
from viz_core.inputs.vocabulary import END, PAD
from viz_core.models import caption_file, caption_transformer_file
from viz_core.models.caption import Config, doubly_stochastic
from viz_core.models.caption_annotator import grid_places
from viz_core.models.caption_transformer import Config as TransformerConfig
from viz_core.training.history import History
from viz_core.training.loop import Plan, train
from viz_core.training.recipes import captions as recipes
from viz_core.training.recipes.captions import RECIPES, CaptionRecipe, Group
from viz_core.zoo.packaged import captions as captions_zoo

WIDTH, PATCHES = 24, 4  # features of the tiny vision model; patches of a picture
NOUNS = (("cat", "猫"), ("dog", "狗"))
WORDS = CaptionWords.of(("a", "cat", "dog", "一", "只", "猫", "狗", "himalayan"))


def group(count: int, seed: int) -> Group:
    """Pictures of a cat or a dog: one patch, anywhere, holds it."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 0.3, (count, 1 + PATCHES, WIDTH)).astype(np.float16)
    kinds = rng.integers(0, 2, count)
    values[np.arange(count), rng.integers(1, 1 + PATCHES, count), kinds] += 6
    return Group(values, [{"en": [("a", NOUNS[kind][0])], "zh": [("一", "只", NOUNS[kind][1])]} for kind in kinds])


def recipe(kind: str = "attention", steps: int = 120, regulariser: float = 0.0) -> CaptionRecipe:
    if kind == "transformer":
        config, files = TransformerConfig(outputs=len(WORDS), size=16, heads=2, layers=1, inner=16, features=WIDTH, dropout=0.0), caption_transformer_file.FILES
    else:
        config = Config(kind, len(WORDS), features=WIDTH, annotation=16, embedding=12, hidden=16, attention=8, dropout=0.0)
        files = caption_file.FILES
    values, said = group(40, 1)
    held = {"scenes": (values, {language: [each[language][0] for each in said] for language in ("en", "zh")})}
    plan = Plan(steps, learning_rate=1e-2, warmup=5, average=0.8, validate_every=steps, save_every=10)
    return CaptionRecipe("tiny", plan, WORDS, config, files, regulariser, batch=32, groups=lambda kind: group(120, 0), backbone=backbone, validation=lambda: held)


@pytest.mark.parametrize("kind", ["attention", "none", "transformer"])
def test_it_learns_both_languages_and_ends_in_a_loadable_file(kind, tmp_path):
    result = train(recipe(kind), tmp_path, progress=False)
    assert result["exact"] > 0.9 and result["exact_zh"] > 0.9
    made = recipe(kind)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        stepper = made.files.restore(file.metadata(), {key: file.get_tensor(key) for key in file.keys()}, backbone())  # noqa: SIM118
    assert made.validate(stepper.module)["exact"] == result["exact"]
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert facts["recipe"] == "tiny"
    assert made.temperature(stepper.module) == pytest.approx(1, rel=0.05) or facts["temperature"] < 0.052  # folded in, as far as it goes
    probes = History.load(tmp_path / "history.json").snapshots[-1]["probes"]
    assert len(probes) == 3 and probes[0]["output"][-1] == "</s>"


def test_a_batch_holds_a_language_its_words_and_the_end():
    batch = next(recipe().batches(0))
    assert batch.features.shape == (32, 1 + PATCHES, WIDTH)
    said = {tuple(row) for row in batch.target.tolist()}
    begins = {language: WORDS.begin(language) for language in ("en", "zh")}
    wanted = {(begins["en"], *WORDS.ids(("a", noun)), PAD) for noun, _ in NOUNS} | {(begins["zh"], *WORDS.ids(("一", "只", noun))) for _, noun in NOUNS}
    assert said == wanted and all(END in row[-2:] for row in said)


def test_batches_from_a_later_step_are_those_of_the_whole_run():
    whole = [batch for _, batch in zip(range(4), recipe().batches(0), strict=False)]
    again = next(recipe().batches(3))
    assert torch.equal(whole[3].target, again.target) and torch.equal(whole[3].features, again.features)
    assert not torch.equal(whole[2].features, again.features)


def test_after_a_restart_batches_hold_other_pictures():
    made, asked = recipe(), []
    again = replace(made, plan=replace(made.plan, restarts=(2,)), groups=lambda kind: asked.append(kind) or group(120, 0))
    for _ in zip(range(2), again.batches(0), strict=False):
        pass
    assert set(asked) == {"scenes", "single", "unknown"}
    asked.clear()
    next(again.batches(2))
    assert set(asked) == {"more", "rich", "single", "unknown"}


def test_training_scenes_overlap_nowhere():
    for found in recipes.SCENES.values():
        ranges = [(each.part, number) for each in found.values() for number in (each.first, each.first + each.count - 1)]
        assert len(set(ranges)) == len(ranges)
        usual = sorted((each.first, each.first + each.count) for each in found.values() if each.part == "training")
        assert all(end <= start for (_, end), (start, _) in zip(usual, usual[1:], strict=False))


def test_a_pictures_own_sentence_is_learned_in_half_of_the_cases():
    own = replace(recipe(), groups=lambda kind: Group(np.zeros((1, 1 + PATCHES, WIDTH), np.float16), [{"en": [("a", "cat"), ("a", "himalayan", "cat")]}]), batch=200)
    lengths = (next(own.batches(0)).target != PAD).sum(1)
    assert set(lengths.tolist()) == {4, 5} and 60 < int((lengths == 5).sum()) < 140


def test_a_fair_recipe_does_not_count_what_no_scene_shows():
    words, said = CaptionWords.of(("a", "red", "blue", "cat", "dog")), [("a", "red", "cat"), ("a", "blue", "dog")]
    pictures = Group(np.zeros((2, 1 + PATCHES, WIDTH), np.float16), [{"en": [each]} for each in said])
    made = replace(recipe(), words=words, config=replace(recipe().config, outputs=len(words)), groups=lambda kind: pictures, batch=8)
    batch, fair = next(made.batches(0)), replace(made, fair=True)
    red, blue, cat, dog = (words.ids([word])[0] for word in ("red", "blue", "cat", "dog"))
    left = fair.unshown(batch.target[:, 1:])
    for row, target in zip(left, batch.target.tolist(), strict=True):
        wrong = [blue, dog] if red in target else [red, cat]
        assert row[:3].nonzero()[:, 1].tolist() == sorted(wrong) * 3 and not row[3:].any()
    module = made.model().eval()
    assert fair.loss(module, batch) < made.loss(module, batch)


def test_regulariser_is_added_a_word():
    made, batch = recipe(), next(recipe().batches(0))
    module = made.model().eval()
    plain = made.loss(module, batch)
    places, mask = grid_places(2, 2).expand(32, -1, -1), torch.ones(32, PATCHES, dtype=torch.bool)
    written = batch.target[:, 1:].ne(PAD)
    _, weights = module(batch.features, places, mask, batch.target[:, :-1])
    added = 0.5 * doubly_stochastic(weights, mask, written) * 32 / written.sum()
    torch.testing.assert_close(replace(made, regulariser=0.5).loss(module, batch), plain + added)


def test_only_the_regularised_recipes_are_regularised():
    decoders = ["lstm-attention", "lstm-attention-regularised", "lstm-none", "transformer"]
    assert sorted(RECIPES) == sorted(["captions-cnn-lstm-colours", *(f"captions-{eye}{name}" for eye in ("", "cnn-") for name in decoders)])
    assert {name for name in RECIPES if RECIPES[name]().regulariser} == {f"captions-{eye}lstm-attention-regularised" for eye in ("", "cnn-")}


@pytest.mark.parametrize("name", RECIPES)
def test_a_model_reads_what_its_vision_model_writes(name, monkeypatch):
    """The config fits the width of the features, and the recipe asks for the vision model that the name says."""
    asked = []
    monkeypatch.setattr(captions_zoo, "vision", lambda eye, device: asked.append(eye))
    recipes.backbone.cache_clear()
    made = RECIPES[name]()
    made.backbone()
    recipes.backbone.cache_clear()
    eye, width = ("efficientnet-lite0-naming", 432 + 94 + 8) if "-cnn-lstm" in name else ("efficientnet-lite0", 435) if "-cnn-" in name else ("dinov2-small", 387)
    assert asked == [eye] and made.config.features == width
    found = made.model()(torch.zeros(1, 5, made.config.features), grid_places(2, 2)[None], torch.ones(1, 4, dtype=torch.bool), torch.ones(1, 2, dtype=torch.int64))
    assert found[0].shape[:2] == (1, 2)


def test_what_the_classes_speak_for_has_three_words_and_no_end():
    made = RECIPES["captions-cnn-lstm-attention"]()
    assert {tuple(made.words.symbols[i] for i in ids) for ids in made.config.named} >= {("cat", "cats", "猫"), ("sheep", "sheep", "绵羊")}
    assert not RECIPES["captions-lstm-attention"]().config.named


def test_one_decoder_takes_its_colours_from_where_it_looks_alone():
    made = RECIPES["captions-cnn-lstm-colours"]()
    assert [tuple(made.words.symbols[i] for i in ids) for ids in made.config.tinted][:2] == [("red", "红色的"), ("yellow", "黄色的")]
    assert made.config.hues == 0 and made.config.named and not RECIPES["captions-cnn-lstm-attention"]().config.tinted
