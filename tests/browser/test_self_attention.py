"""Self-attention by hand in a browser: the arithmetic against torch, and a reader who steps, switches, types and shuffles."""

from __future__ import annotations

import base64
import csv
import io
import math
import re

import numpy as np
import pytest
import torch

from viz_core.figures import self_attention_export as export
from viz_core.figures.assets import bundle
from viz_core.figures.self_attention import View, payload
from viz_core.layers.self_attention import Projections, self_attention
from viz_core.models.self_attention import CLASSIC, Numbers, hand_made

THREE = ("I", "love", "tea")
TENSORS = {"q": "queries", "k": "keys", "v": "values", "e": "scores", "s": "scaled", "m": "masked", "a": "weights", "z": "heads"}


def double(values) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).double()


def oracle(numbers: Numbers, score="dot", scaled=True, mask=False, project=True, x=None, beta=1.0):
    """By torch in float64."""
    projections = Projections(*map(double, (numbers.w_q, numbers.w_k, numbers.w_v, numbers.w_o))) if project else None
    additive = tuple(map(double, numbers.additive if project else numbers.additive_plain))
    return self_attention(double(numbers.x if x is None else x), projections, score, scaled, mask, additive, beta)


@pytest.fixture
def attend(open_page):
    """attend(numbers, options, edits, order) → name → array (heads, rows, columns), computed by the page's own script."""
    code = bundle(("dom.js", "self_attention/arithmetic.js")) + "\nexport { attend, matrix };\n"
    page = open_page("about:blank")
    page.evaluate("(text) => { globalThis.code = import('data:text/javascript;base64,' + text); }", base64.b64encode(code.encode()).decode())
    run = """async ([{ heads, tensors }, options, edits, order]) => {
      const { attend, matrix } = await globalThis.code;
      const list = ({ shape, data }) => {
        const values = new Float32Array(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
        const [count, rows, cols] = shape;
        return Array.from({ length: count }, (_, h) => matrix(rows, cols, values.subarray(h * rows * cols, (h + 1) * rows * cols)));
      };
      const numbers = { heads, tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, list(tensor)])) };
      const out = attend(numbers, options, new Map(edits), order ?? Array.from({ length: numbers.tensors.x[0].rows }, (_, i) => i));
      return Object.fromEntries(Object.entries(out).map(([name, parts]) => [name, parts.map((m) => ({ shape: [m.rows, m.cols], data: Array.from(m.data, String) }))]));
    }"""

    def compute(numbers, options=(), edits=(), order=None):
        chosen = {"score": "dot", "scaled": True, "mask": False, "project": True, **dict(options)}
        found = page.evaluate(run, [payload(numbers), chosen, [list(edit) for edit in edits], order])
        read = lambda part: np.array([float(x.replace("Infinity", "inf")) for x in part["data"]]).reshape(part["shape"])  # noqa: E731
        return {name: np.stack([read(part) for part in parts]) for name, parts in found.items() if parts}

    return compute


