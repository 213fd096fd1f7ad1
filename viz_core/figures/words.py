"""Every sentence the figures and the player show, passed through gettext.

Figures know nothing of languages: the caller sets a translation for the current context (`use`), and `_` applies it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Translate = Callable[[str], str]

_translate: ContextVar[Translate | None] = ContextVar("viz_core_figures_translate", default=None)


def use(translate: Translate | None) -> None:
    """Sets the translation of the current context (thread or task); None is English as written here."""
    _translate.set(translate)


def _(message: str) -> str:
    """The message in the language of the current context."""
    translate = _translate.get()
    return translate(message) if translate else message


def N_(message: str) -> str:  # noqa: N802 (gettext's customary name for "translate later")
    """Marks a message for the catalogue where it cannot be translated yet."""
    return message


# Names that models give to their tensors; the formula panel translates them when it shows them.
TENSORS = (
    N_("previous output"), N_("embedding"), N_("fed attentional state"), N_("input gate"), N_("forget gate"), N_("candidate"),
    N_("output gate"), N_("cell"), N_("cell before"), N_("decoder state"), N_("hidden state"), N_("kept"), N_("written"), N_("scores"), N_("weights"),
    N_("context"), N_("attentional state"), N_("log-probability"), N_("sum so far"), N_("source index"), N_("source embedding"),
    N_("encoder states"), N_("fixed vector"), N_("first decoder state"), N_("first hidden state"), N_("output distribution"),
    N_("hidden-state norm"), N_("entropy of the next token"), N_("previous state"), N_("weighted sum"), N_("image vector"), N_("first cell"), N_("evidence"), N_("trust in the evidence"),
    N_("colour evidence"), N_("trust in the colours"),
    N_("picture state"), N_("patch states"), N_("annotations"),
)  # fmt: skip
BOXES = (  # of a Transformer, before the names of their tensors
    N_("encoder embedding"), N_("encoder layer {n} self-attention"), N_("encoder layer {n} feed-forward"), N_("decoder embedding"),
    N_("decoder layer {n} self-attention"), N_("decoder layer {n} cross-attention"), N_("decoder layer {n} feed-forward"), N_("output"),
    N_("encoder last LayerNorm"), N_("decoder last LayerNorm"),
)  # fmt: skip


def control_words() -> dict[str, str]:
    """What the controls of every view say: stepping, saving, light or dark."""
    return {
        "first": _("First step (Home)"),
        "back": _("Previous step (←)"),
        "play": _("Play (space)"),
        "pause": _("Pause (space)"),
        "forward": _("Next step (→)"),
        "last": _("Last step (End)"),
        "step": _("Step"),
        "step_of": _("Step {i} of {n}"),
        "save": _("Save"),
        "save_svg": _("Picture (SVG)"),
        "save_png": _("Picture (PNG)"),
        "save_csv": _("Numbers (CSV)"),
        "theme": _("Light or dark"),
    }


def player_words() -> dict[str, str]:
    """What the player's JavaScript shows, by key; `{name}` is filled in there."""
    return control_words() | {
        "slider": _("Step"),
        "speed": _("Speed"),
        "per_second": _("{n} steps a second"),
        "hint": _("Keys: ← → one step, Home End first and last, space play. Hover to follow a token, click to ask more."),
        "player": _("Step through the run"),
        "mean": _("mean of {n} × {n} weights: {x}"),
        "masked": _("masked"),
        "absolute": _("colours 0 to 1"),
        "row_max": _("colours relative to each row"),
        "colours": _("Colour scale"),
        "weight": _("attention weight α"),
        "weight_row": _("α ÷ largest α of its row"),
        "map": _("Layer and head"),
        "source": _("attends to"),
        "target": _("attends from"),
        "emitted": _("chosen"),
        "no_choice": _("Nothing was chosen at this step."),
        "no_quantities": _("No tensors were recorded at this step."),
        "nats": _("{x} nats"),
        "fork": _("Click a candidate to continue from it instead."),
        "tensor": _("Tensor"),
        "shape": _("Shape"),
        "values": _("Values at this step"),
        "all_values": _("all values"),
        "ask_values": _("Fetch all values"),
        "number": _("a number"),
        "follow": _("Hover a token to follow it; click to hold it, click again to let go."),
        "blank": _("(space)"),
        "looks": _("lit: where {label} looks"),
        "looks_from": _("Where {label} looks."),
        "point_at": _("Point at a place to see where it looks; click to hold it."),
    } | picture_words()


def picture_words() -> dict[str, str]:
    """What the maps over a picture say."""
    return {
        "how": _("How the map is drawn"),
        "smooth": _("smooth map"),
        "exact": _("patch by patch"),
        "all_steps": _("colours 0 to {x} at every step"),
        "alone": _("picture without map"),
        "of_row": _("{x}, the largest of this row; colours by the root of α"),
        "of_steps": _("{x}, the same at every step; colours by the root of α"),
        "picture": _("picture"),
        "patch": _("row {r}, column {c}"),
        "times_uniform": _("α = {x} ({y} × uniform)"),
        "now_step": _("“{word}”, step {i} of {n}"),
        "now_node": _("hypothesis “{word}”"),
        "half_one": _("One patch holds half of the weight: row {r}, column {c}."),
        "half": _("{n} patches hold half of the weight; the strongest is row {r}, column {c}."),
        "even": _("Nearly uniform: no patch has more than {y} × the uniform weight of {x}."),
        "some_masked": _("{n} patches are masked."),
        "all_masked": _("Masked: nothing is attended to."),
        "no_row": _("There is no attention at this step."),
        "on_prefix": _("On {names}: {x}."),
        "by_word": _("Point at a patch to see its weight at every word; click to hold it."),
        "by_word_of": _("{patch}: its weight at every word, 0 … {x}"),
        "sheet": _("Each map belongs to the word below it. Click one to go to its step; point at one to see it large."),
        "sheet_path": _("Words of the hypothesis “{word}”."),
        "nodes": _("Hypotheses of this step: ↑ ↓ to go through them, Enter to hold one."),
    }
