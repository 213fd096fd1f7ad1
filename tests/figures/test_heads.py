"""The heads view's data: grids of heads, summaries, thumbnails, bytes; numbers worked out by hand."""

import base64
import json
import re
import zlib

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import head_summary, heads, heads_export, tiles, tiles_export, token_groups
from viz_core.figures.assets import STATIC, bundle
from viz_core.figures.head_grid import grids, shares
from viz_core.trace import AttentionMap, Axis, Dense, InputError, Step, Trace

WORDS = Axis("token", ("[CLS]", "un", "##happy", "cat", "[SEP]"))


def layered(layers: int = 3, count: int = 5, seed: int = 0) -> Trace:
    """An encoder's trace: every step a layer of two heads."""
    axis = WORDS if count == 5 else Axis("token", tuple(f"t{i}" for i in range(count)))
    rng = np.random.default_rng(seed)
    maps = [synthetic.softmax(2 * rng.normal(size=(1, 2, count, count))) for _ in range(layers)]
    steps = tuple(Step(i, f"layer {i}", attention=(AttentionMap("encoder", axis, axis, Dense(m), (str(i),), ("0", "1")),)) for i, m in enumerate(maps))
    return Trace({"model": "m"}, "text", axis, "", "layer", steps)


def generating() -> tuple[Trace, np.ndarray]:
    """A decoder's trace: a prompt of two tokens, then two more, one head; and its rows as one causal matrix."""
    labels, rows = ("a", "b", "c", "d"), np.array([[1, 0, 0, 0], [0.25, 0.75, 0, 0], [0.5, 0.25, 0.25, 0], [0.1, 0.2, 0.3, 0.4]], np.float32)
    parts = ((0, 2), (2, 3), (3, 4))
    steps = tuple(
        Step(i, f"y{i}", labels[min(stop, 3)], attention=(AttentionMap("decoder", Axis("token", labels[start:stop]), Axis("token", labels[:stop]), Dense(rows[None, None, start:stop, :stop])),))
        for i, (start, stop) in enumerate(parts)
    )
    return Trace({"model": "m"}, "ab", Axis("token", ("a", "b")), "cd", "token", steps), rows


def unsqueezed(packed, shape):
    """What store.js does."""
    top = 2 ** packed["bits"] - 2
    codes = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), f"<u{packed['bits'] // 8}").astype(np.float64)
    return np.where(codes > top, np.nan, (codes / top) ** 2).reshape(shape)


def test_layers_of_steps_become_the_rows_of_the_grid():
    trace = layered()
    (grid,) = grids(trace)
    assert grid.shape == (3, 2, 5, 5) and grid.layers == ("0", "1", "2") and grid.spans == ()
    np.testing.assert_array_equal(grid.rows(2, 1), trace.steps[2].attention[0].map(0, 1))


def test_steps_of_a_run_become_one_growing_map():
    trace, rows = generating()
    (grid,) = grids(trace)
    np.testing.assert_array_equal(grid.rows(0, 0), rows)
    assert grid.spans == ((0, 2), (2, 3), (3, 4)) and grid.query_axis.labels == ("a", "b", "c", "d") and grid.square


def test_cross_attention_is_not_square_and_has_only_what_makes_sense():
    found = {grid.site: grid for grid in grids(synthetic.translation())}
    assert found["encoder"].square and not found["cross"].square
    assert set(found["cross"].summary) == {"entropy", "first"}
    assert found["encoder"].shape[:2] == (2, 4) and found["cross"].spans[-1] == (12, 13)


def test_a_head_that_is_not_there_is_named():
    (grid,) = grids(layered())
    with pytest.raises(InputError, match="no layer 3, head 0"):
        grid.rows(3, 0)
    with pytest.raises(InputError, match="no attention"):
        grids(Trace({}, "", WORDS, "", "token", ()))


def test_summaries_by_hand():
    rows = np.array([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.5, 0.25]], np.float32)
    repeated = head_summary.repeats(("a", "b", "a"), ("a", "b", "a"))
    found = head_summary.of_rows(rows, True, repeated)
    assert found["entropy"] == pytest.approx((0 + np.log(2) + 1.5 * np.log(2)) / 3, rel=1e-5)  # ¼·ln4 · 2 + ½·ln2
    assert found["diagonal"] == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert found["previous"] == pytest.approx((0 + 0.5 + 0.5) / 3)
    assert found["first"] == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert found["distance"] == pytest.approx((0 + 0.5 + (0.25 * 2 + 0.5)) / 3)
    assert found["induction"] == pytest.approx(0.5)  # the third token, a, came before at 0: the key after it is 1


