"""The What-if page's heads: one out by its number, or by a click in the map of what each is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import streamlit as st

from viz_core.figures import what_if as figures
from viz_core.figures import words as figure_words
from viz_core.ui import address, choices, what_if_edits
from viz_core.ui.what_if_runs import Base, Question, known_importance, measure
from viz_core.ui.words import N_, _

if TYPE_CHECKING:
    from viz_core.explain.head_importance import HeadImportance
    from viz_core.layers.edits import Edit

MEASURES = {"kl": N_("KL divergence"), "log_prob": N_("change of log p"), "distance": N_("1 − cosine")}


def controls(question: Question, known: Base, edits: tuple[Edit, ...], at: tuple[str, int, int]) -> None:
    """One head out by its number, or by a click in the map of what each is worth."""
    from viz_core.layers.edits import AblateHead

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        how = what_if_edits.how(known.baseline is None or at[0] == "encoder" or _averages_so_far(question))
        edit = AblateHead(at[1], at[2], how, at[0])
        word = _("Put this head back") if edit in edits else _("Take this head out")
        st.button(word, key="take out", on_click=what_if_edits.toggle, args=(edit,), type="primary")
    total = sum(len(layers) * len(heads) for layers, heads in known.sites.values())
    if total == 1:
        return
    found = known_importance(question, how)
    if found is None:
        text = _("Take each of the {n} heads out in turn and see which ones this output needs.").format(n=total)
        if not st.button(_("Measure every head"), key="measure", help=text, icon=":material/grid_view:"):
            st.caption(text)
            return
        measure(question, how)
        st.rerun()
    _importance(next(item for item in found if item.site == at[0]), edits, how)


def _averages_so_far(question: Question) -> bool:
    """Our own models take the mean over the steps so far in every pass; a loaded one that is measured reads all steps at once."""
    return not isinstance(question.model, str) and question.model.family in choices.FAMILIES


def _importance(found: HeadImportance, edits: tuple[Edit, ...], how: str) -> None:
    """The map of heads; a click takes a head out or puts it back."""
    from viz_core.layers.edits import AblateHead

    measures = list(found.values)
    measure_name = measures[0]
    if len(measures) > 1:
        address.take("colour", measures[0], address.one_of(MEASURES, _("measure")))
        if st.session_state["colour"] not in measures:
            st.session_state["colour"] = measures[0]
        st.segmented_control(_("Colour shows"), measures, format_func=lambda name: _(MEASURES[name]), key="colour", required=True)
        measure_name = st.session_state["colour"]
    off = [(edit.layer, edit.head) for edit in edits if isinstance(edit, AblateHead) and edit.site in (None, found.site)]
    figure_words.use(_)
    figure = figures.importance(found.map(measure_name), found.layers, found.heads, measure_name, off, dark())
    # A new key after every change: the old selection would come back with the next run of the page.
    event = _selectable(figure, f"importance {found.site} {measure_name} {hash((edits, how))}")
    st.caption(_("The stronger the colour, the more this output needs the head. Click a head to take it out, click it again to put it back; ✕ marks those that are out."))
    points = event["selection"]["points"] if event else []
    if points:
        what_if_edits.toggle(AblateHead(int(points[0]["y"]), int(points[0]["x"]), how, found.site))
        st.rerun()


def _selectable(figure: go.Figure, key: str) -> Any:
    """A chart whose points can be clicked; returns what is selected."""
    st.markdown(f"**{figure.layout.title.text}**")
    figure.update_layout(paper_bgcolor=None, plot_bgcolor=None, font_color=None, title_text="", margin_t=10)
    return st.plotly_chart(
        figure, key=key, theme="streamlit", on_select="rerun", selection_mode="points", config={"displayModeBar": False}, width="content"
    )


def dark() -> bool:
    """Whether the reader's page is dark."""
    return st.context.theme.type == "dark"
