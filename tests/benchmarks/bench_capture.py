"""What recording costs: a recorded forward pass against a plain one, and against eager attention with its outputs.

A randomly initialised GPT-2 shape (12 layers, 12 heads, 768 wide; random weights cost what trained ones cost). Each pair is
measured alternately in one run, so that other work on the machine hits both. Run as a script, it prints one JSON object;
with arguments, only the measurements they name (`capture eager head summaries pooled`).
"""

from __future__ import annotations

import copy
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable

import torch
import transformers as tf

from viz_core.capture import record
from viz_core.capture.call import Call
from viz_core.capture.rows import ScaledDot

LENGTHS = {512: 9, 2048: 5, 4096: 3}  # tokens: repeats
HEADS, DEPTH = 12, 64
MIB = 2**20


def model(attention: str = "sdpa") -> torch.nn.Module:
    torch.manual_seed(0)
    config = tf.GPT2Config(vocab_size=1000, n_positions=4096, bos_token_id=0, eos_token_id=0)
    return tf.GPT2Model._from_config(copy.deepcopy(config), attn_implementation=attention).eval()


def tokens(length: int) -> torch.Tensor:
    return torch.randint(0, 1000, (1, length), generator=torch.Generator().manual_seed(0))


def alternate(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median of one / other over alternate pairs, and the median seconds of `one`."""
    pairs = []
    for repeat in range(repeats + 1):
        seconds = {}
        for call in (one, other) if repeat % 2 else (other, one):
            start = time.perf_counter()
            call()
            seconds[call] = time.perf_counter() - start
        pairs.append((seconds[one], seconds[other]))
    pairs = pairs[1:]  # the first warms up
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def resident() -> int:
    """Bytes of memory that this process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def extra_memory(call: Callable[[], object]) -> float:
    """Largest growth of the resident memory during a call, in MiB."""
    before, highest, done = resident(), 0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.is_set():
            highest = max(highest, resident())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    kept = call()
    highest = max(highest, resident())
    done.set()
    watcher.join()
    del kept
    return (highest - before) / MIB


def recorded(found: torch.nn.Module, ids: torch.Tensor) -> list[Call]:
    with torch.no_grad(), record() as recording:
        found(ids, use_cache=False)
    return recording.calls


def plain(found: torch.nn.Module, ids: torch.Tensor) -> object:
    with torch.no_grad():
        return found(ids, use_cache=False)


def capture_cost() -> dict[str, float]:
    """Recorded forward pass over plain forward pass."""
    found, out = model(), {}
    for length, repeats in LENGTHS.items():
        ids = tokens(length)
        ratio, seconds = alternate(lambda i=ids: recorded(found, i), lambda i=ids: plain(found, i), repeats)
        out |= {f"capture_over_plain_{length}": ratio, f"capture_seconds_{length}": seconds}
    return out


def against_eager(length: int = 2048, repeats: int = 3) -> dict[str, float]:
    """Time and extra memory of `output_attentions=True` over those of a recorded forward pass."""
    fast, eager, ids = model(), model("eager"), tokens(length)

    def with_outputs() -> object:
        with torch.no_grad():
            return eager(ids, use_cache=False, output_attentions=True)

    ratio, seconds = alternate(with_outputs, lambda: recorded(fast, ids), repeats)
    memory = [extra_memory(call) for call in (lambda: recorded(fast, ids), with_outputs)]
    return {
        f"eager_over_capture_{length}": ratio,
        f"eager_seconds_{length}": seconds,
        f"capture_memory_over_eager_{length}": memory[0] / memory[1],
        f"capture_mib_{length}": memory[0],
        f"eager_mib_{length}": memory[1],
    }


def head_map(length: int = 4096, repeats: int = 7) -> dict[str, float]:
    """One exact head map over the bare product and softmax in torch."""
    torch.manual_seed(0)
    queries, keys = (torch.randn(1, HEADS, length, DEPTH) for _ in range(2))
    call = Call("bench", "decoder", 0, ScaledDot.of(queries, keys, None, DEPTH**-0.5, True))
    bare = lambda: (queries[0, 3] @ keys[0, 3].T).softmax(dim=-1)  # noqa: E731
    ratio, seconds = alternate(lambda: call.weights(heads=3), bare, repeats)
    return {f"head_map_over_bare_{length}": ratio, f"head_map_seconds_{length}": seconds}


def summaries(length: int = 2048, repeats: int = 3) -> dict[str, float]:
    """Summaries of all heads of all layers over one plain forward pass."""
    found, ids = model(), tokens(length)
    calls = recorded(found, ids)
    ratio, seconds = alternate(lambda: [call.summary(ids) for call in calls], lambda: plain(found, ids), repeats)
    return {f"summaries_over_plain_{length}": ratio, f"summaries_seconds_{length}": seconds}


def pooled_view(length: int = 16384, size: int = 512) -> dict[str, float]:
    """A pooled view of one long head: seconds and extra memory."""
    torch.manual_seed(0)
    out = {}
    for name, causal in (("causal", True), ("full", False)):
        queries, keys = (torch.randn(1, 2, length, DEPTH) for _ in range(2))
        call = Call("bench", "decoder", 0, ScaledDot.of(queries, keys, None, DEPTH**-0.5, causal))
        call.pooled(0, (size, size), region=(0, 512, 0, 512))
        start = time.perf_counter()
        mib = extra_memory(lambda c=call: c.pooled(0, (size, size)))
        out |= {f"pooled_{name}_seconds_{length}": time.perf_counter() - start, f"pooled_{name}_mib_{length}": mib}
    return out


PARTS = {"capture": capture_cost, "eager": against_eager, "head": head_map, "summaries": summaries, "pooled": pooled_view}


def bench(parts: tuple[str, ...] = tuple(PARTS)) -> dict[str, float]:
    """Ratios (1 = costs nothing), medians in seconds, extra memory in MiB."""
    out: dict[str, float] = {}
    for part in parts:
        out |= PARTS[part]()
    return {name: round(value, 4) for name, value in out.items()}


if __name__ == "__main__":
    print(json.dumps(bench(tuple(sys.argv[1:]) or tuple(PARTS))))
