"""How good models are, from the metrics on their cards: `length_curve` and `alignment_bars`.

`metrics` everywhere: a model's label → its flat metrics, named as `viz_core.evaluation` names them. `suffix`: the ending
that says which sentences were measured ("" or "_grammar").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from viz_core.figures import theme
from viz_core.figures.words import _
from viz_core.trace import InputError

Metrics = Mapping[str, Mapping[str, Any]]
Range = tuple[int, int]  # source words, both ends included

COLOURS = ("#3563c0", "#0d9488", theme.ACCENT, "#7c3aed", "#be185d")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")  # colour is never the only difference
UNINFORMED = theme.MASKED
LOWER = 0.42  # share of the height that the lower of two charts takes


def length_curve(metrics: Metrics, baseline: str | None = None, suffix: str = "") -> go.Figure:
    """chrF by source length (after Bahdanau et al. 2015, figure 2), a line a model.

    baseline: the label of a model to compare with (the one without attention), drawn dashed; a second chart below then
    shows by how many points of chrF the others are above it. Raises InputError when no model has metrics by length, or
    the baseline is not among the models.
    """
    if baseline is not None and baseline not in metrics:
        raise InputError(f"the baseline {baseline!r} is not among the models; use one of {', '.join(metrics)}")
    curves = {label: found for label, values in metrics.items() if (found := by_length(values, suffix))}
    if not curves:
        raise InputError(f"none of {', '.join(metrics) or 'no models'} has chrF by length (chrf{suffix}_1_5, …); evaluate the models first")
    ranges = sorted({words for curve in curves.values() for words in curve})
    x = [range_name(words, words == ranges[-1]) for words in ranges]
    counts = [_count(metrics, suffix, words) for words in ranges]
    figure = frame(_("Quality by source length"), 320)
    figure.update_yaxes(title=dict(text=_("chrF (0–100)")), rangemode="tozero")
    for label, curve in curves.items():
        _line(figure, label, x, [curve.get(words) for words in ranges], counts, style(label, metrics, baseline))
    if baseline in curves and len(curves) > 1:
        _add_gaps(figure, metrics, curves, baseline)
    figure.update_xaxes(title=dict(text=_("source length in words")), type="category")
    return figure


def alignment_bars(metrics: Metrics, sets: Mapping[str, str]) -> go.Figure:
    """Alignment error rate (AER, Och & Ney 2003; lower is better) of every model beside two alignments that know nothing.

    sets: suffix → what to call those sentences, a group of bars each. The two baselines belong to the sentences, not to
    a model: a random source word, and the word at the same relative position. Models without alignments are left out.
    Raises InputError when no model has any.
    """
    shown = [label for label, values in metrics.items() if any(f"aer{suffix}" in values for suffix in sets)]
    if not shown:
        raise InputError(f"none of {', '.join(metrics) or 'no models'} has an alignment error rate (aer); evaluate a model with attention first")
    figure = frame(_("Alignment error rate (lower is better)"), 360)
    x = [theme.plain(name) for name in sets.values()]
    for label in shown:
        values = [metrics[label].get(f"aer{suffix}") for suffix in sets]
        _bar(figure, theme.plain(label), x, values, dict(color=style(label, metrics)["line"]["color"]))
    for name, key, shape in ((_("same relative position"), "aer_diagonal", "/"), (_("random word"), "aer_uniform", "x")):
        values = [next((metrics[label][key + suffix] for label in shown if key + suffix in metrics[label]), None) for suffix in sets]
        _bar(figure, name, x, values, dict(color=UNINFORMED, pattern=dict(shape=shape, size=6, solidity=0.3)))
    figure.update_yaxes(range=[0, 1], title=dict(text="AER (0–1)"))
    figure.update_layout(barmode="group", margin=dict(t=50))  # five names may take five lines: below, where it can grow
    return figure.update_layout(legend=dict(y=-0.12, yanchor="top"))


def by_length(values: Mapping[str, Any], suffix: str = "") -> dict[Range, float]:
    """chrF by range of source words, from the metrics `chrf<suffix>_<low>_<high>`."""
    name = re.compile(rf"chrf{re.escape(suffix)}_(\d+)_(\d+)")
    found = {match: value for key, value in values.items() if (match := name.fullmatch(key))}
    return {(int(match[1]), int(match[2])): float(value) for match, value in found.items()}


def range_name(words: Range, last: bool = False) -> str:
    """`1–5`, `6`, and `9+` for the last range, whose upper end is a bound that nothing reaches."""
    low, high = words
    return str(low) if low == high else f"{low}+" if last else f"{low}–{high}"


def frame(title: str, height: int) -> go.Figure:
    """An empty chart with the title at its upper edge and room for a legend of two lines below it."""
    figure = go.Figure(layout=theme.layout(title, height))
    figure.update_layout(title=dict(y=1, yref="container", yanchor="top", pad=dict(t=12)), margin=dict(t=96))
    return figure.update_layout(legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom"))


def _add_gaps(figure: go.Figure, metrics: Metrics, curves: Mapping[str, Mapping[Range, float]], baseline: str) -> None:
    """A second chart below the lines of a figure, on the same lengths: how far each is above the baseline's."""
    ranges = sorted({words for curve in curves.values() for words in curve})
    below = curves[baseline]
    for line in list(figure.data):
        if line.legendgroup != baseline:
            curve, drawn = curves[line.legendgroup], style(line.legendgroup, metrics)
            gaps = [curve[words] - below[words] if words in curve and words in below else None for words in ranges]
            _line(figure, line.legendgroup, line.x, gaps, line.customdata, drawn | dict(yaxis="y2", showlegend=False), "+.1f")
    title = _("chrF above “{name}”").format(name=theme.plain(baseline))
    upper = figure.layout.yaxis.to_plotly_json()
    lower = upper | dict(domain=[0, LOWER], title=dict(text=title), zeroline=True, zerolinecolor=UNINFORMED)
    figure.update_layout(height=520, yaxis=dict(domain=[LOWER + 0.06, 1]), yaxis2=lower, xaxis=dict(anchor="y2"))


