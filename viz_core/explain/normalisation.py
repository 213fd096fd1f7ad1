"""LayerNorm (Ba et al. 2016) against BatchNorm (Ioffe & Szegedy 2015) on activations of a trained Transformer.

The cube is batch × sequence × feature with sentences of different lengths, padded to the longest: what the first residual
sum of the encoder holds, just before it is normalised. Both are compared without their learned γ and β.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from viz_core.models.protocol import Source
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.trace import InputError

EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Cube:
    """values f32[N, S, D], padding included as the model holds it; real bool[N, S]; labels of each sentence."""

    values: NDArray
    real: NDArray
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Company:
    """What happens to the first sentence's normalised numbers when the others join its batch (max |Δ| over them).

    layer, batch: by LayerNorm, by BatchNorm over real positions; padded: by BatchNorm that counts padding too.
    """

    layer: float
    batch: float
    padded: float


@torch.inference_mode()
def cube(stepper: TransformerStepper, sources: Sequence[Source]) -> Cube:
    """The first residual sum of the encoder for a batch of sentences; InputError for an empty batch."""
    if not sources:
        raise InputError("the batch is empty; give at least one sentence")
    module, memory = stepper.module, stepper.module.encode(*stepper.ids(sources))
    layer, x = module.encoder[0], memory.embedded
    y = layer.around_attention.before(x)
    total = x + layer.attention(layer.attention.ask(y), layer.attention.remember(y), memory.mask[:, None, None])
    return Cube(total.float().cpu().numpy(), memory.mask.cpu().numpy(), tuple(source.axis.labels for source in sources))


def layer_norm(values: NDArray) -> NDArray:
    """Every position by its own mean and variance over the features, f32[N, S, D]."""
    mean, variance = values.mean(-1, keepdims=True), values.var(-1, keepdims=True)
    return (values - mean) / np.sqrt(variance + EPSILON)


def batch_norm(values: NDArray, counted: NDArray) -> NDArray:
    """Every feature by its mean and variance over all counted positions of the batch (bool[N, S]), f32[N, S, D]."""
    seen = values[counted]  # (positions, D)
    return (values - seen.mean(0)) / np.sqrt(seen.var(0) + EPSILON)


def company(single: Cube, batch: Cube) -> Company:
    """single: the first sentence of the batch, read by itself. InputError when they are different sentences."""
    if single.labels[0] != batch.labels[0]:
        raise InputError(f"the batch begins with {''.join(batch.labels[0])!r}; put {''.join(single.labels[0])!r} first")
    length, everything = len(single.labels[0]), np.ones_like(batch.real)

    def change(before: NDArray, after: NDArray) -> float:
        return float(np.abs(before[0] - after[0, :length]).max())

    by_itself = batch_norm(single.values, single.real)
    return Company(
        change(layer_norm(single.values), layer_norm(batch.values)),
        change(by_itself, batch_norm(batch.values, batch.real)),
        change(by_itself, batch_norm(batch.values, everything)),
    )


def gains(stepper: TransformerStepper) -> Mapping[str, tuple[NDArray, NDArray]]:
    """γ and β of every LayerNorm, by the name of the record it belongs to."""
    module, found = stepper.module, {}
    for side, layers in (("encoder", module.encoder), ("decoder", module.decoder)):
        for i, layer in enumerate(layers):
            for part, name in (("attention", "self-attention"), ("cross", "cross-attention"), ("feed_forward", "feed-forward")):
                around = getattr(layer, f"around_{part}", None)
                if around is not None:
                    found[f"{side} {i} {name}"] = _gain(around.norm)
        if isinstance(last := getattr(module, f"{side}_norm"), nn.LayerNorm):
            found[f"{side} last LayerNorm"] = _gain(last)
    return found


def _gain(norm: nn.LayerNorm) -> tuple[NDArray, NDArray]:
    gamma, beta = (parameter.detach().float().cpu().numpy() for parameter in (norm.weight, norm.bias))
    return gamma, beta
