"""Captions: right word for word on scenes never combined so before, maps on the things they name, and honest confidence."""

from __future__ import annotations

from typing import Any

from viz_core.evaluation import caption_pictures, caption_scenes
from viz_core.evaluation.caption_writing import sources, write
from viz_core.models.caption_reader import CaptionReader
from viz_core.tasks.captions import LANGUAGES

TASK = "captions"
SCENES = 1_000  # held-out scenes, unless somebody asks for another number
BESIDE = 0.5  # scenes of the other held-out parts, as a share of those
APART = 1_000_000  # scenes between the first ones of two seeds


def evaluate(stepper: CaptionReader, n: int | None, seed: int, pictures: int = 1) -> dict[str, Any]:
    """Metrics on held-out scenes and pictures, captions written greedily; of Chinese ones with `_zh` behind the name.

    n: held-out scenes (None: 1,000), half as many with drawings never seen, and half as many of familiar combinations. Of
    scenes: `exact` (of unseen drawings `exact_drawings`, of familiar combinations `exact_familiar`, with a beam of 4
    `exact_beam_4`), `bleu_4_scenes`, `cider_scenes`, `ece`, `pointing_game`, `mass_inside`, `coverage_…`; see `caption_scenes`. pictures: 0 leaves out single pictures, photographs and pictures of nothing; see `caption_pictures`.
    """
    count = n or SCENES
    unseen = caption_scenes.scenes_of(stepper, "held-out", count, seed * APART)
    drawn, familiar = (caption_scenes.scenes_of(stepper, part, max(1, round(count * BESIDE)), seed * APART) for part in ("held-out-drawings", "held-out-familiar"))
    found: dict[str, Any] = {"n": count, "n_drawings": len(drawn.descriptions), "n_familiar": len(familiar.descriptions)}
    for language in stepper.target.languages:
        suffix = "" if language == LANGUAGES[0] else f"_{language}"
        speaking = stepper.speaking(language)
        part = of_scenes(speaking, unseen, drawn, familiar)
        part |= caption_pictures.of_pictures(speaking) if pictures else {}
        found |= {f"{key}{suffix}": value for key, value in part.items()}
    return found


def of_scenes(
    stepper: CaptionReader, unseen: caption_scenes.Scenes, drawn: caption_scenes.Scenes, familiar: caption_scenes.Scenes
) -> dict[str, float]:
    """All metrics of scenes in the stepper's language."""
    language = stepper.language
    written = [write(stepper, sources(stepper, part.features)) for part in (unseen, drawn, familiar)]
    exact, others, known = (caption_scenes.exactness(part, said, language) for part, said in zip((unseen, drawn, familiar), written, strict=True))
    return {
        **exact, "exact_beam_4": caption_scenes.exact_beam(stepper, unseen), **{f"{key}_drawings": value for key, value in others.items()}, **{f"{key}_familiar": value for key, value in known.items()},
        **caption_scenes.overlap(unseen, written[0], language),
        **caption_scenes.calibration([unseen, drawn], written[:2], language),
        **caption_scenes.looked(stepper, unseen, written[0]),
    }  # fmt: skip
