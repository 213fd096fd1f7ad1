"""The Transformer page: what runs, what is sent to the browser, what the address holds, what is told."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from tests.pages import transformer_zoo
from tests.pages.test_alignment import control, link, messages, shown

from viz_core.ui import transformer_parts, transformer_view


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    transformer_zoo.build(folder)
    return folder


@pytest.fixture
def sent(monkeypatch):
    """What the component was given, and its callback."""
    found: list[dict] = []

    def component():
        def draw(key, data, on_view_change):
            found.append({"key": key, "moved": on_view_change, **json.loads(json.dumps(data, allow_nan=False))})

        return draw

    monkeypatch.setattr(transformer_view, "_component", component)
    return found


def test_the_default_has_run(page, sent) -> None:
    app = page("transformer")
    assert not app.exception and not app.error
    assert "我比他高。 →" in shown(app) and "log P(Y|X)" in shown(app)
    data = sent[-1]
    assert data["view"]["box"] == data["box"]["id"] == "decoder-1-cross"
    assert data["view"]["step"] == (len(data["scene"]["steps"]) - 1) // 2
    assert link(app) == {}


def test_only_the_open_box_is_sent(page, sent) -> None:
    page("transformer", box="encoder-0-attention", step="1")
    data = sent[-1]
    assert data["box"]["id"] == "encoder-0-attention" and data["view"]["step"] == 0
    assert all(set(box) == {"id", "kind", "side", "layer", "name"} for box in data["scene"]["boxes"])
    assert "data" not in json.dumps(data["scene"])


def test_a_link_reopens_the_view(page, sent) -> None:
    app = page("transformer", text="我喜欢茶", decode="beam", width="3", box="softmax", step="1", draw="7", blind="no", others="1")
    assert not app.exception and not app.error
    assert control(app, "width").value == 3 and sent[-1]["box"]["id"] == "softmax"
    assert link(app) == {"text": "我喜欢茶", "decode": "beam", "width": "3", "box": "softmax", "step": "1", "draw": "7", "blind": "no", "others": "1"}


def test_an_opened_box_and_a_step_reach_the_address(page, sent, monkeypatch) -> None:
    """The callback that the browser's message runs."""
    session = {"k": {"view": {"box": "linear", "step": 0}}}
    monkeypatch.setattr(transformer_view.st, "session_state", session)
    from viz_core.figures.transformer import network

    import viz_core as vc
    from viz_core.decoding import Forced

    shown_run = network(vc.run(transformer_zoo.model(), "我喜欢茶", Forced("I like tea .")))
    moved = transformer_view._moved(shown_run, "k")
    moved()
    assert (session["box"], session["step"]) == ("linear", 1)
    session["k"] = {"view": {"box": "linear", "step": transformer_view.middle(len(shown_run.trace))}}
    moved()
    assert session["step"] == 0, "the default step is not written into the address"
    session["k"] = {"view": {"box": "<script>", "step": 3}}
    moved()
    assert session["box"] == "linear"


def test_positions_taken_out_are_measured(page, sent) -> None:
    app = page("transformer")
    said = shown(app)
    found = re.search(r"is \*\*([\d.e-]+)\*\*, rounding", said)
    assert found and float(found[1]) < 1e-5
    table = next(m.value for m in app.markdown if m.value.startswith("| | "))
    blind = table.splitlines()[-1].split("|")
    assert blind[2].strip() == blind[3].strip(), "without positions both orders are translated alike"
    control(app, "blind").set_value(False).run()
    assert "rounding" not in shown(app) and link(app)["blind"] == "no"


def test_every_experiment_has_its_chart(page, sent) -> None:
    app = page("transformer")
    assert len(app.get("plotly_chart")) == 5
    assert "changes by up to" in shown(app) and "cosine with the word" in shown(app) and "have dₖ = 8 numbers" in shown(app)


def test_one_word_has_no_other_order(page, sent) -> None:
    app = page("transformer", text="茶")
    assert not app.exception
    assert not app.error and any("no other order" in info.value for info in app.info)
    assert "BatchNorm" in shown(app), "the other experiments go on"


def test_the_table_of_paths_by_hand() -> None:
    table = transformer_parts.path_table(9, 4, 3)
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    assert [row[2] for row in cells] == ["324", "144", "432"]
    assert [row[4] for row in cells] == ["1", "8", "2"]
    assert transformer_parts.path_table(1, 4, 3).count("| 0 |") == 3, "one word has nowhere to go"


@pytest.mark.parametrize(("query", "said"), [
    ({"box": "decoder-8-cross"}, "box 'decoder-8-cross' is unknown"),
    ({"step": "999"}, "give a whole number from 0 to"),
    ({"text": "hello world"}, "no Chinese character"),
    ({"text": ""}, "is empty"),
    ({"text": "我" * 10_000}, "10,000 characters"),
    ({"model": "zh-en-tranformer"}, "did you mean zh-en-transformer"),
    ({"factor": "nan"}, "factor is 'nan'"),
    ({"feature": "-1"}, "feature is '-1'"),
    ({"decode": "magic"}, "decoding method 'magic'"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_in_one_sentence(page, sent, query, said) -> None:
    app = page("transformer", **query)
    assert not app.exception
    assert len(app.error) == 1 and said.lower() in messages(app)[0].lower()


def test_a_model_of_another_family_is_told(page, sent, zoo, tmp_path, monkeypatch) -> None:
    from tests.pages import reach_zoo

    from viz_core.zoo import cards

    folder = tmp_path / "both"
    reach_zoo.build(folder)
    transformer_zoo.build(folder)
    monkeypatch.setattr(cards, "WEIGHTS", folder)
    cards.cards.cache_clear()
    app = page("transformer", model="reach-rnn")
    assert len(app.error) == 1 and "shown on another page" in messages(app)[0] and sent


def test_without_a_model_the_page_says_how_to_make_one(page, tmp_path, monkeypatch) -> None:
    from viz_core.zoo import cards

    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    cards.cards.cache_clear()
    app = page("transformer")
    assert not app.exception and any("train zh-en-transformer" in info.value for info in app.info)


def test_markup_in_the_text_stays_text(page, sent) -> None:
    app = page("transformer", text="我|喜欢<b>茶</b>*是*")
    assert not app.exception
    assert not any("<b>茶" in m.value for m in app.markdown)
