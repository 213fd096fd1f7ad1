"""What position encodings do (Vaswani et al. 2017, §3.5), measured on a trained Transformer by taking them out.

Without them self-attention and the position-wise network treat every position alike: permuting the words permutes the
encoder's states and changes nothing else. The model was trained with positions, so this shows what attention by itself
can tell apart, not how well a model trained without them would translate.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.layers.positional import sinusoids
from viz_core.models.protocol import Source
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.trace import InputError


@dataclass(frozen=True, eq=False)
class Permutation:
    """How the encoder answers to another order of the same words.

    labels: the words; order: position of the word that comes first, second, … afterwards. largest: max |P enc(x) − enc(P x)|
    over all numbers; distance f64[S]: ‖·‖ of that difference for every word, as a share of the state's own norm.
    """

    labels: tuple[str, ...]
    order: tuple[int, ...]
    largest: float
    distance: NDArray


def encodings(count: int, size: int) -> NDArray:
    """PE f32[count, size], one row a position."""
    return sinusoids(count, size).numpy()


def wavelengths(size: int) -> NDArray:
    """Positions after which each channel repeats, f64[size]: 2π · 10000^(2i/size), shared by sine and cosine."""
    return 2 * np.pi * 10_000.0 ** (2 * (np.arange(size) // 2) / size)


def similarity(count: int, size: int) -> NDArray:
    """Cosine of every two positions' encodings, f32[count, count]; it depends on their distance alone."""
    rows = encodings(count, size)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def without_positions(stepper: TransformerStepper) -> TransformerStepper:
    """The same weights with no position encodings; the given model stays as it is."""
    module = copy.copy(stepper.module)  # shares every layer and weight, not the configuration
    module.config = replace(module.config, positions=False)
    return replace(stepper, module=module)


def shuffled(count: int, draw: int) -> tuple[int, ...]:
    """An order of count positions other than the present one (of two or more), the same for the same draw."""
    if count < 2:
        raise InputError(f"the sentence has {count} word, so there is no other order; give at least two")
    order, dice = list(range(count)), random.Random(draw)
    while order == sorted(order):
        dice.shuffle(order)
    return tuple(order)


@torch.inference_mode()
def permutation(stepper: TransformerStepper, source: Source, order: Sequence[int]) -> Permutation:
    """Compares the encoder's states of the words in their order and in another one.

    order: a permutation of the source's positions (InputError otherwise). The stepper decides whether positions are added.
    """
    if sorted(order) != list(range(len(source.axis))):
        raise InputError(f"the order {list(order)} is no permutation of {len(source.axis)} positions; name each once, from 0")
    permuted = stepper.encode_units([source.axis.labels[i] for i in order])
    states, moved = (stepper.module.encode(*stepper.ids([item])).states[0] for item in (source, permuted))
    difference = (states[list(order)] - moved).double()
    share = difference.norm(dim=-1) / states[list(order)].double().norm(dim=-1)
    return Permutation(permuted.axis.labels, tuple(order), float(difference.abs().max()), share.cpu().numpy())
