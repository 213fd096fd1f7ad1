"""Every head out in turn: in batches from a layer on, equal to one at a time; the model stays as it is."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from tests.explain import small_models
from tests.models.tiny import tiny

from viz_core.explain.encoder_shift import shift
from viz_core.explain.head_importance import HeadImportance, collect, head_importance
from viz_core.explain.head_scan import Passing, Stepping, scan_of
from viz_core.explain.what_if import baseline, what_if
from viz_core.layers.edits import AblateHead
from viz_core.trace import InputError, ShapeError

TEXT = "the cat sat on the mat"


@pytest.mark.parametrize("name", ["gpt2", "llama", "t5", "bart"])
@pytest.mark.parametrize("how", ["zero", "uniform"])
def test_batches_from_a_layer_on_equal_one_head_at_a_time(name: str, how: str) -> None:
    stepper = getattr(small_models, name)()
    base = baseline(stepper, TEXT, 4)
    scan = scan_of(stepper, base.source, base.said.choices)
    assert isinstance(scan, Passing)
    tables = collect(scan, how)
    assert set(tables) == set(base.sites)
    for site, values in tables.items():
        for layer, head in ((0, 1), (1, 3)):
            one = what_if(stepper, base, [AblateHead(layer, head, how, site)])
            np.testing.assert_allclose(values["kl"][layer, head], one.kl, atol=2e-5)
            np.testing.assert_allclose(values["log_prob"][layer, head], one.change, atol=5e-5)
        assert not np.isnan(values["kl"]).any()


def test_stepping_equals_passing() -> None:
    stepper = small_models.gpt2()
    base = baseline(stepper, TEXT, 4)
    fast, slow = (collect(kind(stepper, base.source, base.said.choices), "zero")["decoder"] for kind in (Passing, Stepping))
    np.testing.assert_allclose(fast["kl"], slow["kl"], atol=2e-5)
    assert fast["kl"].max() > 1e-3


def test_small_groups_of_rows_give_the_same(monkeypatch) -> None:
    stepper = small_models.llama()
    whole = head_importance(stepper, TEXT, [5, 6])[0]
    monkeypatch.setattr("viz_core.explain.head_scan.ROWS_TOKENS", 1)
    alone = head_importance(stepper, TEXT, [5, 6])[0]
    np.testing.assert_allclose(whole.values["kl"], alone.values["kl"], atol=1e-6)


def test_the_model_is_never_touched() -> None:
    stepper = small_models.bart()
    base = baseline(stepper, TEXT, 4)
    before = {name: tensor.clone() for name, tensor in stepper.module.state_dict().items()}
    head_importance(stepper, base.source, base.said.choices)
    assert all(torch.equal(before[name], tensor) for name, tensor in stepper.module.state_dict().items())
    assert not any("forward" in module.__dict__ for module in stepper.module.modules())
    assert torch.equal(baseline(stepper, TEXT, 4).log_probs, base.log_probs)


def test_another_thread_may_use_the_model_meanwhile() -> None:
    stepper, wrong = small_models.gpt2(), []
    expected, stop = baseline(stepper, TEXT, 3).log_probs, threading.Event()

    def read() -> None:
        while not stop.is_set():
            if not torch.equal(baseline(stepper, TEXT, 3).log_probs, expected):
                wrong.append(True)

    other = threading.Thread(target=read)
    other.start()
    alone = head_importance(stepper, TEXT, [5, 6, 7])[0]
    stop.set()
    other.join()
    assert not wrong
    np.testing.assert_array_equal(alone.values["kl"], head_importance(stepper, TEXT, [5, 6, 7])[0].values["kl"])


def test_progress_counts_every_head_and_can_stop() -> None:
    stepper, seen = small_models.gpt2(), []
    head_importance(stepper, TEXT, [5], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 12) for i in range(1, 13)]

    class Stopped(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise Stopped

    with pytest.raises(Stopped):
        head_importance(stepper, TEXT, [5], progress=stop)
    assert torch.equal(baseline(stepper, TEXT, 2).log_probs, baseline(small_models.gpt2(), TEXT, 2).log_probs)


def test_an_encoder_is_measured_by_its_sentence() -> None:
    encoder = small_models.bert()
    [found] = head_importance(encoder, TEXT)
    assert (found.site, found.layers, found.heads) == ("encoder", ("0", "1", "2"), ("0", "1", "2", "3"))
    for layer, head in ((0, 0), (2, 3)):
        assert found.map("distance")[layer, head] == pytest.approx(1 - shift(encoder, TEXT, [AblateHead(layer, head)]).similarity, abs=1e-6)
    assert found.map("distance").max() > 1e-4


def test_a_layer_that_is_used_many_times_is_refused() -> None:
    with pytest.raises(InputError, match="one after another"):
        head_importance(small_models.albert(), TEXT)


def test_the_only_head_of_a_recurrent_model() -> None:
    model = tiny("dot")
    [found] = head_importance(model, "cat")
    effect = what_if(model, "cat", [AblateHead(0, 0)])
    assert found.site == "cross" and found.map("kl").shape == (1, 1)
    np.testing.assert_allclose(found.values["kl"][0, 0], effect.kl, atol=1e-6)
    assert found.map("log_prob")[0, 0] == pytest.approx(effect.change.sum(), abs=1e-5)
    with pytest.raises(InputError, match="no attention"):
        head_importance(tiny("none"), "cat")


def test_maps_of_a_record() -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    found = HeadImportance("cross", ("0", "1"), ("a", "b", "c"), ("x", "y"), {"kl": values, "log_prob": values})
    np.testing.assert_array_equal(found.map("kl"), values.mean(2))
    np.testing.assert_array_equal(found.map("log_prob"), values.sum(2))
    np.testing.assert_array_equal(found.map("kl", 1), values[:, :, 1])
    with pytest.raises(InputError, match="measured by 'beauty'"):
        found.map("beauty")
    with pytest.raises(ShapeError):
        HeadImportance("cross", ("0",), ("a",), ("x",), {"kl": values})
