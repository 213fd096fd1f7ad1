"""Captions of composed scenes: exactly right or not, calibrated or not, and whether the map of each noun lies on its thing.

Axes: L patches, T words and the end, K things.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viz_core.decoding.options import Beam
from viz_core.evaluation.calibration import expected_calibration_error
from viz_core.evaluation.caption_features import features
from viz_core.evaluation.caption_writing import Words, Written, attention, cut, search, sources, write
from viz_core.evaluation.pointing import Pointed, Regions, chance, pointed, regions
from viz_core.models.caption_reader import CaptionReader
from viz_core.tasks.caption_metrics import bleu_4, cider_d
from viz_core.tasks.captions import NOUNS, Description, caption, noun_places, scene
from viz_core.tasks.captions.unseen import KINDS, unseen_kinds

BEAM = Beam(width=4)
SURE = 0.5  # confidence from which on a wrong caption is a confident lie


class Scenes(NamedTuple):
    """Scenes of one part. features: float16[N, 1 + L, D]; regions: of their things."""

    descriptions: list[Description]
    features: NDArray[np.float16]
    regions: list[Regions]


def scenes_of(stepper: CaptionReader, part: str, count: int, first: int = 0) -> Scenes:
    """Scenes first … first + count − 1 of a part; features are kept in the cache folder."""
    name = f"{part}-scenes" + (f"-from-{first}" if first else "")
    seen = features(stepper.backbone, name, lambda number: scene(part, first + number).pixels, count)
    descriptions, found = [], []
    for number in range(first, first + count):
        _, masks, description = scene(part, number)
        descriptions.append(description)
        found.append(regions(masks, stepper.backbone.backbone.patch))
    return Scenes(descriptions, seen, found)


def exactness(scenes: Scenes, written: list[Written], language: str) -> dict[str, float]:
    """`exact`; `exact_one` and `exact_two` of scenes of one and two things; `exact_colour`, `exact_count`, `exact_nouns` of those
    whose only unseen combinations are of that kind; `nouns`: the share that names every thing."""
    wanted = [caption(each, language) for each in scenes.descriptions]
    right = np.array([given.words == words for given, words in zip(written, wanted, strict=True)])
    things = np.array([len(each.things) for each in scenes.descriptions])
    kinds = [unseen_kinds(each) for each in scenes.descriptions]
    parts = {"exact_one": things == 1, "exact_two": things == 2} | {f"exact_{kind}": np.array([found == {kind} for found in kinds]) for kind in KINDS}
    named = [all(names(given.words, thing.noun) for thing in each.things) for given, each in zip(written, scenes.descriptions, strict=True)]
    return {"exact": float(right.mean()), **{name: float(right[chosen].mean()) for name, chosen in parts.items() if chosen.any()}, "nouns": float(np.mean(named))}


def exact_beam(stepper: CaptionReader, scenes: Scenes) -> float:
    """Share of scenes whose best caption of a beam search with the Caption page's options (`BEAM`) is right word for word."""
    found = search(stepper, sources(stepper, scenes.features), BEAM)
    return float(np.mean([words == caption(each, stepper.language) for words, each in zip(found, scenes.descriptions, strict=True)]))


def names(words: Words, noun: int) -> bool:
    """Whether a caption in either language has a noun, in singular or plural."""
    one = NOUNS[noun]
    return bool({one.en, one.plural, one.zh} & set(words))


def overlap(scenes: Scenes, written: list[Written], language: str) -> dict[str, float]:
    """`bleu_4_scenes` and `cider_scenes` against the one right caption."""
    given, wanted = [each.words for each in written], [[caption(each, language)] for each in scenes.descriptions]
    return {"bleu_4_scenes": bleu_4(given, wanted), **({"cider_scenes": cider_d(given, wanted)} if len(given) > 1 else {})}


def calibration(scenes: list[Scenes], written: list[list[Written]], language: str) -> dict[str, float]:
    """`ece` of the caption's confidence (15 bins) over all scenes given, and how often a wrong caption is sure of itself."""
    pairs = [pair for part, said in zip(scenes, written, strict=True) for pair in zip(part.descriptions, said, strict=True)]
    right = np.array([given.words == caption(each, language) for each, given in pairs])
    confidence = np.array([given.confidence for _, given in pairs])
    wrong_and_sure = float((~right & (confidence >= SURE)).mean())
    return {"ece": expected_calibration_error(confidence, right), "confidence": float(confidence.mean()), "confident_wrong_scenes": wrong_and_sure}


def looked(stepper: CaptionReader, scenes: Scenes, written: list[Written]) -> dict[str, Any]:
    """The map of every noun against its thing, the right caption forced; the same of those captions that the model writes
    itself (`_own`); and how evenly a caption looks (`coverage`). {} for a model without attention.

    `pointing_game`, `pointing_game_centre`, `mass_inside`: means over nouns, see `pointing.pointed`; `pointing_game_chance`:
    of a peak drawn at random.
    """
    wanted = [caption(each, stepper.language) for each in scenes.descriptions]
    maps = attention(stepper, sources(stepper, scenes.features), wanted)
    if np.isnan(maps[0]).all():
        return {}
    found: list[tuple[Pointed, float, bool]] = []
    for rows, description, own, given, words in zip(maps, scenes.descriptions, scenes.regions, written, wanted, strict=True):
        written_as = cut(stepper, words)
        for thing, place in enumerate(noun_places(description, stepper.language)):
            found.append((pointed(rows[written_as.index(words[place])], own, thing), chance(own, thing), given.words == words))
    written_itself = [each for each, _, right in found if right]
    random = {"pointing_game_chance": float(np.mean([luck for _, luck, _ in found]))}
    return {**_means([each for each, _, _ in found]), **random, **_means(written_itself, "_own"), **coverage(maps)}


def coverage(maps: list[NDArray]) -> dict[str, float]:
    """What the doubly stochastic regulariser is about (Xu et al. 2015, eq. 14), means over captions of α f32[T, L] each.

    `coverage_variance`: over patches, of Σ_t α_ti; `coverage_penalty`: the mean over patches of (1 − Σ_t α_ti)²;
    `coverage_share`: share of patches that get at least half of what each would get if all were looked at equally.
    """
    totals = [rows.sum(0) for rows in maps]  # f32[L] each
    return {
        "coverage_variance": float(np.mean([total.var() for total in totals])),
        "coverage_penalty": float(np.mean([np.square(1 - total).mean() for total in totals])),
        "coverage_share": float(np.mean([(total >= 0.5 * total.mean()).mean() for total in totals])),
    }


def _means(found: list[Pointed], suffix: str = "") -> dict[str, float]:
    """Means over nouns by metric; nothing where there is none."""
    if not found:
        return {}
    keys = {"pointing_game": "hit", "pointing_game_centre": "centre_hit", "mass_inside": "mass"}
    return {f"{key}{suffix}": float(np.mean([getattr(each, field) for each in found])) for key, field in keys.items()}
