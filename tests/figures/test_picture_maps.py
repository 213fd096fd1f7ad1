"""Maps over a picture in the player's payload: chosen by the record, the picture once, within the budget."""

import base64
import dataclasses
import json

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import ContactSheet, Places, export, picture_uri, scene
from viz_core.figures.beam import beam_panel
from viz_core.figures.panels import SOURCE, TARGET, Weights
from viz_core.figures.player import BUDGET, payload
from viz_core.figures.site_rows import site_rows
from viz_core.trace import InputError

PIXELS = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


def size(value):
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def test_patches_get_a_map_over_the_picture_and_a_contact_sheet():
    made = scene(synthetic.caption(), image=PIXELS)
    assert [panel.kind for panel in made.panels] == ["places", "bars", "sheet", "heatmap", "plot"]
    places, sheet = made.panels[0], made.panels[2]
    assert isinstance(places, Places) and isinstance(sheet, ContactSheet)
    assert sheet.weights is places.weights and (places.weights.key, places.weights.query) == (SOURCE, TARGET)
    assert "picture" in places.title and sheet.title == "All words at once"


def test_whole_maps_get_no_contact_sheet():
    assert "sheet" not in [panel.kind for panel in scene(synthetic.patches()).panels]


def test_a_contact_sheet_is_of_patches():
    weights = Weights(site_rows(synthetic.hull()), SOURCE, TARGET)
    with pytest.raises(InputError, match="kind 'point' has no pictures"):
        ContactSheet("x", weights)


def test_the_picture_travels_once():
    data = payload(scene(synthetic.caption(), image=PIXELS))
    assert len(data["pictures"]) == 1 and data["pictures"][0].startswith("data:image/")
    places, sheet = data["panels"][0], data["panels"][2]
    assert places["picture"] == sheet["picture"] == 0
    assert places["geometry"] == {"rows": 16, "cols": 16}
    assert json.dumps(data).count("data:image/") == 1


def test_without_a_picture_the_maps_stand_alone():
    data = payload(scene(synthetic.caption()))
    assert data["pictures"] == [] and data["panels"][0]["picture"] is None


def test_other_traces_carry_nothing_of_it():
    data = payload(scene(synthetic.translation()))
    assert "pictures" not in data and "glow" not in data


@pytest.mark.parametrize("panel", [None, beam_panel])
def test_a_caption_of_12_words_with_its_tree_is_within_the_budget_besides_the_picture(panel):
    trace = synthetic.caption()
    made = scene(trace, image=PIXELS)
    if panel:
        made = dataclasses.replace(made, panels=(*made.panels[:-1], panel(trace)))
    data = payload(made)
    assert len(trace.steps) == 12 and len(trace.tree) > 150
    assert size(data) - sum(map(len, data["pictures"])) <= BUDGET


def test_hypotheses_that_share_a_row_send_it_once():
    trace = synthetic.caption(("a", "cat"), rows=4, cols=4, width=3)
    sent = payload(scene(trace))["panels"][-1]["points"]
    codes = np.frombuffer(base64.b64decode(sent["attention"]["data"]), "<u2")
    top = 2**16 - 2
    rows = np.where(codes > top, np.nan, codes / top).reshape(-1, 16)
    assert len(rows) < len(trace.tree)
    np.testing.assert_allclose(rows[sent["of"]], trace.tree.attention, atol=1e-5)
    assert sent["parents"] == trace.tree.parent.tolist()
    assert "hovertext" not in payload(scene(trace))["panels"][-1]["figure"]["data"][sent["trace"]]


def test_the_offline_file_shows_the_picture(tmp_path):
    page = export.html(synthetic.caption(), tmp_path / "x.html", image=PIXELS)
    assert page.count(picture_uri(PIXELS)) == 1
