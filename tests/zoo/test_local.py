"""Your own model: every kind opens from its folder, and what cannot be opened is refused in one sentence."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import viz_core as vc
from tests.zoo import own_models
from viz_core import zoo
from viz_core.trace import InputError
from viz_core.zoo import hub, local, memory


@pytest.fixture
def folder(tmp_path):
    return own_models.save(tmp_path, "gpt2")


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No test asks the hub."""

    def refused(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", refused)


def change(folder, **values):
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**content, **values}))


def refused(folder) -> str:
    with pytest.raises(InputError) as error:
        local.parts(folder)
    assert "\n" not in str(error.value) and len(str(error.value)) < 500
    return str(error.value)


@pytest.mark.parametrize(
    ("kind", "family"),
    [("bert", local.ENCODER), ("masked", local.ENCODER), ("gpt2", local.DECODER), ("t5", local.SEQ2SEQ), ("marian", local.SEQ2SEQ)],
)
def test_every_kind_opens_with_the_weights_of_its_folder(tmp_path, kind, family):
    folder = own_models.save(tmp_path, kind)
    model, tokenizer, identity = local.parts(folder, "cpu")
    expected = own_models.model(kind, len(tokenizer)).state_dict()
    found = model.state_dict()
    assert set(found) == set(expected) and all(torch.equal(found[name], value) for name, value in expected.items())
    assert (identity.name, identity.family) == (kind, family) and not model.training
    assert identity.sha256 == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert tokenizer.decode(tokenizer("the cat")["input_ids"], skip_special_tokens=True) == "the cat"


def test_dtype_is_chosen(folder):
    assert local.parts(folder, "cpu")[0].dtype == torch.float32
    assert local.parts(folder, "cpu", "bfloat16")[0].dtype == torch.bfloat16
    with pytest.raises(InputError, match="'int3'"):
        local.parts(folder, "cpu", "int3")


def test_sharded_files_open(tmp_path):
    tokens = own_models.tokenizer()
    own_models.model("gpt2", len(tokens)).save_pretrained(tmp_path, max_shard_size="40KB")
    tokens.save_pretrained(tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    model = local.parts(tmp_path, "cpu")[0]
    assert torch.equal(model.transformer.wte.weight, own_models.model("gpt2", len(tokens)).transformer.wte.weight)


def test_pickles_are_named_and_not_opened(folder):
    (folder / "model.safetensors").unlink()
    torch.save({"x": torch.zeros(1)}, folder / "pytorch_model.bin")
    assert "only pytorch_model.bin, which can run code" in refused(folder)


def test_a_folder_without_weights_or_configuration(folder):
    (folder / "model.safetensors").unlink()
    assert "holds no weights" in refused(folder)
    (folder / "config.json").unlink()
    assert "has no config.json" in refused(folder)


def test_unknown_architecture(folder):
    change(folder, model_type="perceiver-of-2031", architectures=["Nothing"])
    assert "architecture" in refused(folder)


def test_code_of_the_author_is_never_run(folder):
    (folder / "evil.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    change(folder, model_type="evil", auto_map={"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"})
    assert "architecture" in refused(folder)
    assert not (folder / "ran").exists()


def test_an_image_model_is_no_text_model(tmp_path):
    assert "of type 'vit'" in refused(own_models.save(tmp_path, "vit"))


def test_missing_weights_are_never_random(folder):
    tensors = load_file(folder / "model.safetensors")
    del tensors["transformer.h.1.attn.c_attn.weight"]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    assert "lack 1 weights, transformer.h.1.attn.c_attn.weight" in refused(folder)


def test_damaged_files(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-40])
    assert "model.safetensors" in refused(folder)
    (folder / "model.safetensors").write_bytes(whole)
    change(folder, n_embd=64)
    assert "do not fit" in refused(folder)
    (folder / "config.json").write_text("{")
    assert "config.json" in refused(folder)


def test_no_tokenizer(folder):
    for path in folder.glob("tokenizer*"):
        path.unlink()
    assert "tokenizer" in refused(folder)


def test_too_large_is_refused_before_the_weights_are_read(folder, monkeypatch):
    monkeypatch.setattr(memory, "free", lambda device: 1000)
    monkeypatch.setattr(local, "read_model", lambda *_: pytest.fail("read"))
    assert "of memory as float32" in refused(folder)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "../no/such/folder", "x" * 300 + "/y", "a/b\nc"])
def test_what_is_no_folder_and_not_on_the_hub(name):
    assert "folder" in refused(name)


def test_hub_models_without_safetensors_or_too_large_are_not_downloaded(monkeypatch):
    with pytest.raises(InputError, match="no safetensors"):
        hub.check("a/b", {"pytorch_model.bin": 10, "config.json": 1})
    monkeypatch.setattr(memory, "free", lambda device: 10**9)
    with pytest.raises(InputError, match="memory"):
        hub.check("a/b", {"model-1.safetensors": 10**9, "model-2.safetensors": 10**9})
    hub.check("a/b", {"model.safetensors": 10**8})


def test_names_of_the_zoo_come_first(tmp_path, monkeypatch):
    (tmp_path / "minilm").mkdir()
    monkeypatch.chdir(tmp_path)
    assert not local.is_own("minilm") and not local.is_own("minlim")
    assert local.is_own(tmp_path) and local.is_own("owner/model") and local.is_own(str(tmp_path))


@pytest.mark.parametrize("kind", ["bert", "masked", "gpt2", "t5", "marian"])
def test_the_zoo_loads_a_folder_and_it_runs(tmp_path, kind):
    model = zoo.load(str(own_models.save(tmp_path, kind)), "cpu")
    options = {} if kind in ("bert", "masked") else {"decoding": "beam:width=2,max_steps=3"}
    trace = vc.run(model, "the cat sat on the mat", **options)
    assert trace.run["model"] == kind and trace.steps
    assert all(np.allclose(item.map().sum(-1), 1, atol=1e-5) for step in trace.steps for item in step.attention)
