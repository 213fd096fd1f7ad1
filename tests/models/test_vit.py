"""The small ViT: shapes, one block by hand, its record, its file."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

import viz_core as vc
from viz_core.inputs.picture import Picture
from viz_core.models import registry
from viz_core.models.protocol import Identity
from viz_core.models.vit import Config, ViT
from viz_core.models.vit_file import NEGATIVE, DarkGround, VitBackbone, normalised, store
from viz_core.trace import InputError

SMALL = dict(classes=("cat", "dog", "bird"), side=8, patch=4, width=12, layers=2, heads=3, hidden=16, mean=(0.25,), deviation=(0.5,))


def network(**changes) -> ViT:
    torch.manual_seed(0)
    made = ViT(Config(**{**SMALL, **changes})).eval().requires_grad_(False)
    for parameter in made.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return made


def tracer(**changes) -> DarkGround:
    return DarkGround(VitBackbone(network(**changes)), Identity("tiny", "vit"))


def grey(values) -> Picture:
    pixels = np.repeat(np.asarray(values, np.uint8)[..., None], 3, -1)
    return Picture(pixels, "x.png", "PNG", (pixels.shape[1], pixels.shape[0]), "")


DARK = np.pad(np.arange(100, 136).reshape(6, 6), 1)


@pytest.mark.parametrize("stem", [(), (4, 6), (4,)])
def test_a_picture_becomes_four_patches_and_cls(stem):
    found = network(stem=stem)
    assert found.patches(torch.rand(2, 1, 8, 8)).shape == (2, 4, 12)
    assert [state.shape for state in found.states(torch.rand(2, 1, 8, 8))] == [(2, 5, 12)] * 3
    assert found(torch.rand(2, 1, 8, 8)).shape == (2, 3)


def test_the_linear_embedding_is_one_product_of_each_patch():
    found, pixels = network(), torch.rand(1, 1, 8, 8)
    patch = pixels[0, 0, 4:, :4].flatten()  # second row of patches, first column: number 2
    expected = found.embed.weight.flatten(1) @ patch + found.embed.bias
    torch.testing.assert_close(found.patches(pixels)[0, 2], expected)


@pytest.mark.parametrize(("stem", "channels", "side"), [((), (), 4), ((4,), (4, 12), 7), ((4, 6), (4, 6, 12), 9)])
def test_how_much_of_the_picture_a_patch_vector_sees(stem, channels, side):
    """Counted in pixels with a gradient, the normalisations (over the whole picture) left out."""
    found = VitBackbone(network(stem=stem))
    convolutions = [part for part in found.module.embed.modules() if isinstance(part, torch.nn.Conv2d)]
    pixels = torch.rand(1, 1, 40, 40, requires_grad=True)
    torch.nn.Sequential(*convolutions)(pixels)[0, :, 5, 5].sum().backward()
    assert (found.stem, found.sight) == (channels, side) and int((pixels.grad[0, 0] != 0).any(0).sum()) == side


def test_the_record_names_the_embedding_that_was_used():
    plain, convolved = (tracer(stem=stem).trace(grey(DARK)).steps[0].quantity("patch embedding") for stem in ((), (4, 6)))
    assert "E" in plain.symbol and "Dosovitskiy" in plain.source and "convolutions" in convolved.equation and "Xiao" in convolved.source


def test_a_block_by_hand():
    found, x = network(layers=1), torch.randn(1, 5, 12)
    block = found.blocks[0]
    q, k, v = (block.attention.qkv(block.attention_norm(x))[0].view(5, 3, 3, 4).permute(1, 2, 0, 3))  # each (H, T, d)
    mixed = ((q @ k.mT / 2).softmax(-1) @ v).transpose(0, 1).reshape(1, 5, 12)  # √4 = 2
    middle = x + block.attention.out(mixed)
    torch.testing.assert_close(block(x), middle + block.mlp(block.mlp_norm(middle)))


def test_training_and_evaluation_compute_the_same_without_dropout():
    found, pixels = network(), torch.rand(3, 1, 8, 8)
    torch.testing.assert_close(found.train()(pixels), found.eval()(pixels))


def test_depth_drop_skips_whole_branches_and_keeps_the_mean():
    found = network(layers=3, depth_drop=0.5)
    assert [block.drop for block in found.blocks] == [0.0, 0.25, 0.5]
    skipped = found.blocks[2].train()._skipped(torch.ones(4000, 2, 3))
    assert set(skipped.unique().tolist()) == {0.0, 2.0} and abs(float(skipped.mean()) - 1) < 0.1


def test_the_trace_is_the_forward_pass():
    model = tracer(stem=(4,))
    source = model.encode(grey(DARK))
    torch.testing.assert_close(source.ids, normalised(DARK[None].astype(np.uint8), model.module.config)[0])
    trace = vc.run(model, grey(DARK))
    assert len(trace) == 2 and trace.steps[0].attention[0].weights.shape == (1, 3, 5, 5)
    assert trace.source_axis.kind == "patch" and trace.source_axis.labels[0] == "CLS"
    expected = model.logits(source.ids[None])[0].log_softmax(-1)
    np.testing.assert_allclose(sorted(trace.steps[-1].candidates.log_probs), sorted(expected.tolist()), atol=1e-5)
    assert trace.output == model.class_names[int(expected.argmax())] and not trace.notes


def test_a_bright_ground_is_read_as_its_negative():
    model = tracer()
    trace = model.trace(grey(255 - DARK))
    assert trace.source == "x.png (negative)" and trace.notes == (NEGATIVE,)
    torch.testing.assert_close(model.encode(grey(255 - DARK)).ids, model.encode(grey(DARK)).ids)


def test_samples_are_inputs_and_other_names_are_not():
    assert tracer().trace("clothing:bag").source == "bag"
    with pytest.raises(InputError, match="no piece of clothing"):
        tracer().trace("clothing:sofa")
    with pytest.raises(InputError, match="2 × 2"):
        tracer().encode(grey(DARK), 5)


def test_a_file_gives_the_model_back(tmp_path):
    found = network(stem=(4, 6))
    save_file(*[store(found)[0], tmp_path / "m.safetensors"], metadata=store(found)[1])
    with safe_open(tmp_path / "m.safetensors", "pt") as file:
        again = registry.restore(file.metadata(), {key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    assert again.class_names == SMALL["classes"] and json.loads(json.dumps(asdict(again.module.config)))["stem"] == [4, 6]
    pixels = torch.rand(2, 1, 8, 8)
    torch.testing.assert_close(again.logits(pixels), found(pixels), atol=2e-2, rtol=2e-2)  # stored in half precision
    assert again.backbone.kernel() is None and VitBackbone(network()).kernel().shape == (12, 1, 4, 4)