def _line(
    figure: go.Figure, label: str, x: Sequence[str], y: list, counts: Sequence[Any], drawn: Mapping[str, Any], number: str = ".1f"
) -> None:
    hover = f"%{{fullData.name}}<br>%{{y:{number}}}<br>" + _("{n} sentences").format(n="%{customdata}") + "<extra></extra>"
    figure.add_scatter(x=x, y=y, customdata=counts, name=theme.plain(label), mode="lines+markers", hovertemplate=hover, legendgroup=label, **drawn)


def _bar(figure: go.Figure, name: str, x: list[str], y: list, marker: Mapping[str, Any]) -> None:
    hover = "%{fullData.name}<br>AER %{y:.3f}<extra></extra>"
    figure.add_bar(x=x, y=y, name=name, marker=marker, hovertemplate=hover, texttemplate="%{y:.2f}", textposition="outside", cliponaxis=False)


def style(label: str, models: Collection[str], baseline: str | None = None) -> dict[str, Any]:
    """Colour and symbol by a model's place, the same in every chart; the baseline of a comparison is grey and dashed."""
    if label == baseline:
        return dict(line=dict(color=UNINFORMED, dash="dash"), marker=dict(symbol="x", size=8))
    place = list(models).index(label)
    return dict(line=dict(color=COLOURS[place % len(COLOURS)]), marker=dict(symbol=SYMBOLS[place % len(SYMBOLS)], size=8))


def _count(metrics: Metrics, suffix: str, words: Range) -> Any:
    """How many sentences a range has, from the first model that says so."""
    key = f"n{suffix}_{words[0]}_{words[1]}"
    return next((values[key] for values in metrics.values() if key in values), "?")
