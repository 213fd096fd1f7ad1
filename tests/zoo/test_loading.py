"""Weights that are missing, damaged, foreign or of another version are refused in one sentence."""

from __future__ import annotations

import hashlib
import json

import pytest
from safetensors.torch import save_file

from tests.models.tiny import tiny
from viz_core import zoo
from viz_core.models.recurrent_file import store
from viz_core.trace import InputError
from viz_core.zoo import cards


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A zoo with one tiny model."""
    folder = tmp_path / "apache-2.0" / "tiny"
    folder.mkdir(parents=True)
    save_file(*[store(tiny())[0], folder / "model.safetensors", store(tiny())[1]])
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    content = dict(name="tiny", family="recurrent-seq2seq", task="g2p", mechanism="lstm-general", title="t",
                   licence="Apache-2.0", data="none", parameters=1, sha256=digest, examples=["cab"])  # fmt: skip
    (folder / "card.json").write_text(json.dumps(content))
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    cards.cards.cache_clear()
    yield folder
    cards.cards.cache_clear()


def test_loads_with_its_identity(folder):
    model = zoo.load("tiny", "cpu")
    assert (model.identity.name, model.identity.family) == ("tiny", "recurrent-seq2seq")
    assert zoo.names() == ("tiny",)


def test_unknown_name_suggests_the_closest(folder):
    with pytest.raises(InputError, match="did you mean tiny"):
        zoo.load("tinny")


def test_wrong_hash(folder):
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match="SHA-256"):
        zoo.load("tiny")


def rewrite_hash(folder):
    content = json.loads((folder / "card.json").read_text())
    content["sha256"] = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(content))
    cards.cards.cache_clear()


def test_not_a_safetensors_file(folder):
    (folder / "model.safetensors").write_bytes(b"PK\x03\x04 not weights")
    rewrite_hash(folder)
    with pytest.raises(InputError, match="safetensors"):
        zoo.load("tiny")


def test_unknown_family(folder):
    save_file(store(tiny())[0], folder / "model.safetensors", {"family": "perceptron"})
    rewrite_hash(folder)
    with pytest.raises(InputError, match="'perceptron'"):
        zoo.load("tiny")


def test_missing_file(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="missing"):
        zoo.load("tiny")


@pytest.mark.parametrize("device", ["warp", "cuda:99", ""])
def test_unusable_device(folder, device):
    with pytest.raises(InputError, match="device"):
        zoo.load("tiny", device)
