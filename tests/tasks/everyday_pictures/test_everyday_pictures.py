"""Words to classes, parts that do not share sisters, things on grounds with their masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from viz_core.tasks.everyday_pictures import labels, render, same, scenes, split
from viz_core.tasks.everyday_pictures.labels import CLASSES, label, named, nameless, other, outside, photograph
from viz_core.tasks.everyday_pictures.nothing import nothing
from viz_core.tasks.everyday_pictures.sources import SOURCES, Item, code_points, words
from viz_core.trace.errors import InputError


def item(text, source="stamps", key="x.png", folder="animals"):
    return Item(source, key, Path(key), words(text), folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cat.", "cat"), ("A hot-air balloon!", "balloon"), ("A sea lion.", None), ("A cat and a dog", None), ("Two CATS", "cat"),
        ("A hot dog", None), ("A concatenation", None), ("", None), ("a teddy bear", "teddy bear"),
        ("A sea lion and a cat", "cat"), ("a dragon", "dragon"), ("red dragon", None),
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
    assert label(item("person with crown", "emoji", folder="people & body")) is None
    assert label(item("donkey", "clipart", key="tools/nodding_donkey_kevin_cow_01.png", folder="tools")) is None


def test_what_is_outside_of_all_classes_lies_in_a_drawer_of_signs():
    assert outside(item("letter a", folder="symbols/alphabets")) and outside(item("woman", "emoji", folder="people & body"))
    assert not outside(item("a goat", folder="animals")) and not outside(item("bus", "clipart", folder="transportation/roadsigns"))


def test_photographs_are_stamps_that_are_not_drawn():
    assert photograph(item("a cow", folder="animals/mammals/bovines")) and not photograph(item("a cow", "clipart"))
    assert not photograph(item("a lion", folder="animals/mammals/cats/cartoon")) and not photograph(item("a hat", folder="clothes/hats"))
    assert photograph(item("a candle", key="seasonal/candle.png", folder="seasonal"))


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
    others = [Item("clipart", f"x/thing_{i}_{'abcdefgh'[i % 8] * (i + 1)}.png", Path("x"), ("thing",), "shapes") for i in range(40)]
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


def test_a_class_with_few_families_learns_from_the_largest(drawings):
    assert split._parts(["a", "b", "b", "b", "b", "b", "c"]) == ["held-out", *["training"] * 5, "held-out"]
    assert split._parts(["a", "a", "a", "b", "b"]) == ["training"] * 3 + ["held-out"] * 2
    assert split._parts(["a", "a"]) == ["training"] * 2


def emoji(code, source):
    return Item(source, f"{code}.png", Path(f"{code}.png"), ("cat",), "animals & nature")


def test_all_drawings_of_an_emoji_and_what_looks_the_same_are_a_family(monkeypatch):
    cat, other, black, dog = emoji("1f408", "emoji"), emoji("1f408-fe0f", "fluent"), emoji("1f408-200d-2b1b", "blobs"), emoji("1f415", "emoji")
    clip = Item("clipart", "animals/cat.png", Path("x"), ("cat",), "animals")
    monkeypatch.setattr(split, "groups", lambda: {"emoji:1f408.png": 0, "clipart:animals/cat.png": 0})
    found = split.families([cat, other, black, dog, clip])
    assert len({found[cat], found[other], found[black], found[clip]}) == 1 and found[dog] != found[cat]


def test_of_what_looks_the_same_each_source_keeps_one_with_one_name(monkeypatch):
    one, two, stamp = emoji("1", "emoji"), emoji("2", "emoji"), Item("stamps", "3.png", Path("x"), ("cat",), "animals")
    nameless = Item("stamps", "4.png", Path("x"), ("sign",), "symbols")
    monkeypatch.setattr(split, "groups", lambda: dict.fromkeys(("emoji:1.png", "emoji:2.png", "stamps:3.png", "stamps:4.png"), 0))
    assert split._distinct([one, two, stamp, nameless]) == [one, stamp]
    dog = Item("clipart", "5.png", Path("x"), ("dog",), "animals")
    monkeypatch.setattr(split, "groups", lambda: {"emoji:1.png": 0, "clipart:5.png": 0})
    assert split._distinct([one, two, dog]) == [two]


@pytest.mark.parametrize("kind", ["unknown", "others"])
def test_pictures_without_a_class_are_of_one_part_each(drawings, monkeypatch, kind):
    if kind == "others":  # the same pictures in a drawer of things
        monkeypatch.setattr(split, "items", lambda old=split.items(): tuple(item._replace(folder="animals") for item in old))
    parts = [{found.key for found in getattr(split, kind)(part)} for part in split.PARTS]
    assert all(parts) and sum(map(len, parts)) == len(set().union(*parts)) and not any("cat" in key for part in parts for key in part)
    with pytest.raises(InputError, match="no part 'test'"):
        getattr(split, kind)("test")


def test_unknown_and_other_things_do_not_overlap(drawings):
    assert split.unknown("training") and split.others("training") == []  # they all lie in a drawer of shapes
    assert other(item("a goat", folder="animals")) and not other(item("a cat", folder="animals"))
    assert not other(item("grinning", "emoji", folder="smileys & emotion")) and not other(item("a bus", folder="buttons"))
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


def test_small_copies_that_differ_little_are_the_same_drawing(tmp_path):
    """A disc, the same in another colour, and a square."""
    disc, blue, square = (Image.new("RGBA", (60, 60)) for _ in range(3))
    ImageDraw.Draw(disc).ellipse((5, 5, 55, 40), "red")
    ImageDraw.Draw(blue).ellipse((5, 5, 55, 40), "blue")
    for x in range(0, 60, 12):
        ImageDraw.Draw(square).rectangle((x, 0, x + 5, 59), "black")
    hashes = []
    for number, image in enumerate((disc, square, blue)):
        image.save(tmp_path / f"{number}.png")
        hashes.append(same.difference_hash(tmp_path / f"{number}.png"))
    assert hashes[0].shape == (32,) and same.alike(hashes) == [[0, 2]]


def test_chained_likenesses_are_one_group():
    bits = np.zeros((4, 256), bool)
    for row, start in enumerate((0, 4, 8, 120)):
        bits[row, start : start + 80] = True  # neighbours differ in 8 of 80 bits, the ends in 16
    assert same.alike(list(np.packbits(bits, axis=1))) == [[0, 1, 2]]
    assert same.alike(list(np.packbits(np.zeros((3, 256), bool), axis=1))) == []


def test_the_list_names_each_picture_once():
    listed = [name for line in same._FILE.read_text().splitlines() for name in line.split("\t")]
    assert len(listed) == len(set(listed)) == len(same.groups()) > 1000
    assert {name.split(":")[0] for name in listed} <= set(SOURCES)


def test_nothing_is_seeded_and_of_five_kinds():
    shown = [nothing(seed, 56) for seed in range(10)]
    assert all(one.shape == (56, 56, 3) and one.dtype == np.uint8 for one in shown)
    assert (shown[3] == nothing(3, 56)).all() and not (shown[3] == shown[8]).all()
    assert np.ptp(shown[0], axis=(0, 1)).max() == 0 and len(np.unique(shown[2])) > 100 and len(np.unique(shown[4].reshape(-1, 3), axis=0)) >= 2


def test_code_points_are_the_same_for_all_makers():
    assert code_points("2600-FE0F") == code_points("2600") == "2600" and code_points("1f408-200d-2b1b") == "1f408-200d-2b1b"


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
