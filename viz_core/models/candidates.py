"""`Candidates` of many steps at once: one `topk` for a whole run, because a call costs more than its work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from viz_core.trace import Candidates
from viz_core.trace.cut import ranked
from viz_core.trace.step import LOG_PROB_TOLERANCE

TOP = 10  # candidates kept a step


def candidates(log_probs: Tensor, choices: Sequence[int], labels: Sequence[str], top: int = TOP) -> tuple[list[Candidates], list[float]]:
    """Each step's most probable outputs, the chosen one always among them, and the chosen one's log-probability.

    log_probs: f32[T, V]; choices: T chosen ids. Outputs of probability 0 are left out.
    """
    top_values, top_ids = log_probs.float().topk(min(top, log_probs.shape[-1]))  # (T, K)
    chosen = log_probs.gather(1, torch.as_tensor(choices, device=log_probs.device)[:, None])[:, 0].float().cpu().numpy()
    values, ids, wanted = top_values.cpu().numpy(), top_ids.cpu().numpy(), np.asarray(choices)
    missing = ~(ids == wanted[:, None]).any(1)
    if missing.any():
        values[missing, -1], ids[missing, -1] = chosen[missing], wanted[missing]
    values.flags.writeable = ids.flags.writeable = False  # so that the records share them instead of copying
    names = [tuple([labels[i] for i in row]) for row in ids.tolist()]
    make = ranked if (values <= LOG_PROB_TOLERANCE).all() else Candidates  # whose checks tell what is wrong: NaN, most likely
    found = [make(*row) for row in zip(names, ids, values, strict=True)]
    for t in np.flatnonzero(values[:, -1] == -np.inf):
        found[t] = possible(found[t])
    return found, chosen.tolist()


def possible(found: Candidates) -> Candidates:
    """Those with a probability above 0."""
    real = np.isfinite(found.log_probs)
    return Candidates(tuple(np.array(found.labels, object)[real]), found.choices[real], found.log_probs[real])
