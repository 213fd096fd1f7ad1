"""The captions page against tiny random models."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from tests.pages import caption_zoo

from viz_core.figures.player import payload
from viz_core.ui import caption_quality, scenes
from viz_core.zoo.cards import Card
from viz_core.zoo.packaged import captions


@pytest.fixture(scope="module")
def zoo_folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("captions")
    caption_zoo.build(made)
    return made


@pytest.fixture(autouse=True)
def vision(monkeypatch):
    tiny = caption_zoo.vision()
    monkeypatch.setattr(captions, "vision", lambda name, device: tiny)


@pytest.fixture
def sent(monkeypatch):
    """The scenes that the players were given, by key; what is put into `click` is returned by the player once."""
    found: dict[str, object] = {}
    found["click"] = {}

    def play(scene, key, events=()):
        found[key] = scene
        return found["click"].pop(key, None)

    monkeypatch.setattr(scenes, "player", play)
    return found


OWN, FORCED = "caption captions-lstm-attention", "forced captions-lstm-attention"


def shown(app) -> str:
    return " ".join(m.value for m in app.markdown)


def control(app, key: str):
    found = [w for kind in ("selectbox", "slider", "number_input", "toggle", "button", "button_group") for w in app.get(kind) if w.key == key]
    assert found, f"no control {key!r}"
    return found[0]


def kinds(scene) -> list[str]:
    return [panel.kind for panel in scene.panels]


def test_the_default_has_run(page, sent):
    app = page("caption")
    assert not app.exception and not app.error
    assert "three apples to the left of a snail" in shown(app) and "log P" in shown(app)
    scene = sent[OWN]
    assert kinds(scene)[0] == "places" and "bars" in kinds(scene) and "formula" in kinds(scene)
    places = scene.panels[0]
    assert places.image.startswith("data:image/") and len(places.weights.rows.key_axis) == 256
    assert any("β" in panel.title for panel in scene.panels)
    assert FORCED not in sent and app.query_params == {}


def test_a_link_reopens_the_view(page, sent):
    app = page("caption", model="captions-transformer", picture="sample:shapes", language="zh", beam="3")
    assert not app.exception and not app.error
    scene = sent["caption captions-transformer"]
    assert "shapes" in scene.title and payload(scene)
    assert any("Beam search" in panel.title for panel in scene.panels)
    assert control(app, "beam").value == 3
    assert "shapes" in app.query_params["picture"] and "zh" in app.query_params["language"]


def test_a_model_without_attention_says_so(page, sent):
    app = page("caption", model="captions-lstm-none", picture="shapes")
    assert not app.exception and not app.error
    assert any("one vector" in info.value for info in app.info)
    assert "places" not in kinds(sent["caption captions-lstm-none"])


def test_low_confidence_is_seen(page, sent):
    app = page("caption", picture="shapes")
    assert app.warning and "Do not rely" in app.warning[0].value, "random weights are sure of nothing"


def other_word(scene) -> tuple[int, str]:
    """A candidate of the first step that was not chosen: its id and its word."""
    bars = next(panel for panel in scene.panels if panel.kind == "bars")
    found = bars.candidates[0]
    return next((int(choice), label) for choice, label in zip(found.choices, found.labels, strict=True) if choice != bars.choices[0] and not label.startswith("<"))


def test_a_word_is_forced_beside_the_own_caption(page, sent):
    page("caption", picture="shapes")
    choice, word = other_word(sent[OWN])
    app = page("caption", picture="shapes", force=str(choice))
    assert not app.exception and not app.error
    own, forced = sent[OWN], sent[FORCED]
    assert forced.steps[0].endswith(word) and not own.steps[0].endswith(word)
    assert "less probable" in shown(app) or "more probable" in shown(app)


def test_the_box_forces_any_word(page, sent):
    app = page("caption", picture="shapes")
    assert FORCED not in sent
    choice, word = other_word(sent[OWN])
    control(app, "word captions-lstm-attention en 0").select(choice)
    control(app, "force word").click().run()
    assert not app.exception and not app.error
    assert sent[FORCED].steps[0].endswith(word) and app.query_params["force"] in (str(choice), [str(choice)])


def test_a_clicked_candidate_is_forced(page, sent):
    app = page("caption", picture="shapes")
    other, _word = other_word(sent[OWN])
    sent["click"][OWN] = {"kind": "fork", "step": 0, "choice": other, "label": ""}
    app.run()
    assert not app.exception and not app.error and FORCED in sent
    assert control(app, "unforce 0")


def test_another_picture_lets_forced_words_go(page, sent):
    app = page("caption", picture="shapes", force="8")
    assert FORCED in sent
    sent.pop(FORCED)
    control(app, "sample").set_value("scene:owls").run()
    assert not app.exception and FORCED not in sent


def test_all_decoders_and_the_regulariser(page, sent):
    app = page("caption", picture="shapes")
    tables = [frame.value for frame in app.dataframe]
    assert any(list(table.get("decoder", [])) == [f"DINOv2, {name}" for name in ("soft attention", "regularised attention", "one fixed vector", "Transformer")] for table in tables)
    assert any("variance" in str(table.index[0]) for table in tables if len(table.index)), "the cards' numbers"
    assert any("penalty" in latex.value for latex in app.latex)


def test_calibration_of_a_card():
    metrics = {"exact": 0.9, "n": 100, "exact_drawings": 0.6, "n_drawings": 50, "confidence": 0.85, "photographs": 0.5}
    card = Card("a", "f", "t", "m", "", "", "", 1, "", Path(), metrics=metrics)
    found = caption_quality.stated_of(card)
    assert list(found.values()) == [(0.85, pytest.approx(0.8))], "photographs without a confidence are left out"


def test_trust_is_tested_on_demand(page, sent):
    app = page("caption", picture="shapes", trust="test")
    verdicts = [each.value for each in (*app.success, *app.warning, *app.error)]  # random weights pass or do not
    assert not app.exception and any("random orders" in each for each in verdicts), verdicts


def test_a_picture_of_one_s_own(page, sent):
    data = io.BytesIO()
    Image.new("RGB", (40, 80), (200, 30, 30)).save(data, "JPEG")
    app = page("caption", picture="shapes")
    app.file_uploader(key="upload").upload("mine.png", data.getvalue(), "image/png").run()
    assert not app.exception and not app.error
    geometry = sent[OWN].panels[0].weights.rows.key_axis.geometry
    assert (geometry["rows"], geometry["cols"]) == (16, 8)
    app.file_uploader(key="upload").upload("page.png", b"<html></html>", "image/png").run()
    assert "HTML" in app.error[0].value and "mine.png" in sent[OWN].title, "what was on show stays"


@pytest.mark.parametrize("query", [{"model": "captions-lstm-atention"}, {"language": "fr"}, {"beam": "99"}, {"scene": "x", "kind": "scene"}, {"kind": "video"}, {"force": "9999"}])
def test_nonsense_in_the_address_is_told_and_the_page_goes_on(page, sent, query, monkeypatch):
    from viz_core.tasks.captions import samples

    monkeypatch.setattr(samples, "sample", samples.sample)
    if query.get("kind") == "scene":
        shipped = samples.sample("scene:owls")
        monkeypatch.setattr(samples, "sample", lambda name: shipped)
    app = page("caption", **query)
    assert not app.exception and len(app.error) == 1 and OWN in sent


def test_without_a_model_the_page_says_so(page, sent, tmp_path, monkeypatch):
    from viz_core.zoo import cards

    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    cards.cards.cache_clear()
    app = page("caption")
    assert not app.exception and not app.error
    assert any("No captioning model" in info.value for info in app.info)


def test_payloads_are_json(page, sent):
    page("caption", picture="shapes", beam="2")
    assert json.dumps(payload(sent[OWN]), allow_nan=False)
