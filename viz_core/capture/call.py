"""`Call`: one recorded attention call; its weights are computed when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from viz_core.capture.conversion import to_attention_map
from viz_core.capture.pooling import pooled
from viz_core.capture.rows import Rows, blocks, quiet
from viz_core.capture.summary import summary
from viz_core.trace.attention import AttentionMap
from viz_core.trace.axis import Axis
from viz_core.trace.errors import InputError

Positions = int | slice | Sequence[int] | None


@dataclass(frozen=True, eq=False)
class Call:
    """One attention call of a recorded forward pass, in the order of execution.

    module: qualified name of the calling module in its outermost module ("" outside modules). site: "encoder",
    "decoder" (causal) or "cross". layer: counted from 0. batch, heads, queries, keys: sizes. first_query, first_key:
    positions of the first row and column in their sequences; above 0 with a key–value cache. dropout: the probability
    with which the model dropped weights in this call; `weights` are those before it.
    """

    module: str
    site: str
    layer: int
    rows: Rows
    first_query: int = 0
    first_key: int = 0
    dropout: float = 0.0
    edited: bool = False

    @property
    def batch(self) -> int:
        return self.rows.shape[0]

    @property
    def heads(self) -> int:
        return self.rows.shape[1]

    @property
    def queries(self) -> int:
        return self.rows.shape[2]

    @property
    def keys(self) -> int:
        return self.rows.shape[3]

    @quiet()
    def weights(self, heads: Positions = None, queries: Positions = None, batch: Positions = None) -> Tensor:
        """Exact weights f32[batch, head, query, key] of the chosen items, heads and query rows (None: all).

        Rows are counted within the call. Rows sum to 1; a fully masked row is NaN. InputError for one that is not there.
        """
        chosen_heads = self.positions("head", heads, self.heads)
        items = self.positions("batch item", batch, self.batch)
        rows = self.positions("query", queries, self.queries)
        if rows and rows == list(range(rows[0], rows[0] + len(rows))):
            return self._run(items, chosen_heads, rows[0], rows[-1] + 1)
        parts = [self._run(items, chosen_heads, row, row + 1) for row in rows]
        empty = torch.empty(len(items), len(chosen_heads), 0, self.keys)
        return torch.cat(parts, dim=2) if parts else empty

    def _run(self, items: list[int], heads: list[int], start: int, stop: int) -> Tensor:
        """Weights of rows start … stop − 1, made in blocks; a causal block leaves out the keys it cannot see."""
        parts = blocks(stop - start, self.keys * len(items) * len(heads))
        if len(parts) <= 1:
            return self.rows.weights(items, heads, start, stop)
        out: Tensor | None = None
        for low, high in parts:
            seen = min(start + high, self.keys) if self.rows.causal else self.keys
            part = self.rows.weights(items, heads, start + low, start + high, seen)
            if out is None:
                out = part.new_empty(len(items), len(heads), stop - start, self.keys)
            out[:, :, low:high, :seen] = part
            out[:, :, low:high, seen:] = 0
        assert out is not None
        return out

    @quiet()
    def pooled(
        self,
        head: int,
        shape: tuple[int, int] = (512, 512),
        how: str = "mean",
        region: tuple[int, int, int, int] | None = None,
        batch: int = 0,
    ) -> Tensor:
        """A head's map in at most `shape` blocks, f32[rows, cols]: `how` "mean" or "max" of the weights in each block.

        region (first query, stop, first key, stop): a tile; one no larger than `shape` comes exact, unpooled. Fully
        masked rows are left out; a block of only such rows is NaN. Only a block of rows of one head is ever held.
        """
        [index], [item] = self.positions("head", head, self.heads), self.positions("batch item", batch, self.batch)
        return pooled(self.rows, item, index, shape, how, region)

    @quiet()
    def summary(self, tokens: Tensor | None = None, valid: Tensor | None = None) -> dict[str, Tensor]:
        """f32[batch, head] of `entropy` and the other numbers of `capture.summary`, in one pass over blocks of rows.

        tokens i64[batch, key]: token ids of the keys, needed for `induction` (NaN without). valid bool[batch, query]:
        the rows that count (None: every row that is not fully masked); give it for padded batches.
        """
        return summary(self.rows, self.site, self.first_query, self.first_key, tokens, valid)

    @quiet()
    def attention_map(
        self, query_axis: Axis | None = None, key_axis: Axis | None = None, batch: int = 0, heads: Positions = None
    ) -> AttentionMap:
        """One batch item as a record that can be drawn and saved; without axes, positions are numbered as tokens."""
        [item] = self.positions("batch item", batch, self.batch)
        query_axis = query_axis or _numbered(self.first_query, self.queries)
        key_axis = key_axis or _numbered(self.first_key, self.keys)
        return to_attention_map(self, item, self.positions("head", heads, self.heads), query_axis, key_axis)

    def positions(self, name: str, wanted: Positions, count: int) -> list[int]:
        """The wanted positions as numbers 0 … count − 1; negative ones count from the end."""
        if wanted is None:
            return list(range(count))
        if isinstance(wanted, slice):
            return list(range(count))[wanted]
        listed = [wanted] if isinstance(wanted, int) else [int(position) for position in wanted]
        if any(not -count <= position < count for position in listed):
            raise InputError(f"the call of {self.module!r} has no {name} {wanted}; give whole numbers in 0 … {count - 1}")
        return [position % count for position in listed]

    def __repr__(self) -> str:
        sizes = f"batch={self.batch}, heads={self.heads}, queries={self.queries}, keys={self.keys}"
        return f"Call({self.module!r}, {self.site!r}, layer={self.layer}, {sizes}, first_query={self.first_query})"


def _numbered(first: int, count: int) -> Axis:
    return Axis("token", tuple(str(first + i) for i in range(count)))
