"""The charts of quality under the Alignment page: only where cards have metrics by length."""

from __future__ import annotations

import json

import pytest
from tests.pages import tiny_zoo
from streamlit.testing.v1 import AppTest

from viz_core.zoo import cards

LENGTHS = {"chrf_1_5": 30.0, "n_1_5": 100, "chrf_6_40": 20.0, "n_6_40": 50, "aer_uniform": 0.8, "aer_diagonal": 0.5}


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A zoo whose Chinese–English cards have metrics by length."""
    tiny_zoo.build(tmp_path, ("zh-en",))
    for path in tmp_path.glob("*/*/card.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["metrics"] = LENGTHS if "none" in content["name"] else {**LENGTHS, "chrf_grammar_1_5": 60.0, "aer": 0.3}
        path.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    cards.cards.cache_clear()


def show():
    from viz_core.ui import quality

    quality.show("zh-en")


def unfolded() -> AppTest:
    """The charts as they are after a click on their heading."""
    app = AppTest.from_function(show, default_timeout=30)
    app.session_state["quality"] = True
    return app.run()


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_nothing_is_drawn_before_it_is_looked_at(measured) -> None:
    app = AppTest.from_function(show, default_timeout=30).run()
    assert len(app.expander) == 1 and not charts(app)


def test_charts_of_lengths_and_alignment(measured) -> None:
    app = unfolded()
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["HSK sentences", "grammar sentences"]
    lengths, grammar, alignment = charts(app)
    assert [line["name"] for line in lengths["data"]].count("no attention") == 1
    assert "above" in lengths["layout"]["yaxis2"]["title"]["text"]
    assert "yaxis2" not in grammar["layout"], "nothing to compare with: the model without attention was not measured there"
    assert [bar["name"] for bar in alignment["data"]] == ["dot product", "general", "additive", "same relative position", "random word"]
    assert all("paper_bgcolor" not in chart["layout"] for chart in (lengths, grammar, alignment)), "the page's colours hold"


def test_nothing_without_metrics_by_length() -> None:
    app = unfolded()
    assert not app.exception and not charts(app) and not app.expander


def test_how_fast_the_variants_learned(measured) -> None:
    curves = {"none": (4.0, 8.0), "dot": (10.0, 20.0), "additive": (12.0, 24.0)}
    for score, (first, last) in curves.items():
        entries = [{"step": 1000, "seconds": 600.0, "bleu": first}, {"step": 2000, "seconds": 1200.0, "bleu": last}]
        (cards.WEIGHTS / "test" / f"zh-en-lstm-{score}" / cards.CURVE).write_text(json.dumps(entries))
    app = unfolded()
    assert not app.exception
    training = charts(app)[-1]
    assert [line["name"] for line in training["data"] if line["mode"] == "lines+markers"] == ["no attention", "dot product", "additive"]
    # additive rises from 12 to 24 between 1,000 and 2,000 updates and is at 20 after two thirds of the way
    said = next(text.value for text in app.markdown if "ever became" in text.value)
    assert "“additive” was as good as “dot product” ever became (20.0 BLEU" in said
    assert "after 1,667 updates and 17 minutes; “dot product” took 2,000 updates and 20 minutes" in said
