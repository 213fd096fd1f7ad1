"""What a frozen vision model makes of pictures, kept as long as the pixels live.

Looking costs twenty times what a caption costs, and one picture is captioned many times: another word forced, another
language, a beam, a trust test, another decoder on the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.weak import WeakTensorKeyDictionary

from viz_core.models.vision import VisionEncoder
from viz_core.models.vision_backbone import Backbone

_KEPT: WeakKeyDictionary[nn.Module, WeakTensorKeyDictionary] = WeakKeyDictionary()  # model → pixels → features


def shapes_and_colours(backbone: Backbone, pixels: Tensor) -> Tensor:
    """Pictures as captions are written from them: f32[N, 1 + L, D + 3], [CLS] first, registers left out.

    Behind the vision model's states stands the mean colour of the patch (of [CLS]: of the picture): a model that learned to
    tell things apart in any light keeps little of it. pixels: normalised, f32[N, 3, H, W].
    """
    states = backbone.features(pixels)
    kept = torch.cat([states[:, :1], states[:, len(backbone.prefix) :]], dim=1).float()
    colours = F.avg_pool2d(pixels.float(), backbone.patch).flatten(2).transpose(1, 2)
    return torch.cat([kept, torch.cat([colours.mean(1, keepdim=True), colours], dim=1)], dim=-1)


@torch.inference_mode()
def frozen_features(model: VisionEncoder, pictures: Sequence[Tensor]) -> list[Tensor]:
    """`shapes_and_colours` of pictures f32[3, H, W]: f32[1 + L, D + 3] each.

    One pass for all pictures of a size, none for pixels that were looked at before; they must not be changed meanwhile.
    """
    kept = _KEPT.setdefault(model.module, WeakTensorKeyDictionary())
    sizes: dict[torch.Size, dict[int, Tensor]] = {}
    for pixels in pictures:
        if pixels not in kept:
            sizes.setdefault(pixels.shape, {})[id(pixels)] = pixels
    for group in (list(same.values()) for same in sizes.values()):
        pixels = torch.stack(group).to(model.device)
        kept.update(zip(group, shapes_and_colours(model.backbone, pixels).unbind(), strict=True))
    return [kept[pixels] for pixels in pictures]
