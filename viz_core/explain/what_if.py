"""What if: the same model with edited attention or a forced token, compared with itself.

The comparison of distributions is made under the same choices (teacher forcing), because after the first different
token two free outputs answer different questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from viz_core.capture import Call
from viz_core.explain.effect import Effect, Said, divergence
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.candidates import candidates
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import InputError, Step

MOST_STEPS = 200
Sites = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # site → names of its layers and of its heads


@dataclass(frozen=True, eq=False)
class Baseline:
    """The model as it is on one source: where it attends, its greedy output, and log-probabilities f32[step, V]."""

    source: Source
    sites: Sites
    limit: int
    said: Said
    log_probs: torch.Tensor


def baseline(stepper: Stepper, source: str | Source, max_steps: int | None = None) -> Baseline:
    """What edits are compared with. max_steps: the longest output (None: what the model says is sensible)."""
    source = stepper.encode(source) if isinstance(source, str) else source
    limit = min(max_steps or stepper.limit(source), MOST_STEPS)
    choices, log_probs = follow(stepper, source, {}, limit)
    return Baseline(source, sites(stepper, source), limit, _said(stepper, choices, log_probs), log_probs)


def what_if(
    stepper: Stepper,
    source: str | Source | Baseline,
    edits: Iterable[Edit] = (),
    forced: Mapping[int, int] | None = None,
    choices: Sequence[int] | None = None,
    max_steps: int | None = None,
) -> Effect:
    """What the edits change in the output of a model that writes one.

    source: text, a source, or a `baseline` that was made before. edits: see `viz_core.layers.edits`. forced: step →
    output id that the edited run must choose there. choices: output under which the distributions are compared (default:
    what the unedited model writes). Raises InputError for edits at a place that the model does not have, an output id
    that is none, and edits that leave a row nothing to attend to.
    """
    edits, forced = check_edits(edits), dict(forced or {})
    _check_choices(stepper, [*forced.values(), *(choices or ())])
    base = source if isinstance(source, Baseline) else baseline(stepper, source, max_steps)
    check_places(edits, base.sites)
    edited = stepper.intervened(edits) if edits else stepper  # type: ignore[attr-defined]
    shared = list(base.said.choices if choices is None else choices)
    fed = same_choices(stepper, shared, forced)
    shared = shared[: len(fed)]
    own = choices is None
    before = base.log_probs[: len(shared)] if own else follow(stepper, base.source, dict(enumerate(shared)), len(shared))[1]
    after = follow(edited, base.source, dict(enumerate(fed)), len(fed))[1]
    new, spoken = follow(edited, base.source, forced, max(base.limit, max(forced, default=-1) + 2))
    return Effect(
        edits, forced, base.said, _said(stepper, new, spoken), _said(stepper, shared, before),
        _chosen(after, shared), divergence(before.numpy(), after.numpy()),
        tuple(candidates(before, shared, stepper.labels)[0]), tuple(candidates(after, shared, stepper.labels)[0]),
    )  # fmt: skip


def same_choices(stepper: Stepper, choices: Sequence[int], forced: Mapping[int, int]) -> tuple[int, ...]:
    """What the edited model is fed: the choices with the forced ones in their places, up to the first that ends an output."""
    fed = [forced.get(t, choice) for t, choice in enumerate(choices)]
    stop = next((t + 1 for t, choice in enumerate(fed) if choice in _ends(stepper)), len(fed))
    return tuple(fed[:stop])


def sites(stepper: Stepper, source: Source) -> Sites:
    """Where the model attends: names of layers and heads at each site, as its first step records them."""
    state = stepper.start([source])
    prediction = stepper.predict(state)
    return sites_of(stepper.record(prediction, int(prediction.log_probs[0, 0].argmax())))


def sites_of(step: Step) -> Sites:
    """The sites of a recorded step; layers of one site that are recorded in several maps are put together, in their order.

    Names are for people; edits count layers and heads from 0, as do names that are numbers.
    """
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for item in step.attention:
        layers, heads = found.get(item.site, ((), ()))
        found[item.site] = layers + tuple(name for name in item.layers if name not in layers), max(heads, item.heads, key=len)
    return {site: (_ordered(layers), heads) for site, (layers, heads) in found.items()}


def sites_from(calls: Sequence[Call]) -> Sites:
    """The sites of recorded calls, with as many head names as the layer with most heads has."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for call in calls:
        layers, heads = found.get(call.site, ((), ()))
        count = max(len(heads), call.heads)
        found[call.site] = (*layers, *([str(call.layer)] if str(call.layer) not in layers else [])), tuple(map(str, range(count)))
    return found


def _ordered(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names, key=int)) if all(name.isdigit() for name in names) else names


def check_places(edits: Iterable[Edit], places: Sites) -> None:
    """Raises InputError for an edit at a site, layer or head that is not there: it would change nothing without a word."""
    for edit in edits:
        what = type(edit).__name__
        wanted = [edit.site] if edit.site is not None else list(places)
        known = {site: places[site] for site in wanted if site in places}
        if not known:
            raise InputError(f"{what} is for attention at {edit.site!r}, but this model attends at: {', '.join(places) or 'nothing'}")
        for name, part in (("layer", 0), ("head", 1)):
            value, count = getattr(edit, name), max(len(names[part]) for names in known.values())
            if value is not None and value >= count:
                raise InputError(f"{what} names {name} {value}, but there are only {count} here; give a {name} from 0 to {count - 1}")


def follow(stepper: Stepper, source: Source, fixed: Mapping[int, int], limit: int) -> tuple[list[int], torch.Tensor]:
    """The greedy output, with some steps fixed: its ids and log-probabilities of all outputs at each step, f32[step, V]."""
    state, chosen, rows = stepper.start([source]), [], []
    for t in range(limit):
        prediction = stepper.predict(state)
        log_probs = prediction.log_probs[0, 0]
        if bool(torch.isnan(log_probs).any()):
            raise InputError(f"at step {t + 1} a query has no key left that it may see; allow it at least one key again")
        chosen.append(int(fixed.get(t, log_probs.argmax())))
        rows.append(log_probs.float().cpu())
        if chosen[-1] in _ends(stepper):
            break
        one = torch.zeros((1, 1), dtype=torch.long, device=log_probs.device)
        if t + 1 < limit:
            state = stepper.commit(prediction, one, one + chosen[-1])
    return chosen, torch.stack(rows)


def _ends(stepper: Stepper) -> frozenset[int]:
    return frozenset(getattr(stepper, "ends", (stepper.end,)))


def _chosen(log_probs: torch.Tensor, choices: Sequence[int]) -> NDArray:
    return log_probs.numpy()[np.arange(len(choices)), list(choices)]


def _said(stepper: Stepper, choices: Sequence[int], log_probs: torch.Tensor) -> Said:
    return Said(stepper.text(choices), tuple(stepper.labels[c] for c in choices), tuple(choices), _chosen(log_probs, choices))


def _check_choices(stepper: Stepper, choices: Iterable[int]) -> None:
    for choice in choices:
        if isinstance(choice, bool) or not isinstance(choice, int) or not 0 <= choice < len(stepper.labels):
            raise InputError(f"the output id {choice!r} is none of this model's; give one from 0 to {len(stepper.labels) - 1}")
