"""The heads view in a browser: thumbnails, links, hidden tokens, words, steps, keys; and inside Streamlit: fetching, address."""

import csv
import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.figures import synthetic

from viz_core.figures import heads_export, tiles_export
from viz_core.figures.heads import heads
from viz_core.trace import AttentionMap, Axis, Dense, Step, Trace

LABELS = ("[CLS]", "un", "##happy", "cat", "sleeps", "[SEP]")


def encoder(layers: int = 2, labels: tuple[str, ...] = LABELS) -> Trace:
    axis, rng, count = Axis("token", labels), np.random.default_rng(0), len(labels)
    maps = [synthetic.softmax(2 * rng.normal(size=(1, 3, count, count))) for _ in range(layers)]
    steps = tuple(Step(i, f"layer {i}", attention=(AttentionMap("encoder", axis, axis, Dense(m), (str(i),), ("0", "1", "2")),)) for i, m in enumerate(maps))
    return Trace({"model": "synthetic"}, "unhappy cat sleeps", axis, "", "layer", steps)


def weights(trace: Trace, layer: int, head: int) -> np.ndarray:
    return trace.steps[layer].attention[0].map(0, head)


@pytest.fixture
def open_heads(open_page, tmp_path):
    def open_it(trace, **options):
        heads_export.html(heads(trace), tmp_path / "heads.html")
        page = open_page((tmp_path / "heads.html").as_uri(), **options)
        page.wait_for_selector("[data-ready]")
        page.wait_for_selector(".vh-token")
        page.locator(".vh-thumb").first.click()
        return page

    return open_it


def numbers(page, side="key"):
    """What stands beside the tokens of a side, a list a token."""
    return page.evaluate("(side) => [...document.querySelectorAll(`.vh-token[data-side=${side}]`)].map((t) => [...t.querySelectorAll('.vh-numbers text')].map((n) => n.textContent))", side)


def token(page, side, index):
    return page.locator(f".vh-token[data-side={side}][data-index='{index}'] > rect")


def chosen(page):
    return page.evaluate("[...document.querySelectorAll('.vh-thumb[aria-selected=true]')].map((b) => Number(b.dataset.head))")


def shown(text):
    return 0.0 if text == "<.001" else float(text)


def test_a_token_pointed_at_shows_its_own_weights(open_heads):
    trace = encoder()
    page = open_heads(trace)
    assert page.locator(".vh-thumb").count() == 6
    token(page, "query", 3).hover()
    np.testing.assert_allclose([shown(n[0]) for n in numbers(page)], weights(trace, 0, 0)[3], atol=1.1e-3)
    token(page, "key", 4).hover()
    np.testing.assert_allclose([shown(n[0]) for n in numbers(page, "query")], weights(trace, 0, 0)[:, 4], atol=1.1e-3)


def test_several_heads_in_colours_of_their_own(open_heads):
    trace = encoder()
    page = open_heads(trace)
    page.locator(".vh-thumb").nth(4).click()
    page.locator(".vh-thumb").nth(2).click(modifiers=["Control"])
    assert chosen(page) == [2, 4] and page.locator(".vh-frame").count() == 2
    token(page, "query", 1).hover()
    found = np.array([[shown(x) for x in n] for n in numbers(page)])
    np.testing.assert_allclose(found, np.stack([weights(trace, 1, 1)[1], weights(trace, 0, 2)[1]], 1), atol=1.1e-3)
    hues = page.evaluate("[...new Set([...document.querySelectorAll('.vh-strong path')].map((p) => p.getAttribute('stroke')))]")
    assert len(hues) == 2
    page.locator(".vh-thumb").nth(2).click(modifiers=["Control"])
    assert chosen(page) == [4]


def test_hidden_tokens_leave_their_share_in_sight(open_heads):
    trace = encoder()
    page = open_heads(trace)
    page.get_by_label("Hide special tokens").check()
    rows = weights(trace, 0, 0)
    kept, gone = rows[1:5, 1:5], rows[1:5][:, [0, 5]].sum(1)
    page.mouse.move(5, 5)
    lost = [float(n[0].strip("−% ")) / 100 for n in numbers(page, "query")]
    np.testing.assert_allclose(lost, gone, atol=0.006)
    said = page.locator(".vh-lost-line").inner_text()
    assert float(re.search(r"([\d.]+) %", said)[1]) / 100 == pytest.approx(gone.mean(), abs=0.006)
    token(page, "query", 2).hover()
    np.testing.assert_allclose([shown(n[0]) for n in numbers(page)], kept[2], atol=1.1e-3)  # not scaled up


