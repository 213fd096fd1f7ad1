"""The page of machines with a memory, on machines with random weights."""

from __future__ import annotations

import numpy as np
import pytest
from tests.pages import tape_zoo
from tests.pages.test_alignment import control, link, messages, shown

TAPE = "10110010 01100001"


@pytest.fixture(autouse=True)
def machines(zoo, tmp_path, monkeypatch):
    from viz_core.zoo import cards

    folder = tmp_path / "zoo"
    folder.mkdir()
    tape_zoo.build(folder)
    monkeypatch.setattr(cards, "WEIGHTS", folder)
    cards.cards.cache_clear()


def cells(app) -> int:
    return int(next(item for item in app.select_slider if item.key == "cells").value)


def test_the_default_has_run(page):
    app = page("ntm")
    assert not app.exception and not app.error
    assert "Copy: vectors of bits" in " ".join(item.value for item in app.caption)
    assert cells(app) == 16
    assert link(app) == {}


@pytest.mark.parametrize("model", tape_zoo.MACHINES)
def test_every_machine_opens_with_a_tape_of_its_own(page, model):
    app = page("ntm", model=model, length="3")
    assert not app.exception and not app.error


def test_one_s_own_bits_and_other_cells_come_from_the_link(page):
    app = page("ntm", tape="own", bits=TAPE, cells="8", tick="4")
    assert not app.exception and not app.error
    assert control(app, "bits").value == TAPE and cells(app) == 8


def test_overwriting_a_cell_says_what_the_read_becomes(page):
    app = page("ntm", tape="own", bits=TAPE, edit="1", edit_tick="4", edit_cell="0", edit_kind="own", edit_values="3 3 3 3")
    assert not app.exception and not app.error
    assert "The read changes most at tick" in shown(app)


def test_the_plain_lstm_has_no_memory_to_overwrite(page):
    app = page("ntm", model="copy-lstm", length="2")
    assert not app.exception and not app.error
    assert not [item for item in app.toggle if item.key == "edit"] and not [item for item in app.select_slider if item.key == "cells"]


def test_where_the_read_head_looks_is_tested_at_a_tick_of_the_answer(page):
    app = page("ntm", tape="own", bits=TAPE, tick="4", trust="test")
    assert not app.exception and not app.error
    assert "The map is where the read head looks at tick 4; its positions are the 16 memory cells" in shown(app)
    assert "0.1 in every channel" in " ".join(item.value for item in app.caption) and len(app.get("plotly_chart")) >= 4
    silent = page("ntm", tape="own", bits=TAPE, tick="1", trust="test")
    assert "What is read at tick 1 serves no bit that is asked for" in " ".join(item.value for item in silent.info)
    two = page("ntm", model="recall-ntm-lstm", head="1", trust="test")
    assert not two.exception and not two.error and "where read head 1 looks" in shown(two)
    none = page("ntm", model="copy-lstm", length="2", trust="test")
    assert not none.exception and not [item for item in none.toggle if item.key == "trust"]


@pytest.mark.parametrize(("query", "said"), [
    ({"tape": "own", "bits": ""}, "the tape is empty"),
    ({"tape": "own", "bits": "10x"}, "neither 0 nor 1"),
    ({"tape": "own", "bits": "1 " * 260}, "260 vectors"),
    ({"tape": "own", "bits": "101010101010"}, "has 12 bits"),
    ({"length": "2000"}, "give a whole number from 1 to 250"),
    ({"cells": "99999"}, "give a whole number"),
    ({"model": "nothing"}, "model 'nothing'"),
    ({"edit": "1", "edit_kind": "own", "edit_values": "1 2"}, "2 numbers were given"),
    ({"edit": "1", "edit_kind": "own", "edit_values": "1 2 x 4"}, "give numbers"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_in_one_sentence(page, query, said):
    app = page("ntm", **query)
    assert not app.exception
    assert len(app.error) == 1 and said in messages(app)[0].lower()


def test_flipping_a_bit_makes_the_tape_one_s_own():
    import streamlit as st

    from viz_core.tasks.tapes import copy
    from viz_core.ui import ntm_tape

    tape = copy.read(TAPE)
    ntm_tape.flip(copy, tape, 2, 0)  # the end mark holds no bit
    ntm_tape.flip(copy, tape, 4, 0)  # nor do the blank ticks
    assert "bits" not in st.session_state
    ntm_tape.flip(copy, tape, 1, 0)
    assert (st.session_state["tape"], st.session_state["bits"]) == ("own", "10110010 11100001")
    del st.session_state["tape"], st.session_state["bits"]


def test_typed_numbers():
    from viz_core.trace import InputError
    from viz_core.ui.ntm_overwrite import numbers

    assert numbers("1, −2 0.5", 3) == [1.0, -2.0, 0.5]
    for text in ("1 2", "1 2 nan", "1 2 1e9", "a b c"):
        with pytest.raises(InputError):
            numbers(text, 3)
    assert np.isfinite(numbers("1 2 3", 3)).all()


@pytest.mark.parametrize(("task", "text"), [
    ("copy", ""), ("copy", "1 2"), ("copy", "1" * 9), ("copy", "1 " * 300), ("repeat-copy", "1 1"), ("repeat-copy", "1 " * 99 + "x9"),
    ("recall", "1"), ("recall", "1 1 1 | 0 0 1 ? 0 0 1"), ("recall", "1 1 1 | 0 0 1 ? 0 1 1"), ("recall", "1 1|1 ? 1"),
])  # fmt: skip
def test_errors_of_the_tapes_are_recognised(task, text):
    from viz_core.tasks.tapes import TASKS
    from viz_core.trace import InputError
    from viz_core.ui import sentences

    with pytest.raises(InputError) as told:
        TASKS[task].read(text)
    assert any(sentences._expression(pattern).fullmatch(str(told.value)) for pattern in sentences.PATTERNS), str(told.value)
