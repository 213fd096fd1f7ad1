"""`network`: a Transformer's run as boxes to open, found in the names of its records; nothing here knows the model.

A record is named "decoder 2 cross-attention · scores": the part before the dot says which sub-layer computed it. Every
sub-layer becomes the boxes of Vaswani et al. 2017, figure 1: what it computes, and the residual sum with LayerNorm around
it (in a pre-LN model LayerNorm, sub-layer and sum, and one more LayerNorm after the last layer).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from numpy.typing import NDArray

from viz_core.trace import InputError, Trace

DOT = " · "
_RECORD = re.compile(r"(encoder|decoder)(?: (\d+))? (embedding|self-attention|cross-attention|feed-forward|last LayerNorm)|output")
_NAMES = {"self-attention": "attention", "cross-attention": "cross", "feed-forward": "feed-forward"}
_AROUND = ("residual sum", "LayerNorm")


@dataclass(frozen=True)
class NetworkBox:
    """One box of the picture. id: as in the address (`decoder-2-cross`); kind: `embedding`, `position`, `attention`,
    `masked`, `cross`, `feed-forward`, `add-norm`, `norm`, `add`, `last-norm`, `linear`, `softmax`; side: `encoder` or `decoder`;
    layer: from 0, None outside the layers; record, tensors: where its numbers are."""

    id: str
    kind: str
    side: str
    layer: int | None
    record: str
    tensors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """The run of a Transformer. boxes: each side in the order of computation; gains: γ and β of the LayerNorm by record."""

    trace: Trace
    boxes: tuple[NetworkBox, ...]
    gains: Mapping[str, tuple[NDArray, NDArray]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return DOT.join(str(part) for part in (self.trace.run.get("model", ""), self.trace.source) if part)

    @property
    def layers(self) -> int:
        """How many layers a side has."""
        return 1 + max(box.layer for box in self.boxes if box.layer is not None)

    @property
    def default(self) -> str:
        """The box to begin with: the last layer's cross-attention, where the output looks at the source."""
        return f"decoder-{self.layers - 1}-cross"

    def box(self, name: str) -> NetworkBox:
        """The box of that id; InputError names the boxes there are."""
        for box in self.boxes:
            if box.id == name:
                return box
        raise InputError(f"there is no box {name[:60]!r}; use one of {', '.join(box.id for box in self.boxes)}")


def network(trace: Trace, gains: Mapping[str, tuple[NDArray, NDArray]] | None = None) -> Network:
    """The boxes of a Transformer's run; InputError when its records are of another family."""
    records: dict[str, list[str]] = {}
    for quantity in trace.steps[0].quantities:
        record, dot, tensor = quantity.name.partition(DOT)
        if dot and _RECORD.fullmatch(record):
            records.setdefault(record, []).append(tensor)
    if not {"encoder embedding", "decoder embedding", "output"} <= set(records):
        model = trace.run.get("model", "this model")
        raise InputError(f"the run of {model} has no Transformer's records; choose a model of the family transformer")
    boxes = tuple(box for record, tensors in records.items() for box in _boxes(record, tuple(tensors)))
    return Network(trace, boxes, gains or {})


def _boxes(record: str, tensors: tuple[str, ...]) -> tuple[NetworkBox, ...]:
    """The boxes of one record, in the order of computation."""
    found = _RECORD.fullmatch(record)
    assert found is not None  # `network` took only these
    side, layer, part = found[1] or "decoder", int(found[2]) if found[2] else None, found[3]
    if part is None:
        return (
            NetworkBox("linear", "linear", side, None, record, ("state", "logits")),
            NetworkBox("softmax", "softmax", side, None, record, ("logits", "log-probability")),
        )
    if part == "embedding":
        return (
            NetworkBox(f"{side}-embedding", "embedding", side, None, record, ("index", "embedding", "scaled embedding")),
            NetworkBox(f"{side}-position", "position", side, None, record, ("scaled embedding", "position", "sum")),
        )
    if part == "last LayerNorm":
        return (NetworkBox(f"{side}-norm", "last-norm", side, None, record, tensors),)
    return _sublayer(record, tensors, side, layer, part)


def _sublayer(record: str, tensors: tuple[str, ...], side: str, layer: int | None, part: str) -> tuple[NetworkBox, ...]:
    """LN(x + f(x)) as two boxes, x + f(LN(x)) as three."""
    name = f"{side}-{layer}-{_NAMES[part]}"
    kind = "masked" if part == "self-attention" and side == "decoder" else _NAMES[part]
    inside = tuple(tensor for tensor in tensors if tensor not in _AROUND)
    if tensors.index("LayerNorm") < tensors.index("projection"):
        norm = NetworkBox(f"{name}-norm", "norm", side, layer, record, ("input", "LayerNorm"))
        block = NetworkBox(name, kind, side, layer, record, ("LayerNorm", *inside[1:]))
        return norm, block, NetworkBox(f"{name}-add", "add", side, layer, record, ("input", "projection", "residual sum"))
    block = NetworkBox(name, kind, side, layer, record, inside)
    return block, NetworkBox(f"{name}-norm", "add-norm", side, layer, record, ("input", "projection", *_AROUND))
