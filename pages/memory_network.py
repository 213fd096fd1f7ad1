"""Memory network (Sukhbaatar et al. 2015): a question reads a story hop by hop; tell the story otherwise and ask again."""

from viz_core.ui import frame, memory_network
from viz_core.ui.words import _

TITLE = "Memory network"
SUMMARY = "Write a short story and a question; watch each hop match the question with the sentences, read one, and ask anew."
ORDER = 52

frame.head(
    _("Memory network"),
    _(
        "Every sentence of the story is a vector in memory; the question is matched with all of them, and what the best ones say is "
        "added to the question before the next hop. Step through the hops to see which sentences a network leans on, then take one "
        "out, move it or change its weight and see whether the answer holds."
    ),
)
memory_network.show()
