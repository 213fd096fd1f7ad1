"""Boxes: each thing in its own half, instances apart, sizes as said, one relation and not the other."""

import numpy as np
import pytest

from viz_core.tasks.captions.layout import SIDE, SIZES, Box, _level, _meet, boxes, room


def union(found: list[Box]) -> tuple[int, int, int, int]:
    """left, top, right, bottom, the last two just outside."""
    return min(b.left for b in found), min(b.top for b in found), max(b.left + b.width for b in found), max(b.top + b.height for b in found)


@pytest.mark.parametrize("relation", ["left", "above"])
def test_exactly_one_relation_is_true(relation):
    for seed in range(60):
        rng = np.random.default_rng(seed)
        counts = [int(rng.integers(1, 4)) for _ in range(2)]
        first, second = map(union, boxes([(100, 40), (30, 90)], counts, [None, None], relation, rng))
        left, above = first[2] <= second[0], first[3] <= second[1]
        assert (left, above) == (relation == "left", relation == "above")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_instances_of_one_thing_do_not_meet_and_can_be_seen(count):
    for seed in range(40):
        (found,) = boxes([(60, 50)], [count], [None], None, np.random.default_rng(seed))
        assert len(found) == count
        for number, box in enumerate(found):
            assert max(box.width, box.height) >= 28
            assert 0 <= box.left and 0 <= box.top and box.left + box.width <= SIDE and box.top + box.height <= SIDE
            for other in found[number + 1 :]:
                apart = box.left + box.width < other.left or other.left + other.width < box.left
                assert apart or box.top + box.height < other.top or other.top + other.height < box.top


@pytest.mark.parametrize("size", ["small", None, "big"])
def test_a_size_is_a_range_of_the_longer_side(size):
    low, high = SIZES[size]
    for seed in range(20):
        found = boxes([(50, 100), (80, 80)], [1, 1], [size, None], "left", np.random.default_rng(seed))
        assert low * SIDE - 0.5 <= found[0][0].height <= high * SIDE + 0.5
        assert found[0][0].width == pytest.approx(found[0][0].height / 2, abs=1)
    assert SIZES["small"][1] < SIZES[None][0] and SIZES[None][1] < SIZES["big"][0]  # sizes can be told apart


def test_things_shrink_as_their_number_grows():
    for alone in (True, False):
        rooms = [room(count, None, alone) for count in range(1, 5 if alone else 4)]
        assert all(one[1] >= two[1] for one, two in zip(rooms, rooms[1:], strict=False))


def test_boxes_that_touch_meet_and_levels_by_hand():
    assert _meet(Box(0, 0, 10, 10), Box(11, 0, 10, 10)) and not _meet(Box(0, 0, 10, 10), Box(14, 0, 10, 10))
    assert _level([Box(0, 0, 10, 40)], [Box(50, 30, 10, 20)], axis=1)  # they share 10 of the lower one's 20
    assert not _level([Box(0, 0, 10, 40)], [Box(50, 31, 10, 20)], axis=1)
