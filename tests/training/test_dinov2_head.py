"""The head's recipe on made-up features; temperature and area under the curve by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from viz_core.models.vision_head import head_of, standard
from viz_core.training.loop import Plan, train
from viz_core.training.picture_features import EMPTY, NONE, OTHER, Features
from viz_core.training.recipes.dinov2_head import SHRINKAGE, Coordinates, HeadRecipe, auroc
from viz_core.training.temperature import temperature


def part(name: str) -> Features:
    """Three classes around unit vectors, which scatter in one direction most; strangers in three other directions."""
    rng = np.random.default_rng(len(name))
    labels = np.repeat([0, 1, 2, NONE, OTHER, EMPTY], 20)
    values = np.eye(10)[labels % 9] * 4 + rng.normal(0, 0.5, (120, 10))
    values[:, 9] += rng.normal(0, 6, 120)  # says nothing of the class
    return Features(values.astype(np.float32), labels)


@pytest.fixture(scope="module")
def recipe():
    return HeadRecipe("tiny", Plan(60, learning_rate=3e-2, warmup=5, average=0.8, validate_every=30), ("a", "b", "c"), 64, part)


@pytest.fixture(scope="module")
def run(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("head")
    result = train(recipe, folder, progress=False)
    return result, head_of(load_file(folder / "model.safetensors")), json.loads((folder / "facts.json").read_text())


def test_it_learns_the_classes_and_knows_strangers(run):
    result, *_ = run
    assert result["accuracy"] > 0.9 and result["auroc_unknown"] > 0.9 and result["auroc_others"] > 0.9 and result["accuracy_top5"] == 1


def test_in_whitened_coordinates_a_class_scatters_alike_in_all_directions():
    found = part("training")
    x = Coordinates.of(found)(torch.from_numpy(found.values))
    labels = torch.from_numpy(found.labels)
    residuals = torch.cat([x[labels == i] - x[labels == i].mean(0) for i in range(3)])
    scatter = torch.linalg.eigvalsh(residuals.T @ residuals / len(residuals))
    plain = standard(torch.from_numpy(found.values), torch.zeros(10), torch.ones(10))
    assert scatter.max() == pytest.approx(1 / (1 - SHRINKAGE), rel=0.3) and scatter.max() <= 1 / (1 - SHRINKAGE)
    assert plain[labels == 0].var(0).max() > 5 * plain[labels == 0].var(0).median()  # it was not so before


def test_the_exported_map_is_the_learned_one(recipe):
    made = recipe.model()
    torch.nn.init.normal_(made.weight)
    torch.nn.init.normal_(made.bias)
    values = torch.from_numpy(part("validation").values)
    torch.testing.assert_close(recipe.head(made).scores(values), made(recipe.coordinates(values)), rtol=1e-3, atol=1e-3)


def test_a_batch_has_every_class_and_a_quarter_without_one(recipe):
    labels = torch.cat([batch[1] for batch, _ in zip(recipe.batches(0), range(60), strict=False)])
    shares = torch.bincount(labels, minlength=4) / len(labels)
    assert shares.tolist() == pytest.approx([0.25] * 4, abs=0.03)  # three classes share three quarters
    again, other = next(iter(recipe.batches(3))), next(iter(recipe.batches(4)))
    assert torch.equal(again[0], next(iter(recipe.batches(3)))[0]) and not torch.equal(again[0], other[0])


def test_nine_in_ten_known_pictures_are_familiar(run):
    _, head, _ = run
    found = part("validation")
    familiar = (head.familiarity(torch.from_numpy(found.values)) >= head.threshold).numpy()
    assert familiar[found.labels >= 0].mean() == pytest.approx(0.9, abs=0.02) and familiar[found.labels < 0].mean() < 0.2


def test_the_temperature_is_folded_in(run):
    _, head, facts = run
    found = part("validation")
    known = torch.from_numpy(found.labels) >= 0
    again = temperature(head(torch.from_numpy(found.values))[known].detach(), torch.from_numpy(found.labels)[known])
    assert again == pytest.approx(1.0, rel=0.02) or facts["temperature"] <= 0.051


def test_temperature_of_overconfident_logits():
    """Right three times in four: −log-likelihood is least where p = 3/4, so that 10 / T = log 3."""
    logits, labels = torch.tensor([[10.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])
    assert temperature(logits, labels) == pytest.approx(10 / np.log(3), rel=0.01)


def test_area_under_the_curve_by_hand():
    assert auroc(torch.tensor([3.0, 1.0]), torch.tensor([2.0, 1.0])) == pytest.approx(0.625)  # 1, 1, 0, ½ of 4
