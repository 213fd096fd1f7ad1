"""Composed scenes: the same every time, their descriptions true of their masks, unseen combinations where they belong."""

import numpy as np
import pytest

from viz_core.tasks.captions import NOUNS, described, scene
from viz_core.tasks.captions.drawings import drawings, hue
from viz_core.tasks.captions.scenes import PARTS
from viz_core.tasks.captions.unseen import ONE_IN, pairs, unseen
from viz_core.tasks.everyday_pictures import known
from viz_core.trace.errors import InputError


@pytest.fixture(scope="module")
def scenes():
    return {part: [scene(part, number) for number in range(25)] for part in PARTS}


def extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    """left, top, right, bottom of what is marked."""
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(cols[0]), int(rows[0]), int(cols[-1]), int(rows[-1])


def test_the_same_scene_every_time(scenes):
    again = scene("training", 3)
    assert np.array_equal(again.pixels, scenes["training"][3].pixels) and again.description == scenes["training"][3].description
    assert not np.array_equal(again.pixels, scenes["validation"][3].pixels)


def test_what_is_described_is_what_is_drawn(scenes):
    for part, found in scenes.items():
        assert [described(part, number) for number in range(len(found))] == [each.description for each in found]


def test_relations_are_true_of_the_masks(scenes):
    for each in (one for found in scenes.values() for one in found if one.description.relation):
        first, second = map(extent, each.masks)
        if each.description.relation == "left":
            assert first[2] < second[0]
        else:
            assert first[3] < second[1]
        assert not (each.masks[0] & each.masks[1]).any()


def test_every_thing_is_seen_against_its_ground(scenes):
    """The pixels of a thing differ from a scene without it more than two grounds' noise would."""
    for each in (one for found in scenes.values() for one in found):
        behind = each.pixels[~each.masks.any(0)].astype(float)
        for mask in each.masks:
            assert mask.sum() >= 100
            away = np.linalg.norm(each.pixels[mask].astype(float).mean(0) - behind.mean(0))
            assert away > 15


def test_combinations_are_unseen_in_held_out_scenes_only():
    for part in PARTS:
        wanted = part in ("held-out", "held-out-drawings")
        assert all(unseen(described(part, number)) == wanted for number in range(1_000))


def test_rich_scenes_have_more_colours_and_counts():
    shares = {}
    for part in ("training", "training-rich"):
        things = [thing for number in range(500) for thing in described(part, number).things]
        shares[part] = np.array([(thing.colour is not None, thing.count > 1) for thing in things]).mean(0)
    assert (shares["training-rich"] > shares["training"] + 0.08).all()


def test_about_a_fifth_of_all_combinations_is_held_out():
    found = {pair for number in range(300) for pair in pairs(described("training", number))}
    held = {pair for number in range(300) for pair in pairs(described("held-out", number))}
    assert ONE_IN == 5 and len(held - found) > len(held) / 5


def test_counts_alone_are_parts_of_the_picture(scenes):
    """More things of a kind never cover less than the boxes of one: a count of n gives at least n separate blobs."""
    from scipy.ndimage import label

    for each in (one for found in scenes.values() for one in found):
        for thing, mask in zip(each.description.things, each.masks, strict=True):
            blobs, count = label(mask, np.ones((3, 3)))
            large = sum(int((blobs == number).sum()) > 0.15 * mask.sum() / thing.count for number in range(1, count + 1))
            assert large >= thing.count


def test_unseen_drawings_are_held_out_pictures():
    keys = {part: {f"{item.source}:{item.key}" for item, _ in known(part)} for part in ("training", "held-out")}
    for part in keys:
        assert {drawing.key for found in drawings(part).values() for drawing in found} <= keys[part]
    assert not keys["training"] & keys["held-out"]
    assert len(drawings("training")) >= 100 and all(NOUNS[noun] for noun in drawings("training"))


def test_hues_by_hand():
    hues, chroma = hue(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5], [1, 1, 0]]))
    assert hues.tolist() == [0, 120, 240, 0, 60] and chroma.tolist() == [1, 1, 1, 0, 1]


@pytest.mark.parametrize(("part", "number", "sentence"), [("test", 0, "no scenes of 'test'"), ("training", -1, "no scene -1")])
def test_other_scenes_are_refused(part, number, sentence):
    with pytest.raises(InputError, match=sentence):
        scene(part, number)
