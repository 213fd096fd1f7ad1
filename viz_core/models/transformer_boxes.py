"""`Box`: the tensors of one box of the Transformer's picture, for all rows at once, and quantities of one row or of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from viz_core.trace import Axis, Quantity
from viz_core.trace.cut import quantities

PAPER = "Vaswani et al. 2017"
GROWING = None  # in place of an axis: the decoder's positions, of which every step has one more

Axes = tuple[Axis | None, ...]
Part = tuple[dict[str, Any], tuple[Axis, ...], NDArray]


@dataclass(frozen=True, eq=False)
class Tensors:
    """One tensor of a box. about: name, symbol, equation, source; values: (row, *axes), or (*axes) where shared by all rows;
    growing: place of the growing axis among `axes`, None where there is none."""

    about: dict[str, Any]
    values: NDArray
    axes: Axes
    shared: bool
    growing: int | None

    def row(self, number: int, grown: Axis) -> Part:
        """Row `number`. grown: what the growing axis is by then; the tensor is cut to it."""
        values, axes = self.values if self.shared else self.values[number], self.axes
        if self.growing is not None:
            place = self.growing
            values = values[(slice(None),) * place + (slice(len(grown)),)]
            axes = (*axes[:place], grown, *axes[place + 1 :])
        return self.about, axes, values  # type: ignore[return-value]


class Box:
    """Collects tensors in the order in which they are computed. name: of the box, in front of every name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tensors: list[Tensors] = []

    def add(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str = "", section: str = "") -> None:
        """values: one row a step or source position, each over `axes`."""
        self._add(name, symbol, values, axes, equation, section, False)

    def share(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str = "", section: str = "") -> None:
        """values over `axes` that belong to no single row (keys, values)."""
        self._add(name, symbol, values, axes, equation, section, True)

    def _add(self, name: str, symbol: str, values: Tensor, axes: Axes, equation: str, section: str, shared: bool) -> None:
        array = values.float().cpu().numpy()
        array.flags.writeable = False  # so that the quantities share it
        source = f"{PAPER}, {section}" if section else PAPER
        about = {"name": f"{self.name} · {name}", "symbol": symbol, "equation": equation, "source": source}
        self.tensors.append(Tensors(about, array, axes, shared, axes.index(GROWING) if GROWING in axes else None))

    def rows(self, number: int, grown: Axis) -> list[Quantity]:
        """The quantities of one row."""
        return quantities([  # most tensors are neither shared nor growing: without a call for each
            t.row(number, grown) if t.shared or t.growing is not None else (t.about, t.axes, t.values[number]) for t in self.tensors
        ])  # type: ignore[misc]  # fmt: skip

    def whole(self, rows: Axis) -> list[Quantity]:
        """The quantities of all rows together, whose axis is `rows`."""
        return quantities([(t.about, t.axes if t.shared else (rows, *t.axes), t.values) for t in self.tensors])  # type: ignore[misc]