def test_masked_rows_take_no_part():
    rows = np.array([[np.nan, np.nan], [0, 1]], np.float32)
    assert head_summary.of_rows(rows, True)["diagonal"] == 1
    assert np.isnan(list(head_summary.of_rows(rows[:1], True).values())).all()
    np.testing.assert_array_equal(shares(rows, (1, 2)), [[0, 1]])
    assert np.isnan(shares(rows[:1], (1, 2))).all()


def test_a_thumbnail_keeps_what_rows_sum_to():
    rows = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.5, 0.5], [0.25, 0.25, 0.25, 0.25]], np.float32)
    np.testing.assert_allclose(shares(rows, (2, 2)), [[1, 0], [0.25, 0.75]])
    long = synthetic.softmax(np.random.default_rng(0).normal(size=(301, 157)))
    np.testing.assert_allclose(shares(long, (48, 48)).sum(1), 1, rtol=1e-5)
    assert shares(long, (48, 48)).shape == (48, 48)


def test_the_first_head_on_show_looks_at_words_further_away():
    axis = Axis("token", ("[CLS]", "a", "b", "c", "d", "[SEP]"))
    special = np.full((6, 6), 0.02, np.float32) + np.eye(6, dtype=np.float32)[[0] * 6] * 0.88  # all at [CLS]
    previous = np.eye(6, dtype=np.float32)[[0, 0, 1, 2, 3, 4]]
    afar = np.full((6, 6), 0.1, np.float32)
    afar[1, 4] = afar[4, 1] = 0.5
    afar /= afar.sum(1, keepdims=True)
    maps = np.stack([special, previous, afar, np.full((6, 6), 1 / 6, np.float32)]).reshape(2, 2, 6, 6)
    item = AttentionMap("encoder", axis, axis, Dense(maps), ("0", "1"), ("0", "1"))
    (grid,) = grids(Trace({}, "", axis, "", "layer", (Step(0, "all", attention=(item,)),)))
    assert grid.standout == (1, 0)


@pytest.mark.parametrize(("fine", "error"), [(True, 1.6e-5), (False, 0.004)])
def test_bytes_come_back_within_the_error_that_is_told(fine, error):
    values = synthetic.softmax(3 * np.random.default_rng(1).normal(size=(40, 40)))
    values[7] = np.nan
    found = unsqueezed(heads.squeezed(values, fine), values.shape)
    assert np.isnan(found[7]).all() and not np.isnan(found[:7]).any()
    assert (np.abs(found - values)[:7] <= error * np.sqrt(values[:7]) + 1e-5).all()


@pytest.mark.parametrize("sharpness", [0.1, 1, 3, 10])
def test_one_head_of_512_tokens_is_below_300_kilobytes(sharpness):
    values = synthetic.softmax(sharpness * np.random.default_rng(2).normal(size=(512, 512)))
    assert len(json.dumps(heads.squeezed(values))) < 300_000


def test_a_page_of_512_tokens_sends_one_head_and_fetches_the_others():
    shown = heads.heads(layered(layers=2, count=512))
    data = heads.payload(shown)
    assert [blob["heads"] for blob in data["maps"]] == [[list(shown.grids[0].standout)]]
    assert len(json.dumps(data)) < 300_000
    (blob,) = heads.maps(shown, [(0, 1, 1)], 0)
    assert blob["heads"] == [[1, 1]]
    np.testing.assert_allclose(unsqueezed(blob, (512, 512)), shown.grids[0].rows(1, 1), atol=0.004)


def test_short_inputs_send_every_head_at_once():
    shown = heads.heads(layered())
    data = heads.payload(shown)
    assert len(data["maps"][0]["heads"]) == 6
    assert json.loads(json.dumps(data, allow_nan=False))["sites"][0]["queries"]["special"] == [0, 4]


def test_the_payload_of_a_run_has_its_steps():
    trace, rows = generating()
    data = heads.payload(heads.heads(trace))
    assert data["steps"] == ["c", "d", "d"] and data["sites"][0]["spans"] == [[0, 2], [2, 3], [3, 4]]
    np.testing.assert_allclose(unsqueezed(data["maps"][0], (4, 4)), rows, atol=2e-5)


