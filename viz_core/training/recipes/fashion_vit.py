"""A small vision transformer that names clothing (Fashion-MNIST): patches of 4 × 4 pixels, 49 of them and [CLS]."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from viz_core.capture import record
from viz_core.models.vit import Config, ViT
from viz_core.models.vit_file import normalised, store
from viz_core.tasks import fashion_mnist
from viz_core.tasks.fashion_mnist.augment import augment
from viz_core.tasks.fashion_mnist.samples import NAMES
from viz_core.training.loop import Plan

MEAN, DEVIATION = (0.2862,), (0.3531,)  # of the training pixels in 0 … 1
PROBES = 8  # validation pictures whose attention is kept at snapshots, the first of as many classes
SMOOTHING = 0.1


@dataclass
class VitRecipe:
    """One epoch after the other, each in an order of its own."""

    name: str
    config: Config
    plan: Plan
    batch: int = 128
    pictures: fashion_mnist.Pictures = field(default_factory=fashion_mnist.training)
    development: fashion_mnist.Pictures = field(default_factory=fashion_mnist.validation)

    def model(self) -> ViT:
        return ViT(self.config)

    def batches(self, start: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(normalised pixels f32[N, 1, side, side], labels int64[N]) from step `start` on."""
        each = len(self.pictures.labels) // self.batch
        epoch, place = divmod(start, each)
        while True:
            order = torch.randperm(len(self.pictures.labels), generator=self._generator(epoch))
            for number in range(place, each):
                chosen = order[number * self.batch : (number + 1) * self.batch].numpy()
                generator = self._generator(1_000_000 + epoch * each + number)
                yield normalised(augment(self.pictures.pixels[chosen], generator), self.config), torch.from_numpy(self.pictures.labels[chosen])
            epoch, place = epoch + 1, 0

    def _generator(self, number: int) -> torch.Generator:
        return torch.Generator().manual_seed(self.plan.seed * 1_000_003 + number)

    def loss(self, model: ViT, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Label-smoothed cross-entropy (Szegedy et al. 2016, §7)."""
        pixels, labels = (item.to(model.cls.device) for item in batch)
        return F.cross_entropy(model(pixels).float(), labels, label_smoothing=SMOOTHING)

    @torch.inference_mode()
    def validate(self, model: ViT) -> dict[str, float]:
        said = torch.cat([model(normalised(part, self.config).to(model.cls.device)) for part in _parts(self.development.pixels)]).cpu()
        labels = torch.from_numpy(self.development.labels)
        return {"accuracy": float((said.argmax(1) == labels).float().mean()), "validation_loss": float(F.cross_entropy(said, labels))}

    @torch.inference_mode()
    def snapshot(self, model: ViT, step: int) -> dict[str, Any]:
        """What the model says of the probes and where [CLS] looks: mean of the heads of every layer, 255 is weight 1."""
        numbers = probes(self.development)
        pixels = normalised(self.development.pixels[numbers], self.config).to(model.cls.device)
        with record() as recording:
            log_probs = model(pixels).log_softmax(-1).cpu()
        rows = torch.stack([call.weights(queries=[0]).mean(1)[:, 0].float().cpu() for call in recording.calls], 1)  # (N, L, T)
        return {"step": step, "probes": [self._probe(number, log_probs[i], rows[i]) for i, number in enumerate(numbers)]}

    def _probe(self, number: int, log_probs: Tensor, rows: Tensor) -> dict[str, Any]:
        classes, best = self.config.classes, int(log_probs.argmax())
        return {
            "source": [f"{classes[int(self.development.labels[number])]} (validation {number})"], "output": [classes[best]],
            "log_probs": [round(float(log_probs[best]), 4)], "layers": len(rows), "positions": rows.shape[1],
            "pixels": base64.b64encode(self.development.pixels[number].tobytes()).decode(),
            "weights": base64.b64encode((rows * 255).round().to(torch.uint8).numpy().tobytes()).decode(),
        }  # fmt: skip

    def export(self, model: ViT, path: Path, facts: dict[str, Any]) -> None:
        values, metadata = store(model)
        save_file(values, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, **facts}, indent=1))


def _parts(pictures: Any, size: int = 500) -> list[Any]:
    return [pictures[start : start + size] for start in range(0, len(pictures), size)]


def probes(pictures: fashion_mnist.Pictures, count: int = PROBES) -> list[int]:
    """The first picture of each of the first classes."""
    labels = pictures.labels.tolist()
    return [labels.index(label) for label in sorted(set(labels))[:count]]


CONFIG = Config(fashion_mnist.CLASSES, stem=(32, 64), mean=MEAN, deviation=DEVIATION)
PLAN = Plan(24_000, learning_rate=2e-3, warmup=500, weight_decay=0.05, validate_every=1_000)


@lru_cache(maxsize=1)
def make() -> VitRecipe:
    return VitRecipe("fashion-vit", CONFIG, PLAN)


RECIPES = {"fashion-vit": make}


def about(name: str) -> dict[str, Any]:
    """What the model's card says besides its numbers."""
    return {
        "name": name, "task": "fashion-mnist", "mechanism": "vit", "licence": "Apache-2.0",
        "title": "Clothing, a small vision transformer: 7 × 7 patches, 6 layers, 4 heads",
        "data": "Fashion-MNIST (Debian dataset-fashion-mnist, MIT), 55,000 pictures to learn from, 5,000 to choose by; "
        "its 10,000 test pictures held out",
        "beside": "88–94 % for convolutional networks of two or three layers, 83.5 % for people without training "
        "(tables of the data set's own project, Xiao et al. 2017)",
        "examples": NAMES,
    }  # fmt: skip
