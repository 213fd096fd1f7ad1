"""Inside the LSTM (Hochreiter & Schmidhuber 1997; Gers et al. 2000): gates and cell step by step, and why it is no plain RNN."""

from viz_core.ui import about, choices, frame, gradient_reach, inputs, inside_lstm
from viz_core.ui.errors import told
from viz_core.ui.words import _

TITLE = "Inside the LSTM"
SUMMARY = "Open one neuron: what its cell keeps, what is written, and how far back a gradient reaches beside a plain RNN."
ORDER = 14

frame.head(
    _("Inside the LSTM"),
    _(
        "At every step three gates decide what a cell forgets, what it takes in and what it shows; the weights are the same at "
        "every step, only the numbers change. Watch them in a trained encoder or decoder, one neuron or all, and measure how much "
        "of a gradient travels back through the cell and how much through a plain RNN."
    ),
)
card, _none = choices.models(families=(choices.LSTM,))
text = inputs.source(card)
if text is not None:
    with told():
        part = inside_lstm.show(card, text)
        gradient_reach.encoder(card, text, part)
gradient_reach.pair()
about.show(card)
