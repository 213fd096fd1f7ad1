"""The card of a model: what a reader should know before trusting a picture."""

from __future__ import annotations

import streamlit as st

from viz_core.ui.errors import plain
from viz_core.ui.words import N_, _
from viz_core.zoo.cards import Card

METRICS = {
    "bleu": N_("BLEU (0–100)"), "chrf": N_("chrF (0–100)"), "aer": N_("alignment error rate (AER)"),
    "aer_grammar": N_("AER, grammar sentences"), "n": N_("held-out items"),
    "wer": N_("word error rate"), "per": N_("phoneme error rate"), "accuracy": N_("accuracy"),
    "accuracy_drawings": N_("accuracy, drawings"), "n_drawings": N_("held-out drawings"),
    "accuracy_top5_drawings": N_("drawings, the class is among the first five"),
    "accuracy_photographs": N_("accuracy, photographs cut out of their ground"), "n_photographs": N_("held-out photographs cut out of their ground"),
    "accuracy_top5_photographs": N_("photographs cut out of their ground, the class is among the first five"),
    "accuracy_whole": N_("accuracy, photographs of whole scenes"), "n_whole": N_("held-out photographs of whole scenes"),
    "accuracy_whole_by_class": N_("photographs of whole scenes, mean of the classes' accuracies"),
    "accuracy_top5_whole": N_("photographs of whole scenes, the class is among the first five"),
    "neighbours": N_("nearest neighbour of a photograph is of its class"), "neighbours_chance": N_("the same of a neighbour drawn at random"),
    "ece": N_("expected calibration error"), "accepted_known": N_("pictures of its classes that count as familiar"),
    "accepted_unknown": N_("signs, flags, letters and people that count as familiar"), "n_unknown": N_("held-out signs, flags, letters and people"),
    "auroc_unknown": N_("area under ROC, its classes against signs, flags, letters and people"),
    "accepted_others": N_("things of other names that count as familiar"), "n_others": N_("held-out things of other names"),
    "auroc_others": N_("area under ROC, its classes against things of other names"),
    "accepted_nothing": N_("pictures of nothing that count as familiar"), "n_nothing": N_("held-out pictures of nothing"),
    "mean_error": N_("mean error of the tasks"), "mean_support": N_("most attended sentence is a supporting one"),
    "bit_error_rate": N_("share of wrong bits, trained lengths"), "bit_error_rate_120": N_("share of wrong bits at length 120"),
}  # fmt: skip


def show(card: Card) -> None:
    """Data, licence, training, measured quality and fingerprint of a model, folded away."""
    with st.expander(_("About this model: {name}").format(name=card.name), icon=":material/info:"):
        left, right = st.columns(2)
        with left:
            _lines({
                _("What it is"): plain(_(card.title)),
                _("Learned from"): plain(_(card.data)),
                _("Licence of the weights"): plain(card.licence),
                _("Parameters"): f"{card.parameters:,}",
                _("Weights (SHA-256)"): f"`{card.sha256[:16]}…`",
            })  # fmt: skip
        with right:
            st.markdown("**" + _("Measured on held-out data") + "**")
            _lines({_(text): _number(card.metrics[name]) for name, text in METRICS.items() if name in card.metrics})
            if card.beside:
                st.caption(plain(_(card.beside)))
            _lines({_("Trained with"): f"`{card.training.get('command', '')}`", _("Training"): plain(_training(card))})


def _lines(values: dict[str, str]) -> None:
    if values:
        st.markdown("\n".join(f"- {name}: {value}" for name, value in values.items() if value))


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else plain(str(value))


def _training(card: Card) -> str:
    known = card.training
    if "minutes" not in known:
        return ""
    text = _("{steps} updates in {minutes} minutes on {hardware}, seed {seed}")
    values = {name: known.get(name, "?") for name in ("steps", "minutes", "seed")}
    return text.format(**values, hardware=_(known.get("hardware", "?")))
