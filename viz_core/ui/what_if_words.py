"""What the edits did, in words: names of edits, one sentence, the two outputs token by token."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from viz_core.figures.scene import site_word
from viz_core.figures import words as figure_words
from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _

if TYPE_CHECKING:
    from viz_core.explain.effect import Effect, Said, Shift
    from viz_core.explain.what_if import Sites
    from viz_core.layers.edits import Edit

HOWS = {"zero": N_("output 0"), "mean": N_("its mean output"), "uniform": N_("equal weights")}
TOKEN = "display:inline-block;margin:2px 4px 4px 0;padding:1px 8px 2px;border:1px solid #8886;border-radius:7px;white-space:pre"
CHANGED = ";border:2px solid #d9730d"
NOTICED = 0.0005  # nats below which a token is said to be as probable as before

Labels = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # site → labels of its query rows and of its keys


def named(edit: Edit, sites: Sites, labels: Labels) -> str:
    """An edit in a few words, for its button."""
    where = place(edit, sites)
    kind = type(edit).__name__
    if kind == "AblateHead":
        return _("{where}: {how}").format(where=where, how=_(HOWS[edit.how]))
    if kind == "Temperature":
        return _("{where}: temperature {value}").format(where=where, value=f"{edit.value:g}")
    query = label(labels, edit.site, 0, edit.query)
    if kind == "SetWeights":
        return _("{where}: weights of {query} set").format(where=where, query=query)
    return _("{where}: {query} cannot see {key}").format(where=where, query=query, key=label(labels, edit.site, 1, edit.key))


def place(edit: Edit, sites: Sites) -> str:
    """Site, layer and head of an edit as the maps name them."""
    figure_words.use(_)
    layers, heads = sites.get(edit.site or next(iter(sites), ""), ((), ()))
    layer, head = _name(layers, edit.layer), _name(heads, edit.head)
    if layer is not None and head is not None:
        if len(layers) == len(heads) == 1:
            return site_word(edit.site) if edit.site else _("the head")
        inner = _("layer {layer} head {head}").format(layer=layer, head=head)
    elif layer is not None:
        inner = _("layer {layer}, every head").format(layer=layer)
    else:
        inner = _("every head")
    return f"{site_word(edit.site)}, {inner}" if edit.site and len(sites) > 1 else inner


def _name(names: Sequence[str], index: int | None) -> str | None:
    """The name of a layer or head; its number where it has none."""
    if index is None:
        return None
    return names[index] if index < len(names) and names[index] else str(index)


def label(labels: Labels, site: str | None, part: int, index: int) -> str:
    """A token with its position."""
    found = labels.get(site or next(iter(labels), ""), ((), ()))[part]
    return f"{found[index].strip() or '␣'} ({index + 1})" if index < len(found) else f"({index + 1})"


def cause(edits: Sequence[Edit], forced: Mapping[int, int], sites: Sites, labels: Labels, outputs: Sequence[str]) -> str:
    """How the sentence begins: what was changed."""
    if len(edits) + len(forced) > 1:
        return _("With these {n} changes").format(n=len(edits) + len(forced))
    if forced:
        step, choice = next(iter(forced.items()))
        return _("With {token} forced at step {n}").format(token=plain(outputs[choice]), n=step + 1)
    edit = edits[0]
    where, kind = place(edit, sites), type(edit).__name__
    where = plain(where[:1].lower() + where[1:])  # within a sentence
    if kind == "AblateHead":
        starts = {"zero": _("Without {where}"), "mean": _("With the mean output of {where}"), "uniform": _("With equal weights in {where}")}
        return starts[edit.how].format(where=where)
    if kind == "Temperature":
        return _("At temperature {value} in {where}").format(value=f"{edit.value:g}", where=where)
    query = plain(label(labels, edit.site, 0, edit.query))
    if kind == "SetWeights":
        return _("With other weights for {query} in {where}").format(query=query, where=where)
    return _("When {query} cannot see {key} in {where}").format(query=query, key=plain(label(labels, edit.site, 1, edit.key)), where=where)


def outcome(start: str, effect: Effect) -> str:
    """One sentence: what the model says now, and the token whose probability moved most."""
    before, after = (plain(said.text.strip().replace("\n", "⏎")) or "–" for said in (effect.before, effect.after))
    if before == after:
        said = _("{start}, the model still says **{before}**").format(start=start, before=before)
    else:
        said = _("{start}, the model says **{after}** instead of **{before}**").format(start=start, before=before, after=after)
    change = np.where(np.isfinite(effect.change), effect.change, -1e9 * (effect.change < 0))
    most = int(np.abs(change).argmax())
    if abs(change[most]) < NOTICED:
        return said + _("; no token of its output became more or less probable.")
    token = plain(effect.shared.labels[most].strip() or "␣")
    fell = effect.change[most] < 0
    moved = _("; log p of **{token}** falls by {x} nats") if fell else _("; log p of **{token}** rises by {x} nats")
    amount = "∞" if np.isinf(effect.change[most]) else f"{abs(effect.change[most]):.2f}" if abs(effect.change[most]) >= 0.01 else f"{abs(effect.change[most]):.4f}"
    odds = _(" (p from {p} to {q}).").format(p=percent(effect.shared.log_probs[most]), q=percent(effect.log_probs_after[most]))
    return said + moved.format(token=token, x=amount) + odds


def moved(start: str, found: Shift) -> str:
    """One sentence about an encoder."""
    token = int(found.token_change[-1].argmax())
    text = _(
        "{start}, the sentence embedding keeps a cosine similarity of **{s}** with the one before; the token that moved most "
        "is “**{token}**” (1 − cosine = {x} behind the last layer)."
    )
    return text.format(start=start, s=f"{found.similarity:.4f}", token=plain(found.labels[token].strip() or "␣"), x=f"{found.token_change[-1, token]:.3f}")


def percent(log_prob: float) -> str:
    """A probability as a person reads it."""
    p = float(np.exp(log_prob))
    return f"{p:.1%}" if p >= 0.001 or p == 0 else f"{p:.1e}"


def outputs(effect: Effect) -> None:
    """Both outputs side by side, each token with its probability; what differs has an orange frame."""
    same = SequenceMatcher(None, effect.before.choices, effect.after.choices, autojunk=False)
    kept = [set(), set()]
    for one, other, size in same.get_matching_blocks():
        kept[0] |= set(range(one, one + size))
        kept[1] |= set(range(other, other + size))
    sides = ((_("Before"), effect.before, kept[0]), (_("After"), effect.after, kept[1]))
    for column, (title, said, unchanged) in zip(st.columns(2), sides, strict=True):
        with column:
            total = _("log P(Y|X) = {total} nats").format(total=f"{said.log_prob:.3f}".replace("-", "−"))
            st.markdown(f"**{title}** · {total}")
            st.html(_tokens(said, unchanged, effect.forced if said is effect.after else {}))


def _tokens(said: Said, unchanged: set[int], forced: Mapping[int, int]) -> str:
    out = []
    for t, (token, log_prob) in enumerate(zip(said.labels, said.log_probs, strict=True)):
        filled = f";background:linear-gradient(to top,#3563c033 {np.exp(log_prob):.0%},transparent 0)"
        style = TOKEN + filled + ("" if t in unchanged else CHANGED)
        mark = _("forced by you") if t in forced else percent(float(log_prob))
        out.append(f'<span style="{style}">{html.escape(token or "␣")}<br><small style="opacity:.75">{html.escape(mark)}</small></span>')
    return f"<div>{''.join(out)}</div>"
