"""What tracing costs: a traced run against the same decoding untraced, a beam search with its tree against one without.

Random weights of the shipped size (about 4 M parameters), a source of ten words, outputs of the usual length. Each pair is
measured alternately in one run, so that other work on the machine hits both. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable

import torch

from viz_core.decoding import Beam, Greedy, beam_search, choices_of
from viz_core.driver import run
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_seq2seq import Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper

WORDS, OUTPUTS, SOURCE, STEPS, REPEATS = 4000, 6000, 10, 12, 60


def stepper() -> RecurrentStepper:
    """A model of the shipped size; its weights are random, which costs what trained ones cost."""
    torch.manual_seed(0)
    module = RecurrentSeq2Seq(Config("additive", WORDS, 0, OUTPUTS)).eval().requires_grad_(False)
    words, outputs = (Vocabulary((*SPECIALS, *(f"{kind}{i}" for i in range(n - 4)))) for kind, n in (("w", WORDS), ("o", OUTPUTS)))
    return RecurrentStepper(module, WordIds(words, None), Symbols(outputs), "letters")


def ratio(
    one: Callable[[], object], other: Callable[[], object], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float, float]:
    """Median of one / other over alternate pairs, and both medians in milliseconds by the clock."""
    times: list[tuple[float, float]] = []
    gc.collect()
    gc.disable()
    try:
        for repeat in range(repeats + 3):
            pair = {}
            for call in (one, other) if repeat % 2 else (other, one):
                start = clock()
                call()
                pair[call] = clock() - start
            times.append((pair[one], pair[other]))
    finally:
        gc.enable()
    ones, others = zip(*times[3:], strict=True)  # the first three warm up
    middle = statistics.median
    return middle(a / b for a, b in times[3:]), 1000 * middle(ones), 1000 * middle(others)


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """Ratios (1 = costs nothing) and medians in ms.

    traced: `run` over untraced decoding and its text; looked_at: the same with every step's candidates and attention
    read; tree_w: a beam search of width w with its tree over one without.
    """
    model, threads = stepper(), torch.get_num_threads()
    torch.set_num_threads(1)  # so that the threads of a small product do not add their noise
    units = [f"w{i}" for i in range(SOURCE)]
    source = model.encode_units(units)

    def untraced() -> str:
        return model.text(choices_of(model, [model.encode_units(units)], Greedy(max_steps=STEPS))[0])

    def traced() -> object:
        return run(model, units, Greedy(max_steps=STEPS))

    def looked_at() -> object:
        return [(step.log_prob, step.candidates, step.attention) for step in run(model, units, Greedy(max_steps=STEPS)).steps]

    out: dict[str, float] = {}
    try:
        out["traced"], out["traced_ms"], out["untraced_ms"] = ratio(traced, untraced, repeats)
        out["looked_at"], out["looked_at_ms"], _ = ratio(looked_at, untraced, repeats)
        for width in (4, 5, 16):
            options = Beam(width=width, max_steps=STEPS)
            found = ratio(
                lambda o=options: beam_search(model, [source], o), lambda o=options: beam_search(model, [source], o, tree=False), repeats
            )
            out[f"tree_{width}"], out[f"tree_{width}_ms"], out[f"no_tree_{width}_ms"] = found
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in out.items()}


if __name__ == "__main__":
    print(json.dumps(bench()))
