"""What one head does, in a few numbers: how spread out, how far, and how much on the usual places.

Each is a mean over the rows that are not masked, weights as they are: nothing is renormalised.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NAMES = ("entropy", "distance", "diagonal", "previous", "first", "induction")


def of_rows(rows: NDArray, square: bool, repeated: NDArray | None = None) -> dict[str, float]:
    """The summaries `NAMES` of one map f32[query, key]; NaN for what has no meaning.

    entropy: −Σ α ln α in nats. first: weight on the first key (the sink of Xiao et al. 2024, §3.1). Only for
    self-attention (`square`; the last query is the last key): distance: Σ α |query − key| in positions; diagonal and
    previous: weight on the query itself and on the key before it (0 for the first). induction: weight on the key after an earlier
    occurrence of the query's token (Olsson et al. 2022, "prefix matching"), over the queries that have one; repeated:
    bool[query, key] from `repeats`.
    """
    values = dict.fromkeys(NAMES, float("nan"))
    seen = ~np.isnan(rows).any(axis=1)
    if not seen.any() or rows.shape[1] == 0:
        return values
    alpha = rows[seen]
    values["entropy"] = float(-(alpha * np.log(np.maximum(alpha, 1e-30))).sum(axis=1).mean())
    values["first"] = float(alpha[:, 0].mean())
    if not square:
        return values
    own = np.flatnonzero(seen) + rows.shape[1] - rows.shape[0]
    gaps = np.abs(own[:, None] - np.arange(rows.shape[1])[None]).astype(np.float32)
    values["distance"] = float(np.einsum("qk,qk->q", alpha, gaps).mean())
    values["diagonal"] = float(np.take_along_axis(alpha, own[:, None], axis=1).mean())
    before = np.take_along_axis(alpha, np.maximum(own - 1, 0)[:, None], axis=1)[:, 0]
    values["previous"] = float(np.where(own > 0, before, 0).mean())
    if repeated is not None and repeated[seen].any():
        some = repeated[seen].any(axis=1)
        values["induction"] = float((alpha[some] * repeated[seen][some]).sum(axis=1).mean())
    return values


def repeats(queries: Sequence[str], keys: Sequence[str]) -> NDArray:
    """bool[query, key]: the key comes right after an earlier occurrence of the query's token."""
    same = np.array(queries, dtype=object)[:, None] == np.array(keys, dtype=object)[None]
    found = np.zeros(same.shape, bool)
    found[:, 1:] = same[:, :-1]
    own = np.arange(len(queries)) + len(keys) - len(queries)
    return found & (np.arange(len(keys))[None] <= own[:, None])
