"""Words to classes, parts that do not share sisters, things on grounds with their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from viz_core.tasks.everyday_pictures import labels, render, scenes, split
from viz_core.tasks.everyday_pictures.labels import CLASSES, label, named, nameless
from viz_core.tasks.everyday_pictures.sources import Item, words
from viz_core.trace.errors import InputError


def item(text, source="stamps", key="x.png", folder="animals"):
    return Item(source, key, Path(key), words(text), folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cat.", "cat"), ("A hot-air balloon!", "balloon"), ("A sea lion.", "seal"), ("A cat and a dog", None), ("Two CATS", "cat"),
        ("A hot dog", "hot dog"), ("A concatenation", None), ("", None), ("a teddy bear", "teddy bear"),
    ],
)  # fmt: skip
def test_words_name_one_class_or_none(text, expected):
    assert label(item(text)) == expected


def test_two_names_are_neither_known_nor_nameless():
    both = item("a cat and a dog")
    assert label(both) is None and not nameless(both) and named(both.words) == {"cat", "dog"}
    assert nameless(item("a concatenation"))


def test_drawers_of_signs_and_misnamed_pictures_are_left_out():
    assert label(item("bus", "clipart", folder="transportation/roadsigns")) is None
    assert label(item("donkey", "clipart", key="tools/nodding_donkey_kevin_cow_01.png", folder="tools")) is None


def test_classes_are_everyday_ones_and_phrases_have_one_class(tmp_path, monkeypatch):
    assert 100 <= len(CLASSES) <= 200 and {"cat", "dog", "car", "apple"} <= set(CLASSES)
    (tmp_path / "classes.tsv").write_text("cat\tcat, kitten\ndog\tdog, kitten\n")
    monkeypatch.setattr(labels, "_FILE", tmp_path / "classes.tsv")
    labels._phrases.cache_clear()
    try:
        with pytest.raises(InputError, match="'kitten'"):
            labels._phrases()
    finally:
        labels._phrases.cache_clear()


@pytest.fixture
def drawings(monkeypatch):
    """Forty cats by twenty artists, each in colour and in black and white, and as many pictures without a class."""
    names = [f"animals/cat_{artist}{end}.png" for artist in "abcdefghijklmnopqrst" for end in ("_01", "_02_bw")]
    cats = [Item("clipart", name, Path(name), ("cat",), "animals") for name in names]
    others = [Item("clipart", f"x/thing_{i}_{'abcdefgh'[i % 8] * (i + 1)}.png", Path("x"), ("thing",), "x") for i in range(40)]
    monkeypatch.setattr(split, "items", lambda: (*cats, *others))
    split._cut.cache_clear()
    yield cats
    split._cut.cache_clear()


def test_sisters_stay_in_one_part(drawings):
    parts = {part: {found.key for found, _ in split.known(part)} for part in split.PARTS}
    assert sum(map(len, parts.values())) == len(set().union(*parts.values())) == 40
    assert all(len(found) % 2 == 0 and found for found in parts.values())
    for found in parts.values():
        assert all(key.replace("_01", "_02_bw") in found for key in found if "_01" in key)
    assert abs(len(parts["held-out"]) - 10) <= 1 and {number for part in split.PARTS for _, number in split.known(part)} == {CLASSES.index("cat")}


def test_unknown_pictures_are_for_two_parts_only(drawings):
    assert split.unknown("training") == []
    first, second = ({found.key for found in split.unknown(part)} for part in ("validation", "held-out"))
    assert not first & second and len(first | second) == 40
    with pytest.raises(InputError, match="no part 'test'"):
        split.known("test")


@pytest.fixture
def red(tmp_path):
    """A red 20 × 10 block in a transparent picture of 40 × 40."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[5:15, 10:30] = (255, 0, 0, 255)
    path = tmp_path / "red.png"
    Image.fromarray(pixels).save(path)
    return path


def test_plain_is_the_thing_in_the_middle_of_white(red):
    found = render.plain(red, 100)
    assert (found[50, 50] == (255, 0, 0)).all() and (found[[0, -1]] == 255).all()
    shown = (found[..., 1] < 128).nonzero()
    assert [int(np.ptp(axis)) + 1 for axis in shown] == [42, 84]  # 84 % of the side, twice as wide as high


def test_varied_is_seeded_and_shows_the_thing_somewhere(red):
    one, two, other = (render.varied(red, 56, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (one == two).all() and not (one == other).all() and one.shape == (56, 56, 3)


def test_scenes_have_two_things_where_their_masks_are(red, tmp_path, monkeypatch):
    blue = tmp_path / "blue.png"
    Image.new("RGBA", (16, 16), (0, 0, 255, 255)).save(blue)
    things = ((Item("emoji", "red", red, (), ""), 3), (Item("emoji", "blue", blue, (), ""), 7))
    monkeypatch.setattr(scenes, "_things", lambda: things)
    for seed in range(6):
        drawn = scenes.scene(seed)
        assert sorted(drawn.labels) == [3, 7] and not (drawn.masks[0] & drawn.masks[1]).any()
        for mask, number in zip(drawn.masks, drawn.labels, strict=True):
            colour = (255, 0, 0) if number == 3 else (0, 0, 255)
            assert (drawn.pixels[mask] == colour).all(-1).mean() > 0.9
    assert (scenes.scene(1).pixels == scenes.scene(1).pixels).all()
