"""The training scrubber: how the outputs and alignments of a fixed input emerged while the model learned."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from viz_core.figures import Plot, Scene, theme
from viz_core.ui import address, scenes
from viz_core.ui.errors import told
from viz_core.ui.words import _, language
from viz_core.zoo.cards import Card

MOST_ROWS = 24  # output tokens drawn; an untrained model repeats itself to the length limit
ROW = 24  # pixels


def show(card: Card) -> None:
    """Snapshots of the training run as a player, for one of the probes that were recorded."""
    if not card.history.exists():
        return
    with st.expander(_("How it learned: the same input at snapshots of the training run"), icon=":material/timeline:", expanded=True):
        snapshots = _snapshots(card.history, card.sha256)
        probes = [_join(probe["source"]) for probe in snapshots[0]["probes"]]
        address.take("probe", probes[0], address.one_of(probes, _("probe")))
        if st.session_state["probe"] not in probes:
            st.session_state["probe"] = probes[0]
        st.pills(_("Input"), probes, key="probe", required=True)
        st.caption(_("Step through the snapshots (← →) and watch the output become right and the weights find their place."))
        with told():
            scenes.play(_scene(card.history, card.sha256, probes.index(st.session_state["probe"]), language()), f"training {card.name}")


def _join(units: list[str]) -> str:
    """Letters or Chinese words as one text."""
    return "".join(units)


@lru_cache(maxsize=16)
def _snapshots(path: Path, sha256: str) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _scene(path: Path, sha256: str, number: int, code: str) -> Scene:
    """One step a snapshot: alignment with the tokens of that time, and log p of the output over the run."""
    snapshots = _snapshots(path, sha256)
    probes = [snapshot["probes"][number] for snapshot in snapshots]
    times = [snapshot["step"] for snapshot in snapshots]
    labels = tuple(_("after {n} updates").format(n=f"{time:,}") + f": {' '.join(p['output'][:MOST_ROWS])}" for time, p in zip(times, probes, strict=True))
    if any(probe["weights"] for probe in probes):
        first = Plot(_("Weights α at this snapshot"), *_alignment(probes))
    else:
        first = Plot(_("Output at this snapshot (this variant has no attention weights)"), *_outputs(probes))
    title = _("Training run · {source}").format(source=_join(probes[0]["source"]))
    return Scene(title, labels, (first, _curve(times, probes)), start=-1)


def _alignment(probes: list[dict]) -> tuple[go.Figure, None, None, tuple]:
    """The heat map of the last snapshot and what changes in it at the others."""
    source = probes[0]["source"]
    rows = min(max(len(probe["output"]) for probe in probes), MOST_ROWS)
    grids = [_grid(probe, rows, len(source)) for probe in probes]
    names = [_names(probe, rows) for probe in probes]
    figure = go.Figure(layout=theme.layout("", 90 + ROW * rows))
    figure.add_heatmap(z=grids[-1], zmin=0, zmax=1, colorscale=theme.WEIGHTS_LIGHT, colorbar=dict(thickness=12, outlinewidth=0),
                       hovertemplate="α = %{z:.2f}<extra></extra>")  # fmt: skip
    _name_rows(figure, names[-1])
    figure.update_xaxes(**theme.ticks(tuple(source)), side="top", showgrid=False, range=[-2.4, len(source) - 0.5])
    patches = tuple([(0, {"z": [grid]}), (1, {"text": [name]})] for grid, name in zip(grids, names, strict=True))
    return figure, None, None, patches


def _outputs(probes: list[dict]) -> tuple[go.Figure, None, None, tuple]:
    """The output alone, one token a line."""
    rows = min(max(len(probe["output"]) for probe in probes), MOST_ROWS)
    names = [_names(probe, rows) for probe in probes]
    figure = go.Figure(layout=theme.layout("", 60 + ROW * rows))
    _name_rows(figure, names[-1])
    figure.update_xaxes(visible=False, range=[-3, 1])
    return figure, None, None, tuple([(0, {"text": [name]})] for name in names)


def _name_rows(figure: go.Figure, names: list[str]) -> None:
    """Output tokens left of their rows, as text of the figure so that they can change with the snapshot."""
    figure.add_scatter(x=[-0.6] * len(names), y=list(range(len(names))), text=names, mode="text", textposition="middle left",
                       hoverinfo="skip", showlegend=False, cliponaxis=False)  # fmt: skip
    figure.update_yaxes(visible=False, range=[len(names) - 0.5, -0.5])


def _names(probe: dict, rows: int) -> list[str]:
    shown = [theme.plain(theme.shorten(label, 12)) for label in probe["output"][:rows]]
    return shown + [""] * (rows - len(shown))


def _grid(probe: dict, rows: int, columns: int) -> list[list[float | None]]:
    """Weights 0 … 1 of the first `rows` outputs, None below the last."""
    weights: NDArray = np.frombuffer(base64.b64decode(probe["weights"]), np.uint8).reshape(-1, columns) / 255
    grid = [[round(float(value), 3) for value in row] for row in weights[:rows]]
    return grid + [[None] * columns for _row in range(rows - len(grid))]


def _curve(times: list[int], probes: list[dict]) -> Plot:
    """Mean log p of the model's own output over the run: how sure it was of what it said."""
    sure = [float(np.mean(probe["log_probs"])) for probe in probes]
    figure = go.Figure(layout=theme.layout("", 320))
    figure.add_scatter(x=times, y=sure, mode="lines+markers", line=dict(color="#3563c0"), showlegend=False,
                       hovertemplate=_("after {x} updates: {y} nats").format(x="%{x:,}", y="%{y:.3f}") + "<extra></extra>")  # fmt: skip
    figure.update_xaxes(title=dict(text=_("updates")))
    figure.update_yaxes(title=dict(text=_("mean log p of a token (nats)")))
    return Plot(_("How sure the model was of its own output"), figure, cursor=tuple(float(time) for time in times))