OPTIONS = [
    {}, {"scaled": False}, {"mask": True}, {"project": False}, {"score": "cosine"}, {"score": "additive", "mask": True},
    {"score": "additive", "project": False},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_pages_arithmetic_is_torchs(attend, options):
    for numbers in (hand_made("small", THREE, 2), hand_made("classic", ("Thinking", "Machines", "dream"), 4)):
        found, expected = attend(numbers, options), oracle(numbers, **options)
        for name, field in TENSORS.items():
            np.testing.assert_allclose(found[name], getattr(expected, field), rtol=1e-9, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(found["c"][0], expected.concat, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found["o"][0], expected.output, rtol=1e-9, atol=1e-12)


def test_a_changed_embedding_changes_all_that_follows(attend):
    numbers = hand_made("small", THREE, 2)
    x = numbers.x.astype(float)
    x[1, 2] = 2.5
    found, expected = attend(numbers, edits=[("x.1.2", 2.5)]), oracle(numbers, x=x)
    np.testing.assert_allclose(found["o"][0], expected.output, rtol=1e-9)


def test_changed_results_take_the_place_of_computed_ones(attend):
    numbers = hand_made("small", THREE, 1)
    plain = attend(numbers)
    scores = plain["s"][0].copy()
    scores[0, 2] = -math.inf
    found = attend(numbers, edits=[("s.0.0.2", -math.inf)])
    expected = torch.from_numpy(scores).softmax(-1)
    np.testing.assert_allclose(found["a"][0], expected, rtol=1e-12)
    assert found["a"][0][0, 2] == 0
    weights = plain["a"][0].copy()
    weights[1] = (0.5, 0.5, 1.0)
    found = attend(numbers, edits=[("a.0.1.0", 0.5), ("a.0.1.1", 0.5), ("a.0.1.2", 1.0)])
    np.testing.assert_allclose(found["z"][0], weights @ plain["v"][0], rtol=1e-12)
    found = attend(numbers, edits=[("p.0.1.2.0", 7.0)])
    assert found["z"][0][1, 0] == pytest.approx(plain["z"][0][1, 0] - plain["p"][0][5, 0] + 7)


def test_huge_and_masked_scores_stay_right(attend):
    numbers = hand_made("small", THREE, 1)
    found = attend(numbers, edits=[("e.0.0.1", 1e30), ("e.0.0.2", -1e30)])
    assert found["a"][0][0].tolist() == [0, 1, 0]
    found = attend(numbers, edits=[("x.0.0", 1e30), ("wq.0.0.0", 1e30), ("wk.0.0.0", 1e30), ("wv.0.0.0", 1e30), ("wo.0.0", 1e30)])
    assert np.isfinite(found["o"]).all() and found["a"][0].sum(1) == pytest.approx(1)
    found = attend(numbers, edits=[(f"m.0.1.{j}", -math.inf) for j in range(3)])
    assert np.isnan(found["a"][0][1]).all() and np.isfinite(found["a"][0][0]).all() and np.isnan(found["o"][0][1]).all()


@pytest.mark.parametrize("mask", [False, True])
def test_shuffled_words_only_shuffle_the_output_unless_there_is_a_mask(attend, mask):
    numbers, order = hand_made("small", THREE, 2), [2, 0, 1]
    edits = [("x.1.2", 2.5), ("e.0.2.1", 3.0)]
    written, shuffled = attend(numbers, {"mask": mask}, edits)["o"][0], attend(numbers, {"mask": mask}, edits, order)["o"][0]
    assert np.allclose(shuffled, written[order], rtol=1e-12) != mask


@pytest.fixture
def open_desk(open_page, tmp_path):
    def open_it(numbers, view=View(), **options):  # noqa: B008
        export.html(numbers, view, tmp_path / "desk.html")
        page = open_page((tmp_path / "desk.html").as_uri(), **options)
        page.wait_for_selector("[data-ready]")
        return page

    return open_it


def cell(page, key):
    return page.locator(f".vz-panel [data-key='{key}']").first


def put(page, key, text, press="Enter"):
    cell(page, key).click()
    page.locator(".sa-input").fill(text)
    page.keyboard.press(press)


def at(step):
    return View(step=step)


def test_the_classic_example_is_on_show(open_desk):
    page = open_desk(hand_made("classic", CLASSIC), at(3))
    texts = [cell(page, f"{name}.0.0.{j}").inner_text() for name in "esma" for j in (0, 1)]
    assert texts == ["112", "96", "14", "12", "14", "12", "0.881", "0.119"]
    assert "112" in page.locator(".sa-worked").inner_text() and "64" in page.locator(".sa-worked").inner_text()


def test_arrow_keys_step_and_a_word_is_followed(open_desk):
    page = open_desk(hand_made("small", THREE, 2))
    for key, expected in (("ArrowRight", 2), ("End", 10), ("ArrowLeft", 9), ("Home", 1)):
        page.keyboard.press(key)
        assert page.locator(".vz-place").inner_text() == f"Step {expected} of 10"
    page.get_by_role("button", name="tea").click()
    assert page.locator("caption").inner_text() == "What “tea” attends to"
    assert page.locator(".sa-glance [data-key]").first.get_attribute("data-key") == "e.0.2.0"
    page.get_by_role("button", name="head 1").click()
    assert page.locator(".sa-glance [data-key]").first.get_attribute("data-key") == "e.1.2.0"


def test_every_number_of_every_step_is_torchs_and_can_be_changed(open_desk):
    numbers = hand_made("small", THREE, 2)
    page, expected = open_desk(numbers), oracle(numbers)
    seen = set()
    for _step in range(10):
        for key in page.evaluate("[...document.querySelectorAll('.sa-cell')].map((c) => [c.dataset.key, c.textContent])"):
            seen.add(tuple(key))
        page.keyboard.press("ArrowRight")
    known = {name: getattr(expected, field) for name, field in TENSORS.items()}
    checked = 0
    for key, text in seen:
        name, *rest = key.split(".")
        if name in known and "e−" not in text:
            assert float(text.replace("−", "-")) == pytest.approx(float(known[name][tuple(map(int, rest))]), abs=6e-3)
            checked += 1
    assert {key.split(".")[0] for key, _text in seen} == {"x", "wq", "wk", "wv", "q", "k", "v", "e", "s", "m", "a", "p", "z", "c", "wo", "o"}
    assert checked > 60


def test_a_typed_number_is_followed_at_once_and_can_be_taken_back(open_desk):
    page = open_desk(hand_made("classic", CLASSIC), at(3))
    put(page, "e.0.0.1", "112")
    assert [cell(page, f"a.0.0.{j}").inner_text() for j in (0, 1)] == ["0.5", "0.5"]
    assert "1 number changed" in page.locator(".sa-switches").inner_text()
    cell(page, "e.0.0.1").focus()
    page.keyboard.press("Delete")
    assert cell(page, "a.0.0.0").inner_text() == "0.881" and page.locator(".sa-changes").count() == 0
    put(page, "s.0.0.0", "-inf")
    assert cell(page, "a.0.0.0").inner_text() == "0" and cell(page, "a.0.0.1").inner_text() == "1"
    page.get_by_role("button", name="Put all back").click()
    assert cell(page, "a.0.0.0").inner_text() == "0.881"


@pytest.mark.parametrize(("text", "said"), [
    ("NaN", "NaN is not a number"), ("inf", "∞ ÷ ∞"), ("", "Nothing was typed"), ("tea", "“tea” is no number"), ("1,5", "decimal point: 1.5"),
    ("1e31", "too large"), ("1e999", "too large"), ("<img src=x>", "“<img src=x>” is no number"), ("0x10", "no number"), ("1 2", "no number"),
])  # fmt: skip
def test_what_is_no_number_is_told_and_the_old_value_stays(open_desk, text, said):
    page = open_desk(hand_made("classic", CLASSIC), at(3))
    put(page, "e.0.0.0", text)
    note = page.locator(".sa-refused").inner_text()
    assert said in note and "The value 112 stays." in note and note.count("112") == 1
    assert page.locator(".sa-input").input_value() == text, "it stays open to be mended"
    page.keyboard.press("Escape")
    assert cell(page, "e.0.0.0").inner_text() == "112" and page.locator(".sa-changes").count() == 0
    assert cell(page, "a.0.0.0").inner_text() == "0.881"


def test_infinity_is_a_mask_for_scores_only(open_desk):
    page = open_desk(hand_made("classic", CLASSIC))
    put(page, "x.0.0", "-inf")
    assert "A score may be −∞" in page.locator(".sa-refused").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.locator("h3").click()
    for j in (0, 1):
        put(page, f"s.0.0.{j}", "−∞")
    assert "sees nothing" in page.locator(".sa-notes").inner_text()
    assert cell(page, "a.0.0.0").inner_text() == "–"


def test_softmax_survives_1e30_and_says_what_float32_would_do(open_desk):
    page = open_desk(hand_made("classic", CLASSIC))
    put(page, "x.0.0", "1e30")
    shown = [cell(page, f"a.0.0.{j}").inner_text() for j in (0, 1)]
    assert sorted(shown) == ["0", "1"]
    assert "more than float32 holds" in page.locator(".sa-notes").inner_text()


def test_switches_and_shuffling_say_what_they_do(open_desk):
    page = open_desk(hand_made("classic", CLASSIC), at(5))
    notes = page.locator(".sa-notes")
    assert "Without ÷ √64 the largest weight would be 1.000 and the gradient 2e−7" in notes.inner_text()
    page.get_by_role("checkbox", name="÷ √").uncheck()
    assert cell(page, "s.0.0.0").inner_text() == "112"
    page.get_by_role("button", name="Shuffle the words").click()
    assert "Attention by itself does not see order" in notes.inner_text()
    page.get_by_role("checkbox", name="causal mask").check()
    assert "depends on the order" in notes.inner_text()
    assert cell(page, "m.0.1.0").inner_text() == "−∞", "the second word stands first now and does not see the first"
    page.get_by_role("checkbox", name="projections").uncheck()
    page.get_by_label("Similarity").select_option("cosine")
    assert cell(page, "e.0.0.0").inner_text() == "1"


def test_saved_numbers_are_those_on_show(open_desk):
    numbers = hand_made("small", THREE, 1)
    page = open_desk(numbers, at(5))
    page.locator(".vz-save summary").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Numbers (CSV)").click()
    table = list(csv.reader(io.StringIO(open(waiting.value.path(), encoding="utf-8-sig").read())))
    weights = [[float(x) for x in row[2:]] for row in table if row[0] == "softmax α"]
    np.testing.assert_allclose(weights, oracle(numbers).weights[0], rtol=1e-6)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (800, "dark")])
