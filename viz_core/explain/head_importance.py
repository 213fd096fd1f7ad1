"""How much each head matters for one input: take every head out in turn (Michel et al. 2019, §3.1) and watch the output.

Loaded models are run in batches, every row without another head of the same layer, from that layer on (`layer_stack`);
other models are stepped once for every head.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.explain.head_scan import Scan, scan_of
from viz_core.explain.what_if import follow
from viz_core.models.pretrained_encoder import PretrainedEncoder
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import InputError
from viz_core.trace.arrays import check_shape, frozen

Progress = Callable[[int, int], None]  # (heads done, heads); what it raises ends the work


@dataclass(frozen=True, eq=False)
class HeadImportance:
    """What taking out each head of a site changes, for one input.

    values: by measure, f32[layer, head, step]. `kl`: KL(before ‖ after) of a step's next-output distribution in nats,
    under the same choices; `log_prob`: change of log p of the step's choice in nats; `distance` (of encoders, which have
    one step): 1 − cosine of the sentence embeddings. NaN where a layer has fewer heads. steps: one label an output.
    """

    site: str
    layers: tuple[str, ...]
    heads: tuple[str, ...]
    steps: tuple[str, ...]
    values: Mapping[str, NDArray]

    def __post_init__(self) -> None:
        for name in ("layers", "heads", "steps"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        sizes = (len(self.layers), len(self.heads), len(self.steps))
        values = {name: frozen(array, what=f"importance {name!r}") for name, array in self.values.items()}
        object.__setattr__(self, "values", values)
        for name, array in values.items():
            check_shape(f"importance {name!r}", array, sizes, "layer, head, step")

    def map(self, measure: str = "kl", step: int | None = None) -> NDArray:
        """f32[layer, head] at one step, or of the whole output: the sum of changes of log p, the mean of the others."""
        if measure not in self.values:
            raise InputError(f"heads were not measured by {measure!r}; use one of {', '.join(self.values)}")
        array = self.values[measure]
        if step is not None:
            return array[:, :, step]
        return array.sum(axis=2) if measure == "log_prob" else array.mean(axis=2)


def head_importance(
    model: Stepper | PretrainedEncoder,
    source: str | Source,
    choices: Sequence[int] | None = None,
    how: str = "zero",
    progress: Progress | None = None,
) -> tuple[HeadImportance, ...]:
    """Each head of a model taken out in turn: one record for every site.

    choices: output ids under which distributions are compared (default: the greedy output; an encoder has none, its
    sentence embedding is compared). how: see `AblateHead`. Raises InputError for a model without attention.
    """
    source = model.encode(source) if isinstance(source, str) else source
    if isinstance(model, PretrainedEncoder):
        scan, steps = scan_of(model, source), ("",)
    else:
        chosen = list(choices) if choices is not None else follow(model, source, {}, model.limit(source))[0]
        scan, steps = scan_of(model, source, chosen), tuple(model.labels[choice] for choice in chosen)
    if not scan.sites:
        raise InputError("this model has no attention, so it has no heads to take out; choose another model")
    tables = collect(scan, how, progress)
    return tuple(HeadImportance(site, *scan.sites[site], steps, values) for site, values in tables.items())


def collect(scan: Scan, how: str, progress: Progress | None = None) -> dict[str, dict[str, NDArray]]:
    """site → measure → f32[layer, head, step], head by head."""
    total = sum(len(layers) * len(heads) for layers, heads in scan.sites.values())
    done, tables = 0, {}
    for site, (layers, heads) in scan.sites.items():
        tables[site] = {name: np.full((len(layers), len(heads), scan.size), np.nan, np.float32) for name in scan.measures}
        for layer in range(len(layers)):
            for head, values in scan.without(site, layer, range(len(heads)), how):
                for name, value in zip(scan.measures, values, strict=True):
                    tables[site][name][layer, head] = value
                done += 1
                if progress:
                    progress(done, total)
    return tables
