"""The Beam search page: what runs, what is compared, what a link reopens, what is told."""

from __future__ import annotations

import pytest
from tests.pages.test_alignment import control, link, messages, shown

COLUMNS = ["chosen by", "output", "steps, end included", "log P(Y|X), nats"]


def test_the_default_has_run(page):
    app = page("beam_search")
    assert not app.exception and not app.error
    assert list(app.dataframe[0].value.columns)[:4] == COLUMNS
    assert control(app, "width").value == 5 and link(app) == {}


def test_the_table_compares_greedy_beam_and_reference(page):
    app = page("beam_search", task="g2p", text="cat", width="3", reference="K T")
    assert not app.error
    table = app.dataframe[0].value
    assert list(table["chosen by"]) == ["greedy", "beam, width 3", "reference"]
    assert table["output"][2] == "K T" and table.iloc[2, 5] == 0, "the reference has no error"
    logs = table["log P(Y|X), nats"]
    assert logs[1] / table["steps, end included"][1] == pytest.approx(table.iloc[1, 4], abs=2e-3)


def test_a_width_of_one_says_that_it_is_greedy(page):
    app = page("beam_search", task="g2p", text="cat", width="1")
    assert "choose the same output" in shown(app)
    assert any("width 1 is greedy" in caption.value for caption in app.caption)


def test_a_link_reopens_width_penalty_and_pruned_candidates(page):
    query = {"task": "g2p", "text": "cat", "width": "2", "length_penalty": "0.5", "pruned": "all"}
    app = page("beam_search", **query)
    assert not app.error and link(app) == query
    assert control(app, "pruned").value is True


def test_a_forced_beginning_is_kept_and_can_be_let_go(page):
    app = page("beam_search", task="g2p", text="cat", force="6.7")
    assert not app.error
    outputs = app.dataframe[0].value["output"]
    assert all(text.startswith("N SH") or text.startswith("EH1 N") or text for text in outputs)
    assert sum(button.label.endswith("✕") for button in app.button) == 2
    first = outputs[0].split()[:2]
    assert outputs[1].split()[:2] == first, "greedy and beam share what is forced"


@pytest.mark.parametrize(("query", "said"), [
    ({"width": "99"}, "beam width is '99'; give a whole number from 1 to 16"),
    ({"length_penalty": "nan"}, "length penalty is 'nan'"),
    ({"model": "unknown"}, "no model 'unknown'"),
    ({"pruned": "some"}, "pruned 'some'"),
    ({"force": "x"}, "prefix"),
    ({"task": "g2p", "text": "cat", "force": "999"}, "output id 999"),
    ({"task": "g2p", "text": "cat", "reference": "QQ"}, "'QQ' is not an output"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_in_one_sentence(page, query, said):
    app = page("beam_search", **query)
    assert not app.exception
    assert len(app.error) == 1 and said.lower() in messages(app)[0].lower()
    assert control(app, "width"), "the page stays usable"


def test_a_click_on_a_node_forces_its_path(page, monkeypatch):
    from viz_core.ui import scenes

    clicks = [{"kind": "node", "node": 2, "step": 0}]
    real = scenes.play
    monkeypatch.setattr(scenes, "play", lambda scene, key, events=(): (real(scene, key, events), clicks.pop() if clicks else None)[1])
    app = page("beam_search", task="g2p", text="cat")
    assert not app.exception and "force" in link(app)
    assert sum(button.label.endswith("✕") for button in app.button) == 1
