"""What a frozen vision model makes of pictures, kept as long as the pixels live.

Looking costs twenty times what a caption costs, and one picture is captioned many times: another word forced, another
language, a beam, a trust test, another decoder on the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from viz_core.models.vision import VisionEncoder

_KEPT: WeakKeyDictionary[nn.Module, WeakTensorKeyDictionary] = WeakKeyDictionary()  # model → pixels → features


@torch.inference_mode()
def frozen_features(model: VisionEncoder, pictures: Sequence[Tensor]) -> list[Tensor]:
    """Last states of pictures f32[C, H, W], [CLS] and then the patches: f32[1 + L, D] each; registers are left out.

    One pass for all pictures of a size, none for pixels that were looked at before; they must not be changed meanwhile.
    """
    kept = _KEPT.setdefault(model.module, WeakTensorKeyDictionary())
    sizes: dict[torch.Size, dict[int, Tensor]] = {}
    for pixels in pictures:
        if pixels not in kept:
            sizes.setdefault(pixels.shape, {})[id(pixels)] = pixels
    for group in (list(same.values()) for same in sizes.values()):
        states = model.backbone.features(torch.stack(group).to(model.device)).float()
        patches = states[:, len(model.backbone.prefix) :]
        kept.update(zip(group, torch.cat([states[:, :1], patches], dim=1).unbind(), strict=True))
    return [kept[pixels] for pixels in pictures]
