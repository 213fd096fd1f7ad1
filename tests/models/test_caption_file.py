"""Captioning models through a file and through the zoo: the decoder alone is stored, the vision model is put in."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from tests.models.tiny_captions import KINDS, backbone, source, tiny
from viz_core.models import caption_file, caption_transformer_file, registry
from viz_core.models.protocol import Identity
from viz_core.models.vision import VisionEncoder
from viz_core.trace import InputError
from viz_core.zoo import cards, packaged
from viz_core.zoo.packaged import captions

FILES = {"attention": caption_file.FILES, "none": caption_file.FILES, "tinting": caption_file.FILES, "naming": caption_file.FILES, "transformer": caption_transformer_file.FILES}


def rounded(kind):
    """A model whose weights half precision can hold."""
    stepper = tiny(kind)
    stepper.module.half().float()
    return stepper


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip(kind):
    stepper = rounded(kind)
    tensors, metadata = FILES[kind].store(stepper)
    assert not any("backbone" in name for name in tensors) and metadata["backbone"] == "tiny-dinov2"
    again = FILES[kind].restore(metadata, tensors, backbone())
    seen = source(stepper)
    one, other = (model.predict(model.start([seen])).log_probs for model in (stepper, again))
    assert torch.equal(one, other) and again.labels == stepper.labels and again.language == "en"


def test_the_zoo_opens_both_families():
    assert {"caption-lstm", "caption-transformer"} <= set(packaged.loaders())
    assert packaged.loaders()["caption-lstm"] is captions
    assert "caption-lstm" not in registry.families(), "a file alone is no model"


@pytest.fixture
def card(tmp_path, monkeypatch):
    """The card of a file that a recipe would have written, on a tiny vision model."""
    vision = VisionEncoder(backbone().backbone, Identity(captions.VISION[0], "vision-encoder", "f" * 64))
    monkeypatch.setattr(captions, "vision", lambda name, device: vision)
    stepper = replace(rounded("attention"), backbone=vision)
    tensors, metadata = caption_file.store(stepper)
    save_file(tensors, tmp_path / "model.safetensors", metadata)
    found = next(iter(cards.cards().values()))
    digest = hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    return replace(found, name="captions-lstm-attention", family="caption-lstm", folder=tmp_path, sha256=digest, source=None)


def test_a_card_gives_a_stepper(card):
    model = packaged.load(card, torch.device("cpu"))
    assert model.identity == Identity(card.name, "caption-lstm", card.sha256)
    stepper = rounded("attention")
    seen = source(stepper)
    torch.testing.assert_close(model.predict(model.start([seen])).log_probs, stepper.predict(stepper.start([seen])).log_probs)


@pytest.mark.parametrize(("change", "said"), [
    ({"sha256": "0" * 64}, "the file is damaged or another version"),
    ({"family": "caption-transformer"}, "are no caption-transformer on dinov2-small or efficientnet-lite0"),
])  # fmt: skip
def test_another_file_is_refused(card, change, said):
    with pytest.raises(InputError, match=said):
        packaged.load(replace(card, **change), torch.device("cpu"))


def test_a_missing_file_is_said(card, tmp_path):
    with pytest.raises(InputError, match="are missing"):
        packaged.load(replace(card, folder=tmp_path / "none"), torch.device("cpu"))
