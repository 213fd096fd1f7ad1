"""Sample pictures: pinned packages, and one that needs no network."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.tasks import sample_pictures
from viz_core.tasks.sample_pictures import DRAWN, SAMPLES, sample
from viz_core.trace import InputError


def test_the_drawn_one_needs_no_network(monkeypatch):
    monkeypatch.setattr(sample_pictures, "npm_package", lambda *_args: pytest.fail("fetched"))
    sample.cache_clear()
    found = sample(DRAWN)
    assert found.size == (448, 336) and found.pixels[125, 105].tolist() == [201, 52, 46] and found.pixels[200, 270].tolist() == [44, 84, 176]


def test_every_photograph_is_pinned():
    pins = [about.sha256 for name, about in SAMPLES.items() if name != DRAWN]
    assert len(set(pins)) == len(pins) >= 5 and all(len(pin) == 64 for pin in pins)


def test_a_photograph_is_read_from_its_package():
    found = sample("airplane")
    assert found.kind == "JPEG" and found.size == (1024, 717) and np.std(found.pixels) > 20


def test_unknown_samples_are_told():
    with pytest.raises(InputError, match="airplane"):
        sample("unicorn")
