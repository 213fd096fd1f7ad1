"""The exported player, offline: steps, links, saving, light and dark, hostile text."""

import csv
import io
import re
import time

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import Scene, scene, what_if
from viz_core.trace import Axis, Quantity, Step, Trace, dense


def place(page):
    return page.locator(".vz-place").inner_text()


def soon(check, seconds=20):
    """Panels out of sight follow after those in sight: the check passes in a while, or fails as it does in the end."""
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def alphas(panel, tokens):
    """Weights that the tokens of a panel of links are shaded with."""
    return panel.evaluate("(node, tokens) => [...node.querySelectorAll(`${tokens} rect`)].map((r) => Number(r.style.getPropertyValue('--alpha')))", tokens)


def shows_context(page, step):
    """That the panel of tensors holds the first number of a step's context."""
    number = page.locator(".vz-tensor").nth(4).locator(".vz-first").inner_text().strip("[").split(",")[0].replace("−", "-")
    assert float(number) == pytest.approx(float(step.quantity("context").values[0]), abs=6e-4)


def uncovered(page, index=0):
    """Height of what a heat map shows, as a share of its plot area."""
    return page.evaluate("""(index) => {
        const picture = document.querySelectorAll("[data-kind=heatmap] .vz-heat")[index];
        return picture.querySelector("svg").getAttribute("height") / picture.querySelector(".vz-cells").getAttribute("height");
    }""", index)


def test_keys_step_and_the_heat_map_grows(open_scene):
    page = open_scene(synthetic.translation())
    assert place(page) == "Step 13 of 13"
    assert uncovered(page) == pytest.approx(1, abs=0.01)
    page.keyboard.press("Home")
    assert place(page) == "Step 1 of 13"
    assert uncovered(page) == pytest.approx(1 / 13, abs=0.01)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert uncovered(page) == pytest.approx(4 / 13, abs=0.01)
    assert page.locator(".vz-label").inner_text() == "y4 → ,"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    assert place(page) == "Step 13 of 13"


def test_space_plays_and_stops_at_the_end(open_scene):
    page = open_scene(synthetic.translation(targets=4))
    page.locator(".vz-controls select").select_option("8")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Pause (space)").count() == 1
    page.get_by_role("button", name="Play (space)").wait_for()
    assert place(page) == "Step 4 of 4"


