"""Beam search of a loaded model with its whole tree and attention, against `transformers.generate` with the same beams.

A random GPT-2 of 6 layers × 384 with the real vocabulary's size, prompts of 64 and 1,024 tokens, beams of 4; smollm2-135m
with the short one where it is installed. Generate runs as users run it, and once with `output_attentions=True`, which needs the eager
attention. Each pair is measured alternately in one run, in processor time of the one thread that works, so that other
work on the machine does not count. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from tests.models.tiny_generators import source
from tests.models.tiny_pretrained import byte_tokenizer, seeded
from transformers import GPT2Config, GPT2LMHeadModel

from viz_core import zoo
from viz_core.decoding import Beam, Greedy, beam_search, choices_of
from viz_core.driver import run
from viz_core.models.pretrained_decoder import PretrainedDecoder
from viz_core.trace import InputError

SHORT, LONG, STEPS, WIDTH, REPEATS = 64, 1024, 48, 4, 7


def mid_size() -> PretrainedDecoder:
    """Random weights, which cost what trained ones cost; it never ends, so that both write equally much."""
    sizes = {"n_layer": 6, "n_head": 6, "n_embd": 384, "vocab_size": 50257, "n_positions": 2048}
    return PretrainedDecoder(seeded(GPT2LMHeadModel, GPT2Config(**sizes, eos_token_id=None, pad_token_id=0)), byte_tokenizer())


@contextmanager
def attention(model: object, kind: str) -> Iterator[None]:
    """The model with another implementation of attention."""
    before = model.config._attn_implementation  # type: ignore[attr-defined]
    model.set_attn_implementation(kind)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        model.set_attn_implementation(before)  # type: ignore[attr-defined]


def ratio(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Median of one / other over alternate pairs, and both medians in milliseconds of this thread's processor time."""
    times: list[tuple[float, float]] = []
    for repeat in range(repeats + 1):
        pair = {}
        for call in (one, other) if repeat % 2 else (other, one):
            start = time.thread_time()
            call()
            pair[call] = 1000 * (time.thread_time() - start)
        times.append((pair[one], pair[other]))
    ones, others = zip(*times[1:], strict=True)  # the first warms up
    return statistics.median(a / b for a, b in times[1:]), statistics.median(ones), statistics.median(others)


def against_generate(stepper: PretrainedDecoder, prompt: int, steps: int, repeats: int) -> dict[str, float]:
    """Tokens a second of ours over generate's: `beams`, `beams_attentions` (against its attention output), `greedy_traced`
    (a traced greedy run against generate) and `tracing` (a traced greedy run over the same untraced, 1 = costs nothing).
    `search`: ours over the model's bare steps without any search, which no search can beat."""
    said = source(stepper, tuple(100 + i % 5000 for i in range(prompt)))
    ids = torch.tensor([said.ids])
    given = {"attention_mask": torch.ones_like(ids), "max_new_tokens": steps, "min_new_tokens": steps, "do_sample": False}
    options = Beam(width=WIDTH, max_steps=steps, early_stopping="false")

    def ours() -> object:
        return beam_search(stepper, [said], options)

    def generated(**more: object) -> object:
        return stepper.module.generate(ids, **given, **more)

    def with_attention() -> object:
        with attention(stepper.module, "eager"):
            return generated(num_beams=WIDTH, output_attentions=True, return_dict_in_generate=True)

    def bare() -> object:
        prediction = stepper.predict(stepper.start([said]))
        rows, choices = torch.zeros((1, WIDTH), dtype=torch.long), 100 + torch.arange(WIDTH)[None]
        for _ in range(steps - 1):
            prediction = stepper.predict(stepper.commit(prediction, rows, choices))
            rows = torch.arange(WIDTH)[None]
        return prediction

    def traced() -> object:
        return run(stepper, said, Greedy(max_steps=steps))

    def untraced() -> object:
        return choices_of(stepper, [said], Greedy(max_steps=steps))

    found = ours()[0].hypotheses[0].choices  # type: ignore[index]
    assert list(found) == generated(num_beams=WIDTH)[0, prompt:].tolist()  # type: ignore[index]
    out: dict[str, float] = {}
    out["beams"], out["generate_ms"], out["ours_ms"] = ratio(lambda: generated(num_beams=WIDTH), ours, repeats)
    out["beams_attentions"], out["generate_attentions_ms"], _ = ratio(with_attention, ours, max(2, repeats // 3))
    out["search"], _, out["bare_ms"] = ratio(ours, bare, repeats)
    out["greedy_traced"], _, _ = ratio(lambda: generated(num_beams=1), traced, repeats)
    out["tracing"], _, _ = ratio(traced, untraced, repeats)
    return out


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """Ratios of `against_generate` (above 1: ours is faster) and medians in ms, of both models; on one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so that the threads of a small product do not add their noise
    try:
        few, model = max(2, repeats // 3), mid_size()
        out = {f"gpt2_{SHORT}_{name}": value for name, value in against_generate(model, SHORT, STEPS, repeats).items()}
        out |= {f"gpt2_{LONG}_{name}": value for name, value in against_generate(model, LONG, STEPS, few).items()}
        try:
            small = zoo.load("smollm2-135m", "cpu")
        except InputError:
            return {name: round(value, 3) for name, value in out.items()}
        small.module.generation_config.eos_token_id = None
        out |= {f"smollm2_{SHORT}_{name}": value for name, value in against_generate(small, SHORT, STEPS // 3, few).items()}
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in out.items()}


if __name__ == "__main__":
    print(json.dumps(bench()))