def test_words_are_summed_as_keys_and_averaged_as_queries(open_heads):
    trace = encoder()
    page = open_heads(trace)
    page.get_by_label("Whole words").check()
    assert page.locator(".vh-token[data-side=key] > text").all_text_contents() == ["[CLS]", "unhappy", "cat", "sleeps", "[SEP]"]
    rows = weights(trace, 0, 0)
    summed = np.stack([rows[:, 0], rows[:, 1] + rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5]], 1)
    token(page, "query", 1).hover()
    np.testing.assert_allclose([shown(n[0]) for n in numbers(page)], summed[1:3].mean(0), atol=1.1e-3)


def test_arrow_keys_move_between_heads_and_tokens(open_heads):
    page = open_heads(encoder())
    page.locator(".vh-thumb").nth(0).click()
    for key, expected in (("ArrowRight", 1), ("ArrowDown", 4), ("ArrowLeft", 3), ("End", 5), ("Home", 0)):
        page.keyboard.press(key)
        assert chosen(page) == [expected]
    page.locator(".vh-token[data-side=query]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[document.activeElement.dataset.side, document.activeElement.dataset.index]") == ["key", "1"]


def test_sorted_by_a_summary(open_heads):
    trace = encoder()
    page = open_heads(trace)
    page.get_by_label("Sorted by").select_option("first")
    order = page.evaluate("[...document.querySelectorAll('.vh-thumb')].map((b) => Number(b.dataset.head))")
    first = [weights(trace, n // 3, n % 3)[:, 0].mean() for n in range(6)]
    assert order == sorted(range(6), key=lambda n: -first[n])


def test_steps_of_a_run_uncover_its_rows(open_heads):
    page = open_heads(synthetic.translation(targets=5))
    page.get_by_role("tab", name="Decoder → encoder").click()
    assert page.locator(".vh-token[data-side=query]").count() == 5
    page.keyboard.press("Home")
    page.locator("h3").click()
    page.keyboard.press("Home")
    assert page.locator(".vz-place").inner_text() == "Step 1 of 5" and page.locator(".vh-token[data-side=query]").count() == 1
    page.keyboard.press("ArrowRight")
    assert page.locator(".vh-token[data-side=query]").count() == 2 and page.locator(".vh-now").count() == 1
    page.get_by_role("tab", name="Encoder", exact=True).click()
    assert page.locator(".vh-token[data-side=query]").count() == 12, "the encoder has read everything before the first step"


def test_saved_numbers_are_those_on_show(open_heads, tmp_path):
    trace = encoder()
    page = open_heads(trace)
    page.locator(".vh-panel-maps .vz-save summary").click()
    with page.expect_download() as waiting:
        page.locator(".vh-panel-maps").get_by_role("button", name="Numbers (CSV)").click()
    table = list(csv.reader(io.StringIO(open(waiting.value.path(), encoding="utf-8-sig").read())))
    assert table[0] == ["head", "query", *LABELS, "hidden"]
    np.testing.assert_allclose([[float(x) for x in row[2:8]] for row in table[1:]], weights(trace, 0, 0), atol=2e-5)
    for kind, start in (("Picture (SVG)", b"<svg"), ("Picture (PNG)", b"\x89PNG")):
        page.locator(".vh-panel-pairs .vz-save summary").click()
        with page.expect_download() as waiting:
            page.locator(".vh-panel-pairs").get_by_role("button", name=kind).click()
        assert open(waiting.value.path(), "rb").read(4) == start


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (800, "dark")])
def test_hostile_labels_and_narrow_pages(open_heads, width, scheme):
    page = open_heads(encoder(labels=("<img src=x onerror=alert(1)>", " ", "a" * 80, "中国人", "\n", "=1+1")), width=width, scheme=scheme)
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


PAGE = '''
import sys
sys.path.insert(0, {here!r})
import streamlit as st
from tests.browser.test_heads import encoder
from viz_core.figures.heads import heads
from viz_core.ui import address, head_view

@st.cache_resource
def made():
    return heads(encoder(labels=tuple("t" + str(i) for i in range(300))))

st.session_state["runs"] = st.session_state.get("runs", 0) + 1
address.begin("test")
head_view.show(made(), "all heads")
address.finish()
st.text("runs " + str(st.session_state["runs"]))
'''


