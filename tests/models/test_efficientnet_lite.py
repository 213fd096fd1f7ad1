"""The frozen CNN: padding, names of its weights, and how a captioner reads it."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from viz_core.models import efficientnet_lite
from viz_core.models.cnn_backbone import CELL, LEAST, SHADES, SIZES, WIDTH, CnnBackbone, shades
from viz_core.models.efficientnet_lite import CHANNELS, Block, Conv, EfficientNetLite


@pytest.fixture(scope="module")
def network() -> EfficientNetLite:
    torch.manual_seed(0)
    made = EfficientNetLite().eval().requires_grad_(False)
    for name, values in made.named_buffers():
        if name.endswith("running_var"):
            values.fill_(0.05)  # so that what a picture shows is not lost on the way
    return made


@pytest.mark.parametrize(("side", "kernel", "stride", "before", "after"), [(8, 3, 2, 0, 1), (7, 3, 2, 1, 1), (8, 5, 2, 1, 2), (8, 5, 1, 2, 2), (8, 1, 1, 0, 0)])
def test_odd_padding_lies_right_and_below(side, kernel, stride, before, after):
    conv = Conv(2, 3, kernel, stride, bias=False)
    x = torch.randn(1, 2, side, side)
    wanted = F.conv2d(F.pad(x, [before, after, before, after]), conv.weight, stride=stride)
    torch.testing.assert_close(conv(x), wanted)
    assert conv(x).shape[-1] == -(-side // stride)


def test_only_blocks_that_keep_their_shape_add_what_they_read():
    x = torch.randn(1, 4, 6, 6)
    for block, adds in ((Block(4, 4, 3, 1, 6), True), (Block(4, 5, 3, 1, 6), False), (Block(4, 4, 3, 2, 1), False)):
        torch.nn.init.zeros_(block.eval().project_conv.weight)
        torch.testing.assert_close(block(x), x if adds else torch.zeros_like(block(x)))


def test_maps_have_a_cell_every_16_and_32_pixels(network):
    fine, coarse = network(torch.randn(2, 3, 96, 128))
    assert fine.shape == (2, CHANNELS[0], 6, 8) and coarse.shape == (2, CHANNELS[1], 3, 4)


def test_weights_are_found_by_the_names_of_the_file(network):
    file = {".".join(f"_{part}" if not part.isdigit() and part not in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked") else part
                     for part in name.split(".")): value for name, value in network.state_dict().items()}  # fmt: skip
    x = torch.randn(1, 3, 64, 64)
    for one, other in zip(efficientnet_lite.of(file)(x), network(x), strict=True):
        torch.testing.assert_close(one, other)
    del file["_blocks.3._depthwise_conv.weight"]
    with pytest.raises(RuntimeError, match=r"blocks\.3\.depthwise_conv"):
        efficientnet_lite.of(file)


def test_mixed_precision_around_it_changes_nothing(network):
    backbone, pixels = CnnBackbone(network, torch.eye(3, 1000).bool()), torch.randn(1, 3, 56, 56)
    with torch.autocast("cpu", torch.bfloat16):
        found = backbone.features(pixels)
    torch.testing.assert_close(found, backbone.features(pixels), rtol=0, atol=0)


def test_a_cell_stands_for_a_patch_and_the_mean_comes_first(network):
    backbone = CnnBackbone(network)
    pixels = torch.randn(2, 3, 4 * 14, 6 * 14)
    found = backbone.features(pixels)
    assert found.shape == (2, 1 + 24, WIDTH)
    torch.testing.assert_close(found[:, 0], found[:, 1:].mean(1))
    values = torch.tensor(backbone.std).view(3, 1, 1) * pixels + torch.tensor(backbone.mean).view(3, 1, 1)
    larger = F.interpolate(values * 255, (4 * CELL, 6 * CELL), mode="bicubic", align_corners=False).clamp(0, 255)
    fine, coarse = network((larger - 127) / 128)
    torch.testing.assert_close(found[:, 1:, : CHANNELS[0]], fine.flatten(2).transpose(1, 2) / SIZES[0])
    torch.testing.assert_close(found[:, 1:, CHANNELS[0] :].mean((1, 2)), coarse.mean((1, 2, 3)) / SIZES[1], rtol=1e-3, atol=1e-4)


def test_the_mean_of_the_cells_logits_is_what_the_network_says_of_the_picture(network):
    _, coarse = network(torch.randn(1, 3, 96, 128))
    head = F.relu6(network.bn1(network.conv_head(coarse)))
    torch.testing.assert_close(network.classes(coarse).mean((1, 2)), network.fc(head.mean((2, 3))))


def test_behind_the_states_stands_what_the_classes_say_for_each_noun(network):
    nouns = torch.zeros(2, 1000, dtype=torch.bool)
    nouns[0, :1000:2] = nouns[1, 1::2] = True  # every class names one of two things
    plain, told = CnnBackbone(network), CnnBackbone(network, nouns)
    pixels = torch.randn(1, 3, 4 * 14, 4 * 14)
    found = told.features(pixels)
    assert found.shape == (1, 17, WIDTH + 2 + SHADES)
    torch.testing.assert_close(found[..., :WIDTH], plain.features(pixels))
    coarse = torch.randn(1, CHANNELS[1], 1, 1)
    odds = told.evidence(coarse)[0, :, 0, 0]
    wanted = network.classes(coarse)[0, 0, 0].softmax(0)
    torch.testing.assert_close(odds, torch.stack([wanted[::2].sum(), wanted[1::2].sum()]).div(LEAST).log())
    nouns[0] = False
    assert told.evidence(coarse)[0, 0].item() == 0, "no evidence rather than minus infinity"


def test_shades_of_one_colour_are_even_and_two_colours_are_not():
    light = torch.linspace(0.3, 1, 14 * 14).view(1, 1, 14, 14)
    red = torch.tensor([0.9, 0.1, 0.1]).view(3, 1, 1)
    one, other = light * red, light.round() * red + (1 - light.round()) * red.flip(0)
    even, uneven = shades(one, 14)[0, :, 0, 0], shades(other, 14)[0, :, 0, 0]
    assert even[2:4].max() < 0.3 < 1 < uneven[2]
    assert even[0] > 1 > 0 > even[1], "more than a third of the light is red, less is green"
    assert even[4].item() == pytest.approx(8 * (light * red.mean()).std(correction=0).item(), rel=1e-3)
    assert shades(torch.zeros(1, 3, 14, 28), 14).shape == (1, SHADES, 1, 2)
