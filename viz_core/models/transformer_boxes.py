"""`Box`: the tensors of one box of the Transformer's picture, for all rows at once, and quantities of one row or of all; `Boxes`:
the same box of all layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from numpy.typing import NDArray
from torch import Tensor

from viz_core.trace import Axis, Quantity
from viz_core.trace.cut import quantities

PAPER, PRE_LN = "Vaswani et al. 2017", "Xiong et al. 2020"
GROWING = None  # in place of an axis: the decoder's positions, of which every step has one more
WHOLE = (slice(None),) * 3  # axes before the growing one are not cut

Axes = tuple[Axis | None, ...]
Part = tuple[dict[str, Any], tuple[Axis, ...], NDArray]


class Tensors(NamedTuple):
    """One tensor of a box. about: name, symbol, equation, source; values: (row, *axes), or (*axes) where shared by all rows;
    growing: place of the growing axis among `axes`, None where there is none."""

    about: dict[str, Any]
    values: NDArray
    axes: Axes
    shared: bool
    growing: int | None


class Box:
    """The tensors of one box in the order in which they are computed."""

    def __init__(self, tensors: Iterable[Tensors] = ()) -> None:
        self.tensors: list[Tensors] = list(tensors)

    def rows(self, number: int, grown: Axis) -> list[Quantity]:
        """The quantities of row `number`. grown: what the growing axis is by then; the tensors that have it are cut to it."""
        parts: list[Part] = []
        until = slice(len(grown))
        for about, values, axes, shared, growing in self.tensors:
            if not shared:
                values = values[number]
            if growing is not None:
                values = values[(*WHOLE[:growing], until)]
                axes = (*axes[:growing], grown, *axes[growing + 1 :])
            parts.append((about, axes, values))  # type: ignore[arg-type]
        return quantities(parts)

    def whole(self, rows: Axis) -> list[Quantity]:
        """The quantities of all rows together, whose axis is `rows`."""
        return quantities([(t.about, t.axes if t.shared else (rows, *t.axes), t.values) for t in self.tensors])  # type: ignore[misc]


class Boxes:
    """The same box in every layer, filled side by side: one tensor of all of them costs hardly more than of one.

    names: of the boxes, in front of every name of a tensor.
    """

    def __init__(self, *names: str) -> None:
        self.boxes = {name: Box() for name in names}

    def __getitem__(self, name: str) -> Box:
        return self.boxes[name]

    def add(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str = "", section: str = "", paper: str = PAPER) -> None:
        """values: of each box one row a step or source position, each over `axes`."""
        self._add(name, symbol, values, axes, equation, (paper, section), False)

    def share(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str = "", section: str = "") -> None:
        """values: of each box over `axes`, of no single row (keys, values)."""
        self._add(name, symbol, values, axes, equation, (PAPER, section), True)

    def _add(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str, source: tuple[str, str], shared: bool) -> None:
        array = values.float().cpu().numpy()
        array.flags.writeable = False  # so that the quantities share it
        growing = axes.index(GROWING) if GROWING in axes else None
        about = {"symbol": symbol, "equation": equation, "source": ", ".join(filter(None, source))}
        for (box, made), numbers in zip(self.boxes.items(), array, strict=True):
            made.tensors.append(Tensors({"name": f"{box} · {name}", **about}, numbers, axes, shared, growing))
