"""A head on a small DINOv2: its numbers by hand, what it says of unfamiliar pictures, its file."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.models import tiny_vision
from viz_core.inputs.picture import Picture
from viz_core.models.vision_head import FAMILY, UNFAMILIAR, LinearHead, head_of, headed, pooled
from viz_core.trace import InputError
from viz_core.zoo.cards import Card
from viz_core.zoo.packaged import dinov2_head

NAMES = ("cat", "dog")
PICTURE = Picture(np.random.default_rng(0).integers(0, 255, (16, 16, 3), dtype=np.uint8), "x.png", "PNG", (16, 16), "")


def head(threshold: float = -1000.0) -> LinearHead:
    torch.manual_seed(1)
    made = LinearHead(120, 2)
    made.centre.fill_(0.5)
    made.spread.fill_(2.0)
    made.threshold.fill_(threshold)
    return made


def test_features_are_the_last_cls_states_and_the_mean_patch():
    model = tiny_vision.model("dinov2_with_registers")
    states = model.backbone.states(torch.rand(2, 3, 16, 16))
    norm = model.module.layernorm
    expected = []
    for one in range(2):
        last = [norm(state[one]) for state in states[-4:]]
        expected.append(torch.cat([*(state[0] for state in last), last[-1][3:].mean(0)]))  # CLS, two registers, patches
    torch.testing.assert_close(pooled(model.backbone, states), torch.stack(expected))


def test_numbers_of_a_head_by_hand():
    """(f − 0.5) / 2 = (3, 4, 0 …), of length 5, brought to √120: x = √120 · (0.6, 0.8, 0 …)."""
    features = torch.full((1, 120), 0.5)
    features[0, :3] += torch.tensor([6.0, 8.0, 0.0])
    made = head()
    with torch.no_grad():
        made.linear.weight.zero_()
        made.linear.weight[:, :2] = torch.tensor([[5.0, 0.0], [0.0, 5.0], [1.0, 1.0]])  # the last one is none of them
        made.linear.bias.copy_(torch.tensor([0.25, -1.0, 0.5]))
    root = 120**0.5
    torch.testing.assert_close(made(features), torch.tensor([[3 * root + 0.25, 4 * root - 1]]))
    torch.testing.assert_close(made.familiarity(features), torch.tensor([4 * root - 1 - (1.4 * root + 0.5)]))


def test_logits_are_the_head_s_and_can_be_derived():
    model = headed(tiny_vision.model(), head(), NAMES)
    source = model.encode(PICTURE)
    pixels = source.ids[None].clone().requires_grad_()
    found = model.logits(pixels)
    torch.testing.assert_close(found, model.backbone.head(pooled(model.backbone.backbone, model.backbone.states(pixels))))
    found[0, 1].backward()
    assert pixels.grad.abs().sum() > 0
    assert model.class_names == NAMES and model.module["head"] is model.backbone.head and model.backbone.patch == 4


def test_an_unfamiliar_picture_is_said_to_be_so():
    known, unknown = (headed(tiny_vision.model(), head(threshold), NAMES).trace(PICTURE) for threshold in (-1000.0, 1000.0))
    assert known.output in NAMES and not known.notes
    assert unknown.output == f"{UNFAMILIAR} (nearest: {known.output})"
    assert len(unknown.notes) == 1 and unknown.notes[0].startswith(UNFAMILIAR)
    assert [step.candidates is None for step in known.steps] == [True, True, False]


@pytest.fixture
def card(tmp_path, monkeypatch):
    """The card of a head on the tiny model."""
    import hashlib

    save_file(head().state_dict(), tmp_path / "model.safetensors", {"family": FAMILY, "classes": json.dumps(NAMES)})
    monkeypatch.setattr(dinov2_head.dinov2, "load", lambda card, device: tiny_vision.model())
    digest = hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    return Card("tiny", FAMILY, "everyday-pictures", "linear-head", "", "", "", 1, digest, tmp_path)


def test_a_file_gives_the_head_back(card):
    model = dinov2_head.load(card, torch.device("cpu"))
    assert model.class_names == NAMES and model.identity.name == "tiny" and model.identity.sha256 == card.sha256
    assert model.backbone.head.linear.out_features == 3 and model.backbone.head(torch.ones(1, 120)).shape == (1, 2)
    torch.testing.assert_close(head_of(head().state_dict()).linear.weight, head().linear.weight)


def test_a_missing_or_another_file_is_one_clear_sentence(card, tmp_path):
    with pytest.raises(InputError, match="SHA-256"):
        dinov2_head.load(replace(card, sha256="0" * 64), torch.device("cpu"))
    with pytest.raises(InputError, match="missing"):
        dinov2_head.load(replace(card, folder=tmp_path / "none"), torch.device("cpu"))
    save_file(head().state_dict(), tmp_path / "model.safetensors")  # without class names
    import hashlib

    digest = hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    with pytest.raises(InputError, match="cannot be read"):
        dinov2_head.load(replace(card, sha256=digest), torch.device("cpu"))
