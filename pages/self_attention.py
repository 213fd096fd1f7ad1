"""Self-attention by hand (Vaswani et al. 2017, §3.2): every number from the embedding to the output, each of them changeable."""

from viz_core.ui import frame, self_attention
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Self-attention"
SUMMARY = "Follow a few words through self-attention by hand: every number is shown, and each can be changed."
ORDER = 20

frame.head(
    _("Self-attention"),
    _(
        "Every word of a sentence asks all the others what they have to say, and takes in the answers in proportion to how well they match. "
        "Step through the arithmetic with ← and →, click any number to change it, and see what follows."
    ),
)
with told():
    self_attention.show()
