"""Small random vision transformers of each kind."""

from __future__ import annotations

from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_backbone import HuggingFaceVision

SMALL = dict(hidden_size=24, num_hidden_layers=3, num_attention_heads=3, patch_size=4, image_size=16)
KINDS = ("vit", "deit", "dinov2", "dinov2_with_registers", "clip")
CLASSES = ("cat", "dog", "tree", "house")


def module(kind: str, labelled: bool = False) -> Any:
    import transformers as t

    torch.manual_seed(0)
    wide = dict(SMALL, intermediate_size=48)
    labels = dict(id2label=dict(enumerate(CLASSES)), label2id={name: i for i, name in enumerate(CLASSES)})
    make = {
        "vit": lambda: (t.ViTForImageClassification(t.ViTConfig(**wide, **labels)) if labelled else t.ViTModel(t.ViTConfig(**wide))),
        "deit": lambda: t.DeiTModel(t.DeiTConfig(**wide)),
        "dinov2": lambda: (t.Dinov2ForImageClassification(t.Dinov2Config(**SMALL, mlp_ratio=2, **labels)) if labelled else t.Dinov2Model(t.Dinov2Config(**SMALL, mlp_ratio=2))),
        "dinov2_with_registers": lambda: t.Dinov2WithRegistersModel(t.Dinov2WithRegistersConfig(**SMALL, mlp_ratio=2, num_register_tokens=2)),
        "clip": lambda: t.CLIPVisionModel(t.CLIPVisionConfig(**wide)),
    }  # fmt: skip
    made = make[kind]().eval()
    for parameter in made.parameters():  # positions and layer scales begin at 0 or 1: make them matter
        if parameter.ndim != 2:
            parameter.data += 0.3 * torch.randn_like(parameter)
        else:
            parameter.data *= 8
    return made.requires_grad_(False)


def model(kind: str = "dinov2", labelled: bool = False) -> VisionEncoder:
    backbone = HuggingFaceVision(module(kind, labelled), class_names=CLASSES if labelled else ())
    return VisionEncoder(backbone, Identity(f"tiny-{kind}", "vision-encoder", f"{kind}{labelled}"))
