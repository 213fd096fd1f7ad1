"""What the desk is given, changed numbers in an address, the offline page, the scaling chart."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from viz_core.figures import self_attention_export as export
from viz_core.figures.self_attention import EQUATIONS, STEPS, View, payload
from viz_core.figures.self_attention_edits import MOST, check, of_weights
from viz_core.figures.self_attention_scaling import scaling
from viz_core.models.self_attention import CLASSIC, hand_made
from viz_core.trace.errors import InputError

NUMBERS = hand_made("small", ("I", "love", "tea"), 2)


def test_numbers_travel_exactly() -> None:
    data = json.loads(json.dumps(payload(NUMBERS), allow_nan=False))
    for name, expected in (("x", NUMBERS.x[None]), ("wq", NUMBERS.w_q), ("wo", NUMBERS.w_o[None])):
        sent = data["tensors"][name]
        values = np.frombuffer(base64.b64decode(sent["data"]), "<f4").reshape(sent["shape"])
        assert np.array_equal(values, expected)
    assert "bq" not in data["tensors"]


def test_every_equation_can_be_drawn_and_every_step_has_words() -> None:
    data = payload(NUMBERS)
    assert all(data["equations"][name]["markup"].startswith("<math") for name in EQUATIONS)
    assert all(f"step_{step}" in data["words"] for step in STEPS)


def test_other_numbers_are_another_scene_and_another_view_is_not() -> None:
    assert payload(NUMBERS)["id"] == payload(NUMBERS, View(step=3))["id"] != payload(hand_made("small", ("I", "like", "tea"), 2))["id"]


@pytest.mark.parametrize("text", ["", "x.0.1~2.5", "wq.1.3.1~-3_beta.0.0~4", "e.0.2.2~-inf", "p.1.0.2.1~1e30", "o.2.3~1e-7"])
def test_changed_numbers_that_have_a_place(text: str) -> None:
    assert check(text, NUMBERS) == text


@pytest.mark.parametrize(("text", "said"), [
    ("x.0.1~2,5", "cannot be read"), ("y.0.1~2", "cannot be read"), ("x.0.1~nan", "cannot be read"), ("x.0.1~", "cannot be read"), ("x.0.1~inf", "cannot be read"),
    ("x.3.0~1", "no place"), ("x.0.0.0~1", "no place"), ("wq.2.0.0~1", "no place"), ("bq.0.0.0~1", "cannot be read"),
    ("x.0.0~1e31", "too large"), ("x.0.0~-inf", "too large"), ("_".join(["x.0.0~1"] * (MOST + 1)), f"changes {MOST + 1} numbers"),
])  # fmt: skip
def test_changed_numbers_that_have_none(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check(text, NUMBERS)


def test_other_words_keep_the_changed_weights() -> None:
    assert of_weights("x.0.1~2_wq.0.0.0~1_beta.0.0~4_av.0.0.1~3_a.0.1.1~1_q.0.0.0~1") == "wq.0.0.0~1_beta.0.0~4_av.0.0.1~3"
    assert of_weights("") == ""


def test_the_offline_page_names_its_only_script_and_no_address() -> None:
    words = ("<script>alert(1)</script>", "tea")
    page = export.html(hand_made("small", words))
    assert "<script>alert" not in page and "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page
    assert page.count("<script type=module>") == 1 and "default-src 'none'" in page


def test_the_scaling_chart_marks_where_we_are() -> None:
    values = {name: np.array([[0.1, 0.2, 0.3], [0.2, 0.3, 0.4]]) for name in ("entropy", "largest", "gradient")}
    figure = scaling((4, 64), values, values, 10, here=64)
    assert len(figure.data) == 12 and len(figure.layout.shapes) == 3
    assert list(figure.data[1].y) == [0.2, 0.3]
    assert not scaling((4, 64), values, values, 10, here=384).layout.shapes
    assert hand_made("classic", CLASSIC).depth == 64
