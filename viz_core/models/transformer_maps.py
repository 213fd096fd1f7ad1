"""The attention maps of a Transformer's run: every layer and head, computed from what entered the layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from viz_core.layers.attention import attend
from viz_core.models.transformer import KeyValue, Memory, MultiHead, Transformer
from viz_core.trace import AttentionMap, Axis, Dense

if TYPE_CHECKING:
    from viz_core.models.transformer_stepper import TransformerPrediction, TransformerStepper


@torch.inference_mode()
def cross_weights(module: Transformer, memory: Memory, layer: int, crossing: Tensor) -> Tensor:
    """α of every head of a decoder layer's cross-attention, f32 (N, H, L, S), from what entered it, (N, L, D)."""
    block = module.decoder[layer]
    return weights(block.cross, block.around_cross.before(crossing), memory.cross[layer], memory.mask[:, None, None])


def weights(block: MultiHead, x: Tensor, memory: KeyValue, mask: Tensor | None = None) -> Tensor:
    """α of every head, f32 (N, H, L, K), where queries x (N, L, D) look at memory."""
    return attend(block.split(block.query(x)), *memory, mask)[1]


@torch.inference_mode()
def encoder_inputs(module: Transformer, memory: Memory, source: int, length: int) -> list[Tensor]:
    """What entered each encoder layer for one source without its padding, (1, S, D) each, and what left the last."""
    x = memory.embedded[source : source + 1, :length]
    out, mask = [x], memory.mask[source : source + 1, None, None, :length]
    for layer in module.encoder:
        out.append(layer(out[-1], mask))
    return out


def step_maps(
    path: Sequence[tuple[TransformerPrediction, int]], choices: Sequence[int], stepper: TransformerStepper, source: int
) -> list[tuple[AttentionMap, ...]]:
    """Cross- and self-attention rows of the steps of a path; the encoder's maps belong to the first step of a run."""
    out = []
    for (prediction, hypothesis), choice in zip(path, choices, strict=True):
        query = Axis("token", (stepper.labels[choice],))
        maps = (_cross(prediction, hypothesis, query, source), _decoder(prediction, hypothesis, query, stepper, source))
        out.append(maps if prediction.state.index else (*maps, _encoder(prediction, source)))
    return out


def _cross(prediction: TransformerPrediction, hypothesis: int, query: Axis, source: int) -> AttentionMap:
    state, module = prediction.state, prediction.module
    keys = state.sources[source].axis
    rows = [
        cross_weights(module, state.memory, i, x[:, hypothesis, None])[source, ..., : len(keys)]
        for i, x in enumerate(prediction.step.crossing)
    ]
    return _map("cross", query, keys, rows)


@torch.inference_mode()
def _decoder(prediction: TransformerPrediction, hypothesis: int, query: Axis, stepper: TransformerStepper, source: int) -> AttentionMap:
    """Whom the position that writes this output sees: the outputs before it, BEGIN first (the last one is itself)."""
    place = source * prediction.state.previous.shape[1] + hypothesis  # in N·B
    rows = []
    for layer, x, seen in zip(prediction.module.decoder, prediction.step.inputs, prediction.step.past, strict=True):
        y = layer.around_attention.before(x[source, hypothesis][None, None])
        rows.append(weights(layer.attention, y, KeyValue(*(tensor[place : place + 1] for tensor in seen)))[0])
    return _map("decoder", query, written(prediction, stepper, source, hypothesis), rows)


@torch.inference_mode()
def _encoder(prediction: TransformerPrediction, source: int) -> AttentionMap:
    state, module = prediction.state, prediction.module
    axis = state.sources[source].axis
    rows = []
    for layer, x in zip(module.encoder, encoder_inputs(module, state.memory, source, len(axis)), strict=False):
        y = layer.around_attention.before(x)
        rows.append(weights(layer.attention, y, layer.attention.remember(y))[0])
    return _map("encoder", axis, axis, rows)


def written(prediction: TransformerPrediction, stepper: TransformerStepper, source: int, hypothesis: int) -> Axis:
    """The decoder's inputs so far: BEGIN and the outputs before this step."""
    return Axis("token", tuple(stepper.labels[i] for i in prediction.state.written[source, hypothesis].tolist()))


def _map(site: str, queries: Axis, keys: Axis, rows: Sequence[Tensor]) -> AttentionMap:
    """rows: (H, Q, K) of each layer."""
    values = torch.stack(list(rows)).float().cpu().numpy()
    values.flags.writeable = False  # so that the map shares it
    names = (tuple(str(i + 1) for i in range(count)) for count in values.shape[:2])
    return AttentionMap(site, queries, keys, Dense(values), *names)
