"""The patches view in a browser: the weights of the record, from pointer to picture, keys, layers, the four maps."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.figures.test_patches import COLS, HEADS, LAYERS, ROWS, shown

from viz_core.figures import patches_export
from viz_core.figures.patches import MethodMaps, Patches


@pytest.fixture
def opened(open_page, tmp_path):
    rows = {"raw": np.linspace(0, 1, 7, dtype=np.float32), "relevance": np.ones(7, np.float32)}
    patches_export.html(shown(), MethodMaps(rows, 2, "the logit of “cat”"), tmp_path / "patches.html")
    page = open_page((tmp_path / "patches.html").as_uri())
    page.wait_for_selector("[data-ready]")
    return page


@pytest.mark.parametrize(("stem", "said"), [((), "= 6 patches of 5 × 5 × 1 = 25 numbers"), ((4, 8), "2 convolutions of 3 × 3 (1 → 4 → 8 channels) make one vector of 8 numbers")])
def test_how_a_patch_becomes_a_token_is_the_model_s_own(open_page, tmp_path, stem, said):
    view = shown(channels=1)
    patches_export.html(Patches(view.trace, view.pixels, 5, stem, 9), path=tmp_path / "patches.html")
    page = open_page((tmp_path / "patches.html").as_uri())
    page.wait_for_selector("[data-ready]")
    text = page.locator(".vz-note").first.inner_text()
    assert said in text and ("9 × 9 pixels" in text) == bool(stem)


def over(page, selector, row, column):
    """Moves the pointer to the middle of a patch of a picture."""
    box = page.locator(selector).first.bounding_box()
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / COLS, box["y"] + (row + 0.5) * box["height"] / ROWS)


def weight(layer, head, query, key):
    return shown().trace.steps[layer].attention[0].map(0, head)[query, key]


def test_numbers_under_the_pointer_are_the_record_s(opened):
    page = opened
    for head in range(HEADS):
        page.locator(".vp-head canvas").nth(head).scroll_into_view_if_needed()
        over(page, f".vp-head:nth-child({head + 1}) canvas", 1, 2)
        text = page.locator(".vz-tip").inner_text()
        assert "CLS → row 2, column 3" in text
        assert float(re.search(r"α = ([\d.]+)", text)[1]) == pytest.approx(weight(LAYERS - 1, head, 0, 6), abs=1e-4)


def test_pointing_at_the_picture_looks_from_there_and_clicking_holds(opened):
    page = opened
    over(page, ".vp-cut .vp-board canvas", 0, 1)
    assert "row 1, column 2" in page.locator("h4").nth(1).inner_text()
    page.mouse.move(2, 2)
    assert "CLS" in page.locator("h4").nth(1).inner_text()
    over(page, ".vp-cut .vp-board canvas", 0, 1)
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(2, 2)
    assert "row 1, column 2" in page.locator("h4").nth(1).inner_text()


def test_keys_move_over_the_grid(opened):
    page, title = opened, opened.locator("h4").nth(1)
    page.locator(".vp-root").focus()
    for key, place in (("ArrowRight", "row 1, column 1"), ("ArrowRight", "row 1, column 2"), ("ArrowDown", "row 2, column 2"), ("ArrowDown", "row 2, column 2"), ("Home", "CLS")):
        page.keyboard.press(key)
        assert place in title.inner_text()


def test_layers_change_without_a_server(opened):
    page = opened
    page.locator(".vp-layer input").evaluate("(input) => { input.value = 0; input.dispatchEvent(new Event('input')); }")
    page.locator(".vp-main canvas").scroll_into_view_if_needed()
    over(page, ".vp-main canvas", 0, 0)
    expected = np.mean([weight(0, head, 0, 1) for head in range(HEADS)])
    assert float(re.search(r"α = ([\d.]+)", page.locator(".vz-tip").inner_text())[1]) == pytest.approx(expected, abs=1e-4)


def test_one_head_alone(opened):
    page = opened
    page.locator(".vp-head button").nth(1).click()
    assert page.locator(".vp-main figcaption").inner_text() == "head 1"
    page.locator(".vp-head button").nth(1).click()
    assert page.locator(".vp-main figcaption").inner_text() == f"mean of {HEADS} heads"


def test_methods_tell_their_numbers(opened):
    page = opened
    page.locator(".vp-method canvas").first.scroll_into_view_if_needed()
    over(page, ".vp-method canvas", 1, 2)
    assert "1.0000" in page.locator(".vz-tip").inner_text()
    assert "row 1, column 2" in page.locator(".vp-root").inner_text() and "cat" in page.locator(".vp-root").inner_text()


def test_artefacts_are_named_and_can_be_left_out(opened):
    page = opened
    slider = page.locator(".vp-times")
    slider.evaluate("(input) => { input.value = 1.5; input.dispatchEvent(new Event('input')); }")
    text = page.locator(".vp-artefacts").inner_text()  # norms 2 … 7 of six patches: median 4.5, so 7 is above 1.5 times it
    assert "1 artefact" in text and "row 2, column 3" in text
    page.locator("input[data-name=hide]").check()
    assert page.locator("input[data-name=hide]").is_checked()
