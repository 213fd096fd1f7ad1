"""Our own Transformer on the pages of every attention model, with random weights."""

from __future__ import annotations

import numpy as np
import pytest
from tests.pages import tiny_zoo, transformer_zoo
from tests.pages.test_alignment import link, messages, shown

from viz_core.layers.edits import AblateHead
from viz_core.ui import head_view, runs, scenes

MODEL = {"model": transformer_zoo.NAME, "text": "我是中国人"}


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    tiny_zoo.build(folder, ("zh-en",))
    transformer_zoo.build(folder)
    return folder


@pytest.fixture
def played(monkeypatch):
    """The scenes that pages showed."""
    found = []
    monkeypatch.setattr(scenes, "player", lambda scene, key, events=(): found.append(scene))
    return found


def test_alignment_opens_with_the_map_that_aligns(page, played):
    app = page("alignment", **MODEL)
    assert not app.exception and not app.error
    assert app.session_state["score"] == "transformer"
    weights = next(panel.weights for panel in played[-1].panels if panel.kind == "heatmap")
    assert weights.rows.site == "cross" and weights.rows.name(*weights.shown) == "layer 1 · mean of heads"
    heads = np.mean([weights.rows.rows(1, head) for head in range(2)], axis=0)
    np.testing.assert_allclose(weights.rows.rows(*weights.shown), heads, atol=1e-6)
    names = [quantity.name for quantity in played[-1].panels[-1].quantities[0]]
    assert names[0] == "decoder 1 cross-attention · queries" and names[-1] == "sum so far"


def test_alignment_shows_it_beside_an_lstm(page, played):
    app = page("alignment", score="additive", beside="transformer", text="我喜欢茶", decode="beam", width="2")
    assert not app.exception and not app.error
    assert [scene.title.split(" · ")[0] for scene in played[:2]] == ["zh-en-lstm-additive", transformer_zoo.NAME]
    assert "transformer" in {item.proto.page.rpartition("/")[2] for item in app.get("page_link")}


def test_the_lstm_page_has_no_place_for_it(page):
    app = page("inside_the_lstm", **MODEL)
    assert "shown on another page" in " ".join(messages(app))


def test_trust_tests_the_map_on_show(page, played, monkeypatch):
    asked = []
    monkeypatch.setattr(runs.trust, "show", lambda *args, **more: asked.append((args[3], more)))
    page("alignment", **MODEL)
    assert asked == [("trust", {"layer": 1, "head": None})]


def test_heads_of_every_site(page, monkeypatch):
    sent = []
    monkeypatch.setattr(head_view, "_component", lambda: lambda key, data, **callbacks: sent.append(data))
    app = page("heads", **MODEL, site="decoder", heads="1.1", decode="beam")
    assert not app.exception and not app.error
    assert [site["site"] for site in sent[-1]["scene"]["sites"]] == ["encoder", "decoder", "cross"]
    assert sent[-1]["view"]["site"] == 1 and sent[-1]["view"]["heads"] == [[1, 1]]


def test_what_if_begins_at_the_source_and_measures_heads(page):
    app = page("what_if", **MODEL)
    assert not app.exception and not app.error
    assert app.session_state["edits"] == (AblateHead(1, 0, "zero", "cross"),)
    next(button for button in app.button if button.key == "measure").click().run()
    assert not app.exception and not app.error
    assert any("The stronger the colour" in caption.value for caption in app.caption)


def test_what_if_opens_edits_of_every_kind(page):
    edits = "off.cross.1.0.uniform~edge.encoder._._.1.2~temp.decoder.0._.50"
    app = page("what_if", **MODEL, edits=edits, force="7", tool="row", site="encoder")
    assert not app.exception and not app.error
    assert "With these 4 changes" in shown(app)
    assert link(app)["edits"] == edits


def test_what_if_refuses_a_place_that_is_not_there(page):
    app = page("what_if", **MODEL, edits="off.cross.7.0.zero")
    assert "layer 7" in " ".join(messages(app))


def test_the_mean_over_the_steps_is_offered(page):
    app = page("what_if", **MODEL, edits="off.decoder.0.1.mean", how="mean", site="decoder")
    assert not app.exception and not app.error
    assert app.session_state["how"] == "mean" and "With the mean output of" in shown(app)
