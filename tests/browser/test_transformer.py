"""The Transformer's picture in a browser: boxes, steps, numbers, formulas; and inside Streamlit: fetching, address."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from tests.browser import app_fixtures
from tests.browser.app_fixtures import PATIENCE, address, tab  # noqa: F401 (fixtures)
from tests.pages import transformer_zoo

import viz_core as vc
from viz_core.decoding import Forced
from viz_core.explain.normalisation import gains
from viz_core.figures import transformer_export
from viz_core.figures.transformer import network

SAID = "I like tea ."


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    transformer_zoo.build(folder)
    return folder


@pytest.fixture(scope="module")
def run():
    stepper = transformer_zoo.model()
    return network(vc.run(stepper, "我喜欢茶", Forced(SAID)), gains(stepper))


@pytest.fixture
def open_box(open_page, tmp_path, run):
    def open_it(box, step=1, **options):
        transformer_export.html(run, box, step, tmp_path / "box.html")
        page = open_page((tmp_path / "box.html").as_uri(), **options)
        page.wait_for_selector(".vt-root[data-ready]")
        return page

    return open_it


def hovered(page, tensor, across, down=0.5):
    """What the tooltip says over a share of a tensor's canvas."""
    area = page.locator(f"[data-tensor='{tensor}'] canvas").bounding_box()
    page.mouse.move(area["x"] + area["width"] * across, area["y"] + area["height"] * down)
    return page.locator(".vz-tip").inner_text()


def numbers(text):
    return [float(x.replace("−", "-")) for x in re.findall(r"−?\d+\.\d+", text)]


def values(run, step, name):
    return run.trace.steps[step].quantity(name).values


def test_every_box_of_the_network_is_drawn(open_box, run):
    page = open_box("decoder-1-cross")
    assert page.locator(".vt-box").count() == len(run.boxes)
    assert page.locator(".vt-open").get_attribute("data-box") == "decoder-1-cross"
    assert page.locator(".vt-open-box > .vt-tensor").count() == len(run.box("decoder-1-cross").tensors)
    assert page.locator(".vt-memory").count() == 1 + run.layers


def test_formulas_hold_the_step_s_numbers(open_box, run):
    page = open_box("decoder-1-cross")
    for step in (1, 2):
        scores, scaled, weights = (values(run, step, f"decoder 1 cross-attention · {name}") for name in ("scores", "scaled scores", "weights"))
        text = page.locator("[data-tensor='scaled scores'] .vt-worked").inner_text()
        assert numbers(text)[0] == pytest.approx(scores[0, 0], abs=2e-4) and numbers(text)[-1] == pytest.approx(scaled[0, 0], abs=2e-4)
        text = page.locator("[data-tensor='weights'] .vt-worked").inner_text()
        assert numbers(text)[-1] == pytest.approx(weights[0, 0], abs=2e-4)
        assert numbers(text)[-2] == pytest.approx(np.exp(scaled[0]).sum(), rel=2e-3)
        page.keyboard.press("ArrowRight")


def test_layer_norm_is_worked_out_with_its_gain(open_box, run):
    page = open_box("decoder-0-cross-norm")
    total, y = (values(run, 1, f"decoder 0 cross-attention · {name}") for name in ("residual sum", "LayerNorm"))
    found = numbers(page.locator("[data-tensor='LayerNorm'] .vt-worked").inner_text())
    assert found[0] == pytest.approx(total.mean(), abs=2e-4) and found[1] == pytest.approx(total.std(), abs=2e-4)
    assert found[-1] == pytest.approx(y[0], abs=2e-4)


def test_hover_says_the_number_and_click_follows_it(open_box, run):
    page = open_box("decoder-1-cross")
    weights = values(run, 1, "decoder 1 cross-attention · weights")
    page.locator("[data-tensor='weights'] canvas").scroll_into_view_if_needed()
    text = hovered(page, "weights", 0.97, 0.9)
    assert "head 1" in text and "茶" in text
    assert numbers(text)[-1] == pytest.approx(weights[1, -1], abs=2e-5)
    page.mouse.down()
    page.mouse.up()
    assert numbers(page.locator("[data-tensor='weights'] .vt-worked").inner_text())[-1] == pytest.approx(weights[1, -1], abs=2e-4)
    assert page.locator(".vt-heads button[aria-pressed=true]").inner_text() == "1", "one place, followed through all tensors"


