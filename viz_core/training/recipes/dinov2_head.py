"""Everyday class names on the frozen DINOv2: logistic regression on cached features, then calibration.

Learned from the training part only. The validation part sets the temperature and, with pictures that no class names, the
threshold of "unlike anything I was trained on"; the held-out part is for `evaluation` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_head import FAMILY, LinearHead
from viz_core.tasks.everyday_pictures import CLASSES
from viz_core.training.loop import Plan
from viz_core.training.picture_features import Features, features
from viz_core.zoo import card, load

BACKBONE = "dinov2-small"
NAME = "dinov2-everyday"
FEATURES = 1920  # of BACKBONE: five times its width
FAMILIAR = 0.90  # share of validation pictures of the classes that must count as familiar
NOISE = 0.3  # of Gaussian noise on standardised features, against learning few pictures by heart


@lru_cache(maxsize=1)
def _model() -> VisionEncoder:
    return load(BACKBONE)


@dataclass
class HeadRecipe:
    """part(name) gives the features of `training` and `validation`; batch: pictures a step, drawn evenly over the classes."""

    name: str = NAME
    plan: Plan = Plan(1_500, learning_rate=1e-3, warmup=50, weight_decay=0.05, average=0.99, validate_every=250)
    classes: tuple[str, ...] = CLASSES
    batch: int = 512
    part: Any = field(default_factory=lambda: lru_cache(maxsize=2)(lambda name: features(_model(), name)))

    def model(self) -> LinearHead:
        """A head that starts from zero, with the centre and the class means of the training features."""
        found: Features = self.part("training")
        head = LinearHead(found.values.shape[1], len(self.classes))
        torch.nn.init.zeros_(head.linear.weight)
        values, labels = torch.from_numpy(found.values), torch.from_numpy(found.labels)
        head.centre.copy_(values.mean(0))
        head.spread.copy_(values.std(0))
        units = F.normalize(head.standard(values), dim=-1)
        head.means.copy_(F.normalize(torch.stack([units[labels == i].mean(0) for i in range(len(self.classes))]), dim=-1))
        return head

    def batches(self, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(features f32[N, D], labels int64[N]); every class equally often."""
        found: Features = self.part("training")
        groups = [np.flatnonzero(found.labels == i) for i in range(len(self.classes))]
        spread = torch.from_numpy(found.values.std(0))
        step = start
        while True:
            rng = np.random.default_rng([self.plan.seed, step])
            chosen = np.array([rng.choice(groups[i]) for i in rng.integers(len(groups), size=self.batch)])
            noise = torch.from_numpy(rng.standard_normal((self.batch, len(spread)), np.float32))
            yield torch.from_numpy(found.values[chosen]) + NOISE * spread * noise, torch.from_numpy(found.labels[chosen])
            step += 1

    def loss(self, model: LinearHead, batch: tuple[Tensor, Tensor]) -> Tensor:
        values, labels = (item.to(model.linear.bias.device) for item in batch)
        with torch.autocast(values.device.type, enabled=False):
            return F.cross_entropy(model(values), labels)

    @torch.inference_mode()
    def validate(self, model: LinearHead) -> dict[str, float]:
        found: Features = self.part("validation")
        values, labels = (torch.from_numpy(item).to(model.linear.bias.device) for item in (found.values, found.labels))
        known = labels >= 0
        said, sure = model(values[known]), model.familiarity(values)
        return {
            "accuracy": float((said.argmax(1) == labels[known]).float().mean()),
            "validation_loss": float(F.cross_entropy(said, labels[known])), "auroc_unknown": auroc(sure[known], sure[~known]),
        }  # fmt: skip

    def snapshot(self, model: LinearHead, step: int) -> dict[str, Any]:
        """A head has no attention of its own: only how good it is on validation pictures."""
        return {"step": step, "probes": [], **self.validate(model)}

    def export(self, model: LinearHead, path: Path, facts: dict[str, Any]) -> None:
        """The head with its temperature folded in and its threshold set, in full precision."""
        found: Features = self.part("validation")
        model = model.cpu()
        values, labels = torch.from_numpy(found.values), torch.from_numpy(found.labels)
        known = labels >= 0
        heat = temperature(model(values[known]).detach(), labels[known])
        with torch.no_grad():
            model.linear.weight /= heat
            model.linear.bias /= heat
            model.threshold.copy_(model.familiarity(values[known]).quantile(1 - FAMILIAR))
        tensors = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
        save_file(tensors, path, {"family": FAMILY, "classes": json.dumps(self.classes)})
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, "temperature": heat, **facts}, indent=1))


def temperature(logits: Tensor, labels: Tensor) -> float:
    """The T with the least cross-entropy of logits / T (Guo et al. 2017, §4.2), to 1 %, from 0.05 to 20."""
    tried = torch.logspace(np.log10(0.05), np.log10(20), 600)
    return float(tried[torch.stack([F.cross_entropy(logits / heat, labels) for heat in tried]).argmin()])


def auroc(positive: Tensor, negative: Tensor) -> float:
    """Probability that a positive scores above a negative, ties half (area under the ROC curve)."""
    above = positive[:, None] > negative[None]
    return float((above.float() + 0.5 * (positive[:, None] == negative[None]).float()).mean())


def about(name: str) -> dict[str, Any]:
    """What the model's card says besides its numbers. The licence is that of the most demanding training pictures."""
    backbone = card(BACKBONE)
    return {
        "name": name, "task": "everyday-pictures", "mechanism": "linear-head", "licence": "GPL-3.0-or-later",
        "title": f"DINOv2 ViT-S/14 with a linear head: {len(CLASSES)} everyday things",
        "data": "the head: emoji as five makers draw them (Noto, two editions, Apache-2.0; Twemoji, CC-BY-4.0; Fluent Emoji, MIT; EmojiOne 2, CC-BY-4.0), "
        "Open Clip Art (public domain), Tux Paint stamps (GPL-2+ and others, half of them photographs), a part held out; the frozen backbone: " + backbone.data,
        "beside": "", "examples": backbone.examples,
        "parameters": backbone.parameters + len(CLASSES) * (FEATURES + 1),
    }  # fmt: skip


RECIPES = {NAME: partial(HeadRecipe)}
