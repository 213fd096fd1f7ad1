"""Does a map lie on what it is said to show? Pointing game and mass inside a region, for maps over square patches.

Axes: L patches, row by row; K regions; H × W pixels, whole patches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.inputs.picture_grid import unrolled
from viz_core.trace.errors import ShapeError


class Regions(NamedTuple):
    """cover: f32[K, L], the share of each patch inside each region; centre: bool[K, L], whether its middle pixel is."""

    cover: NDArray[np.float32]
    centre: NDArray[np.bool_]


class Pointed(NamedTuple):
    """hit: the peak patch has a pixel of the region; centre_hit: its middle is in the region; mass: Σ_i α_i · share of patch
    i inside, 0 … 1."""

    hit: bool
    centre_hit: bool
    mass: float


def regions(masks: NDArray[np.bool_], patch: int) -> Regions:
    """Masks bool[K, H, W] as a grid of patches sees them; ShapeError when H or W is no multiple of `patch`."""
    if masks.ndim != 3 or masks.shape[1] % patch or masks.shape[2] % patch:
        raise ShapeError(f"masks of shape {masks.shape} are not cut into patches of {patch} pixels; give (regions, height, width) in whole patches")
    cut = np.stack([unrolled(mask[..., None], patch) for mask in masks])  # (K, L, P · P)
    return Regions(cut.mean(-1, dtype=np.float32), cut[..., (patch // 2) * patch + patch // 2])


def pointed(row: NDArray, found: Regions, region: int) -> Pointed:
    """A map's row f[L] against one region: the pointing game (Zhang et al. 2018, §4.2) and the mass inside.

    A map over patches cannot tell two pixels of a patch apart, so its peak lies on a thing when a part of the thing is in the
    peak patch; `centre_hit` is the strict reading. Raises ShapeError for a row of another grid.
    """
    if row.shape != found.cover.shape[1:]:
        raise ShapeError(f"a map of shape {row.shape} does not fit regions over {found.cover.shape[1]} patches; give one weight a patch")
    peak = int(row.argmax())
    return Pointed(bool(found.cover[region, peak] > 0), bool(found.centre[region, peak]), float(row @ found.cover[region]))


def chance(found: Regions, region: int) -> float:
    """Probability that a patch drawn at random is a hit: share of patches with a pixel of the region."""
    return float((found.cover[region] > 0).mean())
