"""The self-attention page: words and where their numbers come from, the desk, and why scores are divided by √d_k."""

from __future__ import annotations

import re
import unicodedata

import streamlit as st

from viz_core.figures import self_attention_export
from viz_core.figures import words as figure_words
from viz_core.models.self_attention import CLASSIC, HEADS, Numbers, hand_made, trained
from viz_core.trace.errors import InputError
from viz_core.ui import address, frame, self_attention_view, softmax_scaling, text_models
from viz_core.ui.errors import plain, told
from viz_core.ui.words import N_, _, language, translation
from viz_core.zoo.cards import cards

MOST_WORDS, LONGEST = 12, 1000
TRAINED = "minilm"
KINDS = {"classic": N_("Classic (dₖ = 64)"), "small": N_("For a pencil"), "trained": N_("Trained model")}
LAYERS, COUNT = 6, 12  # of the trained model
_LAST = "self-attention numbers"


def show() -> None:
    """The whole page below its title."""
    numbers = _numbers(_text())
    if numbers is None:
        st.stop()
    figure_words.use(_)
    view = self_attention_view.show(numbers, "self-attention")
    _download(numbers, view)
    _on_order()
    softmax_scaling.show(numbers.depth)


def _text() -> str:
    address.take("text", " ".join(CLASSIC))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        help_text = _("Two to {n} words with spaces between; a text without spaces in Chinese or Japanese is read letter by letter.").format(n=MOST_WORDS)
        st.text_input(_("Words"), key="text", help=help_text, on_change=_other_words, width=330)
        _kind()
        address.take("heads", 1, lambda text: int(address.one_of([str(n) for n in HEADS], _("number of heads"))(text)))
        st.segmented_control(_("Heads"), HEADS, key="heads", required=True, on_change=_other_numbers)
    return st.session_state["text"]


def _kind() -> None:
    """Made-up numbers, or those of a trained model when it is there."""
    present = [kind for kind in KINDS if kind != "trained" or TRAINED in cards()]
    address.take("numbers", "classic", address.one_of(present, _("set of numbers")))
    if st.session_state["numbers"] not in present:
        st.session_state["numbers"] = "classic"
    st.segmented_control(_("Where the numbers come from"), present, format_func=lambda kind: _(KINDS[kind]), key="numbers", required=True, on_change=_other_numbers)


def _numbers(text: str) -> Numbers | None:
    """The numbers of the controls; while those cannot be used, the ones that were shown last."""
    layer, head = _place() if st.session_state["numbers"] == "trained" else (0, 0)
    with told():
        words, heads = words_of(text), st.session_state["heads"]
        if st.session_state["numbers"] == "trained":
            found = _trained(cards()[TRAINED].sha256, " ".join(text.split()), layer, head, heads)
        else:
            found = hand_made(st.session_state["numbers"], words, heads)
        st.session_state[_LAST] = found
    return st.session_state.get(_LAST) or hand_made("classic", CLASSIC)


def _place() -> tuple[int, int]:
    """Layer and first head of the trained model."""
    address.take("layer", 0, address.whole(_("layer"), 0, LAYERS - 1))
    address.take("first", 0, address.whole(_("head"), 0, COUNT - 1))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.number_input(_("Layer (0 to {n})").format(n=LAYERS - 1), 0, LAYERS - 1, key="layer", width=130, on_change=_other_numbers)
        st.number_input(_("First head (0 to {n})").format(n=COUNT - 1), 0, COUNT - 1, key="first", width=150, on_change=_other_numbers)
        card = cards()[TRAINED]
        st.caption(f"{card.name} · {plain(_(card.title))}")
    return st.session_state["layer"], st.session_state["first"]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text; InputError when there are too few, too many, or too much of it."""
    if len(text) > LONGEST:
        raise InputError(_("the text has {n} characters; give at most {most}, so that its words can be shown").format(n=len(text), most=LONGEST))
    words = [word for word in text.split() if any(unicodedata.category(c)[0] not in "CZ" for c in word)]
    if len(words) == 1 and re.fullmatch(r"[\u3040-\u30ff\u3400-\u9fff。，！？、]+", words[0]):
        words = [c for c in words[0] if unicodedata.category(c)[0] != "P"]
    if not words:
        raise InputError(_("the text is empty; give two words or more, such as Thinking Machines"))
    if len(words) == 1:
        raise InputError(_("the text has one word, {word}; give two or more, so that it has another to attend to").format(word=repr(words[0][:40])))
    if len(words) > MOST_WORDS:
        raise InputError(_("the text has {n} words; give at most {most}, so that every number can be shown").format(n=len(words), most=MOST_WORDS))
    return tuple(words)


@st.cache_resource(max_entries=8, show_spinner=False)
def _trained(sha256: str, text: str, layer: int, head: int, heads: int) -> Numbers:
    return trained(text_models.load(cards()[TRAINED]), text, layer, head, heads)


def _other_words() -> None:
    """Changed numbers of words that are gone go too; those of the matrices stay."""
    self_attention_view.let_go(keep_weights=True)


def _other_numbers() -> None:
    self_attention_view.let_go(keep_weights=False)


def _download(numbers: Numbers, view: self_attention_view.View) -> None:
    translate = translation(language())  # of this moment: the file is made outside the run of the page

    def html() -> bytes:
        figure_words.use(translate)
        return self_attention_export.html(numbers, view).encode("utf-8")

    stem = re.sub(r"[^\w-]+", "-", " ".join(numbers.words)[:30]).strip("-") or "words"
    text = _("The steps with all numbers in one file, still changeable; opens without the program.")
    st.download_button(_("Offline page (HTML)"), html, f"self-attention-{stem}.html", "text/html", help=text, on_click="ignore", icon=":material/download:")


def _on_order() -> None:
    """Attention alone does not see order; where the program shows what is done about it."""
    st.markdown(_(
        "**Try this:** shuffle the words above. Every word keeps its output, and the page measures it: without a mask, self-attention "
        "treats a sentence as a bag of words. That is why Transformers add positions to the embeddings."
    ))  # fmt: skip
    page = next((page for page in frame.pages() if page.path.stem == "transformer"), None)
    if page is not None:
        st.page_link(str(page.path), label=_("Positions, masks and layers in a whole Transformer"), icon=":material/arrow_forward:")
