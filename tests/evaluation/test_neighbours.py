"""Neighbours among photographs, with states given by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from viz_core.evaluation import neighbours
from viz_core.tasks.everyday_pictures import Item

STATES = torch.tensor([[1.0, 0.0], [9.0, 1.0], [0.0, 1.0], [-0.5, 1.0], [-1.0, 0.0], [0.0, -1.0]])
LABELS = (0, 0, 1, 1, 0, 2)  # the fifth points more nearly as the fourth does; the last is alone


def test_neighbours_by_hand(monkeypatch):
    items = [Item("gcompris", str(i), Path(str(i)), (), "") for i in range(6)]
    monkeypatch.setattr(neighbours, "photographs", lambda: tuple(zip(items, LABELS, strict=True)))
    monkeypatch.setattr(neighbours, "read_file", lambda path: int(str(path)))
    backbone = SimpleNamespace(features=lambda ids: STATES[ids.long()][:, None])
    model = SimpleNamespace(backbone=backbone, encode=lambda number, grid: SimpleNamespace(ids=torch.tensor(number)))
    found = neighbours.neighbours(model, 4)
    assert found["n_neighbours"] == 5
    assert found["neighbours"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["neighbours_chance"] == pytest.approx((2 / 5 + 1 / 5) / 2)
