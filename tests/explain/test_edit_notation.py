"""Edits as text: there and back, and what cannot be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz_core.explain.edit_notation import parse, rounded, to_text
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.trace import InputError

small = st.integers(0, 40)
sites = st.sampled_from([None, "encoder", "decoder", "cross"])
edits = st.one_of(
    st.builds(AblateHead, small, small, st.sampled_from(["zero", "mean", "uniform"]), sites),
    st.builds(BlockEdge, small, small, st.none() | small, st.none() | small, sites),
    st.builds(Temperature, st.integers(1, 900).map(lambda n: n / 100), st.none() | small, st.none() | small, sites),
    st.builds(lambda *a: SetWeights(*a[:3], tuple(p / 10_000 for p in rounded(a[3])), a[4]), small, small, small,
              st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any), sites),
)  # fmt: skip


def test_the_form_is_as_documented() -> None:
    text = "off.cross.0.3.zero~edge._._.2.5.1~temp._.1._.50~row.decoder.1.0.4.5.0-2500.4-7500"
    found = parse(text)
    assert found == (
        AblateHead(0, 3, "zero", "cross"), BlockEdge(5, 1, None, 2), Temperature(0.5, 1),
        SetWeights(1, 0, 4, (0.25, 0, 0, 0, 0.75), "decoder"),
    )  # fmt: skip
    assert to_text(found) == text
    assert parse("") == ()


@given(st.lists(edits, max_size=5))
def test_there_and_back(found: list) -> None:
    text = to_text(found)
    assert parse(text) == tuple(found)
    assert re.fullmatch(r"[a-z0-9._~-]*", text), "an address carries it without escapes"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50).filter(lambda row: sum(row) > 1e-3))
def test_rounded_weights_sum_exactly(row: list[float]) -> None:
    parts = rounded(row)
    assert sum(parts) == 10_000
    assert all(abs(part - weight / sum(row) * 10_000) <= 1 + 1e-6 for part, weight in zip(parts, row, strict=True))


@pytest.mark.parametrize(
    "text",
    ["off", "off.cross.0.0", "off.cross.x.0.zero", "off.cross.0.0.gone", "edge._._._.1", "temp._._._.0", "row._.0.0.0.3.5-10000",
     "row._.0.0.0.3.1-4000", "row._.0.0.0.99999.0-10000", "nothing.cross.0.0.zero", "off._._.0.zero", "off.cross.0.0.zero.1", "row._.0.0.0.3.1",
     "off.cross.²._.zero", "edge._._._.1.99999999999"],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_no_weight_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="at least one above 0"):
        rounded([0, 0])
