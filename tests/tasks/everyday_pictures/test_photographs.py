"""Photographs of whole scenes: what they are called, and that what stands behind things is kept apart."""

import numpy as np

from viz_core.tasks.everyday_pictures import CLASSES
from viz_core.tasks.everyday_pictures.photographs import ground, grounds, photographs
from viz_core.tasks.everyday_pictures.render import varied


def test_photographs_are_called_by_their_files():
    said = {item.key: CLASSES[label] for item, label in photographs()}
    assert len(said) == 79
    assert said["erase/resource/kitten.webp"] == "cat" and said["erase/resource/camels.webp"] == "camel"
    assert said["categorization/resource/images/tools/hammer2.webp"] == "hammer" and said["explore_world_animals/resource/animals/polar_bear.webp"] == "bear"
    assert not {"dragon", "flying_fox", "alpaca", "plate"} & {item.path.stem for item, _ in photographs()}
    assert all(item.path.is_file() for item, _ in photographs())


def test_grounds_are_no_test_photographs_and_those_of_training_are_its_own():
    learned, kept = set(grounds(True)), set(grounds(False))
    assert len(learned) > 2 * len(kept) > 20 and not learned & kept
    assert not (learned | kept) & {item.path for item, _ in photographs()}


def test_a_ground_is_a_square_part_that_the_chance_decides():
    first, again, other = (ground(56, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (56, 56, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_a_thing_stands_in_front_of_a_photograph():
    path = photographs()[0][0].path
    seen = [varied(path, 56, np.random.default_rng(3), behind) for behind in (lambda side, rng: np.zeros((side, side, 3), np.uint8), ground)]
    assert not np.array_equal(*seen)