def test_streamlit_sends_a_head_when_it_is_clicked_and_keeps_the_view_in_the_address(streamlit_page):
    page = streamlit_page(PAGE)
    page.wait_for_selector("[data-ready] .vh-token")
    runs = page.get_by_text(re.compile("^runs ")).inner_text()
    page.get_by_label("Hide the first token").check()
    token(page, "query", 5).hover()
    assert page.get_by_text(re.compile("^runs ")).inner_text() == runs, "nothing of this may wait for the server"
    page.wait_for_function("location.search.includes('hide=first')")
    page.locator(".vh-thumb").nth(5).click()
    page.wait_for_selector(".vh-caption:has-text('layer 1 · head 2')")
    page.wait_for_function("location.search.includes('heads=1.2')")
    token(page, "query", 7).scroll_into_view_if_needed()
    token(page, "query", 7).hover()
    row = weights(encoder(labels=tuple("t" + str(i) for i in range(300))), 1, 2)[8, 1:]
    np.testing.assert_allclose([shown(n[0]) for n in numbers(page)], row, atol=5e-3)
    page.reload()
    page.wait_for_selector(".vh-caption:has-text('layer 1 · head 2')")
    assert page.get_by_label("Hide the first token").is_checked()
    page.goto("about:blank")  # before the server goes: a page that loses its server says so


LONG = '''
import sys
sys.path.insert(0, {here!r})
import numpy as np
import streamlit as st
from tests.browser.test_heads import FakeReading
from viz_core.ui import address, long_inputs

address.begin("test")
read = long_inputs.Read(FakeReading(), {{"induction": np.zeros((2, 3), np.float32), "first": np.eye(2, 3, dtype=np.float32)}})
layer, head, region, how = long_inputs._place(read)
long_inputs._view(read, layer, head, region, how, "tiles")
address.finish()
st.text("asked " + str((layer, head, region, how)))
'''


class FakeReading:
    """A text of 600 made-up tokens; the map of a head is its diagonal."""

    axis = Axis("token", tuple(f"t{i}" for i in range(600)))
    shape = (2, 3)

    def tile(self, _layer, _head, region, shape, _how):
        rows, columns = (np.linspace(low, high, min(n, high - low) + 1).astype(int)[:-1] for low, high, n in ((*region[:2], shape[0]), (*region[2:], shape[1])))
        return (rows[:, None] == columns[None]).astype(np.float32)


def test_a_dragged_rectangle_becomes_the_exact_region(streamlit_page):
    page = streamlit_page(LONG)
    page.wait_for_selector("[data-ready] .vh-tile")
    page.wait_for_timeout(300)
    box = page.locator(".vh-tile").bounding_box()
    left, top, side = box["x"] + 104, box["y"] + 40, box["height"] - 48
    page.mouse.move(left + side * 0.10, top + side * 0.20)
    page.mouse.down()
    page.mouse.move(left + side * 0.12, top + side * 0.22, steps=3)
    page.mouse.move(left + side * 0.15, top + side * 0.25)
    page.mouse.up()
    page.wait_for_function("location.search.includes('region=')")
    first, stop, first_key, stop_key = map(int, re.search(r"region=(\d+)-(\d+)-(\d+)-(\d+)", page.url).groups())
    assert abs(first - 120) <= 2 and abs(stop - 150) <= 2 and abs(first_key - 60) <= 2 and abs(stop_key - 90) <= 2
    page.get_by_text(re.compile("every weight by itself$")).wait_for()
    page.locator('[data-head="1.2"]').click()
    page.wait_for_function("location.search.includes('head=1.2')")
    page.get_by_text(re.compile(r"^asked \(1, 2, \(")).wait_for()
    page.locator(".vh-tile").focus()
    page.keyboard.press("0")
    page.wait_for_function("!location.search.includes('region=')")
    page.goto("about:blank")


def test_the_offline_page_of_a_long_map_changes_heads_zooms_and_changes_theme(open_page, tmp_path):
    rng, labels = np.random.default_rng(0), [f"▁t{i}" for i in range(64)]
    maps = [((layer, head), synthetic.softmax(rng.normal(size=(64, 64))).astype(np.float32)) for layer in (0, 1) for head in (0, 1)][:3]
    summary = {"first": rng.uniform(size=(2, 2)), "entropy": rng.uniform(size=(2, 2))}
    tiles_export.html("model", labels, summary, maps, (1, 0), "share", tmp_path / "long.html")
    page = open_page((tmp_path / "long.html").as_uri())
    page.wait_for_selector("[data-ready]")
    assert "layer 1 · head 0" in page.locator("h4").nth(1).inner_text().lower()
    page.locator("[data-head='0.1']").click()
    expect(page.locator("h4").nth(1)).to_contain_text("layer 0 · head 1", ignore_case=True)
    page.locator("[data-head='1.1']").click()
    assert "not in the file" in page.locator("p[aria-live]").inner_text()
    page.get_by_role("button", name="Zoom in (+)").click()
    expect(page.locator("p[aria-live]")).to_have_text(re.compile("^tokens 16–47"))
    page.wait_for_timeout(500)
    assert "every weight by itself" in page.locator("p[aria-live]").inner_text() and "Computing" not in page.locator("p[aria-live]").inner_text()
    paper = "getComputedStyle(document.querySelector('.vz-page')).backgroundColor"
    before = page.evaluate(paper)
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(paper) != before
