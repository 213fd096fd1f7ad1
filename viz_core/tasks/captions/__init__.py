"""Captions: scenes of drawings whose regions are known, and single pictures with their names, in English and Chinese."""

from viz_core.tasks.captions.grammar import COLOURS, LANGUAGES, NOUNS, UNKNOWN_CAPTION, Description, Noun, Thing, caption, exchangeable, noun_places, numbers, parted, text, words
from viz_core.tasks.captions.pictures import Captioned, Unknown, captioned, look, photographs, unknown, vocabulary
from viz_core.tasks.captions.scenes import PARTS, CaptionScene, described, scene

__all__ = [
    "COLOURS", "LANGUAGES", "NOUNS", "PARTS", "UNKNOWN_CAPTION", "CaptionScene", "Captioned", "Description", "Noun", "Thing", "Unknown",
    "caption", "captioned", "described", "exchangeable", "look", "noun_places", "numbers", "parted", "photographs", "scene", "text", "unknown", "vocabulary", "words",
]  # fmt: skip
