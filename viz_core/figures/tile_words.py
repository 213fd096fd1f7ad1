"""Every sentence that the zooming view of a long map shows in the browser."""

from __future__ import annotations

from viz_core.figures.words import _, control_words


def tile_words() -> dict[str, str]:
    """What the view's JavaScript shows, by key; `{name}` is filled in there."""
    return control_words() | {
        "view": _("Attention over the whole text"),
        "atlas": _("All heads, coloured by"),
        "atlas_note": _("A column is a layer, a row a head. Click one to see its map; arrow keys move."),
        "entropy": _("entropy, nats"),
        "peak": _("largest weight of a row"),
        "distance": _("distance, tokens"),
        "diagonal": _("weight on itself"),
        "previous": _("weight on the previous token"),
        "first": _("weight on the first token (sink)"),
        "induction": _("induction"),
        "layer_head": _("layer {layer} · head {head}"),
        "layer": _("Layer"),
        "head": _("Head"),
        "map": _("Rows attend to columns"),
        "note": _("Drag a rectangle or turn the wheel to zoom in, Shift and drag to move, double-click to zoom out. Keys: + − 0 and arrows."),
        "in": _("Zoom in (+)"),
        "out": _("Zoom out (−)"),
        "whole": _("Whole map (0)"),
        "absolute": _("colours 0 to 1"),
        "largest": _("colours 0 to the largest on show ({x})"),
        "colours": _("Colour scale"),
        "share": _("share of attention, block of {rows} × {columns} tokens: {x}"),
        "max": _("largest weight in {rows} × {columns} tokens: {x}"),
        "mean": _("mean weight of {rows} × {columns} tokens: {x}"),
        "exact": _("α = {x}"),
        "masked": _("masked"),
        "query": _("attends"),
        "key": _("is attended to"),
        "sharp": _("tokens {a}–{b} attend to tokens {c}–{d}, every weight by itself"),
        "blocks": _("tokens {a}–{b} attend to tokens {c}–{d}, a cell is {rows} × {columns} tokens"),
        "fetching": _("Computing the exact region …"),
        "missing": _("This head is not in the file."),
    }
