"""A trace as what the player shows: the default scene plus the running sum and, without attention, the fixed vector."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from viz_core import figures
from viz_core.figures import words as figure_words
from viz_core.figures.panels import Formula, Plot, Scene
from viz_core.trace import Axis, Quantity, Trace
from viz_core.ui.player import Event, player
from viz_core.ui.words import _, language

Tensors = tuple[str, ...] | None
_scenes: WeakKeyDictionary[Trace, dict[tuple[str, Tensors], Scene]] = WeakKeyDictionary()
NUMBER = Axis("channel", ("",))
# The seven equations of attention seq2seq, in the order in which a step computes them.
SEVEN = (
    "encoder states", "decoder state", "scores", "weights", "context", "attentional state",
    "log-probability", "sum so far",
)  # fmt: skip

ATTENTION = ("queries", "scores", "scaled scores", "weights", "head outputs", "concatenated heads", "projection")


def equations(trace: Trace) -> tuple[str, ...]:
    """The tensors that say how a step looks back at the source: the seven equations, or of a model with several layers
    those of the cross-attention that it aligns by, and what it says."""
    said = trace.run.get("alignment")
    if not isinstance(said, Mapping):
        return SEVEN
    box = f"decoder {int(said['layer'])} cross-attention"
    return (*(f"{box} · {name}" for name in ATTENTION), "output · state", "output · log-probability", "sum so far")


def show(trace: Trace, key: str, tensors: Tensors = None, events: Sequence[str] = ("fork",)) -> Event | None:
    """The player with the scene of a trace; returns the click that caused this run of the page.

    tensors: names of the quantities that the formula panel shows, in that order; None for all.
    """
    return play(of(trace, tensors), key, events)


def play(scene: Scene, key: str, events: Sequence[str] = ()) -> Event | None:
    """The player, its words in the reader's language."""
    figure_words.use(_)
    return player(scene, key, events)


def of(trace: Trace, tensors: Tensors = None) -> Scene:
    """The scene of a trace in the reader's language: the same object as long as the trace lives."""
    known = _scenes.setdefault(trace, {})
    at = (language(), tensors)
    if at not in known:
        figure_words.use(_)
        known[at] = _make(trace, tensors)
    return known[at]


def _make(trace: Trace, tensors: Tensors) -> Scene:
    scene = figures.scene(trace)
    panels = [  # the beam tree has a page of its own
        _formula(panel, trace, tensors) if isinstance(panel, Formula) else panel
        for panel in scene.panels if not isinstance(panel, Plot)
    ]  # fmt: skip
    if not trace.sites and any(q.name == "context" for q in trace.steps[0].quantities):
        panels.insert(0, _fixed_vector(trace))
    return dataclasses.replace(scene, panels=tuple(panels))


def _formula(panel: Formula, trace: Trace, tensors: Tensors) -> Formula:
    """The formula panel with Σ log p so far as its last line, and only the tensors that were asked for.

    What was computed once, before the first step, is repeated at every step when it is asked for by name.
    """
    steps = panel.quantities
    if trace.log_prob is not None:
        sums = np.cumsum([step.log_prob or 0.0 for step in trace.steps])
        steps = tuple((*quantities, _sum(total)) for quantities, total in zip(steps, sums, strict=True))
    if tensors is not None:
        once = {q.name: q for q in steps[0]}
        steps = tuple(_pick({**once, **{q.name: q for q in step}}, tensors) for step in steps)
    return dataclasses.replace(panel, quantities=steps)


def _pick(found: Mapping[str, Quantity], names: Sequence[str]) -> tuple[Quantity, ...]:
    return tuple(found[name] for name in names if name in found)


def _sum(total: float) -> Quantity:
    return Quantity(
        "sum so far", r"\log P(Y|X)", (NUMBER,), [total], r"\log P(Y|X) = \sum_t \log p(y_t \mid y_{<t}, x)",
        "Sutskever et al. 2014, §2",
    )  # fmt: skip


def _fixed_vector(trace: Trace) -> Plot:
    """What the decoder of a model without attention sees of the source: the same vector at every step."""
    figure = figures.quantity(trace, "context")
    figure.update_layout(title_text="", height=320)
    return Plot(_("All that the decoder sees of the source: one vector c, the same at every step"), figure,
                cursor=tuple(float(i) for i in range(len(trace))), wide=True)  # fmt: skip
