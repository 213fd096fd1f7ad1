"""The attention maps of a Transformer's run: every layer and head, computed from what entered the layers."""

from __future__ import annotations

import torch
from numpy.typing import NDArray

from viz_core.models.transformer_edits import shown
from viz_core.models.transformer_path import Attended, Path
from viz_core.trace import AttentionMap
from viz_core.trace.attention import check_rows
from viz_core.trace.cut import dense_map, map_rows, token_axis


@torch.inference_mode()
def step_maps(path: Path) -> list[tuple[AttentionMap, ...]]:
    """Cross- and self-attention rows of each step; the encoder's maps belong to the first step of a run."""
    labels = path.stepper.labels
    queries = [token_axis((str(labels[choice]),)) for choice in path.choices]
    cross = map_rows("cross", queries, [path.keys] * len(queries), _weights(path, "cross", path.cross))
    decoder = map_rows("decoder", queries, path.written, _weights(path, "decoder", path.decoder))
    steps: list[tuple[AttentionMap, ...]] = list(zip(cross, decoder, strict=True))
    if path.first == 0 and "encoder" in path.stepper.sites:
        steps[0] = (*steps[0], encoder_map(path))
    return steps


def encoder_map(path: Path) -> AttentionMap:
    """All layers and heads of the encoder."""
    return dense_map("encoder", path.keys, path.keys, _weights(path, "encoder", path.encoder))


def _weights(path: Path, site: str, found: Attended) -> NDArray:
    """α of all layers and heads of one site, f32 (L, H, R, K), read-only so that maps share it; heads that were taken out are NaN."""
    edited = bool(path.stepper.edits)
    values = (shown(found.weights) if edited else found.weights).float().cpu().numpy()
    values.flags.writeable = False
    if edited:  # an intervention may leave what is no distribution
        check_rows(site, values)
    return values
