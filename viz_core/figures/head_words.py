"""Every sentence that the heads view shows in the browser."""

from __future__ import annotations

from viz_core.figures.words import _, control_words


def head_words() -> dict[str, str]:
    """What the heads view's JavaScript shows, by key; `{name}` is filled in there."""
    return control_words() | {
        "view": _("All heads of the model"),
        "site_encoder": _("Encoder"),
        "site_decoder": _("Decoder"),
        "site_cross": _("Decoder → encoder"),
        "all": _("All heads, a row a layer"),
        "all_note": _("Each thumbnail is one head: rows attend to columns. Click one to look closer, Ctrl or Shift and click for several, arrow keys to move."),
        "sorted": _("Sorted by"),
        "sort_order": _("layer and head"),
        "sort_entropy": _("entropy, most focused first"),
        "sort_distance": _("distance, farthest first"),
        "sort_diagonal": _("weight on itself"),
        "sort_previous": _("weight on the previous token"),
        "sort_first": _("weight on the first token (sink)"),
        "sort_induction": _("induction"),
        "entropy": _("entropy {x} nats"),
        "distance": _("distance {x} tokens"),
        "diagonal": _("on itself {x}"),
        "previous": _("on the previous token {x}"),
        "first_key": _("on the first token {x}"),
        "induction": _("induction {x}"),
        "layer_head": _("layer {layer} · head {head}"),
        "layer": _("Layer"),
        "head": _("Head"),
        "on_show": _("Heads on show"),
        "remove": _("Take {name} away"),
        "links": _("Who attends to whom"),
        "links_note": _("A line is as strong as its weight α; weights below {x} have none. Point at a token to see its links and numbers, click to hold it."),
        "heat": _("Heat map"),
        "attends": _("attends"),
        "attended": _("is attended to"),
        "hide_special": _("Hide special tokens"),
        "hide_first": _("Hide the first token"),
        "whole_words": _("Whole words"),
        "removed": _("hidden: {x}"),
        "removed_total": _("{x} of the attention in the rows on show goes to hidden tokens; what is left is not scaled up."),
        "words_note": _("Weights to a word are summed, from a word averaged."),
        "absolute": _("colours 0 to 1"),
        "row_max": _("colours relative to each row"),
        "colours": _("Colour scale"),
        "masked": _("masked"),
        "loading": _("Fetching the weights of this head …"),
        "missing": _("This head is not in the file."),
        "too_many": _("At most {n} heads at once; take one away first."),
        "nothing": _("Every token is hidden; show some again."),
        "from_word": _("mean of {n} tokens"),
    }
