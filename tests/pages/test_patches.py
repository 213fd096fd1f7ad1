"""The patches page against small random models of your own in a folder."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from tests.models.tiny_vision import CLASSES, module

from viz_core.ui import patch_quality, patch_view
from viz_core.zoo.cards import Card


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("own")
    module("dinov2").save_pretrained(made / "plain")
    module("vit", labelled=True).save_pretrained(made / "labelled")
    return made


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory):
    """No model of the zoo is needed here."""
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture
def sent(monkeypatch):
    """What the component was given, run by run."""
    found: list[dict] = []
    monkeypatch.setattr(patch_view, "_component", lambda: lambda key, data, **_callbacks: found.append(json.loads(json.dumps(data, allow_nan=False))))
    return found


@pytest.fixture
def opened(page, folder, sent):
    return lambda kind="plain", **query: page("patches", model="own", own=str(folder / kind), picture="shapes", **query)


def test_default_view_is_cls_in_the_last_layer(opened, sent):
    app = opened()
    assert not app.exception and not app.error
    data = sent[-1]
    assert data["view"] == {"layer": 2, "head": -1, "query": 0, "smooth": True, "relative": False, "hide": False}
    assert data["scene"]["cols"] == 4 and data["blobs"][0]["layer"] == 2 and data["methods"] is None


def test_a_link_reopens_the_view(opened, sent):
    app = opened(side="6", layer="1", head="2", token="7", look="exact", scale="relative", hide="2.5")
    assert not app.error
    assert sent[-1]["view"] == {"layer": 1, "head": 2, "query": 7, "smooth": False, "relative": True, "hide": True, "times": 2.5}
    assert (sent[-1]["scene"]["rows"], sent[-1]["scene"]["cols"]) == (4, 6)
    assert "7" in app.query_params["token"] and "6" in app.query_params["side"]


def test_a_view_of_another_grid_is_brought_inside(opened, sent):
    opened(layer="9", head="8", token="900")
    assert (sent[-1]["view"]["layer"], sent[-1]["view"]["head"], sent[-1]["view"]["query"]) == (2, -1, 0)


@pytest.mark.parametrize("query", [{"token": "x"}, {"side": "65"}, {"side": "0"}, {"hide": "nan"}, {"look": "blue"}])
def test_nonsense_in_the_address_is_told_and_the_page_goes_on(opened, sent, query):
    app = opened(**query)
    assert not app.exception and len(app.error) == 1 and sent


def test_four_maps_of_the_token(opened, sent):
    app = opened(maps="four", token="5")
    assert not app.exception and not app.error
    methods = sent[-1]["methods"]
    assert methods["query"] == 5 and len(methods["maps"]) == 4 and "last state" in methods["explained"]


def test_a_labelled_model_explains_a_class(opened, sent):
    app = opened("labelled", maps="four")
    assert not app.exception and not app.error
    box = next(box for box in app.selectbox if box.key == "class")
    first = sent[-1]["methods"]
    assert CLASSES[box.value] in first["explained"]
    box.select((box.value + 1) % 4).run()
    assert sent[-1]["methods"]["maps"][3] != first["maps"][3] and sent[-1]["methods"]["maps"][1] == first["maps"][1]


def test_trust_is_tested_on_demand(opened):
    app = opened("labelled", trust="test")
    assert not app.exception and not app.error
    assert any("curve" in text.value or "Between" in text.value for text in app.markdown)


def test_a_picture_of_one_s_own(opened, sent):
    data = io.BytesIO()
    Image.new("RGB", (40, 80), (200, 30, 30)).save(data, "JPEG")
    app = opened()
    app.file_uploader(key="upload").upload("mine.png", data.getvalue(), "image/png").run()
    assert not app.exception and not app.error
    assert (sent[-1]["scene"]["rows"], sent[-1]["scene"]["cols"]) == (4, 2) and "mine.png" in sent[-1]["scene"]["title"]
    assert any("JPEG picture" in text.value for text in app.caption)
    app.file_uploader(key="upload").upload("page.png", b"<html><script>alert(1)</script></html>", "image/png").run()
    assert "HTML" in app.error[0].value and "mine.png" in sent[-1]["scene"]["title"], "what was on show stays"


def test_a_link_to_an_upload_says_that_it_is_not_there(page, folder, sent):
    app = page("patches", model="own", own=str(folder / "plain"), picture="own")
    assert not app.exception and len(app.info) == 1


def test_a_folder_that_is_no_vision_model_is_told(page, tmp_path):
    app = page("patches", model="own", own=str(tmp_path), picture="shapes")
    assert not app.exception and len(app.error) == 1


def test_measures_of_a_card_become_a_table():
    card = Card("a", "f", "t", "m", "", "", "", 1, "", Path(), metrics={"miou_raw": 0.4, "miou_relevance": 0.6, "miou_uniform": 0.2, "deletion_area_raw": 0.1, "n": 50})
    found = patch_quality.table(card)
    assert list(found.index) == ["Raw attention", "Class-specific relevance", "equal weights"]
    assert found.loc["Class-specific relevance", "mean IoU ↑"] == 0.6 and found.loc["Raw attention", "deletion area ↓"] == 0.1
    assert patch_quality.table(Card("a", "f", "t", "m", "", "", "", 1, "", Path())).empty
