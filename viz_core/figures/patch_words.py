"""Every sentence that the patches view shows in the browser, and the names of the map methods."""

from __future__ import annotations

from viz_core.figures.words import _, control_words


def method_name(name: str) -> str:
    """A map method as a reader knows it."""
    return {
        "raw": _("Raw attention"), "rollout": _("Attention rollout"), "gradient_rollout": _("Gradient rollout"), "relevance": _("Class-specific relevance"),
    }[name]  # fmt: skip


def method_note(name: str) -> str:
    """What a map method does, in one sentence."""
    return {
        "raw": _("The weights of the layer on show, averaged over heads: what one layer reads, not what the output needs."),
        "rollout": _("All layers multiplied through, half of each token kept by the residual path (Abnar & Zuidema 2020); the same for every class."),
        "gradient_rollout": _("Rollout in which a weight counts only as far as raising it raises the output: max(0, ∇A ⊙ A)."),
        "relevance": _("The weighted maps added layer by layer, R ← R + mean max(0, ∇A ⊙ A) R (Chefer et al. 2021): evidence for this one output."),
    }[name]  # fmt: skip


def patch_words() -> dict[str, str]:
    """What the patches view's JavaScript shows, by key; `{name}` is filled in there."""
    return control_words() | {
        "view": _("A picture in patches"),
        "cut": _("1. The picture is cut and unrolled"),
        "cut_note": _("{h} × {w} × {c} numbers → {rows} × {cols} = {n} patches of {p} × {p} × {c} = {values} numbers → each becomes a token of {width} numbers; with {prefix} in front that is a sequence of {tokens} tokens."),
        "cut_note_stem": _("{h} × {w} × {c} numbers → {rows} × {cols} = {n} patches of {p} × {p} pixels. This model does not multiply a flattened patch by a matrix: {count} convolutions of 3 × 3 ({channels} channels) make one vector of {width} numbers for each patch. A vector sees {sight} × {sight} pixels, its own patch and the rim of its neighbours, normalised over the whole picture. With {prefix} in front that is a sequence of {tokens} tokens."),
        "none_in_front": _("nothing"),
        "sequence": _("The sequence that the model reads, row by row"),
        "picture": _("Picture with its grid"),
        "attends": _("2. What {token} attends to"),
        "attends_note": _("Layer {layer}. Point at a patch in any picture to see where it looks; click to hold it. Arrow keys move, Home is {home}."),
        "mean": _("mean of {n} heads"),
        "head": _("head {head}"),
        "layer": _("Layer"),
        "layer_of": _("{i} of {n} (counted from 0)"),
        "smooth": _("Smooth"),
        "relative": _("Colours relative to the largest"),
        "hide": _("Leave out artefact tokens"),
        "times": _("above {x} × the median norm"),
        "colours": _("× uniform attention"),
        "largest": _("share of the largest"),
        "weight": _("α = {x} ({y} × uniform)"),
        "score": _("score q·k/√d = {x} above the mean"),
        "token": _("row {r}, column {c}"),
        "on_prefix": _("On {names}: {x}"),
        "similar": _("3. Similarity of position embeddings"),
        "similar_note": _("Cosine between the position embedding of {token} and every other one: neighbours, and the same row and column, are alike, so the model has learned that the sequence is a grid."),
        "cosine": _("cosine {x}"),
        "methods": _("4. Four maps of one token"),
        "methods_note": _("Of {token}; explained is {explained}. Each map is scaled to its own largest value, its numbers are under the pointer."),
        "value": _("{x} (largest {y})"),
        "artefacts": _("{n} artefact tokens: {list}. Their norm is up to {x} × the median: the model uses these patches as scratch paper (“registers”, Darcet et al. 2024)."),
        "no_artefacts": _("No artefact tokens: the largest patch norm in the later layers is {x} × the median. Large models have them on plain background; this one has none here."),
        "loading": _("Fetching this layer …"),
        "formula": _("α = softmax(q·k/√d) of {from} for {to}: {x}"),
    }
