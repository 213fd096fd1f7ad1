"""The ViT recipe on made-up pictures: it learns which half is bright, resumes alike, keeps what the scrubber needs."""

from __future__ import annotations

import base64

import numpy as np
import torch
from safetensors import safe_open

from viz_core.models import registry
from viz_core.models.vit import Config
from viz_core.tasks.fashion_mnist import Pictures
from viz_core.training.history import History
from viz_core.training.loop import Plan, train
from viz_core.training.recipes.fashion_vit import VitRecipe, about, probes


def pictures(count: int, seed: int) -> Pictures:
    """Bright above (0) or below (1) the middle; noise elsewhere."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    pixels = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    for picture, label in zip(pixels, labels, strict=True):
        picture[14 * label : 14 * label + 14] += 150
    return Pictures(pixels, labels)


def recipe(steps: int) -> VitRecipe:
    config = Config(("above", "below"), patch=14, width=16, layers=2, heads=2, hidden=16, mean=(0.3,), deviation=(0.3,))
    plan = Plan(steps, learning_rate=5e-3, warmup=5, average=0.8, validate_every=steps, save_every=10)
    return VitRecipe("tiny", config, plan, 16, pictures(160, 0), pictures(40, 1))


def test_it_learns_and_ends_in_a_loadable_file(tmp_path):
    result = train(recipe(90), tmp_path, progress=False)
    assert result["accuracy"] > 0.9
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        stepper = registry.restore(file.metadata(), {key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    assert stepper.class_names == ("above", "below")


def test_batches_from_a_later_step_are_those_of_the_whole_run():
    whole = [batch for _, batch in zip(range(23), recipe(1).batches(0), strict=False)]
    again = next(recipe(1).batches(22))  # in the third pass over 160 pictures
    assert all(torch.equal(one, two) for one, two in zip(whole[22], again, strict=True))
    first = torch.cat([labels for _, labels in whole[:10]])
    assert sorted(first.tolist()) == sorted(recipe(1).pictures.labels.tolist())  # each picture once a pass


def test_snapshots_hold_where_cls_looks(tmp_path):
    made = recipe(20)
    train(made, tmp_path, progress=False)
    last = History.load(tmp_path / "history.json").snapshots[-1]["probes"]
    assert len(last) == 2 and [probe["source"][0].split()[0] for probe in last] == ["above", "below"]
    for probe, number in zip(last, probes(made.development), strict=True):
        assert probe["positions"] == 5 and probe["layers"] == 2 and probe["output"][0] in ("above", "below")
        rows = np.frombuffer(base64.b64decode(probe["weights"]), np.uint8).reshape(2, 5)
        assert (abs(rows.sum(1) - 255.0) <= 3).all()
        assert base64.b64decode(probe["pixels"]) == made.development.pixels[number].tobytes()


def test_the_card_says_what_was_held_out():
    assert about("fashion-vit")["task"] == "fashion-mnist" and "held out" in about("fashion-vit")["data"]