def test_later_outputs_are_masked(open_box, run):
    page = open_box("decoder-0-attention", step=0)
    page.locator("[data-tensor='scores'] canvas").scroll_into_view_if_needed()
    assert "masked" in hovered(page, "scores", 0.97, 0.8)
    assert page.locator("[data-tensor='scores'] .vt-shape").inner_text().endswith(" × 1 key"), "one key, several keys"
    page.keyboard.press("End")
    assert f"{len(run.trace)} keys" in page.locator("[data-tensor='scores'] .vt-shape").inner_text()
    page.locator("[data-tensor='scores'] canvas").scroll_into_view_if_needed()
    assert "masked" not in hovered(page, "scores", 0.97, 0.8)


def test_keys_step_and_the_picture_says_what_is_written(open_box, run):
    page = open_box("softmax", step=0)
    labels = [step.label for step in run.trace.steps]
    for key, step in (("ArrowRight", 1), ("End", len(labels) - 1), ("ArrowLeft", len(labels) - 2), ("Home", 0)):
        page.keyboard.press(key)
        assert page.locator(".vz-place").inner_text() == f"Step {step + 1} of {len(labels)}"
        assert labels[step].strip() in page.locator(".vt-says").text_content()
        p = float(np.exp(run.trace.steps[step].log_prob))
        assert numbers(page.locator("[data-tensor=probabilities] .vt-chosen").inner_text())[-1] == pytest.approx(p, abs=1e-3)
    assert page.locator(".vt-now").text_content() == "<s>"


def test_the_encoder_stays_the_same(open_box):
    page = open_box("encoder-0-attention", step=0)
    assert "ran once" in page.locator(".vt-open-box").inner_text()
    before = page.locator("[data-tensor=weights] .vt-worked").inner_text()
    page.keyboard.press("End")
    assert page.locator("[data-tensor=weights] .vt-worked").inner_text() == before


def test_another_box_is_not_in_an_offline_file(open_box):
    page = open_box("linear")
    page.locator("[data-box='encoder-0-feed-forward']").click()
    assert "only the box that was open" in page.locator(".vt-open-box").inner_text()
    page.keyboard.press("ArrowRight")
    page.locator("[data-box=linear]").click()
    assert page.locator("[data-tensor=logits] .vt-rank").count() >= 5


def test_saved_numbers_are_the_step_s(open_box, run):
    page = open_box("decoder-1-cross")
    panel = page.locator("[data-tensor=weights]")
    panel.locator("summary").click()
    with page.expect_download() as waiting:
        panel.get_by_role("button", name="Numbers (CSV)").click()
    table = list(csv.reader(io.StringIO(open(waiting.value.path(), encoding="utf-8-sig").read())))
    assert table[0] == ["head", *run.trace.source_axis.labels]
    np.testing.assert_allclose([[float(x) for x in row[1:]] for row in table[1:]], values(run, 1, "decoder 1 cross-attention · weights"), atol=2e-5)
    for kind, start in (("Picture (SVG)", b"<svg"), ("Picture (PNG)", b"\x89PNG")):
        panel.locator("summary").click()
        with page.expect_download() as waiting:
            panel.get_by_role("button", name=kind).click()
        assert open(waiting.value.path(), "rb").read(4) == start


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (800, "dark")])
def test_nothing_is_wider_than_the_page(open_box, width, scheme):
    page = open_box("encoder-0-attention", width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def query(tab) -> dict[str, str]:
    return {name: found[-1] for name, found in parse_qs(urlsplit(tab.url).query).items()}


def test_a_clicked_box_is_fetched_and_the_address_reopens_it(tab, address) -> None:  # noqa: F811
    tab.goto(f"{address}/transformer?text=我喜欢茶&decode=forced&reference=I+like+tea+.&box=encoder-position&step=1")
    tab.locator(".vt-open-box[data-open=encoder-position]").wait_for()
    tab.locator("[data-box='decoder-0-feed-forward']").click()
    tab.locator(".vt-open-box[data-open='decoder-0-feed-forward'] [data-tensor='inner layer']").wait_for()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url(re.compile("box=decoder-0-feed-forward"), timeout=PATIENCE)
    tab.wait_for_function("!location.search.includes('step=1')", timeout=PATIENCE)
    assert tab.locator(".vz-place").inner_text().startswith("Step 2 ")
    again = query(tab)
    tab.reload()
    tab.locator(".vt-open-box[data-open='decoder-0-feed-forward']").wait_for()
    assert tab.locator(".vz-place").inner_text().startswith("Step 2 ") and query(tab) == again
    tab.locator("[data-box='encoder-position']").focus()
    tab.keyboard.press("Enter")
    tab.locator(".vt-open-box[data-open=encoder-position] [data-tensor=position]").wait_for()
    assert app_fixtures.SIZE["width"] >= 1400
