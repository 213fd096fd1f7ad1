"""`payload`: a picture in patches and what each attends to, as the JSON that the patches view draws in the browser.

Of the layer on show its queries and keys travel, not its maps: 2 · T · d numbers a head in place of T². The browser makes the
row of the patch under the pointer, α_i = softmax(q_i Kᵀ / √d), in about a millisecond. Axes: L layers, H heads, T tokens.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from viz_core.figures import pack, theme
from viz_core.figures.patch_words import method_name, method_note, patch_words
from viz_core.trace import AttentionMap, Axis, Factored, Trace
from viz_core.trace.errors import InputError

FINE_TOKENS = 900  # up to so many tokens queries and keys travel in 32 bits, above in 16
# Glow over a grey picture: nothing attended to lets the picture through.
GLOW = [(0.0, "#1b0c41"), (0.25, "#781c6d"), (0.5, "#cf4446"), (0.75, "#fb9b06"), (1.0, "#fcffa4")]
Json = dict[str, object]


@dataclass(frozen=True, eq=False)
class Patches:
    """A trace of a vision model over the very pixels that it read.

    pixels: u8[rows · P, cols · P, C], C 1 or 3; patch: P; stem: channels after each convolution that makes patch vectors, ()
    for one linear map; sight: pixels a side that a vector is made from then. Raises InputError for a trace without patches.
    """

    trace: Trace
    pixels: NDArray[np.uint8]
    patch: int
    stem: tuple[int, ...] = ()
    sight: int = 0

    def __post_init__(self) -> None:
        if self.trace.source_axis.kind != "patch" or not self.trace.sites:
            raise InputError(f"a trace over positions of kind {self.trace.source_axis.kind!r} has no patches to draw; give one of a vision model")

    @property
    def axis(self) -> Axis:
        return self.trace.source_axis

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.axis.geometry["rows"]), int(self.axis.geometry["cols"])  # type: ignore[call-overload]

    @property
    def prefix(self) -> int:
        return int(self.axis.geometry["prefix"])  # type: ignore[call-overload]

    @property
    def width(self) -> int:
        """D, of every token."""
        return self.trace.steps[0].quantity("embedding").values.shape[-1]


@dataclass(frozen=True, eq=False)
class MethodMaps:
    """Maps of one token side by side. rows: f32[T] by method; explained: what they are maps of, in words."""

    rows: Mapping[str, NDArray]
    query: int
    explained: str


def payload(shown: Patches, layers: Collection[int] = (), methods: MethodMaps | None = None) -> Json:
    """JSON values: words, the picture, norms, positions, and `blobs` of the layers named."""
    rows, cols = shown.grid
    norms = shown.trace.series("hidden-state norm")
    result: Json = {
        "title": " · ".join(str(part) for part in (shown.trace.run.get("model", ""), shown.trace.source) if part),
        "words": patch_words(), "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK}, "glow": GLOW,
        "rows": rows, "cols": cols, "patch": shown.patch, "channels": shown.pixels.shape[-1], "width": shown.width,
        "stem": list(shown.stem), "sight": shown.sight,
        "prefix": list(shown.axis.labels[: shown.prefix]), "layers": len(shown.trace), "picture": _picture(shown.pixels),
        "heads": len(shown.trace.steps[0].attention[0].heads), "norms": floats(norms, 32), "positions": _positions(shown.trace),
    }  # fmt: skip
    result["id"] = hashlib.sha1(json.dumps(result).encode()).hexdigest()[:16]
    result["blobs"] = [blob(shown.trace, layer) for layer in layers]
    result["methods"] = None if methods is None else methods_json(methods)
    return result


def blob(trace: Trace, layer: int) -> Json:
    """What the browser needs to make any row of one layer's heads."""
    item = trace.steps[layer].attention[0]
    weights, tokens = item.weights, len(item.query_axis)
    if not isinstance(weights, Factored) or weights.mask is not None or weights.causal:
        return {"layer": layer, "dense": floats(_dense(item), 32 if tokens <= FINE_TOKENS // 2 else 16)}
    bits = 32 if tokens <= FINE_TOKENS else 16
    queries, keys = np.asarray(weights.queries[0]) * weights.scale, np.asarray(weights.keys[0])
    # The same shift of every score of a row changes no weight; without the mean key 16 bits hold more of the differences.
    keys = keys - keys.mean(axis=1, keepdims=True)
    return {"layer": layer, "depth": queries.shape[-1], "queries": floats(queries, bits), "keys": floats(keys, bits)}


def floats(values: NDArray, bits: int) -> Json:
    """Numbers as {bits, data}: little-endian floats of 16 or 32 bits in base64."""
    return {"bits": bits, "data": pack.text(np.asarray(values, f"<f{bits // 8}"))}


def _dense(item: AttentionMap) -> NDArray:
    return np.stack([item.map(0, head) for head in range(len(item.heads))])


def _picture(pixels: NDArray[np.uint8]) -> Json:
    """The pixels as a file that browsers draw: PNG while small, JPEG above."""
    image, data = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels), io.BytesIO()
    small = image.width * image.height <= 40_000
    image.save(data, "PNG" if small else "JPEG", **({} if small else {"quality": 92}))
    kind = "png" if small else "jpeg"
    return {"width": image.width, "height": image.height, "source": f"data:image/{kind};base64,{pack.text(np.frombuffer(data.getvalue(), np.uint8))}"}


def _positions(trace: Trace) -> Json | None:
    """Position embeddings of length 1, so that their products are cosines; None for a model without."""
    found = next((q.values for q in trace.steps[0].quantities if q.name == "position embedding"), None)
    if found is None:
        return None
    unit = found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), 1e-12)
    return floats(unit, 16)


def methods_json(methods: MethodMaps) -> Json:
    maps = [{"name": method_name(name), "note": method_note(name), "row": floats(row, 32)} for name, row in methods.rows.items()]
    return {"query": methods.query, "explained": methods.explained, "maps": maps}
