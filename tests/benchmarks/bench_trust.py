"""What “Can I trust this map?” costs: the whole panel for one step of a 12-word sentence beside the traced run it tests.

Random weights of the shipped size, one thread. Measured alternately in one run. Run as a script, it prints one JSON object.
"""

from __future__ import annotations

import json

import torch

from tests.benchmarks.bench_decoding import ratio, stepper
from viz_core.decoding import Greedy
from viz_core.driver import run
from viz_core.explain.trust import trust

SOURCE, STEPS, REPEATS = 12, 12, 5


def bench(repeats: int = REPEATS) -> dict[str, float]:
    """panel_over_run: a first panel (all random orders read) over a run; next_over_run: another step's panel after it; ms of each."""
    from viz_core.explain.trust import experiment

    model, threads = stepper(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        units = [f"w{i}" for i in range(SOURCE)]
        source = model.encode_units(units)
        trace = run(model, units, Greedy(max_steps=STEPS))
        done = experiment(model, source, [step.choice for step in trace.steps])
        steps = iter(range(10**6))

        def traced() -> object:
            return [step.log_prob for step in run(model, units, Greedy(max_steps=STEPS)).steps]

        def panel() -> object:
            return trust(model, source, trace, 5)

        def another() -> object:
            return trust(model, source, trace, next(steps) % STEPS, done=done)

        out: dict[str, float] = {}
        out["panel_over_run"], out["panel_ms"], out["run_ms"] = ratio(panel, traced, repeats)
        out["next_over_run"], out["next_ms"], _ = ratio(another, traced, repeats)
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 3) for name, value in out.items()}


if __name__ == "__main__":
    print(json.dumps(bench()))
