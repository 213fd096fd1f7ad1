"""A long text through a language model in one pass, its attention kept as queries and keys: memory linear in length.

Any tile of any head's map is computed when it is asked for (`tile`), never the whole map of all heads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.capture import Call, record
from viz_core.trace import Axis, Step, Trace
from viz_core.trace.errors import InputError

MOST = 4096  # tokens
HOWS = ("share", "max", "mean")
POLL = 0.2  # seconds between two looks at how far the model has come
Region = tuple[int, int, int, int]  # first query, stop, first key, stop
Progress = Callable[[int, int], None]  # (done, of)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a model saw of a text. axis: its tokens; ids: int64[token]; calls: one a layer; total: tokens of the whole text."""

    axis: Axis
    ids: NDArray
    calls: tuple[Call, ...]
    total: int

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return len(self.calls), self.calls[0].heads

    def tile(self, layer: int, head: int, region: Region, shape: tuple[int, int] = (512, 512), how: str = "share") -> NDArray:
        """A region of one head's map in at most `shape` blocks, f32[row, column]; exact where it is no larger than that.

        how: "share", what the queries of a block give to all keys of a block together, on average (rows of a whole map
        still sum to 1, so that a long map is not paler than a short one); "max", the largest weight; "mean".
        InputError for a layer, head, region or way that is not there.
        """
        if how not in HOWS:
            raise InputError(f"cannot pool by {how!r}; use one of {', '.join(HOWS)}")
        if not (0 <= layer < len(self.calls) and 0 <= head < self.calls[layer].heads):
            layers, heads = self.shape
            raise InputError(f"there is no layer {layer}, head {head}; use layer 0 … {layers - 1} and head 0 … {heads - 1}")
        values = self.calls[layer].pooled(head, shape, "max" if how == "max" else "mean", region).numpy()
        if how != "share":
            return values
        edges = np.linspace(region[2], region[3], values.shape[1] + 1).astype(int)  # the blocks of `Call.pooled`
        return values * np.diff(edges)[None].astype(np.float32)

    def trace(self, layer: int, head: int, text: str, run: Mapping[str, object]) -> Trace:
        """One head as a record that can be saved: queries and keys, of which every weight can be made again."""
        tile = self.calls[layer].attention_map(self.axis, self.axis, heads=[head])
        return Trace(run, text, self.axis, "", "layer", (Step(0, f"layer {layer}", attention=(tile,)),))

    def summary(self, progress: Progress | None = None) -> dict[str, NDArray]:
        """Name → f32[layer, head], see `capture.summary`."""
        tokens = torch.from_numpy(self.ids)[None]
        found: list[dict[str, NDArray]] = []
        for call in self.calls:
            found.append({name: values[0].numpy() for name, values in call.summary(tokens).items()})
            if progress:
                progress(len(found), len(self.calls))
        return {name: np.stack([one[name] for one in found]) for name in found[0]}


def read(stepper: Any, text: str, most: int = MOST, progress: Progress | None = None) -> Reading:
    """The first `most` tokens of a text through a decoder (or an encoder), all at once, without a cache.

    progress: called from this thread after every layer or so. Raises InputError for empty text, and for a model that
    does not read tokens by itself.
    """
    module = getattr(stepper, "module", None)
    if not hasattr(stepper, "tokens") or not hasattr(module, "base_model") or module.config.is_encoder_decoder:
        raise InputError("this model does not read a text by itself; choose a decoder or an encoder such as smollm2-135m")
    encoded = stepper.tokens.encode(text)
    room = getattr(module.config, "max_position_embeddings", None) or most
    count = min(len(encoded.ids), most, room)
    ids = torch.tensor([encoded.ids[:count]], device=module.device)
    layers = module.config.num_hidden_layers
    calls = _forward(module.base_model, ids, layers, progress)
    return Reading(encoded.axis.take(range(count)), np.array(encoded.ids[:count], np.int64), calls, len(encoded.ids))


def _forward(module: Any, ids: torch.Tensor, layers: int, progress: Progress | None) -> tuple[Call, ...]:
    """One pass in a thread of its own (a recording belongs to its thread), watched from this one."""
    calls: Sequence[Call] = []
    errors: list[BaseException] = []

    def run() -> None:
        nonlocal calls
        try:
            with torch.inference_mode(), record(root=module) as recording:
                calls = recording.calls
                module(input_ids=ids, use_cache=False)
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that asked)
            errors.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(POLL)
        if progress:
            progress(min(len(calls), layers), layers)
    if errors:
        raise errors[0]
    return tuple(calls)
