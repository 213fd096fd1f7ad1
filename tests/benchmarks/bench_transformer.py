"""What tracing costs on a Transformer: every intermediate, attention only, and the key–value cache.

Random weights of the shipped size, a source of ten words, twelve steps (a hundred for the cache). Each pair is measured
alternately in one run, so that other work on the machine hits both, and in this process' own time. Run as a script, it
prints one JSON object.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import torch

from tests.benchmarks.bench_decoding import ratio
from viz_core.decoding import Beam, Greedy, choices_of
from viz_core.driver import run
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.transformer import Config, Transformer
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.trace import Step, Trace

WORDS, OUTPUTS, SOURCE, STEPS, REPEATS = 4500, 4500, 10, 12, 60
LONG = 100  # steps, for the cache


def stepper() -> TransformerStepper:
    """A model of the shipped size; its weights are random, which costs what trained ones cost."""
    torch.manual_seed(0)
    module = Transformer(Config(WORDS, 0, OUTPUTS)).eval().requires_grad_(False)
    words, outputs = (Vocabulary((*SPECIALS, *(f"{kind}{i}" for i in range(n - 4)))) for kind, n in (("w", WORDS), ("o", OUTPUTS)))
    return TransformerStepper(module, WordIds(words, None), Symbols(outputs), "letters")


def everything(step: Step) -> object:
    """All that a step records: what was chosen, what else was possible, every map, every tensor."""
    return step.log_prob, step.candidates, step.attention, step.quantities


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """Ratios (1 = costs nothing) and medians in ms, for greedy decoding of twelve and of forty steps and a beam of 5.

    traced: `run` over untraced decoding and its text; attention: with every step's maps looked at; tree: with those, and the
    tree of the beam search; everything: with all that, and every tensor of every step and of the encoder made as a record;
    uncached: each step from a pass over the whole output so far, over steps with the cache.
    """
    model, threads = stepper(), torch.get_num_threads()
    torch.set_num_threads(1)  # so that the threads of a small product do not add their noise
    units = [f"w{i}" for i in range(SOURCE)]
    out: dict[str, float] = {}
    try:
        kinds = {"greedy": Greedy(max_steps=STEPS), "greedy_40": Greedy(max_steps=40), "beam_5": Beam(width=5, max_steps=STEPS)}
        for name, options in kinds.items():
            calls = _calls(model, units, options)
            for kind in [kind for kind in calls if kind != "plain"]:
                found = ratio(calls[kind], calls["plain"], repeats, time.process_time)
                out[f"{name}_{kind}"], out[f"{name}_{kind}_ms"], out[f"{name}_plain_ms"] = found
        out["uncached"], out["uncached_ms"], out["cached_ms"] = ratio(*_cached(model, units), max(repeats // 10, 3), time.process_time)
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in out.items()}


def _calls(model: TransformerStepper, units: list[str], options: Greedy | Beam) -> dict[str, Callable[[], object]]:
    def traced() -> Trace:
        return run(model, units, options)

    def attention() -> Trace:
        trace = traced()
        for step in trace.steps:
            step.attention  # noqa: B018 (made at this look)
        return trace

    def whole() -> object:
        trace = traced()
        return trace.tree, [everything(step) for step in trace.steps]

    calls: dict[str, Callable[[], object]] = {
        "plain": lambda: model.text(choices_of(model, [model.encode_units(units)], options)[0]),
        "traced": traced,
        "attention": attention,
        "everything": whole,
    }
    return {**calls, "tree": lambda: attention().tree} if isinstance(options, Beam) else calls


def _cached(model: TransformerStepper, units: list[str]) -> tuple[Callable[[], object], Callable[[], object]]:
    """Greedy decoding without and with keys and values of earlier steps kept."""
    source = [model.encode_units(units)]

    @torch.inference_mode()
    def uncached() -> list[int]:
        memory = model.memory(*model.ids(source))
        written = [model.begin]
        for _ in range(LONG):
            states = model.module.forced(memory, torch.tensor([written]))[:, -1]
            written.append(int(model.log_probs(model.module.logits(states)).argmax()))
        return written[1:]

    def cached() -> list[int]:
        return choices_of(model, source, Greedy(max_steps=LONG))[0]

    return uncached, cached


if __name__ == "__main__":
    print(json.dumps(bench()))
