"""`payload`: a `Scene` as the JSON that the player's JavaScript draws."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from viz_core.figures import formula, pack, theme
from viz_core.figures.panels import Bars, ContactSheet, Formula, Heat, Panel, Places, Plot, Points, Scene, Sited, Weights
from viz_core.figures.patches import GLOW
from viz_core.figures.words import player_words

BUDGET = 100_000  # bytes of a page's payload, the chart library and pictures not counted
Json = dict[str, object]


def payload(scene: Scene, wanted: frozenset[str] = frozenset(), everything: bool = False) -> Json:
    """JSON values: words, colours, steps, `sites` (weights as bytes, shared by the panels) and the panels.

    Weights of other layers and heads than the one on show, and whole tensors of the formula, are sent as long as they
    fit into BUDGET; the rest is fetched on demand: the player then asks with an event {"kind": "need", "what": …} whose
    names come back in `wanted`. everything: send all (for an offline file).
    """
    ids = _position_ids(scene)
    sites: dict[int, Json] = {}
    pictures: list[str] = []
    panels = [_panel(panel, sites, pictures, ids) for panel in scene.panels]
    result: Json = {
        "title": scene.title, "steps": list(scene.steps), "start": scene.start % len(scene.steps), "words": player_words(),
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK,
                   "signed_light": theme.SIGNED_LIGHT, "signed_dark": theme.SIGNED_DARK},
        "accent": theme.ACCENT, "sites": list(sites.values()), "panels": panels,
    }
    if any(panel.get("positions") == "patch" for panel in panels):
        result |= {"glow": GLOW, "pictures": pictures}
    result["id"] = scene.id or hashlib.sha1(_dump(result).encode()).hexdigest()[:16]
    left = BUDGET + sum(map(len, pictures)) - len(_dump(result).encode()) if not everything else None
    left = _more_maps(scene, result, wanted, left)
    _more_strips(scene, panels, wanted, left)
    return result


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _panel(panel: Panel, sites: dict[int, Json], pictures: list[str], ids: dict[tuple[str, ...], str]) -> Json:
    common: Json = {"kind": panel.kind, "title": panel.title, "wide": panel.wide}
    if isinstance(panel, Sited):
        common["site"] = _site_index(panel.weights, sites)
        if isinstance(panel, Heat) and panel.empty:
            common["empty"] = panel.empty
        return common | _placed(panel, pictures) if isinstance(panel, Places | ContactSheet) else common
    if isinstance(panel, Bars):
        return common | _bars(panel)
    if isinstance(panel, Formula):
        return common | _formula(panel, ids)
    return common | _plot(panel)


def _placed(panel: Places | ContactSheet, pictures: list[str]) -> Json:
    """Where the keys lie, and the number of the picture below them: panels with the same one share it."""
    axis = panel.weights.rows.key_axis
    if panel.image and panel.image not in pictures:
        pictures.append(panel.image)
    return {
        "positions": axis.kind, "geometry": {name: axis.geometry[name] for name in ("rows", "cols", "x", "y") if name in axis.geometry},
        "picture": pictures.index(panel.image) if panel.image else None,
    }  # fmt: skip


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
    result: Json = {"figure": json.loads(panel.figure.to_json()), "cursor": panel.cursor and list(panel.cursor), "span": panel.span}
    if panel.width:
        result["width"] = panel.width
    if panel.reveal:
        result["reveal"] = {"axis": panel.reveal.axis, "edges": list(panel.reveal.edges)}
    if panel.patches:
        result["patches"] = json.loads(json.dumps([[[t, dict(change)] for t, change in step] for step in panel.patches],
                                                  default=lambda value: np.asarray(value).tolist()))
    if panel.points:
        result["points"] = _points(panel.points)
        result["figure"]["data"][panel.points.trace].pop("hovertext", None)  # type: ignore[index]  # `text` says it
    return result


def _points(points: Points) -> Json:
    """Markers and their attention, rows that are alike sent once: continuations of one hypothesis share theirs."""
    result: Json = {"trace": points.trace, "axis": points.axis, "key": points.key, "rows": [int(r) for r in points.rows],
                    "labels": list(points.labels), "text": list(points.text), "parents": [int(p) for p in points.parents]}  # fmt: skip
    if points.attention is None:
        return result
    known: dict[bytes, int] = {}
    of = [known.setdefault(row.tobytes(), len(known)) for row in points.attention]
    first = [of.index(i) for i in range(len(known))]
    return result | {"width": points.attention.shape[1], "attention": pack.weights(points.attention[first]), "of": of}


def _position_ids(scene: Scene) -> dict[tuple[str, ...], str]:
    """Position id by axis labels, as the panels with weights use them."""
    ids: dict[tuple[str, ...], str] = {}
    for panel in scene.panels:
        if isinstance(panel, Sited):
            ids.setdefault(panel.weights.rows.key_axis.labels, panel.weights.key)
    return ids


def _more_maps(scene: Scene, result: Json, wanted: frozenset[str], left: int | None) -> int | None:
    """Adds the other layers and heads of every site while they fit; returns the bytes left."""
    shown = {id(p.weights): p.weights for p in scene.panels if isinstance(p, Sited)}
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
