"""Maps over a picture in the exported player: colours by hand, switches, contact sheet, hypotheses, keyboard, narrow pages."""

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import picture_uri, scene
from viz_core.figures.patches import GLOW

GROUND = np.array([0xB9, 0xBE, 0xC8]) * 0xB0 / 255  # where no picture is known, dimmed
PIXELS = np.full((96, 96, 3), (30, 90, 160), np.uint8)
MAP = "[data-kind=places] canvas"


def colour(alpha, top):
    """What a weight looks like over the ground: the colour scale at √(α / top), its opacity strength^0.7 · 228 / 255."""
    strength = min(np.sqrt(alpha / top), 1)
    at = np.round(strength * 255) / 255 * (len(GLOW) - 1)
    low = min(int(at), len(GLOW) - 2)
    a, b = (np.array([int(GLOW[i][1][k : k + 2], 16) for k in (1, 3, 5)]) for i in (low, low + 1))
    opacity = 228 / 255 * strength**0.7
    return opacity * (a + (b - a) * (at - low)) + (1 - opacity) * GROUND


def pixel(page, across, down, selector=MAP):
    """The colour of the map's canvas at a share of its width and height."""
    return np.array(page.locator(selector).first.evaluate("""(node, [x, y]) => {
        const [u, v] = [Math.floor(x * node.width), Math.floor(y * node.height)];
        return [...node.getContext("2d").getImageData(u, v, 1, 1).data].slice(0, 3);
    }""", [across, down]))


def two_patches():
    """A row with 0.6 and 0.2 on two neighbours of a 4 × 4 grid, after one with the largest weight of all, 0.8."""
    trace = synthetic.caption(("a", "cat"), rows=4, cols=4, width=2)
    row = np.full(16, 0.2 / 14, np.float32)
    row[5], row[6] = 0.6, 0.2
    first = np.full(16, 0.2 / 15, np.float32)
    first[0] = 0.8
    return with_row(with_row(trace, 0, first), 1, row), row


def with_row(trace, step, row):
    import dataclasses

    from viz_core.trace import dense

    one = trace.steps[step]
    item = dense("cross", one.attention[0].query_axis, one.attention[0].key_axis, row[None])
    steps = (*trace.steps[:step], dataclasses.replace(one, attention=(item,)), *trace.steps[step + 1 :])
    return dataclasses.replace(trace, steps=steps)


