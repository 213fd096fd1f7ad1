"""The family of Transformer encoder–decoders, for the registry and for recipes."""

from viz_core.models.transformer import Config, Transformer
from viz_core.models.transformer_stepper import TransformerStepper
from viz_core.models.translator_file import TranslatorFile

FAMILY = "transformer"
FILES = TranslatorFile(FAMILY, Config, Transformer, TransformerStepper)
restore, store = FILES.restore, FILES.store
