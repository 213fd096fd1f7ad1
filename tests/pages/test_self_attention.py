"""The self-attention page: words, sets of numbers, the view in the address, and what cannot be used."""

from __future__ import annotations

import json

import pytest
from tests.pages.test_alignment import control, link, messages, shown

from viz_core.trace.errors import InputError
from viz_core.ui import self_attention, self_attention_view


@pytest.fixture
def sent(monkeypatch):
    """What the component was given last."""
    found: list[dict] = []

    def component():
        return lambda key, data, **callbacks: found.append(json.loads(json.dumps(data, allow_nan=False)))

    monkeypatch.setattr(self_attention_view, "_component", component)
    return found


def test_the_default_has_run(page, sent):
    app = page("self_attention")
    assert not app.exception and not app.error
    scene = sent[-1]["scene"]
    assert scene["words_read"] == ["Thinking", "Machines"] and scene["heads"] == 1 and scene["tensors"]["wq"]["shape"] == [1, 4, 64]
    assert "At dₖ = 64 the largest of 10 weights is 0.9" in shown(app)
    assert link(app) == {}


def test_a_link_reopens_the_view(page, sent):
    query = {"text": "I love tea", "numbers": "small", "heads": "2", "step": "mask", "row": "2", "shown": "1", "score": "cosine", "scale": "off",
             "mask": "on", "project": "off", "order": "2.0.1", "edits": "x.0.1~2.5_beta.0.0~4"}  # fmt: skip
    app = page("self_attention", **query)
    assert not app.exception and not app.error
    assert sent[-1]["scene"]["view"] == {"step": 4, "row": 2, "head": 1, "score": "cosine", "scaled": False, "mask": True, "project": False,
                                         "order": [2, 0, 1], "edits": "x.0.1~2.5_beta.0.0~4"}  # fmt: skip
    assert link(app) == query


def test_other_words_keep_changed_weights_only(page, sent):
    app = page("self_attention", edits="x.0.1~2.5_wq.0.0.3~9", order="1.0", step="dot")
    control(app, "text").set_value("I love tea").run()
    assert not app.exception and not app.error
    view = sent[-1]["scene"]["view"]
    assert (view["edits"], view["order"], view["step"]) == ("wq.0.0.3~9", [], 2)


def test_another_set_of_numbers_puts_everything_back(page, sent):
    app = page("self_attention", edits="wq.0.0.63~9")
    app.session_state["numbers"] = "small"
    app.run()
    assert not app.exception
    assert sent[-1]["scene"]["view"]["edits"] == "" and sent[-1]["scene"]["tensors"]["wq"]["shape"] == [1, 4, 4]


@pytest.mark.parametrize(("query", "said"), [
    ({"text": " "}, "the text is empty"), ({"text": "\u200b \u202e"}, "the text is empty"), ({"text": "alone"}, "has one word, 'alone'"),
    ({"text": "a " * 13}, "has 13 words; give at most 12"), ({"text": "a b" * 400}, "has 1200 characters"),
    ({"numbers": "mine"}, "set of numbers 'mine'"), ({"heads": "3"}, "number of heads '3'"), ({"step": "nap"}, "step 'nap'"),
    ({"row": "2"}, "word is '2'"), ({"order": "0.0"}, "order is '0.0'"), ({"edits": "x.0.0~NaN"}, "cannot be read"), ({"edits": "x.9.0~1"}, "no place"),
    ({"mask": "maybe"}, "mask 'maybe'"), ({"keys": "1"}, "number of keys is '1'"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_and_the_page_stays(page, sent, query, said):
    app = page("self_attention", **query)
    assert not app.exception
    assert len(app.error) == 1 and said.lower() in messages(app)[0].lower()
    assert sent and sent[-1]["scene"]["words_read"] == ["Thinking", "Machines"]


def test_words_that_cannot_be_used_leave_the_numbers_that_were_there(page, sent):
    app = page("self_attention", text="I love tea", edits="x.0.1~2.5")
    control(app, "text").set_value("alone").run()
    assert len(app.error) == 1
    assert sent[-1]["scene"]["words_read"] == ["I", "love", "tea"]


@pytest.mark.parametrize(("text", "words"), [
    ("我是中国人", ("我", "是", "中", "国", "人")), ("我 是 中国人", ("我", "是", "中国人")), ("🙂 مرحبا", ("🙂", "مرحبا")), ("a\tb\nc", ("a", "b", "c")),
    ("<b>x</b> " + "w" * 300, ("<b>x</b>", "w" * 300)),
])  # fmt: skip
def test_words(text, words):
    assert self_attention.words_of(text) == words


def test_one_word_is_not_enough():
    with pytest.raises(InputError, match="two or more"):
        self_attention.words_of("word")
