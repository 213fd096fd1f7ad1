"""The LSTM page: parts, neurons, gradients, the two small models beside each other."""

from __future__ import annotations

import pytest
from tests.pages import reach_zoo
from tests.pages.test_alignment import control, link, messages, shown


@pytest.fixture
def pair(zoo, tmp_path, monkeypatch):
    """The tiny zoo with the two reach models."""
    from viz_core.zoo import cards

    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "first").symlink_to(zoo / "test", target_is_directory=True)
    reach_zoo.build(folder)
    monkeypatch.setattr(cards, "WEIGHTS", folder)
    cards.cards.cache_clear()


def test_the_default_has_run(page, pair):
    app = page("inside_the_lstm")
    assert not app.exception and not app.error
    assert "its cell is largest after" in shown(app) and "∂m\\_T/∂m\\_t" in shown(app).replace("∂m_T/∂m_t", "∂m\\_T/∂m\\_t")
    assert "plain RNN answers" in shown(app) and "LSTM answers" in shown(app)
    assert "the cell carries the gradient" in shown(app)
    assert link(app) == {}


def test_without_the_small_models_the_page_says_how_to_make_them(page):
    app = page("inside_the_lstm")
    assert not app.exception
    assert any("train reach-rnn" in info.value for info in app.info)


@pytest.mark.parametrize("part", ["forward", "backward", "decoder"])
def test_every_part_can_be_opened(page, part):
    app = page("inside_the_lstm", task="g2p", text="cat", part=part, neuron="3", vector="state", order="when")
    assert not app.exception and not app.error
    assert "Neuron 3:" in shown(app)
    assert ("On its way from the last position" in shown(app)) == (part != "decoder")


def test_a_neuron_worth_a_look_is_one_click_away(page):
    app = page("inside_the_lstm", task="g2p", text="cat")
    button = next(b for b in app.button if b.key == "look writes")
    button.click().run()
    assert f"Neuron {button.label.split(': ')[1]}:" in shown(app)


def test_the_decoder_has_other_neurons_than_the_encoder(page):
    app = page("inside_the_lstm", task="g2p", text="cat", part="decoder", neuron="11")
    assert not app.error and control(app, "neuron").max == 11
    app = page("inside_the_lstm", task="g2p", text="cat", neuron="11")
    assert len(app.error) == 1 and "from 0 to 5" in messages(app)[0]


@pytest.mark.parametrize(("query", "said"), [
    ({"part": "middle"}, "part 'middle'"),
    ({"vector": "soul"}, "vector 'soul'"),
    ({"order": "best"}, "order 'best'"),
    ({"fillers": "9999"}, "give a whole number from 0 to 200"),
    ({"model": "unknown"}, "no model 'unknown'"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_in_one_sentence(page, pair, query, said):
    app = page("inside_the_lstm", task="g2p", text="cat", **query)
    assert not app.exception
    assert len(app.error) == 1 and said in messages(app)[0].lower()
    assert "Neuron" in shown(app), "the page stays usable"


def test_the_untrained_comparison_is_labelled(page, pair):
    app = page("inside_the_lstm", task="g2p", text="cat", untrained="show", fillers="5")
    assert not app.exception and not app.error
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert sum("(untrained)" in spec for spec in charts) == 1
