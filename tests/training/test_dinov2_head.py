"""The head's recipe on made-up features; temperature and area under the curve by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from viz_core.training.loop import Plan, train
from viz_core.training.picture_features import Features
from viz_core.training.recipes.dinov2_head import HeadRecipe, auroc, temperature


def part(name: str) -> Features:
    """Three classes around unit vectors; in validation, 20 strangers in another direction."""
    rng = np.random.default_rng(len(name))
    labels = np.repeat(np.arange(3), 20)
    values = np.eye(8)[labels] * 4 + rng.normal(0, 0.5, (60, 8))
    if name == "validation":
        labels = np.append(labels, [-1] * 20)
        values = np.concatenate([values, np.eye(8)[[7] * 20] * 4 + rng.normal(0, 0.5, (20, 8))])
    return Features(values.astype(np.float32), labels, np.zeros(len(labels), np.int64))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("head")
    made = HeadRecipe("tiny", Plan(60, learning_rate=3e-2, warmup=5, average=0.8, validate_every=30), ("a", "b", "c"), 32, part)
    return train(made, folder, progress=False), load_file(folder / "model.safetensors"), json.loads((folder / "facts.json").read_text())


def test_it_learns_the_classes_and_knows_strangers(run):
    result, *_ = run
    assert result["accuracy"] > 0.95 and result["auroc_unknown"] > 0.95


def test_nine_in_ten_known_pictures_are_familiar(run):
    _, tensors, _ = run
    found = part("validation")
    standard = (torch.from_numpy(found.values) - tensors["centre"]) / tensors["spread"]
    units = F.normalize(standard, dim=-1)
    familiar = ((units @ tensors["means"].T).amax(-1) >= tensors["threshold"]).numpy()
    assert familiar[found.labels >= 0].mean() == pytest.approx(0.9, abs=0.02) and familiar[found.labels < 0].mean() < 0.2


def test_the_temperature_is_folded_in(run):
    _, tensors, facts = run
    found = part("validation")
    known = torch.from_numpy(found.labels) >= 0
    logits = (torch.from_numpy(found.values) - tensors["centre"]) / tensors["spread"] @ tensors["linear.weight"].T + tensors["linear.bias"]
    again = temperature(logits[known], torch.from_numpy(found.labels)[known])
    assert again == pytest.approx(1.0, rel=0.02) or facts["temperature"] <= 0.051


def test_temperature_of_overconfident_logits():
    """Right three times in four: −log-likelihood is least where p = 3/4, so that 10 / T = log 3."""
    logits, labels = torch.tensor([[10.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])
    assert temperature(logits, labels) == pytest.approx(10 / np.log(3), rel=0.01)


def test_area_under_the_curve_by_hand():
    assert auroc(torch.tensor([3.0, 1.0]), torch.tensor([2.0, 1.0])) == pytest.approx(0.625)  # 1, 1, 0, ½ of 4
