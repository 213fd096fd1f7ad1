"""Drawing outputs from a model's distribution, sharpened, flattened or cut (Fan et al. 2018; Holtzman et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from viz_core.decoding.options import Sampling
from viz_core.decoding.walk import Chooser


def sampler(options: Sampling, seeds: Sequence[int]) -> Chooser:
    """A chooser whose source n draws from a generator of its own, seeded with seeds[n].

    Uniform numbers come from the CPU whatever the device, so that the same seed means the same draws everywhere.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def choose(step: int, log_probs: Tensor) -> Tensor:
        probabilities, ids = truncated(log_probs, options)
        uniform = torch.stack([torch.rand((), generator=g, dtype=torch.float64) for g in generators]).to(log_probs.device)
        cumulative = probabilities.cumsum(-1)  # (N, K)
        place = torch.searchsorted(cumulative, (uniform * cumulative[:, -1])[:, None], right=True)
        last = (probabilities > 0).sum(-1, keepdim=True) - 1  # rounding must not draw an output of probability 0
        return ids.gather(1, torch.minimum(place, last))[:, 0]

    return choose


def truncated(log_probs: Tensor, options: Sampling) -> tuple[Tensor, Tensor]:
    """The distribution that is drawn from. f32[N, V] → probabilities f64[N, K], most probable first, and ids int64[N, K].

    Temperature, then top k, then top p of what is left; K = V without top k. Outputs that are cut have probability 0.
    """
    count = log_probs.shape[-1]
    scaled = log_probs.double() / options.temperature
    values, ids = scaled.topk(min(options.top_k or count, count))
    probabilities = values.softmax(-1)
    before = probabilities.cumsum(-1) - probabilities  # what the more probable outputs have together
    probabilities = probabilities.masked_fill(before >= options.top_p, 0.0)  # the first always stays: 0 < top_p
    return probabilities / probabilities.sum(-1, keepdim=True), ids
