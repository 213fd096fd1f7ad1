"""Pictures by name: each kind is found by its prefix, an unknown one is told."""

from __future__ import annotations

import pytest

from viz_core.tasks.named_pictures import PREFIXES, named
from viz_core.trace import InputError


@pytest.mark.parametrize(("name", "size"), [("sample:shapes", (448, 336)), ("shapes", (448, 336)), ("clothing:bag", (28, 28)), ("scene:apples", (224, 224))])
def test_each_kind_is_found(name, size):
    assert named(name).size == size


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_unknown_name_is_told(prefix):
    with pytest.raises(InputError, match="nonsense"):
        named(f"{prefix}nonsense")
