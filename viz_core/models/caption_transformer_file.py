"""The family of Transformers that caption pictures."""

from viz_core.models.caption_file import CaptionFile
from viz_core.models.caption_transformer import CaptionTransformer, Config
from viz_core.models.caption_transformer_stepper import CaptionTransformerStepper

FAMILY = "caption-transformer"
FILES = CaptionFile(FAMILY, Config, CaptionTransformer, CaptionTransformerStepper)
store = FILES.store
