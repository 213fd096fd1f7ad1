import csv
import dataclasses
import io
import json

from tests.trace import example
import numpy as np
import pytest
from hypothesis import given, settings
from tests.trace.strategies import traces

from viz_core.trace import Axis, InputError, Quantity, Step, dense, text_export
from viz_core.trace.text_export import COLUMNS, to_csv, to_json

TRACE = example.trace()


def test_csv_by_hand():
    lines = to_csv(dataclasses.replace(TRACE, steps=[example.step(0, "I", [0.25, 0.75]), example.step(1, "-", [np.nan] * 2)])).split("\r\n")
    assert lines == [
        "step,emitted,site,layer,head,query,key_position,key_label,weight",
        "0,I,cross,0,0,0,0,我,0.25",
        "0,I,cross,0,0,0,1,'=是,0.75",
        "1,'-,cross,0,0,0,0,我,",
        "1,'-,cross,0,0,0,1,'=是,",
        "",
    ]


def test_csv_names_layers_and_heads():
    rows = list(csv.DictReader(io.StringIO(to_csv(TRACE))))
    encoder = [row for row in rows if row["site"] == "encoder"]
    assert len(encoder) == 8 and [row["head"] for row in encoder] == ["a"] * 4 + ["b"] * 4
    assert [row["weight"] for row in encoder[:4]] == ["1.0", "0.0", "0.5", "0.5"]


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_holds_no_formula(label):
    item = dense(label, example.TARGET, Axis("token", (label,)), [[1.0]])
    text = to_csv(dataclasses.replace(TRACE, steps=[Step(0, "s", label, attention=(item,))]))
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["emitted"] == row["site"] == row["key_label"] == "'" + label


def test_json_by_hand():
    found = json.loads(to_json(TRACE))
    assert (found["source"], found["output"], found["log_prob"], found["notes"]) == ("我是", "I am", -0.75, ["a note"])
    first, second = found["steps"]
    assert first["attention"][0]["weights"] == [[[[1.0, 0.0], [0.5, 0.5]]] * 2]
    assert first["attention"][1]["weights"] == [[[[0.25, 0.75]]]] and second["attention"][0]["weights"] == [[[[None, None]]]]
    assert first["quantities"][0]["values"] == [0.0, 2.0] and first["quantities"][0]["source"] == "Luong 2015, eq. 5"
    assert first["candidates"] == {"labels": ["I", "you"], "choices": [3, 9], "log_probs": [-0.5, -2.0]}
    assert found["tree"]["attention"][:2] == [[None, None], [0.25, 0.75]] and found["tree"]["best"] == [3]


def test_json_writes_the_shortest_digits_and_the_infinities():
    values = np.array([0.1, 1 / 3, -np.inf, np.inf, np.nan, -0.0], np.float32)
    item = Quantity("scores", "e", (Axis("channel", "abcdef"),), values)
    text = to_json(dataclasses.replace(TRACE, steps=[Step(0, "s", log_prob=-np.inf, details=(item,))]))
    assert '"values": [0.1, 0.33333334, "-inf", "inf", null, -0.0]' in text
    assert json.loads(text)["steps"][0]["log_prob"] == "-inf"


@given(traces())
@settings(max_examples=60, deadline=None)
def test_any_trace_becomes_valid_utf8_with_every_weight(trace):
    document = json.loads(to_json(trace).encode("utf-8"), parse_constant=pytest.fail)
    for step, made in zip(trace.steps, document["steps"], strict=True):
        assert step.emitted == made["emitted"]
        for quantity, written in zip(step.quantities, made["quantities"], strict=True):
            finite = np.isfinite(quantity.values)
            back = np.array(written["values"], object).reshape(quantity.values.shape)
            assert (back[finite].astype(np.float32) == quantity.values[finite]).all()
    rows = list(csv.reader(io.StringIO(to_csv(trace), newline="")))
    weights = sum(np.prod(item.weights.shape) for step in trace.steps for item in step.attention)
    assert len(rows) == weights + 1 and all(len(row) == len(COLUMNS) for row in rows)
    to_csv(trace).encode("utf-8")


def test_text_of_a_huge_trace_is_refused(monkeypatch):
    monkeypatch.setattr(text_export, "MAX_WEIGHTS", 11)
    for export in (to_json, to_csv):
        with pytest.raises(InputError, match=r"has 12 attention weights and a text file holds at most 11; save it as \.npz"):
            export(TRACE)
