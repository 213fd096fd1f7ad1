"""Beam search (Sutskever et al. 2014, §3.2; Wu et al. 2016, §7): every hypothesis that was kept, and why others were cut off."""

from viz_core.ui import about, beam_search, choices, frame
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Beam search"
SUMMARY = "Follow several partial outputs at once, see which are cut off and why, and go on from any of them."
ORDER = 12

frame.head(
    _("Beam search"),
    _(
        "Greedy decoding takes the most probable token of every step and can never take it back; beam search carries several "
        "partial outputs along and lets their totals decide. Step through the tree: every column is one step, the best total "
        "on top. Point at a hypothesis to see its text, its numbers and which source positions it attended to."
    ),
)
card, _none = choices.models()
text = beam_search.source(card)
options, pruned = beam_search.controls()
if text is not None and options is not None:
    with told():
        beam_search.show(card, text, options, pruned)
about.show(card)
