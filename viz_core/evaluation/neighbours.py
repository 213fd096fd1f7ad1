"""Does a vision model put photographs of the same kind of thing side by side? Asked without training anything.

A photograph's neighbour is the other one whose [CLS] state points most nearly the same way (cosine), as in the k-NN evaluation
of Oquab et al. 2024, §7.1, with k = 1 and the photographs of `tasks.everyday_pictures.photographs`.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from viz_core.inputs.picture import read_file
from viz_core.models.vision import VisionEncoder
from viz_core.tasks.everyday_pictures.photographs import photographs


@torch.inference_mode()
def neighbours(model: VisionEncoder, grid: int) -> dict[str, float]:
    """`neighbours`: share of photographs whose neighbour is of their class, the mean over the classes with two or more;
    `neighbours_chance`: of a neighbour drawn at random; n_neighbours: photographs of these classes."""
    found = photographs()
    labels = np.array([label for _, label in found])
    states = torch.cat([model.backbone.features(model.encode(read_file(item.path), grid).ids[None])[:, 0].float().cpu() for item, _ in found])
    directions = F.normalize(states, dim=-1)
    alike = directions @ directions.T
    right = labels[alike.fill_diagonal_(-torch.inf).argmax(1).numpy()] == labels
    counts = {int(label): int(count) for label, count in zip(*np.unique(labels, return_counts=True), strict=True) if count > 1}
    return {
        "n_neighbours": sum(counts.values()), "neighbours": float(np.mean([right[labels == label].mean() for label in counts])),
        "neighbours_chance": float(np.mean([(count - 1) / (len(labels) - 1) for count in counts.values()])),
    }  # fmt: skip
