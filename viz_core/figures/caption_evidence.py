"""What the places that the words of a caption are written from are called, and their colours, as far as the decoder listens to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.panels import Plot
from viz_core.figures.words import N_, _
from viz_core.trace import InputError, Trace

MOST, LEAST = 8, 0.05  # words that are drawn; what is less is not drawn unless it is the strongest


@dataclass(frozen=True)
class Evidence:
    """name, trust: quantities of a step, one number a word and how far they count; symbols: of their product; whole: the title
    where nothing is looked at more than the rest; signed: can it speak against a word? needs: a model that has it."""

    name: str
    trust: str
    symbols: str
    title: str
    whole: str
    needs: str
    signed: bool = False


NOUNS = Evidence("evidence", "trust in the evidence", "τ Σ α r", N_("What ImageNet's classes call the place looked at, as far as it counts"),
                 N_("What ImageNet's classes call the whole picture, as far as it counts"), "reads an ImageNet classifier")  # fmt: skip
COLOURS = Evidence("colour evidence", "trust in the colours", "κ Σ α s", N_("What the colours of the place looked at are called, as far as it counts"),
                   N_("What the colours of the whole picture are called, as far as it counts"), "takes colours from where it looks", signed=True)  # fmt: skip


def has_evidence(trace: Trace, of: Evidence) -> bool:
    """Does the model of this trace ask for it?"""
    return bool(trace.steps) and any(q.name == of.name for q in trace.steps[0].quantities)


def evidence(trace: Trace, of: Evidence) -> go.Figure:
    """Words × steps: trust × evidence of those with the most at any step, the strongest first. Raises InputError for a trace
    without this evidence."""
    if not has_evidence(trace, of):
        raise InputError(f"no step of this trace has a quantity {of.name!r}; run a captioning model that {of.needs}")
    values = (trace.series(of.trust).reshape(len(trace), 1) * trace.series(of.name)).T  # (K, T)
    words = trace.steps[0].quantity(of.name).axes[0].labels
    strength = values.max(axis=1)
    told = len(words) if of.signed else int((strength >= LEAST).sum())
    chosen = np.argsort(-strength, kind="stable")[: max(1, min(MOST, told))][::-1]  # the strongest is drawn last, at the top
    title = of.title if trace.sites else of.whole
    figure = go.Figure(layout=theme.layout(_(title), 110 + 22 * len(chosen)))
    figure.add_heatmap(
        z=values[chosen], x=list(range(len(trace))), y=list(range(len(chosen))), showscale=False, **_scale(values, of.signed),
        text=[[_number(value) for value in row] for row in values[chosen]], texttemplate="%{text}", xgap=1, ygap=1,
        customdata=[[words[number]] * len(trace) for number in chosen], hovertemplate=f"%{{customdata}}: {of.symbols} = %{{z:.4f}}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**theme.ticks(trace.step_axis.labels), showgrid=False)
    return figure.update_yaxes(**theme.ticks([words[number] for number in chosen]), showgrid=False)


def _scale(values: np.ndarray, signed: bool) -> dict[str, object]:
    """From nothing to the most; of what can speak against a word, the same reach on both sides of 0."""
    if not signed:
        return dict(colorscale=theme.WEIGHTS_LIGHT, zmin=0)
    reach = float(np.abs(values).max()) or 1.0
    return dict(colorscale=theme.SIGNED_LIGHT, zmin=-reach, zmax=reach)


def _number(value: float) -> str:
    return f"{value:.1f}".replace("-", "−") if abs(value) >= LEAST else ""


def evidence_panel(trace: Trace, of: Evidence) -> Plot:
    """`evidence` for the player, with a frame around the step on show."""
    figure = evidence(trace, of)
    title = figure.layout.title.text
    figure.update_layout(title_text="", margin_t=16)
    return Plot(title, figure, cursor=tuple(float(step) for step in range(len(trace))), span=1.0, wide=True)
