"""The family of LSTM encoder–decoders, for the registry and for recipes."""

from viz_core.models.recurrent_seq2seq import Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper
from viz_core.models.translator_file import TranslatorFile

FAMILY = "recurrent-seq2seq"
FILES = TranslatorFile(FAMILY, Config, RecurrentSeq2Seq, RecurrentStepper)
restore, store = FILES.restore, FILES.store
