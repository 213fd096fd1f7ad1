"""Numbers as bytes for the player: quantised, base64, decoded by static/pack.js."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

FINE_LIMIT = 20_000  # numbers up to which 16 bits are sent (error ≤ 8e-6); beyond that 8 bits (error ≤ 0.002)


def weights(values: NDArray) -> dict[str, object]:
    """f32 in 0 … 1 as {bits, data}: 16 bits (or 8 for large maps), the largest code means NaN (masked)."""
    bits = 16 if values.size <= FINE_LIMIT else 8
    top = (1 << bits) - 2
    codes = np.rint(np.clip(np.nan_to_num(values), 0, 1) * top).astype(f"<u{bits // 8}")
    codes[np.isnan(values)] = top + 1
    return {"bits": bits, "data": text(codes)}


def strip(values: NDArray) -> dict[str, object]:
    """Any finite floats as 8 bits between their own lowest and highest value: {low, high, data}; NaN and ±∞ are code 255."""
    flat = np.asarray(values, np.float32).ravel()
    finite = flat[np.isfinite(flat)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    scale = (high - low) or 1.0
    codes = np.full(flat.shape, 255, np.uint8)
    codes[np.isfinite(flat)] = np.rint((finite - low) / scale * 254)
    return {"low": brief(low), "high": brief(high), "data": text(codes)}


def text(codes: NDArray) -> str:
    """The array's bytes in base64."""
    return base64.b64encode(np.ascontiguousarray(codes).tobytes()).decode("ascii")


def brief(value: float) -> float | str:
    """Five significant digits; 'NaN', '∞', '−∞' where JSON has no number."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return float(f"{value:.5g}")
