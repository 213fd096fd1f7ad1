"""What recording costs: a recorded forward pass against a plain one, and against eager attention with its outputs.

A randomly initialised GPT-2 shape (12 layers, 12 heads, 768 wide; random weights cost what trained ones cost). Each pair is
measured alternately in one run, in processor time of one thread (user and system: fresh memory pages count), and the
smallest of each is compared, so that other work on the machine hits neither. Whole forward passes run in a process for each
kind: in one process the memory that a recording has given back spares the next plain pass its fresh pages, up to a tenth of
its time. Memory is the largest resident size of such a process, beyond that of the plain pass. Run as a script, it prints one JSON object;
with arguments, only the measurements they name (`capture eager memory head summaries pooled`).
"""

from __future__ import annotations

import copy
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import torch
import transformers as tf

from viz_core.capture import record
from viz_core.capture.call import Call
from viz_core.capture.rows import ScaledDot

LENGTHS = {512: 7, 2048: 4, 4096: 3}  # tokens: repeats
HEADS, DEPTH = 12, 64
MIB = 2**20


def model(attention: str = "sdpa") -> torch.nn.Module:
    torch.manual_seed(0)
    config = tf.GPT2Config(vocab_size=1000, n_positions=4096, bos_token_id=0, eos_token_id=0)
    return tf.GPT2Model._from_config(copy.deepcopy(config), attn_implementation=attention).eval()


def tokens(length: int) -> torch.Tensor:
    return torch.randint(0, 1000, (1, length), generator=torch.Generator().manual_seed(0))


def alternate(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Smallest processor time of one over that of the other, and that of `one` in seconds."""
    times: dict[Callable[[], object], list[float]] = {one: [], other: []}
    for repeat in range(repeats + 1):
        for call in (one, other) if repeat % 2 else (other, one):
            start = time.process_time()
            call()
            times[call].append(time.process_time() - start)
    best, base = (min(times[call][1:]) for call in (one, other))  # the first warms up
    return best / base, best


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


class Worker:
    """A process that runs forward passes of one kind when it is called; the processor time of one in seconds."""

    def __init__(self, kind: str, length: int) -> None:
        self.process = subprocess.Popen(command("serve", kind, length), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self) -> float:
        assert self.process.stdin is not None and self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


def command(task: str, kind: str, length: int) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.bench_capture", task, kind, str(length)]


def serve(kind: str, length: int) -> None:
    """Runs a pass for every line of standard input and says how long it took."""
    attention, call = KINDS[kind]
    found, ids = model(attention), tokens(length)
    for _ in sys.stdin:
        start = time.process_time()
        call(found, ids)
        print(time.process_time() - start, flush=True)


def fastest(kinds: tuple[str, ...], length: int, repeats: int) -> dict[str, float]:
    """Smallest processor time of a pass of each kind, passes of all kinds in turn."""
    workers = {kind: Worker(kind, length) for kind in kinds}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for repeat in range(repeats + 1):
        for kind in kinds if repeat % 2 else reversed(kinds):
            times[kind].append(workers[kind]())
    for worker in workers.values():
        worker.close()
    return {kind: min(found[1:]) for kind, found in times.items()}  # the first warms up


def capture_cost() -> dict[str, float]:
    """Recorded forward pass over plain forward pass."""
    out = {}
    for length, repeats in LENGTHS.items():
        found = fastest(("plain", "capture"), length, repeats)
        out |= {f"capture_over_plain_{length}": found["capture"] / found["plain"], f"capture_seconds_{length}": found["capture"]}
    return out


def against_eager(length: int = 2048, repeats: int = 3) -> dict[str, float]:
    """Time of `output_attentions=True` over that of a recorded pass, and over that of a plain one, which bounds it."""
    found = fastest(("plain", "capture", "eager"), length, repeats)
    ratios = {f"eager_over_{kind}_{length}": found["eager"] / found[kind] for kind in ("capture", "plain")}
    return ratios | {f"eager_seconds_{length}": found["eager"]}


def with_outputs(found: torch.nn.Module, ids: torch.Tensor) -> object:
    with torch.no_grad():
        return found(ids, use_cache=False, output_attentions=True)


KINDS = {"plain": ("sdpa", plain), "capture": ("sdpa", recorded), "eager": ("eager", with_outputs)}


def peak(kind: str, length: int) -> int:
    """Largest resident bytes of this process after one pass of a kind."""
    attention, call = KINDS[kind]
    found = model(attention)
    call(found, tokens(16))  # what is loaded at first use
    kept = call(found, tokens(length))
    assert kept is not None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def memory(length: int = 2048) -> dict[str, float]:
    """What a recording and eager attention hold beyond a plain pass, each in a process of its own."""
    peaks = {}
    for kind in KINDS:
        peaks[kind] = int(subprocess.run(command("peak", kind, length), check=True, capture_output=True, text=True).stdout.split()[-1])
    capture, eager = ((peaks[kind] - peaks["plain"]) / MIB for kind in ("capture", "eager"))
    return {
        f"capture_memory_over_eager_{length}": capture / eager,
        f"capture_mib_{length}": capture,
        f"eager_mib_{length}": eager,
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


PARTS = {"capture": capture_cost, "eager": against_eager, "memory": memory, "head": head_map, "summaries": summaries, "pooled": pooled_view}


def bench(parts: tuple[str, ...] = tuple(PARTS)) -> dict[str, float]:
    """Ratios (1 = costs nothing), seconds of processor time, extra memory in MiB."""
    out: dict[str, float] = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for part in parts:
            out |= PARTS[part]()
    finally:
        torch.set_num_threads(threads)
    return {name: round(value, 4) for name, value in out.items()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        torch.set_num_threads(1)
        serve(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] == ["peak"]:
        print(peak(sys.argv[2], int(sys.argv[3])))
    else:
        print(json.dumps(bench(tuple(sys.argv[1:]) or tuple(PARTS))))