def test_patch_by_patch_every_patch_has_the_colour_of_its_weight(open_scene):
    trace, row = two_patches()
    page = open_scene(trace)
    page.get_by_label("How the map is drawn").select_option("exact")
    for patch in (0, 5, 6):
        for inside in (0.2, 0.8):
            found = pixel(page, (patch % 4 + inside) / 4, (patch // 4 + inside) / 4)
            np.testing.assert_allclose(found, colour(row[patch], 0.8), atol=4)
    page.get_by_label("Colour scale").first.select_option("row")
    np.testing.assert_allclose(pixel(page, 1.5 / 4, 1.5 / 4), colour(0.6, 0.6), atol=4)
    np.testing.assert_allclose(pixel(page, 2.5 / 4, 1.5 / 4), colour(0.2, 0.6), atol=4)
    assert "0.6, the largest of this row" in page.locator(".vz-scale-line").inner_text()


def test_the_smooth_map_is_bilinear_between_the_centres(open_scene):
    trace, _row = two_patches()
    page = open_scene(trace)
    np.testing.assert_allclose(pixel(page, 1.5 / 4, 1.5 / 4), colour(0.6, 0.8), atol=8)
    np.testing.assert_allclose(pixel(page, 2.0 / 4, 1.5 / 4), colour(0.4, 0.8), atol=8)  # half way: the mean of 0.6 and 0.2
    np.testing.assert_allclose(pixel(page, 2.25 / 4, 1.5 / 4), colour(0.3, 0.8), atol=8)


def test_the_picture_lies_below_and_can_be_seen_alone(open_scene):
    page = open_scene(scene(synthetic.caption(), image=PIXELS))
    page.get_by_label("How the map is drawn").select_option("none")
    np.testing.assert_allclose(pixel(page, 0.5, 0.5), PIXELS[0, 0], atol=2)
    assert page.locator(".vz-tile").count() == 13  # the picture and 12 words


def test_title_and_sentence_say_the_word_and_where_its_weight_lies(open_scene):
    trace, _row = two_patches()
    page = open_scene(trace)
    assert page.locator("[data-kind=places] h4").inner_text() == "Attention to the picture: where it looks · “cat”, step 2 of 2"
    assert page.locator(".vz-map figcaption").inner_text() == "One patch holds half of the weight: row 2, column 2."
    assert page.locator(MAP).get_attribute("aria-label").startswith("“cat”, step 2 of 2: One patch")


def test_masked_and_uniform_rows_say_so(open_scene):
    page = open_scene(synthetic.caption(("a", "to", "cat"), masked=(1,), even=(2,)))
    said = page.locator(".vz-map figcaption")
    assert said.inner_text() == "Nearly uniform: no patch has more than 1.00 × the uniform weight of 0.0039."
    faint = pixel(page, 0.5, 0.5)
    np.testing.assert_allclose(faint, colour(1 / 256, max(25 / 256, float(np.nanmax(synthetic.caption(("a", "to", "cat"), masked=(1,)).steps[0].attention[0].map())))), atol=5)
    page.keyboard.press("ArrowLeft")
    assert said.inner_text() == "Masked: nothing is attended to."
    assert page.locator(".vz-tile-alpha").nth(1).inner_text() == "masked"


def test_a_patch_that_is_pointed_at_tells_its_weight_at_every_word(open_scene):
    trace = synthetic.caption()
    page = open_scene(trace)
    box = page.locator(MAP).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 8.5 / 16, box["y"] + box["height"] * 4.5 / 16)
    column = np.array([step.attention[0].map()[0, 4 * 16 + 8] for step in trace.steps])
    lines = page.locator(".vz-tip").inner_text().split("\n")
    assert lines[0] == "row 5, column 9" and "× uniform" in lines[1]
    tiles = page.locator(".vz-tile-alpha").all_inner_texts()
    np.testing.assert_allclose([float(text) for text in tiles], column, atol=6e-5)
    top = max(25 / 256, max(float(step.attention[0].map().max()) for step in trace.steps))
    heights = page.locator(".vz-word-track i").evaluate_all("(nodes) => nodes.map((n) => parseFloat(n.style.height))")
    np.testing.assert_allclose(heights, 100 * column / top, atol=0.1)
    assert page.locator(".vz-band-hover:not([hidden])").count() == 1, "the column of the matrix lights up"
    page.mouse.click(box["x"] + box["width"] * 8.5 / 16, box["y"] + box["height"] * 4.5 / 16)
    page.mouse.move(2, 2)
    assert page.locator(".vz-sheet.vz-spotted").count() == 1, "a click holds the patch"


def test_the_contact_sheet_previews_and_goes_to_a_step(open_scene):
    page = open_scene(scene(synthetic.caption(), image=PIXELS))
    tile = page.locator(".vz-tile[aria-label=cat]")
    tile.hover()
    assert "“cat”, step 4 of 12" in page.locator("[data-kind=places] h4").inner_text()
    assert page.locator(".vz-place").inner_text() == "Step 12 of 12"
    tile.click()
    assert page.locator(".vz-place").inner_text() == "Step 4 of 12"
    assert page.locator(".vz-tile.vz-now").inner_text().strip() == "cat"
    page.keyboard.press("ArrowRight")  # the focus goes along
    assert page.locator(".vz-tile.vz-now").inner_text().strip() == "to"
    assert page.evaluate("document.activeElement.classList.contains('vz-now')")


def test_a_hypothesis_brings_its_map_and_those_of_its_words(open_scene):
    trace = synthetic.caption(("a", "red", "cat"), width=2)
    page = open_scene(scene(trace, image=PIXELS))
    node = next(n for n in range(len(trace.tree)) if trace.tree.status[n] == "pruned" and trace.tree.step[n] == 1)
    point = page.locator("[data-kind=plot] .point").nth(node)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    words = [trace.tree.token[n] for n in trace.tree.path(node)]
    page.locator(".vz-tip").get_by_text(" ".join(words)).wait_for()
    assert page.locator(".vz-tip canvas").count() == 1
    assert f"hypothesis “{' '.join(words)}”" in page.locator("[data-kind=places] h4").inner_text()
    assert page.locator(".vz-tile-word").all_inner_texts() == words
    page.mouse.move(2, 2)
    assert page.locator(".vz-tile-word").all_inner_texts() == ["a", "red", "cat"]


def test_hypotheses_by_keyboard(open_scene):
    trace = synthetic.caption(("a", "red", "cat"), width=2)
    page = open_scene(trace)
    page.locator(".vz-plot").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    title = page.locator("[data-kind=places] h4")
    first = title.inner_text()
    assert "hypothesis “a" in first
    page.keyboard.press("ArrowDown")
    assert "hypothesis “a" in title.inner_text() and title.inner_text() != first
    page.keyboard.press("Enter")
    page.mouse.move(2, 2)
    assert "hypothesis" in title.inner_text(), "held"
    page.locator(MAP).hover()
    assert "hypothesis" in title.inner_text() and page.locator(".vz-tip").is_visible(), "its weights can be pointed at"
    page.keyboard.press("ArrowRight")
    assert page.locator(".vz-place").inner_text() == "Step 2 of 3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_pages_scroll_the_sheet_and_never_themselves(open_scene, scheme):
    page = open_scene(scene(synthetic.caption(), image=PIXELS), width=800, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    strip = page.locator(".vz-sheet")
    assert strip.evaluate("(node) => node.scrollWidth > node.clientWidth")
    assert strip.evaluate("(node) => node.scrollLeft") > 50, "the current word is in view"
    page.keyboard.press("Home")
    assert strip.evaluate("(node) => node.scrollLeft") < 50


def test_where_a_patch_looks_in_self_attention(open_scene):
    trace = synthetic.patches()
    page = open_scene(trace)
    page.get_by_label("How the map is drawn").select_option("exact")
    box = page.locator(MAP).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.9)  # the last of 4 × 5
    row = trace.steps[-1].attention[0].map()[20]
    top = max(step.attention[0].map()[:, 1:].max() for step in trace.steps)  # of all layers, the first head
    np.testing.assert_allclose(pixel(page, 0.1, 0.1), colour(row[1], top), atol=5)
    assert "lit: where row 4, column 5 looks" in page.locator(".vz-tip").inner_text()
    assert f"On CLS: {row[0]:.4f}." in page.locator(".vz-map figcaption").inner_text()
    assert page.locator(".vz-sheet").count() == 0


def test_the_same_picture_as_bytes_and_as_text():
    assert scene(synthetic.caption(), image=PIXELS).panels[0].image == scene(synthetic.caption(), image=picture_uri(PIXELS)).panels[0].image
