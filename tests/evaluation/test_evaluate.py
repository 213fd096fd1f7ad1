"""`evaluate` over whole (tiny, untrained) models: flat, repeatable, and clear about what it cannot do."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from safetensors.torch import save_file
from tests.models.tiny import tiny
from tests.pages import tiny_zoo

from viz_core.evaluation import evaluate, sample
from viz_core.models.recurrent_file import store
from viz_core.trace import InputError
from viz_core.zoo import cards


def add_model(folder, name, task, **more):
    """A model of five phonemes: metrics of g2p refuse anything that is no phoneme."""
    folder.mkdir(parents=True)
    tensors, metadata = store(tiny())
    save_file(tensors, folder / "model.safetensors", metadata)
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    content = dict(name=name, family="recurrent-seq2seq", task=task, mechanism="lstm-general", title="t", licence="none",
                   data="none", parameters=1, sha256=digest, **more)  # fmt: skip
    (folder / "card.json").write_text(json.dumps(content))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    tiny_zoo.build(folder, ("zh-en",))
    add_model(folder / "test" / "g2p-five", "g2p-five", "g2p")
    add_model(folder / "test" / "chess", "chess", "chess")
    add_model(folder / "test" / "go", "go", "go", beside="3 dan", source=dict(package="go", version="1", sha256="", files={}))
    return folder


@pytest.fixture(autouse=True)
def zoo(folder, monkeypatch):
    monkeypatch.setattr(cards, "WEIGHTS", folder)
    cards.cards.cache_clear()
    yield
    cards.cards.cache_clear()


@pytest.mark.parametrize("name, options", [("zh-en-lstm-general", {"beam": 2}), ("g2p-five", {"beam": 2, "length_penalty": 0.5})])
def test_flat_numbers_that_n_and_seed_decide(name, options):
    one = evaluate(name, n=3, seed=1, device="cpu", **options)
    assert one == evaluate(name, n=3, seed=1, device="cpu", **options)
    assert (one["model"], one["n"], one["seed"], one["beam"]) == (name, 3, 1, 2)
    assert all(re.fullmatch(r"[a-z0-9_]+", key) for key in one)
    assert all(isinstance(value, str | int | float) for value in one.values())


def test_translation_has_quality_and_alignment_on_both_sets():
    found = evaluate("zh-en-lstm-general", n=8, device="cpu", beam=1)
    assert found["n"] == found["n_grammar"] == found["n_aligned_grammar"] == 8 and 0 < found["n_aligned"] < 8
    for suffix in ("", "_grammar"):
        assert 0 <= found[f"bleu{suffix}"] <= 100 and 0 <= found[f"chrf{suffix}"] <= 100
        assert sum(value for key, value in found.items() if re.fullmatch(rf"n{suffix}_\d+_\d+", key)) == 8
        assert 0 < found[f"aer{suffix}"] <= 1 and found[f"aer_diagonal{suffix}"] < found[f"aer_uniform{suffix}"] < 1
    assert found["accuracy_grammar"] == 0


def test_translation_without_attention_has_no_alignment_error():
    found = evaluate("zh-en-lstm-none", n=4, device="cpu", beam=1)
    assert not {"aer", "aer_all", "aer_grammar", "aer_all_grammar"} & set(found)
    assert "aer_uniform_grammar" in found


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(name="zh-en-lstm-genral"), "did you mean zh-en-lstm-general"),
        (dict(name="chess"), "'chess', which has no evaluation; tasks with one: "),
        (dict(name="go"), "no evaluation: others trained it, and no held-out data of that task come with this program; its makers report: 3 dan; tasks with one: "),
        (dict(name="g2p-five", size=3), "no option 'size'; it has: beam, length_penalty"),
        (dict(name="g2p-five", n=0), "n is 0; give a whole number of at least 1"),
        (dict(name="g2p-five", n=2.5), "n is 2.5"),
        (dict(name="g2p-five", n=2, seed=-1), "seed is -1"),
        (dict(name="g2p-five", n=2, beam=0), "beam width is 0"),
        (dict(name="g2p-five", n=2, device="warp"), "device 'warp'"),
    ],
)
def test_what_cannot_be_evaluated_is_named(arguments, message):
    with pytest.raises(InputError, match=re.escape(message)):
        evaluate(**{"device": "cpu", **arguments})


def test_a_sample_is_drawn_by_its_seed_without_repetition():
    items = list(range(100))
    assert sample(items, 10, 0) == sample(items, 10, 0) != sample(items, 10, 1)
    assert len(set(sample(items, 10, 0))) == 10
    assert sample(items, None, 0) == sample(items, 100, 3) == sample(items, 1000, 3) == items
