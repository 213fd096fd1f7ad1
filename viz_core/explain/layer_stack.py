"""`Passes`: forward passes of a loaded model that begin at any of its layers, for many versions of that layer at once.

What runs before an edited layer is the same in every version, so it is computed once, with one row, and replayed; from
the edited layer on every version has a row of its own. The model itself is never touched: a twin shares its parameters
and differs in the `forward` of its layers only, so that other threads may use the model meanwhile.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_map

from viz_core.capture import Call, record
from viz_core.explain.packed_linear import packed
from viz_core.layers.edits import Edit

Forward = Callable[..., Any]  # (layer, *args, **kwargs) → its output


class Passes:
    """A model's layers in the order in which a pass runs them. run: (module, rows) → the output of a whole pass.

    rows: how many rows the pass has behind the edited layer; `run` needs it only where it feeds a part of the model that
    does not read what earlier layers wrote. first: the output of the pass without edits; calls: the attention calls of
    each layer in it.
    """

    def __init__(self, module: nn.Module, layers: list[str], run: Callable[[nn.Module, int], Any]) -> None:
        self.module, self.run = module, run
        self.order: list[str] = []
        self.calls: dict[str, tuple[Call, ...]] = {}
        self._left: dict[str, Any] = {}
        with record() as found:
            self.first = run(twin(module, {name: partial(self._keep, name, found.calls) for name in layers}), 1)
        self._attended = len(found.calls)

    @property
    def resumable(self) -> bool:
        """Whether every layer ran exactly once (some models use one layer many times), and all attention is in layers."""
        once = len(set(self.order)) == len(self.order)
        return once and sum(map(len, self.calls.values())) == self._attended > 0

    def resume(self, name: str, rows: int, edits: Sequence[Edit] = ()) -> Any:
        """The output of a pass that begins at a layer, whose attention is edited; equal rows but for the edits."""
        place = self.order.index(name)
        changed: dict[str, Forward] = {earlier: partial(_give, self._left[earlier]) for earlier in self.order[:place]}
        changed |= {later: partial(_widened, rows) for later in self.order[place:]}
        changed[name] = partial(_edited, edits, rows)
        return self.run(twin(self.module, {**self._packed, **changed}), rows)

    @cached_property
    def _packed(self) -> dict[str, Forward]:
        return packed(self.module)

    def _keep(self, name: str, calls: list[Call], layer: nn.Module, *args: Any, **kwargs: Any) -> Any:
        count = len(calls)
        out = type(layer).forward(layer, *args, **kwargs)
        self.order.append(name)
        self.calls[name], self._left[name] = tuple(calls[count:]), out
        return out


def layers_of(module: nn.Module, prefix: str = "") -> list[str]:
    """Qualified names of all layers: the items of every outermost `nn.ModuleList`."""
    found = []
    for name, child in module.named_children():
        inside = f"{prefix}{name}"
        items = [f"{inside}.{i}" for i in range(len(child))] if isinstance(child, nn.ModuleList) else layers_of(child, f"{inside}.")
        found += items
    return found


def twin(module: nn.Module, forwards: Mapping[str, Forward]) -> nn.Module:
    """A copy that shares every parameter and has another `forward` in the named submodules."""
    other = copy.copy(module)
    if "" in forwards:
        other.forward = partial(forwards[""], other)  # type: ignore[method-assign]
    inner: dict[str, dict[str, Forward]] = {}
    for name, forward in forwards.items():
        if name:
            first, _, rest = name.partition(".")
            inner.setdefault(first, {})[rest] = forward
    if inner:
        children = {name: twin(child, inner[name]) if name in inner else child for name, child in module._modules.items()}
        other.__dict__["_modules"] = children
    return other


def _give(left: Any, _layer: nn.Module, *_args: Any, **_kwargs: Any) -> Any:
    return left


def _widened(rows: int, layer: nn.Module, *args: Any, **kwargs: Any) -> Any:
    """The layer with every input of one row repeated (a view; nothing is copied)."""
    args, kwargs = tree_map(partial(_repeat, rows), (args, kwargs))
    return type(layer).forward(layer, *args, **kwargs)


def _edited(edits: Sequence[Edit], rows: int, layer: nn.Module, *args: Any, **kwargs: Any) -> Any:
    with record(*edits):
        return _widened(rows, layer, *args, **kwargs)


def _repeat(rows: int, value: Any) -> Any:
    """Hidden states, masks and positions (row, …) with one row are repeated; anything else stays."""
    if isinstance(value, Tensor) and value.ndim > 2 and value.shape[0] == 1:
        return value.expand(rows, *value.shape[1:])
    return value
