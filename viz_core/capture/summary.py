"""What each head does, as numbers over all heads of a call, from one pass over blocks of rows.

Each is the mean over the query rows that are not fully masked. p is a row of weights, i the position of its query and
j that of a key, both in the sequence (a key–value cache counts on).

- entropy: −Σ_j p_j ln p_j, in nats: 0 looks at one key, ln K looks at all K equally.
- peak: the largest weight.
- distance: Σ_j p_j |i − j|, in positions.
- diagonal: p at j = i; previous: p at j = i − 1 (rows that have none count 0); first: p at j = 0, the attention sink of
  Xiao et al. 2024.
- induction: Σ p_j over keys j whose token before, j − 1, equals the query's token (Olsson et al. 2022), over the rows
  where the token occurred before.

In cross-attention queries and keys are positions of two sequences: distance, diagonal, previous and induction are NaN.
"""

from __future__ import annotations

import torch
from torch import Tensor

from viz_core.capture.rows import Rows, blocks
from viz_core.trace.errors import InputError, ShapeError

NAMES = ("entropy", "peak", "distance", "diagonal", "previous", "first", "induction")


def summary(
    rows: Rows, site: str, first_query: int = 0, first_key: int = 0, tokens: Tensor | None = None, valid: Tensor | None = None
) -> dict[str, Tensor]:
    """f32[batch, head] under each of `NAMES`; tokens i64[batch, first_key + key], valid bool[batch, query]."""
    batch, heads, queries, keys = rows.shape
    needed = max(first_query + queries, first_key + keys)
    tokens = None if site == "cross" else _tokens(tokens, batch, needed)
    if valid is not None and valid.shape != (batch, queries):
        raise ShapeError(f"valid has shape {tuple(valid.shape)}; give ({batch}, {queries}), one flag for each query row")
    sums: dict[str, Tensor] = {}
    for start, stop in blocks(queries, keys * heads * batch):
        seen = min(stop, keys) if rows.causal else keys
        scores = rows.scores(range(batch), range(heads), start, stop, seen)
        block = _Block(scores, first_query + start, first_key, None if valid is None else valid[:, start:stop])
        for name, value in block.sums(site, tokens).items():
            sums[name] = sums[name] + value if name in sums else value
    return _means(sums, batch, heads)


class _Block:
    """One block of rows: exp(score − top), its row sums, and which rows count."""

    def __init__(self, scores: Tensor, first_query: int, first_key: int, valid: Tensor | None) -> None:
        top = scores.amax(dim=-1, keepdim=True)  # (B, H, R, 1)
        self.counts = top[..., 0] > -torch.inf
        if valid is not None:
            self.counts = self.counts & valid[:, None].to(self.counts.device)
        scores.sub_(top.nan_to_num_(neginf=0.0))
        self.scores = scores
        self.powers = scores.exp()
        self.total = self.powers.sum(dim=-1)
        self.queries = torch.arange(first_query, first_query + scores.shape[2], device=scores.device)
        self.keys = torch.arange(first_key, first_key + scores.shape[3], device=scores.device)
        self.first_key = first_key

    def sums(self, site: str, tokens: Tensor | None) -> dict[str, Tensor]:
        """Sums over the counting rows, (B, H), and their number."""
        found = {"entropy": self._entropy(), "peak": 1 / self.total, "first": self._at(torch.zeros_like(self.queries))}
        if site != "cross":
            found |= {
                "distance": self._distance(),
                "diagonal": self._at(self.queries),
                "previous": self._at(self.queries - 1),
            }
        out = {name: value.where(self.counts, 0.0).sum(dim=-1) for name, value in found.items()}
        out["rows"] = self.counts.sum(dim=-1)
        if site != "cross" and tokens is not None:
            out |= self._induction(tokens.to(self.powers.device))
        return out

    def _entropy(self) -> Tensor:
        """ln Σ e^s − Σ p s: no logarithm of the weights needed. A masked key has p = 0 and takes no part."""
        weighted = torch.einsum("bhrk,bhrk->bhr", self.powers, self.scores.clamp_(min=-1e30))
        return self.total.log() - weighted / self.total

    def _distance(self) -> Tensor:
        queries, keys = self.queries.float(), self.keys.float()
        if len(self.keys) and self.keys[-1] <= self.queries[0]:
            return queries - self.powers @ keys / self.total
        middle = int((self.queries[0] - self.first_key).clamp(0, len(keys)))
        before = queries * self.powers[..., :middle].sum(dim=-1) - self.powers[..., :middle] @ keys[:middle]
        gaps = (queries[:, None] - keys[middle:]).abs()
        return (before + torch.einsum("bhrk,rk->bhr", self.powers[..., middle:], gaps)) / self.total

    def _at(self, keys: Tensor) -> Tensor:
        """The weight of one key of each row, 0 where the row has no such key. keys i64[R] → (B, H, R)."""
        columns = keys - self.first_key
        inside = (columns >= 0) & (columns < len(self.keys))
        index = columns.clamp(0, max(len(self.keys) - 1, 0)).expand(*self.powers.shape[:3])[..., None]
        return self.powers.gather(-1, index)[..., 0] * inside / self.total

    def _induction(self, tokens: Tensor) -> dict[str, Tensor]:
        """Σ p over keys whose token before equals the query's, summed over the rows that have one."""
        before = (self.keys - 1).clamp(min=0)
        follows = tokens[:, self.queries, None] == tokens[:, None, before]  # (B, R, K)
        follows &= (self.keys > 0) & (self.keys <= self.queries[:, None])
        has = self.counts & follows.any(dim=-1)[:, None]
        mass = torch.einsum("bhrk,brk->bhr", self.powers, follows.float()) / self.total
        return {"induction": mass.where(has, 0.0).sum(dim=-1), "induction_rows": has.sum(dim=-1)}


def _means(sums: dict[str, Tensor], batch: int, heads: int) -> dict[str, Tensor]:
    out = {}
    for name in NAMES:
        rows = sums.get("induction_rows" if name == "induction" else "rows")
        missing = torch.full((batch, heads), torch.nan)
        out[name] = missing if name not in sums or rows is None else (sums[name] / rows).cpu()  # 0 / 0 is NaN: no such row
    return out


def _tokens(tokens: Tensor | None, batch: int, needed: int) -> Tensor | None:
    if tokens is None:
        return None
    tokens = torch.as_tensor(tokens)
    tokens = tokens[None].expand(batch, -1) if tokens.ndim == 1 else tokens
    if tokens.ndim != 2 or tokens.shape[0] not in (1, batch) or tokens.shape[1] < needed:
        raise InputError(
            f"tokens have shape {tuple(tokens.shape)}; give ({batch}, {needed}) ids, one for each position of the sequence"
        )
    return tokens.expand(batch, -1)
