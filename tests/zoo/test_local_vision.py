"""Your own vision model from a folder: every kind the same numbers, damaged ones one sentence."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.models.tiny_vision import CLASSES, KINDS, module
from viz_core import zoo
from viz_core.trace import InputError


def saved(folder, kind, labelled=False):
    module(kind, labelled).save_pretrained(folder / kind)
    return folder / kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_opened(tmp_path, kind):
    found = zoo.load(str(saved(tmp_path, kind)), "cpu")
    expected = module(kind).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in found.module.state_dict().items() if "position_ids" not in name)
    assert len(found.trace("sample:shapes", longest=4)) == 3 and found.identity.name == kind


def test_classes_are_read(tmp_path):
    found = zoo.load(str(saved(tmp_path, "vit", labelled=True)), "cpu")
    assert found.class_names == CLASSES and found.trace("sample:shapes").output in CLASSES


def test_normalisation_is_the_folder_s(tmp_path):
    folder = saved(tmp_path, "dinov2")
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}))
    assert zoo.load(str(folder), "cpu").backbone.mean == (0.1, 0.2, 0.3)
    for nonsense in ("{", "[]", '{"image_mean": "a", "image_std": 3}', '{"image_mean": [0, 0], "image_std": [0, 0]}'):
        (folder / "preprocessor_config.json").write_text(nonsense)
        np.testing.assert_allclose(zoo.load(str(folder), "cpu").backbone.mean, (0.485, 0.456, 0.406))


def test_missing_weights_are_told(tmp_path):
    folder = saved(tmp_path, "vit")
    tensors = load_file(folder / "model.safetensors")
    save_file({name: value for name, value in tensors.items() if "layers.1." not in name and "layer.1." not in name}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="lack"):
        zoo.load(str(folder), "cpu")


def test_convolutional_networks_are_refused(tmp_path):
    from transformers import ResNetConfig, ResNetModel

    ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1])).save_pretrained(tmp_path / "resnet")
    with pytest.raises(InputError):
        zoo.load(str(tmp_path / "resnet"), "cpu")
