"""The attention maps of a Transformer's run: every layer and head, computed from what entered the layers."""

from __future__ import annotations

import torch

from viz_core.models.transformer_edits import shown
from viz_core.models.transformer_path import Attended, Path
from viz_core.trace import AttentionMap, Axis, Dense
from viz_core.trace.cut import dense_map, map_part, token_axis


@torch.inference_mode()
def step_maps(path: Path) -> list[tuple[AttentionMap, ...]]:
    """Cross- and self-attention rows of each step; the encoder's maps belong to the first step of a run."""
    labels = tuple([str(path.stepper.labels[choice]) for choice in path.choices])
    queries, together = [token_axis((label,)) for label in labels], token_axis(labels)
    sites = (("cross", path.cross, [path.keys] * len(queries)), ("decoder", path.decoder, path.written))
    wholes = [(_map(path, site, together, axes[-1], layers), axes) for site, layers, axes in sites]
    steps = [tuple([map_part(whole, t, query, axes[t]) for whole, axes in wholes]) for t, query in enumerate(queries)]
    if path.first == 0 and "encoder" in path.stepper.sites:
        steps[0] = (*steps[0], encoder_map(path))
    return steps


def encoder_map(path: Path) -> AttentionMap:
    """All layers and heads of the encoder."""
    return _map(path, "encoder", path.keys, path.keys, path.encoder)


def _map(path: Path, site: str, queries: Axis, keys: Axis, found: Attended) -> AttentionMap:
    """All layers and heads of one site; heads that were taken out are NaN."""
    edited = bool(path.stepper.edits)
    values = (shown(found.weights) if edited else found.weights).float().cpu().numpy()  # (layer, H, R, K)
    values.flags.writeable = False  # so that the map shares it
    names = [tuple([str(i) for i in range(count)]) for count in values.shape[:2]]
    if edited:  # an intervention may leave what is no distribution
        return AttentionMap(site, queries, keys, Dense(values), *names)
    return dense_map(site, queries, keys, values, *names)
