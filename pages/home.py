"""Where to begin: a picture from a real run of every page."""

from viz_core.ui import frame, gallery
from viz_core.ui.words import _

TITLE = "Attention microscope"
SUMMARY = ""
ORDER = 0

frame.head(
    _("Attention microscope"),
    _(
        "Step through real, trained models and see the true numbers at every step: who attends to whom, what else could "
        "have been said, and how each tensor comes about. Every picture below is drawn from a real run; its link opens "
        "that run."
    ),
)
gallery.show()
