"""Your own vision transformer: a ViT, DeiT, DINOv2 or CLIP folder or hub name, through the transformers library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.trace.errors import InputError
from viz_core.zoo import memory

FAMILY = "vision-encoder"
KINDS = ("vit", "deit", "dinov2", "dinov2_with_registers", "clip", "clip_vision_model")
_UNUSED = ("pooler", "mask_token")  # what no picture looks at may be missing from the file


def is_vision(config: Any) -> bool:
    """Whether a configuration is that of a vision transformer (of CLIP the picture's half is taken)."""
    return config.model_type in KINDS


def open_vision(folder: Path, files: list[Path], sha256: str, config: Any, target: torch.device, dtype: torch.dtype) -> Any:
    """The stepper of a model in a folder. Raises InputError when weights are missing or do not fit, and when it has no patches."""
    from viz_core.models.vision import VisionEncoder
    from viz_core.models.vision_backbone import HuggingFaceVision

    memory.check_fits(str(folder), memory.measure(files), dtype, target)
    labelled = any(name.endswith("ForImageClassification") for name in config.architectures or ())
    model = _model(folder, config, labelled, dtype).to(target).eval().requires_grad_(False)
    mean, std = _normalisation(folder)
    backbone = HuggingFaceVision(model, mean, std, _class_names(config) if labelled else ())
    return VisionEncoder(backbone, Identity(folder.name, FAMILY, sha256))


def _model(folder: Path, config: Any, labelled: bool, dtype: torch.dtype) -> Any:
    from viz_core.zoo.local import from_folder

    if config.model_type.startswith("clip"):
        return from_folder("CLIPVisionModel", folder, getattr(config, "vision_config", config), dtype, _UNUSED)
    return from_folder("AutoModelForImageClassification" if labelled else "AutoModel", folder, config, dtype, _UNUSED)


def _class_names(config: Any) -> tuple[str, ...]:
    names = config.id2label or {}
    return tuple(str(names.get(i, names.get(str(i), f"class {i}"))) for i in range(config.num_labels))


def _normalisation(folder: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of the folder's preprocessor_config.json; () where it says nothing sensible."""
    try:
        said = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        mean, std = (tuple(float(value) for value in said[name]) for name in ("image_mean", "image_std"))
    except (OSError, ValueError, KeyError, TypeError):
        return (), ()
    usable = len(mean) == len(std) and all(0 <= value <= 1 for value in mean) and all(0 < value <= 1 for value in std)
    return (mean, std) if usable else ((), ())
