"""The patches view's payload: what the browser needs to make the very weights of the record."""

from __future__ import annotations

import base64
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from viz_core.figures import patch_charts, patches_export
from viz_core.figures.patches import MethodMaps, Patches, blob, payload
from viz_core.trace import AttentionMap, Axis, Dense, Factored, InputError, Quantity, Step, Trace
from viz_core.trace.axis import numbered

ROWS, COLS, HEADS, DEPTH, WIDTH, LAYERS = 2, 3, 2, 4, 8, 3


def axis() -> Axis:
    labels = ["CLS", *(f"row {r + 1}, column {c + 1}" for r in range(ROWS) for c in range(COLS))]
    return Axis("patch", tuple(labels), {"rows": ROWS, "cols": COLS, "prefix": 1, "width": 30, "height": 20})


def trace(stored: bool = False) -> Trace:
    rng, positions = np.random.default_rng(0), axis()
    steps = []
    for layer in range(LAYERS):
        weights = Factored(*rng.normal(size=(2, 1, HEADS, 7, DEPTH)).astype(np.float32), 0.5)
        if stored:
            weights = Dense(np.stack([weights.rows(0, head, np.arange(7)) for head in range(HEADS)])[None])
        details = [Quantity("hidden-state norm", "", (positions,), np.arange(1, 8))]
        if layer == 0:
            vectors = rng.normal(size=(7, WIDTH))
            details += [Quantity(name, "", (positions, numbered("channel", WIDTH)), vectors) for name in ("position embedding", "embedding")]
        steps.append(Step(layer, f"layer {layer}", attention=(AttentionMap("encoder", positions, positions, weights, (str(layer),), ("0", "1")),), details=tuple(details)))
    return Trace({"model": "toy"}, "a.png", positions, "", "layer", tuple(steps))


def shown(stored: bool = False, channels: int = 3) -> Patches:
    pixels = np.random.default_rng(1).integers(0, 255, (ROWS * 5, COLS * 5, channels), np.uint8)
    return Patches(trace(stored), pixels, 5)


def floats(json_value: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(json_value["data"]), f"<f{json_value['bits'] // 8}").astype(np.float32)


def test_browser_gets_the_weights_of_the_record():
    view = shown()
    sent = blob(view.trace, 1)
    queries, keys = (floats(sent[name]).reshape(HEADS, 7, sent["depth"]) for name in ("queries", "keys"))
    scores = queries @ keys.transpose(0, 2, 1)
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    expected = np.stack([view.trace.steps[1].attention[0].map(0, head) for head in range(HEADS)])
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_stored_weights_are_sent_as_they_are():
    view = shown(stored=True)
    expected = np.stack([view.trace.steps[2].attention[0].map(0, head) for head in range(HEADS)])
    np.testing.assert_allclose(floats(blob(view.trace, 2)["dense"]).reshape(HEADS, 7, 7), expected, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_payload_is_json_with_the_numbers_of_the_picture(channels):
    view = shown(channels=channels)
    found = json.loads(json.dumps(payload(view, [0, 2]), allow_nan=False))
    assert (found["rows"], found["cols"], found["patch"], found["channels"], found["width"], found["layers"], found["heads"]) == (2, 3, 5, channels, 8, 3, 2)
    assert [item["layer"] for item in found["blobs"]] == [0, 2] and found["methods"] is None and found["prefix"] == ["CLS"]
    picture = Image.open(BytesIO(base64.b64decode(found["picture"]["source"].split(",")[1])))
    assert np.array_equal(np.asarray(picture).reshape(view.pixels.shape), view.pixels)  # a small picture travels without loss
    unit = floats(found["positions"]).reshape(7, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-3)


def test_scene_is_known_by_its_content():
    assert payload(shown())["id"] == payload(shown(), [1])["id"] != payload(shown(stored=False, channels=1))["id"]


def test_methods_travel_with_their_names():
    rows = {"raw": np.arange(7, dtype=np.float32), "relevance": np.ones(7, np.float32)}
    found = payload(shown(), methods=MethodMaps(rows, 3, "the logit of “cat”"))["methods"]
    assert found["query"] == 3 and [item["name"] for item in found["maps"]] == ["Raw attention", "Class-specific relevance"]
    np.testing.assert_array_equal(floats(found["maps"][0]["row"]), rows["raw"])


def test_a_stem_is_told_of():
    view = shown(channels=1)
    told = payload(Patches(view.trace, view.pixels, 5, (4, 8), 9))
    assert (told["stem"], told["sight"]) == ([4, 8], 9) and payload(view)["stem"] == []
    assert "convolutions" in told["words"]["cut_note_stem"]


def test_a_trace_of_words_is_refused():
    words = Axis("token", ("a", "b"))
    item = AttentionMap("encoder", words, words, Dense(np.full((1, 1, 2, 2), 0.5)))
    with pytest.raises(InputError, match="no patches"):
        Patches(Trace({}, "a b", words, "", "layer", (Step(0, "", attention=(item,)),)), np.zeros((4, 4, 3), np.uint8), 2)


def test_offline_page_holds_every_layer(tmp_path):
    page = patches_export.html(shown(), path=tmp_path / "a.html")
    assert page.count('"queries"') == LAYERS and "http://" not in page.replace("http://www.w3.org", "") and (tmp_path / "a.html").exists()


def test_filters_as_a_picture():
    kernel = np.zeros((3, 1, 2, 2))
    kernel[1, 0] = [[0, 1], [2, 3]]  # the only one with a norm comes first
    found = patch_charts.filters(kernel)
    assert found.shape == (2, 8, 3) and found[:, :2, 0].tolist() == [[0, 85], [170, 255]]
    assert patch_charts.components(np.random.default_rng(0).normal(size=(20, 3, 2, 2)), most=5).shape == (2, 14, 3)


def test_charts_hold_their_numbers():
    figure = patch_charts.distances(np.array([[1.0, 2.0], [3.0, 5.0]]), 1)
    assert list(figure.data[0].y) == [1, 2, 3, 5] and list(figure.data[1].y) == [1.5, 4]
    assert list(patch_charts.classes(["cat", "dog"], [0.9, 0.1]).data[0].x) == [0.9, 0.1]
