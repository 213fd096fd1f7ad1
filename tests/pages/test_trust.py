"""The trust panel under a small random model: switched on, it tests; what it says fits the step that was chosen."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def panel(score: str = "general"):
    import streamlit as st

    from tests.models.tiny import tiny
    from viz_core import driver
    from viz_core.ui import address, trust

    @st.cache_resource
    def run(score):
        stepper = tiny(score)
        source = stepper.encode("catty")
        return stepper, source, driver.run(stepper, source, "greedy:max_steps=3")

    address.begin("test")
    trust.show(*run(score))
    address.finish()


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_it_waits_until_it_is_asked() -> None:
    app = AppTest.from_function(panel, default_timeout=60).run()
    assert not app.exception and len(app.toggle) == 1 and not charts(app)


def test_switched_on_it_tests_the_whole_map_then_one_row_then_another_way() -> None:
    app = AppTest.from_function(panel, default_timeout=60).run()
    app.toggle(key="trust").set_value(True).run()
    assert not app.exception and len(charts(app)) == 4
    assert app.query_params["trust"] == "test"
    assert any("for every row" in text.value for text in app.markdown)
    app.selectbox(key="trust_step").set_value(2).run()
    assert not app.exception and app.query_params["trust_step"] == "2"
    assert any("Removing the most attended position" in text.value for text in app.markdown)
    assert "moves up" in app.caption[-1].value
    app.button_group(key="trust_by").set_value("block").run()
    assert not app.exception and "may not look at it" in app.caption[-1].value


def test_a_link_opens_the_same_test() -> None:
    app = AppTest.from_function(panel, default_timeout=60)
    for key, value in {"trust": "test", "trust_step": "3", "trust_by": "block"}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception and app.selectbox(key="trust_step").value == 3 and "may not look at it" in app.caption[-1].value


def test_nothing_where_there_is_no_attention() -> None:
    app = AppTest.from_function(panel, default_timeout=60, kwargs={"score": "none"}).run()
    assert not app.exception and not app.toggle


def encoder_panel():
    import streamlit as st

    from tests.models.tiny_pretrained import seeded, word_piece_tokenizer
    from transformers import BertConfig, BertModel
    from viz_core.models.pretrained_encoder import PretrainedEncoder
    from viz_core.ui import address, trust

    @st.cache_resource
    def run():
        config = BertConfig(vocab_size=90, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
        encoder = PretrainedEncoder(seeded(BertModel, config), word_piece_tokenizer())
        return encoder, encoder.encode("the cat sat on"), encoder.trace("the cat sat on")

    address.begin("test")
    trust.show(*run(), layer=1, head=0)
    address.finish()


def test_an_encoders_map_is_tested_on_its_states() -> None:
    app = AppTest.from_function(encoder_panel, default_timeout=60)
    app.query_params["trust"], app.query_params["trust_step"] = "test", "2"
    app.run()
    assert not app.exception and len(charts(app)) == 3, "there are no rows to replace in one place"
    assert any("similarity of the token's state" in text.value for text in app.markdown)
    assert "no attention of the model may fall on it" in app.caption[-1].value


def worded_panel():
    import streamlit as st

    from tests.explain.test_word_groups import worded
    from viz_core import driver
    from viz_core.ui import address, trust

    @st.cache_resource
    def run():
        stepper, source = worded("bart")
        return stepper, source, driver.run(stepper, source, "greedy:max_steps=3")

    address.begin("test")
    trust.show(*run())
    address.finish()


def test_words_can_be_removed_whole() -> None:
    app = AppTest.from_function(worded_panel, default_timeout=60)
    app.query_params["trust"] = "test"
    app.run()
    assert not app.exception and app.button_group(key="trust_unit").value == "token"
    tokens = charts(app)
    app.button_group(key="trust_unit").set_value("word").run()
    assert not app.exception and app.query_params["trust_unit"] == "word"
    shown = [{len(axis.get("ticktext", ())) for chart in found for axis in chart["layout"].values() if isinstance(axis, dict)} for found in (tokens, charts(app))]
    assert 7 in shown[0] and 4 in shown[1] and 7 not in shown[1], "seven tokens are four words"
