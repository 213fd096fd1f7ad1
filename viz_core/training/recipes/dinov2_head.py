"""Everyday class names on the frozen DINOv2: logistic regression on cached features, then calibration.

With about a dozen pictures of a class and 1,920 features of each, what matters is which directions count. So the regression
runs in coordinates in which the pictures of one class scatter alike in all directions, as linear discriminant analysis does
(Hastie, Tibshirani & Friedman 2009, §4.3; shrunk as in Friedman 1989), and what a picture is learned with is noise of that
scatter. The result is one linear map, exported as such.

Learned from the training part only. The validation part sets the temperature and, with pictures that no class names, the
threshold of "unlike anything I was trained on"; the held-out part is for `evaluation` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_head import FAMILY, LinearHead, odds, standard
from viz_core.tasks.everyday_pictures import CLASSES
from viz_core.training.loop import Plan
from viz_core.training.picture_features import EMPTY, NONE, OTHER, Features, features
from viz_core.training.temperature import temperature
from viz_core.zoo import card, load

BACKBONE = "dinov2-small"
NAME = "dinov2-everyday"
FEATURES = 1920  # of BACKBONE: five times its width
FAMILIAR = 0.90  # share of validation pictures of the classes that must count as familiar
SHRINKAGE = 0.2  # of the scatter within classes towards the same scatter in all directions
NOISE = 0.7  # on each picture at each step, in deviations within a class
CLASSLESS = {NONE: 0.5, OTHER: 0.3, EMPTY: 0.2}  # shares among the pictures without a class
SHARE = 0.25  # of a batch that has no class


@lru_cache(maxsize=1)
def _model() -> VisionEncoder:
    return load(BACKBONE)


class Coordinates(NamedTuple):
    """centre, spread: f32[D] of `vision_head.standard`; whiten: f32[D, D], after which a class scatters alike in all directions."""

    centre: Tensor
    spread: Tensor
    whiten: Tensor

    @classmethod
    def of(cls, found: Features) -> Coordinates:
        """Those of the pictures with a class."""
        labels = torch.from_numpy(found.labels)
        values, labels = torch.from_numpy(found.values)[labels >= 0], labels[labels >= 0]
        centre, spread = values.mean(0), values.std(0)
        x = standard(values, centre, spread)
        counts = torch.bincount(labels)[:, None]
        means = torch.zeros(len(counts), x.shape[1]).index_add_(0, labels, x) / counts
        scatter = (x - means[labels]).T @ (x - means[labels]) / len(x)
        shrunk = (1 - SHRINKAGE) * scatter + SHRINKAGE * scatter.diagonal().mean() * torch.eye(len(scatter))
        variances, directions = torch.linalg.eigh(shrunk)
        return cls(centre, spread, directions / variances.sqrt())

    def __call__(self, values: Tensor) -> Tensor:
        return standard(values, self.centre, self.spread) @ self.whiten


@dataclass
class HeadRecipe:
    """part(name) gives the features of `training` and `validation`; batch: pictures a step, drawn evenly over the classes.

    The model that learns is an `nn.Linear` on whitened features, one output a class and the last one for "none of them".
    """

    name: str = NAME
    plan: Plan = Plan(500, learning_rate=1e-3, warmup=20, weight_decay=0.0, average=0.98, validate_every=100)
    classes: tuple[str, ...] = CLASSES
    batch: int = 256
    part: Callable[[str], Features] = field(default_factory=lambda: lru_cache(maxsize=2)(lambda name: features(_model(), name)))

    @cached_property
    def coordinates(self) -> Coordinates:
        return Coordinates.of(self.part("training"))

    @cached_property
    def training(self) -> Tensor:
        """The training pictures in whitened coordinates, f32[N, D]."""
        return self.coordinates(torch.from_numpy(self.part("training").values))

    def model(self) -> nn.Linear:
        """A map that starts from zero."""
        made = nn.Linear(self.part("training").values.shape[1], len(self.classes) + 1)
        torch.nn.init.zeros_(made.weight)
        torch.nn.init.zeros_(made.bias)
        return made

    def batches(self, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(whitened features f32[N, D], labels int64[N]); every class equally often, `len(classes)` for those of none."""
        labels, count = self.part("training").labels, len(self.classes)
        kinds = [*range(count), *CLASSLESS]
        groups = [np.flatnonzero(labels == kind) for kind in kinds]
        shares = np.array([(1 - SHARE) / count] * count + [SHARE * share for share in CLASSLESS.values()])
        step = start
        while True:
            rng = np.random.default_rng([self.plan.seed, step])
            drawn = rng.choice(len(kinds), self.batch, p=shares)
            chosen = self.training[[int(rng.choice(groups[place])) for place in drawn]]
            noise = torch.from_numpy(rng.standard_normal(chosen.shape, np.float32))
            yield chosen + NOISE * noise, torch.from_numpy(np.minimum(drawn, count))
            step += 1

    def loss(self, model: nn.Linear, batch: tuple[Tensor, Tensor]) -> Tensor:
        values, labels = (item.to(model.bias.device) for item in batch)
        with torch.autocast(values.device.type, enabled=False):
            return F.cross_entropy(model(values), labels)

    @torch.inference_mode()
    def validate(self, model: nn.Linear) -> dict[str, float]:
        """auroc_unknown: of familiarity, against what is clearly no everyday thing and nothing; auroc_others: against other things."""
        found: Features = self.part("validation")
        values, labels = (torch.from_numpy(item).to(model.bias.device) for item in found)
        scores = model(Coordinates(*(item.to(values.device) for item in self.coordinates))(values))
        known, sure = labels >= 0, odds(scores)
        said = scores[known, :-1]
        return {
            "accuracy": float((said.argmax(1) == labels[known]).float().mean()),
            "accuracy_top5": float((said.topk(min(5, said.shape[1]), 1).indices == labels[known, None]).any(1).float().mean()),
            "validation_loss": float(F.cross_entropy(said, labels[known])),
            "auroc_unknown": auroc(sure[known], sure[(labels == NONE) | (labels == EMPTY)]),
            "auroc_others": auroc(sure[known], sure[labels == OTHER]),
        }  # fmt: skip

    def snapshot(self, model: nn.Linear, step: int) -> dict[str, Any]:
        """A head has no attention of its own: only how good it is on validation pictures."""
        return {"step": step, "probes": [], **self.validate(model)}

    def head(self, model: nn.Linear) -> LinearHead:
        """The same map on features that are not whitened."""
        made = LinearHead(model.in_features, len(self.classes))
        centre, spread, whiten = self.coordinates
        with torch.no_grad():
            made.linear.weight.copy_(model.weight.cpu() @ whiten.T)
            made.linear.bias.copy_(model.bias)
        made.centre.copy_(centre)
        made.spread.copy_(spread)
        return made

    @torch.no_grad()
    def export(self, model: nn.Linear, path: Path, facts: dict[str, Any]) -> None:
        """The head with its temperature folded in and its threshold set, in full precision."""
        found: Features = self.part("validation")
        made = self.head(model)
        known = found.labels >= 0
        values, labels = torch.from_numpy(found.values[known]), torch.from_numpy(found.labels[known])
        heat = temperature(made(values), labels)
        made.linear.weight /= heat
        made.linear.bias /= heat
        made.threshold.copy_(made.familiarity(values).quantile(1 - FAMILIAR))
        tensors = {name: value.detach().contiguous() for name, value in made.state_dict().items()}
        save_file(tensors, path, {"family": FAMILY, "classes": json.dumps(self.classes)})
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, "temperature": heat, **facts}, indent=1))


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
        "Open Clip Art (public domain), Tux Paint stamps (GPL-2+ and others, half of them photographs), a part held out; behind a third of their looks photographs of "
        "buildings and landscapes in GCompris (CC-BY, CC-BY-SA, CC0, public domain, GPL-3+); the frozen backbone: " + backbone.data,
        "beside": "Learned from drawings and from photographs cut out of their ground: where a photograph shows a whole scene it is wrong two times in three "
        "(of the five sample photographs it names none rightly), and a thing of another name is taken for a familiar one four times in five.",
        "examples": backbone.examples,
        "parameters": backbone.parameters + (len(CLASSES) + 1) * (FEATURES + 1),
    }  # fmt: skip


RECIPES = {NAME: partial(HeadRecipe)}
