"""`scene`: the panels any trace deserves, chosen by its records and axis kinds."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import ArrayLike

from viz_core.figures.panels import (
    NODE, SOURCE, TARGET, Bars, ContactSheet, Formula, Heat, Links, Panel, Places, Plot, Points, Reveal, Scene, Weights,
)  # fmt: skip
from viz_core.figures.picture_uri import picture_uri
from viz_core.figures.site_rows import MeanRows, SiteRows, site_rows, with_mean
from viz_core.figures.tree import node_lines, tree
from viz_core.figures.words import _
from viz_core.trace import BeamTree, Trace

IN_A_ROW = frozenset({"token", "sentence", "step", "cell", "frame", "point", "node", "layer"})  # kinds that read as a line of labels
SHORT_LINE = 14  # labels that can be read in half the width
LONGEST_LINE = 160  # more labels than this cannot be read as a line


def scene(
    trace: Trace, layer: int | None = None, head: int | None = None, start: int = -1, image: str | ArrayLike = "", formula: bool = True
) -> Scene:
    """Links or a map over the picture, and the heat map, for every attention site, candidates, beam tree and formula, as
    far as the trace has them.

    layer, head: what to show first where a site has several (None: see `first_map`); the mean of the heads stands behind
    the last of them. start: the first step on show. image: the picture that was read, u8[H, W, 3] or
    a data URI, drawn below patches. formula=False leaves the tensors out (they are computed only when asked for).
    """
    rows = [with_mean(site_rows(trace, site)) for site in trace.sites]
    shown = {item.site: first_map(trace, item, layer, head) for item in rows}
    # What grows with the steps is what the reader steps through: it stands first, whole maps (self-attention) later.
    picture = image if isinstance(image, str) else picture_uri(image)
    panels = [panel for item in rows if item.grows for panel in site_panels(trace, item, *shown[item.site], picture)]
    if any(step.candidates for step in trace.steps):
        # Beside a picture there is room for them; they stand behind everything else of the sites.
        at = 1 if panels and isinstance(panels[0], Places) and panels[0].weights.rows.key_axis.kind == "patch" else len(panels)
        panels.insert(at, Bars(_("What could come next"), tuple(s.candidates for s in trace.steps), tuple(s.choice for s in trace.steps)))
    if trace.tree is not None:
        panels.append(tree_panel(trace, trace.tree))
    panels += [panel for item in rows if not item.grows for panel in site_panels(trace, item, *shown[item.site], picture)]
    if formula and any(step.quantities for step in trace.steps):
        panels.append(Formula(_("How the tensors flow"), tuple(step.quantities for step in trace.steps)))
    title = " · ".join(str(part) for part in (trace.run.get("model", ""), trace.source) if part)
    return Scene(title, tuple(_label(trace, i) for i in range(len(trace))), tuple(panels), start)


def first_map(trace: Trace, rows: SiteRows, layer: int | None = None, head: int | None = None) -> tuple[int, int]:
    """Layer and head on show at first: those that are asked for, else the map that the run says its words align by
    (`alignment` among what it was run with: site, layer, head or None for the mean), else the first of both."""
    said = trace.run.get("alignment")
    several = isinstance(rows, MeanRows)
    if layer is None and head is None and isinstance(said, Mapping):
        here = said.get("site") == rows.site
        one = said.get("head") if here else None
        return (int(said.get("layer", 0)) if here else len(rows.layers) - 1), (len(rows.heads) - 1 if one is None and several else int(one or 0))
    return layer or 0, head or 0


def site_panels(trace: Trace, rows: SiteRows, layer: int = 0, head: int = 0, image: str = "") -> list[Panel]:
    """Links (labels in a line) or places (patches, points with coordinates), and the heat map, sharing their weights;
    where patches get one row a step, the maps of all steps too.

    layer, head: the map on show first; the last one where the site has fewer.
    """
    shown = (min(layer, len(rows.layers) - 1), min(head, len(rows.heads) - 1))
    weights = Weights(rows, key_id(trace, rows), query_id(trace, rows), shown)
    axis = rows.key_axis
    where = _("Attention to the picture") if axis.kind == "patch" and rows.site == "cross" else site_word(rows.site)
    lines: list[Panel] = []
    if axis.kind in IN_A_ROW and len(axis) <= LONGEST_LINE:
        beside = len(axis) <= SHORT_LINE and not rows.grows  # fits beside its heat map
        lines.append(Links(_("{site}: who attends to whom").format(site=where), weights, wide=not beside))
    matrix = Heat(_("{site}: weights α").format(site=where), weights)
    if axis.kind == "patch" or (axis.kind == "point" and "x" in axis.geometry):
        places = Places(_("{site}: where it looks").format(site=where), weights, image)
        if axis.kind == "patch" and weights.query == TARGET:
            lines.append(ContactSheet(_("All words at once") if trace.unit == "token" else _("All steps at once"), weights, image))
        return [places, *lines, matrix] if axis.kind == "patch" else [places, matrix, *lines]
    return [*lines, matrix]


def key_id(trace: Trace, rows: SiteRows) -> str:
    """Position id of the columns: `source` when they are the trace's source positions."""
    return SOURCE if rows.key_axis.labels == trace.source_axis.labels else f"{rows.site} keys"


def query_id(trace: Trace, rows: SiteRows) -> str:
    """Position id of the rows: `target` when there is one a step, `source` for self-attention over the source."""
    if rows.grows and all(end - start == 1 for start, end in rows.spans):
        return TARGET
    if rows.labels[: len(rows.key_axis)] == rows.key_axis.labels:
        return key_id(trace, rows)
    return f"{rows.site} queries"


def site_word(site: str) -> str:
    """A site's name as a reader knows it."""
    names = {
        "encoder": _("Encoder self-attention"), "decoder": _("Decoder self-attention"), "cross": _("Attention to the source"),
        "pointer": _("Pointer"), "copy": _("Copy attention"), "hop": _("Memory hops"), "read": _("Memory read"),
        "write": _("Memory write"), "patch": _("Patch attention"), "self": _("Self-attention"),
    }
    return names.get(site, site)


def tree_panel(trace: Trace, beam: BeamTree) -> Plot:
    """The beam tree, revealed step by step; a hovered hypothesis lights its attention in the other panels."""
    last = len(trace) - 1
    figure = tree(trace)
    figure.update_layout(title_text="")
    text = tuple("\n".join(node_lines(beam, node)) for node in range(len(beam)))
    # The steps after the last one of the trace (hypotheses longer than the best) appear with the last.
    edges = tuple(step + 0.999 if step < last else float(beam.step.max()) + 2 for step in range(len(trace)))
    points = Points(len(figure.data) - 1, NODE, beam.attention, SOURCE, tuple(int(s) for s in beam.step), beam.token, text, tuple(int(p) for p in beam.parent))
    return Plot(_("Beam search: every hypothesis"), figure, None, Reveal("x", edges), None, points, wide=True)


def _label(trace: Trace, index: int) -> str:
    """What the player says of a step: its own label and what was emitted."""
    step = trace.steps[index]
    if step.emitted and step.emitted != step.label:
        return f"{step.label} → {step.emitted}".strip(" →") if step.label else step.emitted
    return step.label
