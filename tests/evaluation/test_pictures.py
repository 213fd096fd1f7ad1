"""Accuracy, calibration and areas of labelled vision models on made-up held-out pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.models import tiny_vision
from tests.models.test_vit import network
from viz_core.evaluation import evaluators, fashion_mnist, picture_curves, pictures
from viz_core.models.vision_head import LinearHead, headed
from viz_core.models.vit_file import DarkGround, VitBackbone
from viz_core.tasks.everyday_pictures.sources import Item
from viz_core.tasks.fashion_mnist import Pictures


def test_tasks_have_their_evaluation():
    assert {"fashion-mnist", "everyday-pictures", "picture-encoder"} <= set(evaluators())


def test_accuracy_on_the_held_out_pictures(monkeypatch):
    model = DarkGround(VitBackbone(network(stem=(4,))))
    pixels = np.random.default_rng(0).integers(0, 120, (12, 8, 8)).astype(np.uint8)
    said = fashion_mnist.predicted(model, pixels).argmax(1).numpy()
    labels = said.copy()
    labels[:3] = (said[:3] + 1) % 3  # three of twelve wrong
    monkeypatch.setattr(fashion_mnist.fashion_mnist, "held_out", lambda: Pictures(pixels, labels))
    found = fashion_mnist.evaluate(model, None, 0, curves=2)
    assert found["n"] == 12 and found["accuracy"] == 0.75 and 0 < found["ece"] < 1 and found["n_curves"] == 2
    assert all(0 <= found[f"{side}_area_{name}"] <= 1 for side in ("deletion", "insertion") for name in ("raw", "relevance", "random"))
    assert fashion_mnist.evaluate(model, 4, 3, curves=0)["n"] == 4


def test_a_map_that_is_right_has_a_small_deletion_area(monkeypatch):
    """A stand-in model that looks at one cell only: the order that begins with it falls at once."""
    model = tiny_vision.model("vit", labelled=True)
    source = model.encode(_picture())
    monkeypatch.setattr(type(model), "logits", lambda self, pixels: torch.stack([5.0 * pixels[:, 0, 0, 0], *[0 * pixels[:, 0, 0, 0]] * 3], 1))
    source.ids[0, 0, 0] = 1.0
    best, worst = np.zeros(17), np.ones(17)
    best[1], worst[1] = 1, 0  # CLS, then the patches
    rows = {name: best if name == "raw" else worst for name in picture_curves.METHODS}
    monkeypatch.setattr(picture_curves, "maps", lambda *_, **__: type("Made", (), {"rows": rows}))
    found = picture_curves.areas(model, [source], 4)
    assert found["deletion_area_raw"] < found["deletion_area_random"] < found["deletion_area_relevance"]
    assert found["insertion_area_raw"] > found["insertion_area_random"] > found["insertion_area_relevance"]


def _picture():
    from viz_core.inputs.picture import Picture

    return Picture(np.random.default_rng(1).integers(0, 255, (16, 16, 3), dtype=np.uint8), "x.png", "PNG", (16, 16), "")


@pytest.fixture
def held_out(tmp_path, monkeypatch):
    """Four named pictures, two that are clearly no thing and one of another thing."""
    items = []
    for number in range(7):
        path = Path(tmp_path / f"{number}.png")
        Image.fromarray(np.random.default_rng(number).integers(0, 255, (20, 20, 3), dtype=np.uint8)).save(path)
        items.append(Item("emoji" if number % 2 else "stamps", path.name, path, (), ""))
    monkeypatch.setattr(pictures.everyday_pictures, "known", lambda part: [(item, i % 2) for i, item in enumerate(items[:4])])
    monkeypatch.setattr(pictures.everyday_pictures, "unknown", lambda part: items[4:6])
    monkeypatch.setattr(pictures.everyday_pictures, "others", lambda part: items[6:])
    monkeypatch.setattr(pictures, "NOTHING", 2)
    monkeypatch.setattr(pictures, "photographs", lambda: ((items[0], 0), (items[1], 0), (items[2], 0), (items[3], 1)))


def test_everyday_pictures_are_measured_by_source(held_out):
    torch.manual_seed(0)
    head = LinearHead(120, 2)
    torch.nn.init.zeros_(head.linear.weight)
    head.linear.bias.data[:] = torch.tensor([100.0, 0.0, 90.0])  # always says the first class, and that everything is familiar
    head.threshold.fill_(9.0)
    found = pictures.evaluate(headed(tiny_vision.model(), head, ("a", "b")), None, 0, curves=1, scenes=0, grid=4)
    assert (found["n"], found["accuracy"], found["accuracy_top5"]) == (4, 0.5, 1.0)
    assert (found["accuracy_stamps"], found["accuracy_emoji"], found["accuracy_top5_emoji"]) == (1.0, 0.0, 1.0)
    assert (found["n_stamps"], found["n_photographs"], found["accuracy_photographs"]) == (2, 2, 1.0)
    assert (found["n_drawings"], found["accuracy_drawings"]) == (2, 0.0) and "accuracy_clipart" not in found
    assert (found["n_whole"], found["accuracy_whole"], found["accuracy_top5_whole"], found["accepted_whole"]) == (4, 0.75, 1, 1)
    assert found["accuracy_whole_by_class"] == 0.5  # all of the first class, none of the second
    assert found["ece"] == pytest.approx(0.5, abs=1e-3) and found["confident_wrong"] == 1
    assert [found[f"n_{kind}"] for kind in ("unknown", "others", "nothing")] == [2, 1, 2]
    assert all(found[f"accepted_{kind}"] == 1 for kind in ("known", "unknown", "others", "nothing"))
    assert all(found[f"auroc_{kind}"] == 0.5 for kind in ("unknown", "others", "nothing"))


def test_what_is_below_the_threshold_is_not_accepted(held_out):
    head = LinearHead(120, 2)
    torch.nn.init.zeros_(head.linear.weight)
    head.linear.bias.data[:] = torch.tensor([100.0, 0.0, 90.0])
    head.threshold.fill_(11.0)
    found = pictures.evaluate(headed(tiny_vision.model(), head, ("a", "b")), 1, 0, curves=0, scenes=0, grid=4)
    assert all(found[f"accepted_{kind}"] == 0 for kind in ("known", "unknown", "others", "nothing")) and found["confident_wrong"] == 0
    assert [found[f"n_{kind}"] for kind in ("unknown", "others", "nothing")] == [1, 1, 1]
