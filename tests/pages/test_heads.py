"""The pages of all heads and of long inputs, against small random models of your own in a folder."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.figures.test_heads import unsqueezed
from tests.zoo import own_models

from viz_core import zoo
from viz_core.capture import record
from viz_core.explain import long_reading
from viz_core.trace import load, save
from viz_core.trace.errors import InputError
from viz_core.ui import head_view, heads, long_downloads, long_inputs

TEXT = "the cat sat on the mat"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("own")
    for kind in ("bert", "gpt2", "marian"):
        own_models.save(made, kind)
    return made


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory):
    """No model of the zoo is needed here."""
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture
def sent(monkeypatch):
    """What a component was given last."""
    found: list[dict] = []

    def component():
        return lambda key, data, **callbacks: found.append({"key": key, **json.loads(json.dumps(data, allow_nan=False))})

    monkeypatch.setattr(head_view, "_component", component)
    monkeypatch.setattr(long_inputs, "_component", component)
    return found


def test_an_encoder_shows_every_head_of_a_pair(page, folder, sent):
    app = page("heads", model="own", own=str(folder / "bert"), text=TEXT, pair="a dog ran", heads="1.2,0.3", hide="first", sort="entropy")
    assert not app.exception and not app.error
    data = sent[-1]
    trace = zoo.load(str(folder / "bert")).trace(TEXT, "a dog ran")
    (site,) = data["scene"]["sites"]
    assert site["site"] == "encoder" and len(site["layers"]) == 2 and len(site["heads"]) == 4
    view = data["view"]
    assert (view["heads"], view["hideFirst"], view["sort"]) == ([[1, 2], [0, 3]], True, "entropy")
    count = len(site["keys"]["labels"])
    (blob,) = data["maps"]
    values = unsqueezed(blob, (len(blob["heads"]), count, count))
    np.testing.assert_allclose(values[blob["heads"].index([1, 2])], trace.steps[1].attention[0].map(0, 2), atol=2e-5)


def test_a_decoder_writes_and_a_beam_has_hypotheses(page, folder, sent):
    app = page("heads", model="own", own=str(folder / "gpt2"), text=TEXT, decode="beam", width="3", tokens="4")
    assert not app.exception and not app.error
    assert len(sent[-1]["scene"]["steps"]) <= 4
    names = next(box for box in app.selectbox if box.key == "hypothesis").options
    assert len(names) == 3
    best = sent[-1]["scene"]["steps"]
    app.selectbox(key="hypothesis").set_value(1).run()
    assert not app.exception
    other = sent[-1]["scene"]["steps"]
    assert other != best and app.query_params["hypothesis"] in ("1", ["1"])


def test_an_encoder_decoder_has_three_sites_in_their_order(page, folder, sent):
    app = page("heads", model="own", own=str(folder / "marian"), text=TEXT, tokens="3", site="cross")
    assert not app.exception and not app.error
    data = sent[-1]
    assert [site["site"] for site in data["scene"]["sites"]] == ["encoder", "decoder", "cross"]
    assert data["view"]["site"] == 2


@pytest.mark.parametrize(("query", "sentence"), [
    ({"heads": "x"}, "Heads is 'x'"), ({"step": "99"}, "Step is '99'"), ({"own": "/nowhere/at/all"}, "nowhere"), ({"text": " "}, "text is empty"),
])  # fmt: skip
def test_bad_input_is_told_in_a_sentence(page, folder, sent, query, sentence):
    given = {"model": "own", "own": str(folder / "bert"), "text": TEXT, **query}
    app = page("heads", **given)
    assert not app.exception
    assert any(sentence.lower() in error.value.replace("\\", "").lower() for error in app.error), [e.value for e in app.error]


def test_a_head_that_is_asked_for_is_sent(folder):
    shown = heads.view(zoo.load(str(folder / "bert")).trace(TEXT))
    from viz_core.figures.heads import maps

    (blob,) = maps(shown, [(0, 1, 3)], 0)
    assert blob["heads"] == [[1, 3]]


def test_long_inputs_show_the_whole_and_the_region(page, folder, sent):
    app = page("long_inputs", model="own", own=str(folder / "gpt2"), text=TEXT * 2, head="1.2", region="2-6-0-5", how="max")
    assert not app.exception and not app.error
    data = sent[-1]
    reading = long_reading.read(zoo.load(str(folder / "gpt2")), TEXT * 2)
    exact = _exact(folder, TEXT * 2)[1][2]
    np.testing.assert_allclose(unsqueezed(data["tile"], (4, 5)), exact[2:6, :5], atol=2e-5)
    count = len(reading.axis)
    np.testing.assert_allclose(unsqueezed(data["overview"], (count, count)), exact, atol=2e-5)
    assert np.shape(data["scene"]["summary"]["entropy"]) == (2, 4)


def _exact(folder, text):
    """Weights of every layer by a plain recording."""
    import torch

    stepper = zoo.load(str(folder / "gpt2"))
    ids = torch.tensor([stepper.tokens.encode(text).ids])
    with torch.inference_mode(), record() as recording:
        stepper.module(input_ids=ids, use_cache=False)
    return [call.weights()[0].numpy() for call in recording.calls]


def test_a_long_reading_can_be_taken_along(page, folder, sent, tmp_path):
    app = page("long_inputs", model="own", own=str(folder / "gpt2"), text=TEXT * 2, head="1.2")
    assert [button.proto.label for button in app.get("download_button")] == ["Offline page (HTML)", "This head (NPZ)", "Numbers of all heads (CSV)"]
    lines = long_downloads.numbers({"first": np.array([[0.25, np.nan]]), "entropy": np.array([[1.0, 2.0]])}).decode().split()
    assert lines == ["layer,head,first,entropy", "0,0,0.25,1", "0,1,,2"]
    reading = long_reading.read(zoo.load(str(folder / "gpt2")), TEXT)
    trace = reading.trace(1, 2, TEXT, {"model": "m"})
    save(trace, tmp_path / "head.npz")
    found = load(tmp_path / "head.npz").steps[0].attention[0]
    assert (found.layers, found.heads, found.key_axis.labels) == (("1",), ("2",), reading.axis.labels)
    np.testing.assert_allclose(found.map(), reading.calls[1].weights(heads=2)[0, 0], atol=1e-5)


def test_shares_of_a_tile_sum_to_one(folder):
    reading = long_reading.read(zoo.load(str(folder / "gpt2")), TEXT * 3)
    count = len(reading.axis)
    exact = _exact(folder, TEXT * 3)[0][1]
    found = reading.tile(0, 1, (0, count, 0, count), (5, 4))
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-5)
    rows, columns = np.linspace(0, count, 6).astype(int), np.linspace(0, count, 5).astype(int)
    np.testing.assert_allclose(found[2, 1], exact[rows[2] : rows[3], columns[1] : columns[2]].sum(1).mean(), rtol=1e-4)
    with pytest.raises(InputError, match="no layer 7"):
        reading.tile(7, 0, (0, 2, 0, 2))


def test_a_long_text_is_cut_and_says_so(folder):
    reading = long_reading.read(zoo.load(str(folder / "gpt2")), TEXT * 3, most=9)
    assert len(reading.axis) == 9 and reading.total > 9
    seen: list[tuple[int, int]] = []
    reading.summary(lambda done, count: seen.append((done, count)))
    assert seen == [(1, 2), (2, 2)]


def test_an_encoder_decoder_cannot_read_a_long_text(folder):
    with pytest.raises(InputError, match="does not read a text by itself"):
        long_reading.read(zoo.load(str(folder / "marian")), TEXT)
