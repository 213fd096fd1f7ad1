"""What LayerNorm, × √d and ÷ √d_k are there for, measured on the model and the sentence of the Transformer page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from viz_core.decoding import Greedy
from viz_core.figures import transformer_charts
from viz_core.figures import words as figure_words
from viz_core.ui import address, caches, frame
from viz_core.ui.charts import chart
from viz_core.ui.words import _
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.explain.embedding_scale import EmbeddingScale
    from viz_core.explain.normalisation import Cube

MOST_OTHERS = 3
LONGEST_PATH = 4096  # positions of the table of path lengths


def normalisation(card: Card, text: str) -> None:
    """LayerNorm beside BatchNorm on a batch that begins with the sentence."""
    from viz_core.explain.normalisation import company

    st.subheader(_("LayerNorm beside BatchNorm"))
    others = [example for example in card.examples if example.strip() != text.strip()][:MOST_OTHERS]
    if not others:
        st.info(_("The card of this model has no other sentences to make a batch of."))
        return
    address.take("others", min(2, len(others)), address.whole(_("number of other sentences"), 1, len(others)))
    chosen = others[: int(st.session_state["others"])]
    single, batch = _cube(card.name, card.sha256, (text,)), _cube(card.name, card.sha256, (text, *chosen))
    found = company(single, batch)
    padding = int((~batch.real).sum())
    said = _(
        "The batch has {n} sentences of different lengths; {pad} of its {all} positions are padding. LayerNorm takes mean and variance of one position's "
        "own features, so when the others join, the first sentence changes by **{layer}**. BatchNorm takes them of one feature over all positions of the "
        "batch: the first sentence changes by up to **{batch}** (in standard deviations), and by up to **{padded}** if padding is counted."
    )
    st.markdown(said.format(n=len(chosen) + 1, pad=padding, all=batch.real.size, layer=f"{found.layer:.1g}", batch=f"{found.batch:.2f}", padded=f"{found.padded:.2f}"))
    _cells(single, batch)
    if len(others) > 1:
        st.slider(_("Other sentences in the batch"), 1, len(others), key="others", width=280)
    st.caption(_("Measured on the first residual sum of the encoder, before γ and β. This model was trained with LayerNorm; BatchNorm is only computed beside it."))


def _cells(single: Cube, batch: Cube) -> None:
    """Which numbers share their statistics, and one feature after both."""
    from viz_core.explain.normalisation import batch_norm, layer_norm

    labels, size = batch.labels, batch.values.shape[-1]
    address.take("place", 0, address.whole(_("position"), 0, len(labels[0]) - 1))
    address.take("feature", 3, address.whole(_("feature"), 0, size - 1))
    st.session_state["place"] = min(int(st.session_state["place"]), len(labels[0]) - 1)  # of a longer sentence before
    place, feature = int(st.session_state["place"]), int(st.session_state["feature"])
    figure_words.use(_)
    chart(transformer_charts.shared_statistics(labels, size, (place, feature)), "normalisation cells")
    st.caption(_("Orange: the chosen number. Blue: all numbers whose mean and variance normalise it. Dark grey: padding."))
    with st.container(horizontal=True, gap="medium"):
        st.number_input(_("Position (0 to {n})").format(n=len(labels[0]) - 1), 0, len(labels[0]) - 1, key="place", width=150)
        st.number_input(_("Feature (0 to {n})").format(n=size - 1), 0, size - 1, key="feature", width=150)
    length = len(labels[0])
    layer = layer_norm(single.values)[0, :, feature], layer_norm(batch.values)[0, :length, feature]
    by_batch = batch_norm(single.values, single.real)[0, :, feature], batch_norm(batch.values, batch.real)[0, :length, feature]
    chart(transformer_charts.company(labels[0], layer, by_batch), "normalisation company")


def scale(card: Card, text: str) -> None:
    """The lengths of words and positions, with and without × √d."""
    st.subheader(_("Why embeddings are multiplied by √d"))
    size = caches.model(card.name).module.config.size  # type: ignore[attr-defined]
    root = math.sqrt(size)
    address.take("factor", round(root, 1), address.real(_("factor"), 0.5, round(2 * root, 1)))
    factor = float(st.session_state["factor"])
    with_factor = _scale(card.name, card.sha256, text, root if abs(factor - root) < 0.06 else factor)
    without = _scale(card.name, card.sha256, text, 1.0)
    said = _(
        "In this sentence the rows of the embedding matrix are {e} long on average, every position encoding is √(d/2) = {p}. Added as they are, the sum "
        "points where the position points: its cosine with the word is **{c1}**; multiplied by {f} first, **{c2}**."
    )
    mean = {name: float(np.mean(getattr(without, name))) for name in ("embedding", "position", "cosine")}
    st.markdown(said.format(e=f"{mean['embedding']:.2f}", p=f"{mean['position']:.2f}", c1=f"{mean['cosine']:.2f}", f=f"{with_factor.factor:.2f}", c2=f"{with_factor.cosine.mean():.2f}"))
    figure_words.use(_)
    norms = {
        _("embedding E w"): without.embedding, _("factor · E w"): with_factor.scaled, _("position"): without.position,
        _("sum"): with_factor.total,
    }  # fmt: skip
    cosines = {_("without a factor"): without.cosine, _("with the factor"): with_factor.cosine}
    chart(transformer_charts.embedding_scale(without.labels, norms, cosines), "embedding scale")
    help_text = _("√d = {x} is what the model was trained with.").format(x=f"{root:.2f}")
    st.slider(_("Factor"), 0.5, round(2 * root, 1), step=0.1, key="factor", width=320, help=help_text)


def paths(card: Card, text: str) -> None:
    """÷ √d_k in a sentence, and how far information travels in three kinds of layers."""
    from viz_core.explain.score_scaling import score_scaling

    st.subheader(_("÷ √dₖ, and how information travels"))
    config = caches.model(card.name).module.config  # type: ignore[attr-defined]
    found = score_scaling(caches.trace(card.name, text, Greedy()), f"decoder {config.layers - 1} cross-attention")
    said = _(
        "Queries and keys have dₖ = {d} numbers. In the last cross-attention of this run the scores q·k spread by {s} (standard deviation), divided by √dₖ by "
        "{t}; the largest weight would be {a} on average without the division and is {b} with it. Where softmax gives nearly 1 and 0, hardly any gradient is left."
    )
    st.markdown(said.format(d=found.depth, s=f"{found.scores:.2f}", t=f"{found.scaled:.2f}", a=f"{found.largest_of_scores:.3f}", b=f"{found.largest_of_scaled:.3f}"))
    page = next((page for page in frame.pages() if page.path.stem == "self_attention"), None)
    if page:
        st.page_link(str(page.path), label=_("Follow the scaling by hand on the Self-attention page"), icon=":material/calculate:")
    count = len(caches.source(card.name, text).axis)
    address.take("words", count, address.whole(_("number of words"), 1, LONGEST_PATH))
    address.take("kernel", 3, address.whole(_("kernel width"), 2, 15))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.number_input(_("Words n"), 1, LONGEST_PATH, key="words", width=130)
        st.number_input(_("Kernel width k"), 2, 15, key="kernel", width=130)
    st.markdown(path_table(int(st.session_state["words"]), config.size, int(st.session_state["kernel"])))
    st.caption(_("After Vaswani et al. 2017, table 1, for one layer of width d = {d}; constant factors are left out. Self-attention is the cheapest as long as n < d.").format(d=config.size))


def path_table(n: int, d: int, k: int) -> str:
    """Operations, steps that must wait for one another, and the longest path between two words, as a Markdown table."""
    jumps = max(1, math.ceil(round(math.log(n, k), 9))) if n > 1 else 0  # rounded: log(9, 3) is a little above 2
    rows = (
        (_("Self-attention"), "n² · d", n * n * d, "1", 1 if n > 1 else 0),
        (_("Recurrent (RNN, LSTM)"), "n · d²", n * d * d, f"n = {n:,}", n - 1),
        (_("Convolution, kernel width k, dilated"), "k · n · d²", k * n * d * d, "1", jumps),
    )
    head = (_("layer"), _("operations"), _("here"), _("one after the other"), _("longest path between two words"))
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [f"| {name} | {formula} | {operations:,} | {steps} | {path:,} |" for name, formula, operations, steps, path in rows]
    return "\n".join(lines)


@st.cache_resource(max_entries=32, show_spinner=False)
def _cube(name: str, sha256: str, texts: tuple[str, ...]) -> Cube:
    from viz_core.explain.normalisation import cube

    stepper = caches.model(name)
    return cube(stepper, [stepper.encode(text) for text in texts])


@st.cache_resource(max_entries=64, show_spinner=False)
def _scale(name: str, sha256: str, text: str, factor: float) -> EmbeddingScale:
    from viz_core.explain.embedding_scale import embedding_scale

    stepper = caches.model(name)
    return embedding_scale(stepper, stepper.encode(text), factor)
