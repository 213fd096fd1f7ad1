import pytest

from viz_core.trace import Axis, InputError, ShapeError, numbered


def test_labels_become_text_and_may_repeat():
    axis = Axis("token", ["a", "a", 3])
    assert axis.labels == ("a", "a", "3") and len(axis) == 3


def test_geometry_is_a_copy_in_json_values():
    boxes = [(0, 0, 16, 16)]
    axis = Axis("patch", ("p",), {"rows": 1, "boxes": boxes})
    boxes.append("more")
    assert axis.geometry == {"rows": 1, "boxes": [[0, 0, 16, 16]]}


def test_equal_axes_hash_alike():
    spans = {"spans": [(0, 1)]}
    assert Axis("token", ("a",), spans) == Axis("token", ("a",), spans) != Axis("token", ("a",))
    assert len({Axis("token", ("a",), spans), Axis("token", ("a",), spans)}) == 1


def test_take_follows_positions_with_their_own_geometry_only():
    axis = Axis("patch", ("a", "b"), {"boxes": [[0], [1]], "size": [224, 112], "rows": 1, "x": None})
    taken = axis.take([1, 1, 0])
    assert taken.labels == ("b", "b", "a")
    assert taken.geometry == {"boxes": [[1], [1], [0]], "size": [224, 112], "rows": 1, "x": None}
    assert Axis("patch", ("a", "b"), {"size": [224, 112]}).take([1]).geometry == {"size": [224, 112]}


def test_unknown_kind_lists_the_known_ones():
    with pytest.raises(InputError, match="axis kind 'word' is unknown; use one of cell, channel, .*vocabulary"):
        Axis("word", ())


def test_per_position_geometry_has_one_entry_a_position():
    with pytest.raises(ShapeError, match="'spans' has 1 entries but there are 2 labels; give one"):
        Axis("token", ("a", "b"), {"spans": [[0, 1]]})
    with pytest.raises(InputError, match="axis geometry 'seconds' is int; give a list"):
        Axis("frame", ("a",), {"seconds": 3})
    with pytest.raises(InputError, match="axis geometry is a value of type list; give a mapping"):
        Axis("frame", ("a",), [1])


def test_heads_are_an_axis_of_their_own_kind():
    assert numbered("head", 2) == Axis("head", ("0", "1")) != numbered("channel", 2)


def test_numbered():
    assert numbered("cell", 3, "m").labels == ("m0", "m1", "m2")
