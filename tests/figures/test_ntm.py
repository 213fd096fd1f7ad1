"""The memory microscope's payload: numbers survive the way to the browser, and a network without a memory has its tapes."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest

from tests.models.test_tape_stepper import TAPE, lstm, stepper
from viz_core.figures import ntm_export
from viz_core.figures.ntm import Machine, payload
from viz_core.figures.ntm_quality import by_length, error_curve
from viz_core.models import ntm
from viz_core.models.memory_edit import MemoryEdit
from viz_core.trace import InputError

MARKS = (*(f"x{i}" for i in range(1, 9)), "end")


def machine(model=None, edits=()) -> Machine:
    model = model or stepper()
    return Machine(model.trace(TAPE, edits), model.encode(TAPE).ids.targets, MARKS)


def undeflated(tensor: dict) -> np.ndarray:
    """As numbers.js reads it."""
    codes = np.frombuffer(zlib.decompress(base64.b64decode(tensor["data"])), f"<u{tensor['bits'] // 8}")
    return (tensor["low"] + (tensor["high"] - tensor["low"]) * codes / (2 ** tensor["bits"] - 1)).reshape(tensor["shape"])


def test_the_memory_is_that_of_the_trace():
    shown = machine()
    sent = undeflated(payload(shown)["memory"])
    np.testing.assert_allclose(sent[1:], shown.trace.series("memory"), atol=1e-3)
    np.testing.assert_allclose(sent[0], 0.1, atol=1e-3)


def test_every_head_has_its_stages_numbers_and_vectors():
    sent = payload(machine(stepper(reads=2)))
    assert [(head["name"], head["kind"]) for head in sent["heads"]] == [("read head 1", "read"), ("read head 2", "read"), ("write head", "write")]
    head = sent["heads"][0]
    assert [stage["key"] for stage in head["stages"]][-1] == "weighting" and len(head["stages"]) == 6
    assert {item["key"]: len(item["values"][0]) for item in head["told"]} == {"key strength": 1, "gate": 1, "shift": 3, "sharpening": 1}
    assert [vector["key"] for vector in head["vectors"]] == ["key", "read vector"]
    assert [vector["key"] for vector in sent["heads"][2]["vectors"]] == ["key", "erase", "add"]
    assert all(stage["symbol"].startswith("<math") for stage in head["stages"])


def test_told_numbers_are_exact():
    shown = machine()
    told = payload(shown)["heads"][0]["told"]
    gate = next(item for item in told if item["key"] == "gate")["values"]
    np.testing.assert_allclose(gate, shown.trace.series("read head: gate"), rtol=1e-4)


def test_the_simple_form_has_one_head_that_writes_and_reads():
    head, = payload(machine(stepper(addressing=ntm.CONTENT)))["heads"]
    assert head["both"] and head["told"] == [] and [stage["key"] for stage in head["stages"]] == ["similarity", "weighting"]


def test_a_plain_lstm_has_tapes_and_states_only():
    sent = payload(machine(lstm()))
    assert sent["memory"] is None and sent["heads"] == []
    assert [state["title"] for state in sent["states"]] == ["layer 1: cell", "layer 1: hidden state", "layer 2: cell", "layer 2: hidden state"]


def test_tapes_and_what_is_asked():
    sent = payload(machine())
    assert sent["answer"] == 4 and len(sent["steps"]) == 7 and sent["bits"] == 8
    np.testing.assert_allclose(undeflated(sent["tape"])[0], [1, 0, 1, 1, 0, 0, 1, 0, 0], atol=1e-4)


def test_edits_travel_with_the_run():
    assert payload(machine(edits=[MemoryEdit(2, 1, (5.0,) * 6)]))["edits"][0]["tick"] == 2


def test_another_run_is_another_scene():
    assert payload(machine())["id"] == payload(machine())["id"] != payload(machine(edits=[MemoryEdit(2, 1, (5.0,) * 6)]))["id"]


def test_offline_page_is_whole(tmp_path):
    page = ntm_export.html(machine(), tmp_path / "a.html")
    assert "mountMachine(" in page and "import {" not in page and "http-equiv" in page
    scene = page.split('id="scene">')[1].split("</script>")[0]
    assert json.loads(scene)["heads"]


def test_modules_share_no_names():
    """They become one module; a name that is declared twice would stop the page."""
    import re

    from viz_core.figures.assets import bundle

    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", bundle(ntm_export.MODULES), re.MULTILINE)
    assert len(names) == len(set(names))


def test_other_traces_are_told():
    from tests.trace.example import trace

    with pytest.raises(InputError, match="no machine with a tape"):
        Machine(trace(), np.zeros((1, 8)), MARKS)


def test_error_curve_by_hand():
    metrics = {"with": {"bit_error_rate": 0.0, "bit_error_rate_20": 0.0, "bit_error_rate_120": 0.01}, "without": {"bit_error_rate_20": 0.2}, "other": {}}
    assert by_length(metrics["with"]) == {20: 0.0, 120: 0.01}
    figure = error_curve(metrics, (1, 20))
    assert [list(trace.x) for trace in figure.data] == [[20, 120], [20]]
    with pytest.raises(InputError):
        error_curve({"other": {}}, (1, 20))
