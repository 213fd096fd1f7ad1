"""Every quick benchmark without a browser still runs and gives numbers. How large they are is no matter of tests."""

import importlib
import math

import pytest

NAMES = ("captions", "decoding", "transformer", "ntm", "vision")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name):
    found = importlib.import_module(f"tests.benchmarks.bench_{name}").bench(1)
    assert found and all(math.isfinite(value) for value in found.values()), found
