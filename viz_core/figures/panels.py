"""`Scene` and its panels: what one player shows. Pure data; the player's JavaScript draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as go
from numpy.typing import NDArray

from viz_core.figures.site_rows import SiteRows
from viz_core.trace import Candidates, InputError, Quantity

# The position ids that panels share: hovering a position of one lights up the same position in every panel that has it.
SOURCE, TARGET, NODE = "source", "target", "node"


@dataclass(frozen=True, eq=False)
class Weights:
    """The attention of one site, shared by the panels that show it.

    key, query: position ids of its columns and rows (`source`, `target`, `node`, or any other string).
    shown: the (layer, head) on show at first.
    """

    rows: SiteRows
    key: str
    query: str
    shown: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False)
class Heat:
    """The attention matrix; rows appear as the steps advance. empty: the word for a map on which no row attends to
    anything ("": such rows are masked, like any other)."""

    title: str
    weights: Weights
    wide: bool = False
    empty: str = ""
    kind: str = field(default="heatmap", init=False)


@dataclass(frozen=True, eq=False)
class Links:
    """Keys above, queries below, lines as strong as the weights."""

    title: str
    weights: Weights
    wide: bool = True
    kind: str = field(default="links", init=False)


@dataclass(frozen=True, eq=False)
class Places:
    """The current row of a site drawn where its keys lie: a map over the picture of patches, points in the plane.

    The map is smooth (bilinear between the patches' centres, as in Xu et al. 2015, figure 3) or patch by patch.
    image: data URI of the picture below the patches (`picture_uri`), or "".
    """

    title: str
    weights: Weights
    image: str = ""
    wide: bool = False
    kind: str = field(default="places", init=False)


@dataclass(frozen=True, eq=False)
class ContactSheet:
    """One small picture a step with its map and its word, for sites whose keys are patches. image: as in `Places`."""

    title: str
    weights: Weights
    image: str = ""
    wide: bool = True
    kind: str = field(default="sheet", init=False)

    def __post_init__(self) -> None:
        axis = self.weights.rows.key_axis
        if axis.kind != "patch":
            raise InputError(f"a contact sheet of positions of kind {axis.kind!r} has no pictures; give attention over patches")


@dataclass(frozen=True, eq=False)
class Bars:
    """The candidates of every step; choices: id of what was emitted."""

    title: str
    candidates: tuple[Candidates | None, ...]
    choices: tuple[int | None, ...]
    wide: bool = False
    kind: str = field(default="bars", init=False)


@dataclass(frozen=True, eq=False)
class Formula:
    """The quantities of every step under the equations of the paper. axes: position id by axis labels."""

    title: str
    quantities: tuple[tuple[Quantity, ...], ...]
    wide: bool = True
    kind: str = field(default="formula", init=False)


@dataclass(frozen=True)
class Reveal:
    """What of a figure is hidden at a step: everything beyond `edges[step]` along axis "x" or "y" (in axis units)."""

    axis: str
    edges: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Points:
    """Markers that stand for positions: customdata of trace number `trace` is the index of position id `axis`.

    attention: f32[position, key], what each attended to, lit in the panels whose keys have position id `key`.
    rows: the step whose row it belongs to (−1 for none). labels: its token, shown in place of that row's own while it is
    pointed at. text: what to say of each. parents: the point before each (−1 for none): its path is what led to it.
    """

    trace: int
    axis: str = NODE
    attention: NDArray | None = None
    key: str = SOURCE
    rows: Sequence[int] = ()
    labels: Sequence[str] = ()
    text: Sequence[str] = ()
    parents: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Plot:
    """Any Plotly figure that follows the steps.

    cursor: x of a vertical line at every step; span: of a frame instead, so wide in axis units, which covers no number of a
    heat map. reveal: hide what is still to come. patches: for every step the changes
    [(trace number, {attribute: value}), …] as Plotly.restyle takes them. points: markers that link. width: pixels that the
    figure needs; in a narrower panel it scrolls sideways and follows the steps.
    """

    title: str
    figure: go.Figure
    cursor: tuple[float, ...] | None = None
    reveal: Reveal | None = None
    patches: tuple[Sequence[tuple[int, Mapping[str, object]]], ...] | None = None
    points: Points | None = None
    wide: bool = False
    width: int = 0
    span: float = 0
    kind: str = field(default="plot", init=False)


Sited = Heat | Links | Places | ContactSheet  # panels that show the weights of a site
Panel = Sited | Bars | Formula | Plot


@dataclass(frozen=True, eq=False)
class Scene:
    """A title, one label a step, and the panels. start: the step shown first (negative counts from the end).

    id: the same id keeps the reader's step when the page runs again; "" derives it from the content.
    Raises InputError when a panel has another number of steps than there are labels.
    """

    title: str
    steps: tuple[str, ...]
    panels: tuple[Panel, ...]
    start: int = -1
    id: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        object.__setattr__(self, "panels", tuple(self.panels))
        if not self.steps:
            raise InputError("a scene needs at least one step; the trace has none")
        for panel in self.panels:
            count = _steps(panel)
            if count is not None and count != len(self.steps):
                raise InputError(f"panel {panel.title!r} has {count} steps but the scene has {len(self.steps)}; give one of each")


def _steps(panel: Panel) -> int | None:
    """How many steps a panel has data for; None when it does not depend on the step."""
    if isinstance(panel, Sited):
        return len(panel.weights.rows.spans)
    if isinstance(panel, Bars):
        return len(panel.candidates)
    if isinstance(panel, Formula):
        return len(panel.quantities)
    counts = {len(x) for x in (panel.cursor, panel.patches, panel.reveal and panel.reveal.edges) if x}
    return counts.pop() if len(counts) == 1 else (max(counts) if counts else None)
