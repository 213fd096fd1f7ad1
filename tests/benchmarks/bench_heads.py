"""Page data of the heads view in megabytes: one head of 512 tokens as it travels, and a page's first load.

BertViz ships its weights as JSON text, 22.7 bytes a weight.
"""

from __future__ import annotations

import json

import numpy as np

from viz_core.figures.heads import heads, maps, payload
from viz_core.trace import AttentionMap, Axis, Factored, Step, Trace

TOKENS, LAYERS, HEADS, DEPTH = 512, 6, 12, 64
BERTVIZ = 22.7  # bytes a weight


def bench() -> dict[str, float]:
    """Megabytes, and how many times less than BertViz for the same head; the weights are random, from flat to sharp."""
    trace = _trace()
    shown = heads(trace)
    sizes = [len(json.dumps(maps(shown, [(0, layer, 0)], 0))) / 1e6 for layer in range(LAYERS)]
    return {
        "one_head_512_tokens_mb": max(sizes),
        "first_load_512_tokens_72_heads_mb": len(json.dumps(payload(shown))) / 1e6,
        "bertviz_over_ours": BERTVIZ * TOKENS * TOKENS / 1e6 / max(sizes),
    }


def _trace() -> Trace:
    """A made-up encoder whose layers get sharper one by one."""
    rng = np.random.default_rng(0)
    axis = Axis("token", tuple(f"t{i}" for i in range(TOKENS)))
    steps = []
    for layer in range(LAYERS):
        q, k = rng.normal(size=(2, 1, HEADS, TOKENS, DEPTH)).astype(np.float32)
        weights = Factored(q * (0.3 + 0.7 * layer), k, DEPTH**-0.5)
        steps.append(Step(layer, f"layer {layer}", attention=(AttentionMap("encoder", axis, axis, weights, (str(layer),), tuple(map(str, range(HEADS)))),)))
    return Trace({"model": "random"}, "", axis, "", "layer", tuple(steps))


if __name__ == "__main__":
    print(json.dumps(bench(), indent=1))
