"""`payload`: a `Scene` as the JSON that the player's JavaScript draws."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from viz_core.figures import formula, pack, theme
from viz_core.figures.panels import Bars, Formula, Heat, Links, Panel, Places, Plot, Scene, Weights
from viz_core.figures.words import player_words

BUDGET = 100_000  # bytes of a page's payload, the chart library not counted
Json = dict[str, object]


def payload(scene: Scene, wanted: frozenset[str] = frozenset(), everything: bool = False) -> Json:
    """JSON values: words, colours, steps, `sites` (weights as bytes, shared by the panels) and the panels.

    Weights of other layers and heads than the one on show, and whole tensors of the formula, are sent as long as they
    fit into BUDGET; the rest is fetched on demand: the player then asks with an event {"kind": "need", "what": …} whose
    names come back in `wanted`. everything: send all (for an offline file).
    """
    ids = _position_ids(scene)
    sites: dict[int, Json] = {}
    panels = [_panel(panel, sites, ids) for panel in scene.panels]
    result: Json = {
        "title": scene.title, "steps": list(scene.steps), "start": scene.start % len(scene.steps), "words": player_words(),
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK,
                   "signed_light": theme.SIGNED_LIGHT, "signed_dark": theme.SIGNED_DARK},
        "accent": theme.ACCENT, "sites": list(sites.values()), "panels": panels,
    }
    result["id"] = scene.id or hashlib.sha1(_dump(result).encode()).hexdigest()[:16]
    left = BUDGET - len(_dump(result).encode()) if not everything else None
    left = _more_maps(scene, result, wanted, left)
    _more_strips(scene, panels, wanted, left)
    return result


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _panel(panel: Panel, sites: dict[int, Json], ids: dict[tuple[str, ...], str]) -> Json:
    common: Json = {"kind": panel.kind, "title": panel.title, "wide": panel.wide}
    if isinstance(panel, Heat | Links | Places):
        common["site"] = _site_index(panel.weights, sites)
        if isinstance(panel, Heat) and panel.empty:
            common["empty"] = panel.empty
        if isinstance(panel, Places):
            common |= {"image": panel.image, "geometry": dict(panel.weights.rows.key_axis.geometry),
                       "positions": panel.weights.rows.key_axis.kind}
        return common
    if isinstance(panel, Bars):
        return common | _bars(panel)
    if isinstance(panel, Formula):
        return common | _formula(panel, ids)
    return common | _plot(panel)


def _site_index(weights: Weights, sites: dict[int, Json]) -> int:
    """Adds the site at first use; panels refer to it by number."""
    key = id(weights)
    if key not in sites:
        rows = weights.rows
        sites[key] = {
            "site": rows.site, "key": weights.key, "query": weights.query, "keys": list(rows.key_axis.labels),
            "queries": list(rows.labels), "spans": [list(span) for span in rows.spans], "grows": rows.grows, "block": rows.block,
            "maps": [
                {"layer": layer, "head": head, "name": rows.name(layer, head)}
                for layer in range(len(rows.layers)) for head in range(len(rows.heads))
            ],
            "shown": weights.shown[0] * len(rows.heads) + weights.shown[1],
        }
        maps: list[Json] = sites[key]["maps"]  # type: ignore[assignment]
        maps[sites[key]["shown"]] |= pack.weights(rows.rows(*weights.shown))  # type: ignore[index]
    return list(sites).index(key)


def _bars(panel: Bars) -> Json:
    return {
        "steps": [
            None if item is None else {
                "labels": list(item.labels), "choices": [int(choice) for choice in item.choices],
                "log_probs": [pack.brief(float(x)) for x in item.log_probs],
            }
            for item in panel.candidates
        ],
        "chosen": list(panel.choices),
    }


def _formula(panel: Formula, ids: dict[tuple[str, ...], str]) -> Json:
    known: dict[object, int] = {}
    definitions: list[Json] = []
    steps: list[list[Json]] = []
    for quantities in panel.quantities:
        entries = []
        for quantity in quantities:
            key = formula.same_tensor(quantity)
            if key not in known:
                known[key] = len(definitions)
                definitions.append(formula.definition(quantity, ids))
            entries.append({"q": known[key], **formula.numbers(quantity)})
        steps.append(entries)
    return {"quantities": definitions, "steps": steps}


def _plot(panel: Plot) -> Json:
    result: Json = {"figure": json.loads(panel.figure.to_json()), "cursor": panel.cursor and list(panel.cursor)}
    if panel.width:
        result["width"] = panel.width
    if panel.reveal:
        result["reveal"] = {"axis": panel.reveal.axis, "edges": list(panel.reveal.edges)}
    if panel.patches:
        result["patches"] = json.loads(json.dumps([[[t, dict(change)] for t, change in step] for step in panel.patches],
                                                  default=lambda value: np.asarray(value).tolist()))
    if panel.points:
        points = panel.points
        result["points"] = {"trace": points.trace, "axis": points.axis, "key": points.key, "rows": [int(r) for r in points.rows],
                            "labels": list(points.labels), "text": list(points.text)}
        if points.attention is not None:
            result["points"] |= {"width": points.attention.shape[1], "attention": pack.weights(points.attention)}  # type: ignore[operator]
    return result


def _position_ids(scene: Scene) -> dict[tuple[str, ...], str]:
    """Position id by axis labels, as the panels with weights use them."""
    ids: dict[tuple[str, ...], str] = {}
    for panel in scene.panels:
        if isinstance(panel, Heat | Links | Places):
            ids.setdefault(panel.weights.rows.key_axis.labels, panel.weights.key)
    return ids


def _more_maps(scene: Scene, result: Json, wanted: frozenset[str], left: int | None) -> int | None:
    """Adds the other layers and heads of every site while they fit; returns the bytes left."""
    shown = {id(p.weights): p.weights for p in scene.panels if isinstance(p, Heat | Links | Places)}
    for weights, site in zip(shown.values(), result["sites"], strict=True):  # type: ignore[call-overload]
        for index, item in enumerate(site["maps"]):
            cells = len(weights.rows.labels) * len(weights.rows.key_axis)
            cost = 4 * cells * (2 if cells <= pack.FINE_LIMIT else 1) // 3
            asked = f"map {weights.rows.site} {index}" in wanted
            if "data" in item or not (asked or left is None or cost <= left):
                continue
            item |= pack.weights(weights.rows.rows(item["layer"], item["head"]))
            left = left if left is None or asked else left - cost
    return left


def _more_strips(scene: Scene, panels: list[Json], wanted: frozenset[str], left: int | None) -> None:
    """Adds the whole tensors of the formula panels, quantity by quantity, while they fit."""
    for panel, sent in zip(scene.panels, panels, strict=True):
        if not isinstance(panel, Formula):
            continue
        for index, quantity in enumerate(sent["quantities"]):  # type: ignore[arg-type, var-annotated]
            places = [(i, j) for i, step in enumerate(sent["steps"]) for j, item in enumerate(step) if item["q"] == index]  # type: ignore[arg-type, var-annotated]
            cost = sum(4 * panel.quantities[i][j].values.size // 3 + 60 for i, j in places)
            asked = f"values {quantity['name']}" in wanted
            if not (asked or left is None or cost <= left):
                continue
            left = left if left is None or asked else left - cost
            for i, j in places:
                if panel.quantities[i][j].values.size > formula.HEAD:
                    sent["steps"][i][j]["strip"] = pack.strip(panel.quantities[i][j].values)  # type: ignore[index]
