"""Show, attend and tell (Xu et al. 2015): a caption, and where on the picture each of its words looks."""

from viz_core.ui import caption, frame
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Caption"
SUMMARY = "Give the program a picture and watch it write a caption word by word, looking at other patches for every word."
ORDER = 45

frame.head(
    _("Caption"),
    _(
        "A frozen vision model turns the picture into patches, and a decoder writes a caption about them, one word at a time; for every "
        "word attention weighs the patches anew. Step through the words to see where each one looks, what else could have come, and how sure the model is."
    ),
)
with told():
    caption.show()
