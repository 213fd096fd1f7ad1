"""Measures of a map on a mask, by hand; the whole check on made-up scenes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models import tiny_vision
from viz_core.evaluation import segmentation
from viz_core.tasks.everyday_pictures.scenes import SIDE, Scene
from viz_core.trace.errors import InputError, ShapeError

MASK = np.array([[True, True, False, False]])


def test_mean_iou_by_hand():
    cut = np.array([[True, False, True, False]])
    assert segmentation.mean_iou(cut, MASK) == pytest.approx(1 / 3)  # thing 1/3, ground 1/3
    assert segmentation.mean_iou(MASK, MASK) == 1
    assert segmentation.mean_iou(np.zeros((1, 2), bool), np.zeros((1, 2), bool)) == 1


def test_average_precision_by_hand():
    """Ranks: thing, ground, thing, ground: 1/2 · 1 + 1/2 · 2/3."""
    assert segmentation.average_precision(np.array([[4.0, 2.0, 3.0, 1.0]]), MASK) == pytest.approx(5 / 6)
    assert segmentation.average_precision(np.ones((1, 4)), MASK) == pytest.approx(0.5)  # one threshold for equal values
    with pytest.raises(InputError, match="no pixel"):
        segmentation.average_precision(np.ones((1, 4)), ~MASK & MASK)
    with pytest.raises(ShapeError, match="enlarge"):
        segmentation.average_precision(np.ones((2, 4)), MASK)


def test_average_precision_is_sklearn_s_for_random_maps():
    rng = np.random.default_rng(0)
    values, mask = rng.integers(0, 6, 40), rng.random(40) < 0.4
    thresholds = np.unique(values)[::-1]
    recall = [0.0, *((mask & (values >= t)).sum() / mask.sum() for t in thresholds)]
    precision = [(mask & (values >= t)).sum() / (values >= t).sum() for t in thresholds]
    expected = sum((recall[i + 1] - recall[i]) * precision[i] for i in range(len(thresholds)))
    assert segmentation.average_precision(values, mask) == pytest.approx(expected)


def test_a_map_on_the_thing_beats_one_beside_it():
    mask = np.zeros((32, 32), bool)
    mask[:16, :16] = True
    on, beside = np.zeros((4, 4)), np.zeros((4, 4))
    on[:2, :2], beside[2:, 2:] = 1, 1
    found = segmentation.scores({"on": on, "beside": beside}, mask)
    assert found["pixel_accuracy_on"] > 0.85 and found["miou_on"] > 0.7 and found["mean_ap_on"] > 0.95
    assert all(found[f"{measure}_on"] > found[f"{measure}_beside"] for measure in ("pixel_accuracy", "miou", "mean_ap"))


@pytest.fixture
def scenes(monkeypatch):
    """A bright block in the left half, a dark one in the right."""

    def scene(seed: int) -> Scene:
        pixels, masks = np.full((SIDE, SIDE, 3), 120, np.uint8), np.zeros((2, SIDE, SIDE), bool)
        for number, colour in enumerate((250, 10)):
            masks[number, 100:200, 40 + number * 224 : 160 + number * 224] = True
            pixels[masks[number]] = colour
        return Scene(pixels, masks, (0, seed % 2 + 1))

    monkeypatch.setattr(segmentation, "scene", scene)


def test_every_method_is_measured(scenes):
    found = segmentation.evaluate(tiny_vision.model(), 2, 0, grid=4)
    assert found["n"] == 2 and found["pixel_accuracy_uniform"] > 0.5
    assert {f"{m}_{name}" for m in ("pixel_accuracy", "miou", "mean_ap") for name in ("raw", "rollout", "gradient_rollout", "relevance", "centre")} <= set(found)
    assert all(0 <= value <= 1 for name, value in found.items() if name not in ("n", "grid", "n_neighbours"))


def test_labelled_models_are_measured_by_class(scenes):
    found = segmentation.of_classes(tiny_vision.model("dinov2", labelled=True), 1, 0, grid=4)
    assert found["n_scenes"] == 1 and 0 <= found["mean_ap_relevance"] <= 1
