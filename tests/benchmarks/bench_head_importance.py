"""What a map of all heads costs: each of the 12 × 12 heads taken out in turn, over one plain forward pass.

Random weights in the shape of BERT-base (no output layer) and GPT-2 (its output layer included in the plain pass), which
cost what trained ones cost. Plain passes are measured before, between and after, in the same run, so that other work on the
machine hits both. Run as a script, it prints one JSON object; `bench(lengths=(64,))` measures other lengths.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel

from viz_core.explain.head_importance import collect
from viz_core.explain.head_scan import Encoding, Passing
from viz_core.models.protocol import Source
from viz_core.trace import Axis

LENGTHS, OUTPUTS, REPEATS, PLAIN = (32, 64, 128), 8, 2, 5


class Ids:
    """Stands for a tokenizer: the benchmark's sources are ids already."""

    def __init__(self, labels: int) -> None:
        self.labels = tuple(map(str, range(labels)))


def source(length: int) -> Source:
    axis = Axis("token", tuple(map(str, range(length))), {"segments": [0] * length})
    return Source("", axis, tuple(range(5, 5 + length)))


def bert(length: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """(all heads in turn, one plain pass) of an encoder."""
    from viz_core.models.pretrained_encoder import PretrainedEncoder

    torch.manual_seed(0)
    model = BertModel(BertConfig()).eval().requires_grad_(False)
    encoder = PretrainedEncoder(model, None, tokens=Ids(model.config.vocab_size))  # type: ignore[arg-type]
    given = encoder.inputs(source(length))
    return lambda: collect(Encoding(encoder, source(length)), "zero"), lambda: model(**given)


def gpt2(length: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """The same of a decoder whose last `OUTPUTS` tokens are compared."""
    from viz_core.models.pretrained_decoder import PretrainedDecoder

    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config()).eval().requires_grad_(False)
    stepper = PretrainedDecoder(model, None, tokens=Ids(model.config.vocab_size))  # type: ignore[arg-type]
    prompt, choices = source(length - OUTPUTS + 1), list(range(100, 100 + OUTPUTS))
    ids = torch.tensor([[*prompt.ids, *choices[:-1]]])
    return lambda: collect(Passing(stepper, prompt, choices), "zero"), lambda: model(ids, use_cache=False)


@torch.inference_mode()
def ratio(every: Callable[[], object], plain: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Median of one map over the plain passes around it, and both medians in seconds."""

    def seconds(call: Callable[[], object]) -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    plain()
    gc.collect()
    around = [statistics.median(seconds(plain) for _ in range(PLAIN))]
    maps = []
    for _ in range(repeats):
        maps.append(seconds(every))
        around.append(statistics.median(seconds(plain) for _ in range(PLAIN)))
    ratios = [2 * took / (around[i] + around[i + 1]) for i, took in enumerate(maps)]
    return statistics.median(ratios), statistics.median(maps), statistics.median(around)


def bench(lengths: Sequence[int] = LENGTHS, repeats: int = REPEATS) -> dict[str, float]:
    """`bert_64`: all 144 heads over one forward pass at 64 tokens; `_s`: seconds of the map; `_forward_s`: of the pass."""
    out: dict[str, float] = {}
    for name, make in (("bert", bert), ("gpt2", gpt2)):
        for length in lengths:
            key = f"{name}_{length}"
            out[key], out[f"{key}_s"], out[f"{key}_forward_s"] = ratio(*make(length), repeats)
    return {name: round(value, 3) for name, value in out.items()}


if __name__ == "__main__":
    print(json.dumps(bench()))