def test_hostile_words_and_narrow_pages(open_desk, width, scheme):
    words = ("<img src=x onerror=alert(1)>", "w" * 300, "مرحبا", "🙂", "\u202eabc", "{a}", "d_k", "=1+1", "a", "b", "c", "d")
    page = open_desk(hand_made("classic", words, 4), width=width, scheme=scheme)
    for _step in range(10):
        assert page.locator("img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("ArrowRight")


def test_sixty_changes_fit_a_link_and_one_more_is_refused(open_desk):
    numbers = hand_made("classic", CLASSIC)
    full = "_".join(f"wq.0.{i // 30}.{i % 30}~-1.2345678e-30" for i in range(60))
    page = open_desk(numbers, View(step=3, edits=full))
    put(page, "e.0.0.0", "1")
    assert "60 numbers are changed already" in page.locator(".sa-refused").inner_text()
    assert len(full) < 2000


PAGE = '''
import sys
sys.path.insert(0, {here!r})
import streamlit as st
from viz_core.models.self_attention import hand_made
from viz_core.ui import address, self_attention_view

st.session_state["runs"] = st.session_state.get("runs", 0) + 1
address.begin("test")
self_attention_view.show(hand_made("classic", ("Thinking", "Machines")), "desk")
address.finish()
st.text("runs " + str(st.session_state["runs"]))
'''


def test_the_address_keeps_steps_switches_and_numbers(streamlit_page):
    page = streamlit_page(PAGE)
    page.wait_for_selector("[data-ready] .sa-cell")
    runs = page.get_by_text(re.compile("^runs ")).inner_text()
    put(page, "e.0.0.1", "112")
    assert cell(page, "a.0.0.0").inner_text() == "0.5"
    assert page.get_by_text(re.compile("^runs ")).inner_text() == runs, "nothing of this may wait for the server"
    page.locator("h3").click()
    page.keyboard.press("End")
    page.get_by_role("checkbox", name="causal mask").check()
    page.wait_for_function("location.search.includes('edits=e.0.0.1') && location.search.includes('step=output') && location.search.includes('mask=on')")
    page.reload()
    page.wait_for_selector("[data-ready] .sa-cell")
    assert page.locator(".vz-place").inner_text() == "Step 10 of 10" and cell(page, "e.0.0.1").inner_text() == "112"
    assert page.get_by_role("checkbox", name="causal mask").is_checked()
    page.goto("about:blank")