def test_special_tokens_and_words():
    assert token_groups.special(WORDS) == [0, 4] and token_groups.words(WORDS) == [0, 1, 1, 2, 3]
    pieces = Axis("token", ("<s>", "▁un", "happy", "▁cat", ".", "</s>", "<|im_end|>", "<"))
    assert token_groups.special(pieces) == [0, 5, 6] and token_groups.words(pieces) == [0, 1, 1, 2, 3, 4, 5, 6]
    told = Axis("token", ("a", "b", "c"), {"words": [4, 4, 5], "special": [False, False, True]})
    assert token_groups.special(told) == [2] and token_groups.words(told) == [0, 0, 1]
    assert token_groups.words(Axis("token", ("[CLS]", "##s", "##t"))) == [0, 1, 1], "nothing goes on with a special token"
    plain = Axis("token", ("我", "是", "人"))
    assert token_groups.words(plain) == [0, 1, 2]


@pytest.mark.parametrize("modules", [heads_export.MODULES, tiles.MODULES])
def test_bundles_are_whole_and_no_name_is_used_twice(modules):
    code = bundle(modules)
    assert not re.search(r"^(import|export) ", code, re.MULTILINE)
    names = re.findall(r"^(?:async )?(?:function|class|const|let) ([\w$]+)", code, re.MULTILINE)
    for group in re.findall(r"^(?:const|let) \[([^\]]+)\] =", code, re.MULTILINE):
        names += [name.strip() for name in group.split(",")]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    for module in modules:  # a bundle lists whatever its modules import
        for found in re.findall(r'^import .*? from "\.{1,2}/([\w./]+)";', (STATIC / module).read_text(encoding="utf-8"), re.MULTILINE):
            assert any(name.endswith(found) for name in modules), (module, found)


def test_the_offline_page_needs_no_network(tmp_path):
    page = heads_export.html(heads.heads(layered()), tmp_path / "heads.html")
    assert (tmp_path / "heads.html").read_text(encoding="utf-8") == page
    assert not re.search(r"""(src|href)=["']https?:""", page) and "default-src 'none'" in page
    assert len(page) < 300_000


def test_a_tile_says_which_region_it_is():
    values = np.array([[0.5, 1.2], [0.0, np.nan]], np.float32)  # a share may exceed 1 by rounding
    found = tiles.tile(values, (10, 12, 4, 8))
    assert found["region"] == [10, 12, 4, 8] and (found["rows"], found["columns"]) == (2, 2)
    np.testing.assert_allclose(unsqueezed(found, (2, 2)), [[0.5, 1], [0, np.nan]], atol=1e-5)
    data = tiles.payload("t", ["a", "b"], {"entropy": np.array([[0.5, np.nan]])})
    assert data["summary"] == {"entropy": [[0.5, "NaN"]]} and json.dumps(data, allow_nan=False)


def test_the_offline_page_of_a_long_map_holds_every_head(tmp_path):
    maps = [((layer, head), np.full((4, 4) if (layer, head) == (1, 0) else (2, 2), 0.25, np.float32)) for layer in (0, 1) for head in (0, 1)]
    summary = {"first": np.full((2, 2), 0.5)}
    page = tiles_export.html("m </script>", list("abcd"), summary, maps, (1, 0), "share", tmp_path / "long.html")
    assert (tmp_path / "long.html").read_text(encoding="utf-8") == page
    assert not re.search(r"""(src|href)=["']https?:""", page) and "default-src 'none'" in page
    data = json.loads(re.search(r'id="scene">(.*?)</script>', page).group(1))
    assert [item["head"] for item in data["maps"]] == [[0, 0], [0, 1], [1, 0], [1, 1]] and data["head"] == [1, 0]
    assert all(item["region"] == [0, 4, 0, 4] for item in data["maps"])
    np.testing.assert_allclose(unsqueezed(data["maps"][2], (4, 4)), 0.25, atol=1e-4)


@pytest.mark.parametrize(("count", "heads_", "fine", "coarse"), [(100, 12, 100, 100), (4096, 270, 2048, 210), (4096, 10_000_000, 2048, 64), (10, 1, 10, 10)])
def test_an_offline_page_stays_small_enough(count, heads_, fine, coarse):
    assert tiles_export.sides(count, heads_) == (fine, coarse)