def test_hovered_target_lights_its_sources_everywhere(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    row = trace.attention("cross").map()[6]
    page.locator(".vz-query").nth(6).hover()
    np.testing.assert_allclose(alphas(page.locator(".vz-links").first, ".vz-key"), row, atol=1e-3)
    assert page.locator(".vz-band-hover:not([hidden])").count() == 1
    assert f"{row.max():.4f}" in page.locator(".vz-tip").inner_text()


def test_hovered_source_lights_the_targets_that_used_it(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    column = trace.attention("cross").map()[:, 2]
    page.locator(".vz-key").nth(2).hover()
    np.testing.assert_allclose(alphas(page.locator(".vz-links").first, ".vz-query"), column, atol=1e-3)


def test_hypothesis_lights_its_own_attention(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    point = page.locator("[data-kind=plot] .point").nth(8)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".vz-tip").get_by_text("I 'm Chinese").wait_for()
    soon(lambda: np.testing.assert_allclose(alphas(page.locator(".vz-links").first, ".vz-key"), trace.tree.attention[8], atol=1e-3))


def test_candidates_and_tensors_are_those_of_the_step(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    page.keyboard.press("Home")
    shown = float(page.locator(".vz-bar-p").first.inner_text())
    assert shown == pytest.approx(float(np.exp(trace.steps[0].candidates.log_probs[0])), abs=6e-4)
    first = page.locator(".vz-tensor").nth(4)
    assert first.locator(".vz-shape").inner_text().endswith("256 channels")
    soon(lambda: shows_context(page, trace.steps[0]))
    assert first.locator("math").count() == 2


def test_panels_out_of_sight_are_at_the_step_when_they_come_into_sight(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace, height=400)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.locator("[data-kind=formula]").scroll_into_view_if_needed()
    soon(lambda: shows_context(page, trace.steps[1]))


def test_numbers_are_saved_as_csv(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    panel = page.locator("[data-kind=heatmap]").first
    panel.get_by_text("Save").click()
    with page.expect_download() as saved:
        panel.get_by_text("Numbers (CSV)").click()
    table = list(csv.reader(io.StringIO(open(saved.value.path(), encoding="utf-8-sig").read())))
    assert table[0][1:] == list(trace.source_axis.labels)
    np.testing.assert_allclose(np.array([row[1:] for row in table[1:]], float), trace.attention("cross").map(), atol=1e-5)


@pytest.mark.parametrize("kind", ["heatmap", "links", "bars", "formula", "plot", "places", "sheet"])
def test_every_panel_is_saved_as_pictures(open_scene, kind):
    page = open_scene(synthetic.caption(("a", "cat")) if kind in ("places", "sheet") else synthetic.translation(targets=3))
    panel = page.locator(f"[data-kind={kind}]").first
    for label, start in (("Picture (SVG)", b"<svg"), ("Picture (PNG)", b"\x89PNG")):
        panel.get_by_text("Save").click()
        with page.expect_download() as saved:
            panel.get_by_text(label).click()
        content = open(saved.value.path(), "rb").read()
        assert content.startswith(start) and len(content) > 1000


def test_another_head_changes_the_linked_panels_of_its_site(open_scene):
    trace = synthetic.translation()
    page = open_scene(trace)
    chosen = page.locator("[data-kind=heatmap]").nth(1).locator("select").first
    chosen.select_option(label="layer 2 · head 3")
    links = page.locator("[data-kind=links]").nth(1)
    assert links.locator("select").input_value() == chosen.input_value()
    links.locator(".vz-query").nth(0).hover()
    np.testing.assert_allclose(alphas(links, ".vz-key"), trace.attention("encoder").map(1, 2)[0], atol=1e-3)


def test_text_is_never_markup(open_scene):
    evil = '<img src=x onerror="window.hacked=1"><b>x</b></script><script>window.hacked=1</script>'
    axis = Axis("token", (evil, "b"))
    step = Step(0, evil, evil, attention=(dense("cross", Axis("token", (evil,)), axis, np.array([[0.5, 0.5]])),))
    page = open_scene(Trace({"model": evil}, evil, axis, evil, "token", (step,)))
    page.locator(".vz-query").first.hover()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".vz-panels img, .vz-panels b").count() == 0
    assert evil in page.locator(".vz-title").inner_text()


def test_links_hidden_in_a_formula_are_dropped(open_scene):
    axis = Axis("channel", ("0",))
    quantity = Quantity("x", r"\href{javascript:window.hacked=1}{x}", (axis,), [1.0], r"\href{javascript:window.hacked=1}{y} = 1")
    page = open_scene(Trace({}, "x", axis, "", "token", (Step(0, "s", details=(quantity,)),)))
    assert page.locator("math").count() == 2
    assert page.locator("[href]").count() == 0


def test_masked_cells_are_hatched_and_said(open_scene):
    axis = Axis("token", ("a", "b", "c"))
    weights = np.array([[0.2, 0.3, 0.5], [np.nan] * 3])
    steps = tuple(Step(i, f"s{i}", f"t{i}", attention=(dense("cross", Axis("token", (f"t{i}",)), axis, weights[i : i + 1]),)) for i in range(2))
    page = open_scene(Trace({}, "a b c", axis, "t0 t1", "token", steps))
    assert page.locator("[data-kind=heatmap] .vz-hatch").count() == 1
    box = page.locator("[data-kind=heatmap] .vz-cells").first.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] * 0.75)
    assert "masked" in page.locator(".vz-tip").inner_text()


def test_a_head_that_was_taken_out_is_not_called_masked(open_scene):
    def run(*weights):
        axis = Axis("token", ("a", "b", "c"))
        maps = [dense("cross", Axis("token", (f"t{i}",)), axis, np.array([row])) for i, row in enumerate(weights)]
        return Trace({}, "a b c", axis, "", "token", tuple(Step(i, f"s{i}", f"t{i}", attention=(item,)) for i, item in enumerate(maps)))

    known, nothing = [0.2, 0.3, 0.5], [np.nan] * 3
    page = open_scene(what_if.scene(run(known, nothing), run(nothing, nothing), "cross"))
    legends = [page.locator("[data-kind=heatmap]").nth(i).locator("svg.vz-heat").text_content() for i in range(2)]
    assert "masked" in legends[0] and "taken out" not in legends[0]
    assert "taken out" in legends[1] and "masked" not in legends[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_reader_s_theme_and_the_switch(open_scene, scheme):
    page = open_scene(synthetic.translation(targets=3), scheme=scheme)
    lightness = lambda: page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")  # noqa: E731
    assert (lightness() > 128) == (scheme == "light")
    page.get_by_role("button", name="Light or dark").click()
    assert (lightness() > 128) == (scheme == "dark")


def test_long_sentence_stays_readable_on_a_narrow_page(open_scene):
    page = open_scene(synthetic.translation(40, 40, details=False, encoder=False), width=800)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page itself must not scroll sideways"
    page.keyboard.press("Home")
    assert page.locator(".vz-query.vz-now").first.is_visible()
    scroller = page.locator(".vz-scroll").first
    assert scroller.evaluate("(node) => node.scrollLeft") < 40
    page.keyboard.press("End")
    assert scroller.evaluate("(node) => node.scrollLeft") > 100, "the current token must be brought into view"


def test_points_show_the_weights_where_they_are(open_scene):
    trace = synthetic.hull()
    page = open_scene(trace)
    shapes = page.locator(".vz-point")
    assert shapes.count() == 8
    shaded = np.array(shapes.evaluate_all("(nodes) => nodes.map((n) => Number(n.style.getPropertyValue('--alpha')))"))
    np.testing.assert_allclose(shaded, trace.steps[-1].attention[0].map()[0][1:], atol=2e-3)


def test_controls_have_names(open_scene):
    page = open_scene(synthetic.translation(targets=3))
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, select, input, summary")].filter((node) =>
        !(node.getAttribute("aria-label") || node.textContent.trim())).length""")
    assert nameless == 0
    assert re.search("←", page.locator(".vz-hint").inner_text())


def test_scene_with_one_step_and_no_panels_of_charts(open_scene):
    page = open_scene(Scene("only words", ("one",), scene(synthetic.translation(targets=1, encoder=False, tree=False)).panels[2:]))
    assert place(page) == "Step 1 of 1"
