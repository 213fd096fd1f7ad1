"""Neural Turing Machine (Graves et al. 2014): a controller beside a memory, tick by tick."""

from viz_core.ui import frame, ntm
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Neural Turing Machine"
SUMMARY = "Watch a network write to a memory and read it again: where its heads look, how they find the cell, and how far past training it holds."
ORDER = 50

frame.head(
    _("Neural Turing Machine"),
    _(
        "A controller network sees a tape and moves heads over a memory of cells: write heads erase and add, read heads take a weighted sum. "
        "Step through the ticks to see where every head looks and how it finds its cell in four stages, with the numbers of that tick; "
        "make the tape longer than any it was trained on, or overwrite a cell, and watch what happens."
    ),
)
with told():
    ntm.show()
