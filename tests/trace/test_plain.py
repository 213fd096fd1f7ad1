from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from tests.trace.strategies import json_values, same

from viz_core.trace.errors import InputError
from viz_core.trace.plain import MAX_DEPTH, plain, plain_mapping, text


def test_plain_turns_tuples_and_numpy_into_what_json_gives_back():
    found = plain("x", {"a": (1, np.float32(0.5)), "b": np.arange(3), "c": np.bool_(True)})
    assert same(found, {"a": [1, 0.5], "b": [0, 1, 2], "c": True})


@given(json_values)
def test_plain_keeps_json_values_and_copies_them(value):
    assert same(plain("x", value), value)
    if isinstance(value, list | dict):
        assert plain("x", value) is not value


@pytest.mark.parametrize("value", [{1}, float("nan"), float("inf"), 2**63, 10**5000, b"x", Path("x"), {1: 2}, object(), 1j], ids=lambda value: type(value).__name__)
def test_plain_refuses_other_values_and_says_where(value):
    with pytest.raises(InputError, match=r"run\['key'\] holds .*, which JSON cannot keep; use text"):
        plain("run", {"key": [value]})


def test_plain_refuses_deep_and_endless_nesting():
    endless: list = []
    endless.append(endless)
    with pytest.raises(InputError, match=f"nested more than {MAX_DEPTH} levels deep; give a flatter"):
        plain("run", endless)
    value: list = []
    for _ in range(MAX_DEPTH):
        value = [value]
    assert plain("run", value) == value


def test_mapping_and_text_name_what_was_given():
    with pytest.raises(InputError, match="run is '3' .int.; give a mapping"):
        plain_mapping("run", 3)
    with pytest.raises(InputError, match="label is 'None' .NoneType.; give text|label is a value of type NoneType; give text"):
        text("label", None)
