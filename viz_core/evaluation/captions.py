"""Captions: right word for word on scenes never combined so before, maps on the things they name, and honest confidence."""

from __future__ import annotations

from typing import Any

from viz_core.evaluation import caption_pictures, caption_scenes
from viz_core.evaluation.caption_writing import sources, write
from viz_core.models.caption_reader import CaptionReader
from viz_core.tasks.captions import LANGUAGES

TASK = "captions"
SCENES = 1_000  # held-out scenes, unless somebody asks for another number
DRAWINGS = 0.5  # scenes of drawings never seen, as a share of those
APART = 1_000_000  # scenes between the first ones of two seeds


def evaluate(stepper: CaptionReader, n: int | None, seed: int, pictures: int = 1) -> dict[str, Any]:
    """Metrics on held-out scenes and pictures, captions written greedily; of Chinese ones with `_zh` behind the name.

    n: held-out scenes (None: 1,000), half as many with drawings never seen. Of scenes: `exact` (and of unseen drawings
    `exact_drawings`), `bleu_4_scenes`, `cider_scenes`, `ece`, `pointing_game`, `mass_inside`, `coverage_…`; see
    `caption_scenes`. pictures: 0 leaves out single pictures, photographs and pictures of nothing; see `caption_pictures`.
    """
    count = n or SCENES
    unseen = caption_scenes.scenes_of(stepper, "held-out", count, seed * APART)
    drawn = caption_scenes.scenes_of(stepper, "held-out-drawings", max(1, round(count * DRAWINGS)), seed * APART)
    found: dict[str, Any] = {"n": count, "n_drawings": len(drawn.descriptions)}
    for language in stepper.target.languages:
        suffix = "" if language == LANGUAGES[0] else f"_{language}"
        speaking = stepper.speaking(language)
        part = of_scenes(speaking, unseen, drawn)
        part |= caption_pictures.of_pictures(speaking) if pictures else {}
        found |= {f"{key}{suffix}": value for key, value in part.items()}
    return found


def of_scenes(stepper: CaptionReader, unseen: caption_scenes.Scenes, drawn: caption_scenes.Scenes) -> dict[str, float]:
    """All metrics of scenes in the stepper's language."""
    language = stepper.language
    written = [write(stepper, sources(stepper, part.features)) for part in (unseen, drawn)]
    exact, others = (caption_scenes.exactness(part, said, language) for part, said in zip((unseen, drawn), written, strict=True))
    return {
        **exact, **{f"{key}_drawings": value for key, value in others.items()},
        **caption_scenes.overlap(unseen, written[0], language),
        **caption_scenes.calibration([unseen, drawn], written, language),
        **caption_scenes.looked(stepper, unseen, written[0]),
    }  # fmt: skip
