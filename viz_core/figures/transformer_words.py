"""What the Transformer's picture says: names of boxes, one sentence on each, the words of its controls."""

from __future__ import annotations

from viz_core.figures.transformer import NetworkBox
from viz_core.figures.words import N_, _, player_words

KINDS = {
    "embedding": N_("Embedding × √d"),
    "position": N_("+ position"),
    "attention": N_("Self-attention"),
    "masked": N_("Masked self-attention"),
    "cross": N_("Cross-attention"),
    "feed-forward": N_("Feed-forward"),
    "add-norm": N_("Add & norm"),
    "norm": N_("LayerNorm"),
    "add": N_("Add"),
    "last-norm": N_("Last LayerNorm"),
    "linear": N_("Linear (tied matrix)"),
    "softmax": N_("Softmax"),
}
SENTENCES = {
    "embedding": N_("Every word has an index; its row of the embedding matrix is looked up and multiplied by √d, so that words and positions are on one scale."),
    "position": N_("The position's sines and cosines are added: attention alone would not see the order of the words."),
    "attention": N_("Every source word asks (query) and answers (key) all source words, in several heads at once; the values are summed with the weights."),
    "masked": N_("The newest output looks at the outputs so far. Later ones are masked: when the model writes, they do not exist yet."),
    "cross": N_("The query comes from the decoder, keys and values from the last encoder layer: here the output looks at the source."),
    "feed-forward": N_("The same small network at every position: attention has gathered what belongs together, this turns it into other features. Most inner numbers are cut to 0."),
    "add-norm": N_("What came in is added to what the sub-layer made of it; then every position by itself is brought to mean 0 and variance 1, times γ plus β."),
    "norm": N_("Every position by itself is brought to mean 0 and variance 1, times γ plus β, before the sub-layer reads it."),
    "add": N_("What came in is added to what the sub-layer made of it."),
    "last-norm": N_("In this model the sums on the way are never normalised, so that after the last layer one more LayerNorm brings every position to mean 0 and variance 1, times γ plus β, for whoever reads it."),
    "linear": N_("The last state is compared with every row of the target embedding matrix, the same numbers that embed the outputs: one logit for each entry of the vocabulary."),
    "softmax": N_("Exponentials divided by their sum over the whole vocabulary: the probability of every possible next output."),
}
TENSORS = (  # names in the records, translated where they are shown
    N_("index"), N_("scaled embedding"), N_("position"), N_("sum"), N_("input"), N_("queries"), N_("keys"), N_("values"), N_("scaled scores"),
    N_("mask"), N_("head outputs"), N_("concatenated heads"), N_("projection"), N_("residual sum"), N_("LayerNorm"), N_("inner layer"),
    N_("state"), N_("logits"),
)  # fmt: skip


def box_title(box: NetworkBox, short: bool = False) -> str:
    """A box as a reader knows it; short: as in the picture, where its place says the rest."""
    kind = _(KINDS[box.kind])
    if box.kind in ("linear", "softmax") or short:
        return kind
    side = _("Encoder") if box.side == "encoder" else _("Decoder")
    if box.layer is None:
        return _("{side}: {box}").format(side=side, box=kind)
    if box.kind in ("add-norm", "norm", "add"):
        parts = {"attention": _("self-attention"), "cross": _("cross-attention"), "feed": _("feed-forward")}
        kind = _("{box} of {part}").format(box=kind, part=parts[box.id.split("-")[2]])
    return _("{side}, layer {n}: {box}").format(side=side, n=box.layer, box=kind)


def box_sentence(box: NetworkBox) -> str:
    """One sentence on what the box does."""
    return _(SENTENCES[box.kind])


def network_words() -> dict[str, str | list[str]]:
    """What the JavaScript shows, by key; `{name}` is filled in there. A pair of words is for one and for several."""
    return player_words() | {
        "view": _("The Transformer as a picture; every box can be opened"),
        "open_hint": _("Click a box to see its tensors. Keys: ← → one step, ↑ ↓ the next box."),
        "encoder": _("Encoder"),
        "decoder": _("Decoder"),
        "layer": _("layer {n}"),
        "reads": _("reads"),
        "said": _("said so far"),
        "says": _("says"),
        "memory": _("keys and values"),
        "residual": _("residual"),
        "once": _("The encoder ran once, before the first step: these numbers stay the same at every step."),
        "loading": _("Fetching the tensors of this box …"),
        "missing": _("This file holds only the box that was open when it was saved."),
        "head": _("Head"),
        "head_n": _("head {n}"),
        "units_head": [_("head"), _("heads")],
        "units_position": [_("source word"), _("source words")],
        "units_key": [_("key"), _("keys")],
        "units_channel": [_("channel"), _("channels")],
        "channel_n": _("channel {n}"),
        "vocabulary": _("{n} entries of the vocabulary"),
        "later": _("−∞ (masked)"),
        "follow_cell": _("Click a number to follow it through the box."),
        "sum_of": _("{n} terms"),
        "active": _("{n} of {all} inner numbers are above 0"),
        "logits_of": _("best of {n} logits; all lie between {low} and {high}, their mean is {mean}"),
        "p": _("probability"),
    }
