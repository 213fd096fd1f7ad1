"""The Transformer's boxes: which there are, what travels, and that it is what the records hold."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from tests.figures import synthetic
from tests.pages import transformer_zoo

import viz_core as vc
from viz_core.decoding import Forced
from viz_core.explain.normalisation import gains
from viz_core.figures import transformer_export
from viz_core.figures.formula import definition
from viz_core.figures.transformer import Network, network
from viz_core.figures.transformer_payload import csv_of, opened, picture
from viz_core.trace import InputError, Quantity, numbered
from viz_core.trace.storage import load, save

TWELVE = "我 是 中国 人 我 喜欢 茶 他 今天 不在 这里 。".split()
LIMIT = 100_000  # bytes of one box for twelve words


@pytest.fixture(scope="module")
def shown() -> Network:
    stepper = transformer_zoo.model()
    return network(vc.run(stepper, "我喜欢茶", Forced("I like tea .")), gains(stepper))


def unpacked(tensor: dict, box: dict) -> np.ndarray:
    """The numbers as the browser reads them, all steps one after the other."""
    if "same" in tensor:
        return unpacked(next(t for t in box["tensors"] if t["tensor"] == tensor["same"]), box)
    codes = np.frombuffer(base64.b64decode(tensor["data"]), f"<u{tensor['bits'] // 8}")
    return tensor["low"] + (tensor["high"] - tensor["low"]) * codes / (2 ** tensor["bits"] - 2)


def test_the_boxes_are_those_of_figure_1(shown: Network) -> None:
    encoder = [box.kind for box in shown.boxes if box.side == "encoder"]
    decoder = [box.kind for box in shown.boxes if box.side == "decoder"]
    assert encoder == ["embedding", "position", *["attention", "add-norm", "feed-forward", "add-norm"] * 2]
    layer = ["masked", "add-norm", "cross", "add-norm", "feed-forward", "add-norm"]
    assert decoder == ["embedding", "position", *layer * 2, "linear", "softmax"]
    assert shown.default == "decoder-1-cross" and shown.box(shown.default).record == "decoder 1 cross-attention"


def test_pre_ln_normalises_before_the_sub_layer() -> None:
    found = network(vc.run(transformer_zoo.model("pre"), "我喜欢茶", Forced("I like tea .")))
    kinds = [box.kind for box in found.boxes if box.side == "decoder" and box.layer == 1]
    assert kinds == ["norm", "masked", "add", "norm", "cross", "add", "norm", "feed-forward", "add"]
    assert [box.kind for box in found.boxes if box.side == "encoder"][-1] == "last-norm"
    assert [box.kind for box in found.boxes][-3:] == ["last-norm", "linear", "softmax"]
    assert found.box("decoder-0-cross").tensors[0] == "LayerNorm", "what the sub-layer reads"
    for box in found.boxes:
        opened(found, box.id)


def test_every_box_sends_what_the_records_hold(shown: Network) -> None:
    for box in shown.boxes:
        sent = opened(shown, box.id)
        assert [t["tensor"] for t in sent["tensors"]] == list(box.tensors)
        json.dumps(sent, allow_nan=False)
        steps = shown.trace.steps[:1] if box.side == "encoder" else shown.trace.steps
        for tensor in sent["tensors"]:
            if "ranks" in tensor:
                continue
            values = unpacked(tensor, sent)
            exact = [step.quantity(f"{box.record} · {tensor['tensor']}").values for step in steps]
            whole = exact[-1].ravel() if tensor["steps"] in ("one", "grows") else np.concatenate([x.ravel() for x in exact])
            np.testing.assert_allclose(values, whole, atol=1e-4 * max(1.0, np.abs(whole).max()), err_msg=f"{box.id} {tensor['tensor']}")


def test_keys_of_earlier_steps_are_the_first_of_the_last(shown: Network) -> None:
    sent = opened(shown, "decoder-0-attention")
    how = {t["tensor"]: t["steps"] for t in sent["tensors"]}
    assert how["keys"] == how["values"] == "grows" and how["scores"] == "each"
    assert sent["counts"] == list(range(1, len(shown.trace) + 1))
    assert sent["labels"]["key"][0] == "<s>" and len(sent["labels"]["key"]) == len(shown.trace)
    last = sent["tensors"][list(how).index("keys")]
    keys = unpacked(last, sent).reshape(last["sizes"])
    np.testing.assert_allclose(keys[:, :2], shown.trace.steps[1].quantity("decoder 0 self-attention · keys").values, atol=1e-3)


def test_the_source_s_keys_travel_once_and_concatenation_not_at_all(shown: Network) -> None:
    sent = {t["tensor"]: t for t in opened(shown, "decoder-1-cross")["tensors"]}
    assert sent["keys"]["steps"] == sent["values"]["steps"] == "one"
    assert sent["concatenated heads"]["same"] == "head outputs" and "data" not in sent["concatenated heads"]
    assert sent["weights"]["weights"] and not sent["scores"]["weights"]
    assert sent["scores"]["roles"] == ["head", "key"] and sent["keys"]["roles"] == ["head", "key", "channel"]


def test_heads_are_counted_as_heads(shown: Network) -> None:
    keys = shown.trace.steps[1].quantity("decoder 0 self-attention · keys")
    assert [axis.kind for axis in keys.axes] == ["head", "token", "channel"]
    assert [axis["many"] for axis in definition(keys, {})["axes"]] == ["heads", "tokens", "channels"]
    assert picture(shown)["words"]["units_head"] == ["head", "heads"]


def test_files_from_before_heads_had_a_kind_open(shown: Network, tmp_path) -> None:
    """Their heads are channels called "head 0", "head 1", …"""
    def older(quantity: Quantity) -> Quantity:
        axes = [numbered("channel", len(axis), "head ") if axis.kind == "head" else axis for axis in quantity.axes]
        return Quantity(quantity.name, quantity.symbol, axes, quantity.values, quantity.equation, quantity.source)

    steps = [replace(step, details=tuple(older(q) for q in step.quantities)) for step in shown.trace.steps]
    save(replace(shown.trace, steps=steps), tmp_path / "older.npz")
    again = network(load(tmp_path / "older.npz"), shown.gains)
    assert opened(again, "decoder-1-cross") == opened(shown, "decoder-1-cross")


def test_zero_stays_zero(shown: Network) -> None:
    sent = opened(shown, "encoder-position")
    place = sent["tensors"][1]
    assert unpacked(place, sent)[0] == pytest.approx(0, abs=1e-12), "sin(0)"


def test_the_vocabulary_sends_its_best(shown: Network) -> None:
    ranked = opened(shown, "softmax")["tensors"][0]
    step = shown.trace.steps[1]
    rank = ranked["ranks"][1]
    assert rank["labels"][rank["chosen"]] == step.emitted
    shares = np.exp(np.array(rank["logits"]) - rank["total"])
    assert shares[rank["chosen"]] == pytest.approx(np.exp(step.log_prob), rel=1e-3)
    np.testing.assert_allclose(shares[:3], np.exp(step.candidates.log_probs[:3]), rtol=2e-3)


def test_layer_norm_comes_with_its_gain(shown: Network) -> None:
    gain, bias = opened(shown, "decoder-0-cross-norm")["gain"]
    step = shown.trace.steps[0]
    total, y = (step.quantity(f"decoder 0 cross-attention · {name}").values for name in ("residual sum", "LayerNorm"))
    expected = np.array(gain) * (total - total.mean()) / np.sqrt(total.var() + 1e-5) + np.array(bias)
    np.testing.assert_allclose(y, expected, atol=1e-4)
    assert opened(shown, "decoder-0-cross")["gain"] is None
    assert "decoder-norm" not in {box.id for box in shown.boxes}, "post-LN sums are normalised already"


def test_the_last_layer_norm_comes_with_its_gain() -> None:
    stepper = transformer_zoo.model("pre")
    found = network(vc.run(stepper, "我喜欢茶", Forced("I like tea .")), gains(stepper))
    for side in ("encoder", "decoder"):
        sent = opened(found, f"{side}-norm")
        gain, bias = (np.array(part) for part in sent["gain"])
        x, y = (found.trace.steps[0].quantity(f"{side} last LayerNorm · {name}").values for name in ("input", "LayerNorm"))
        expected = gain * (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) + bias
        np.testing.assert_allclose(y, expected, atol=1e-4)
        assert sent["title"] == f"{side.capitalize()}: Last LayerNorm" and sent["encoder"] == (side == "encoder")


def test_no_box_of_twelve_words_is_over_100_kb() -> None:
    """With the sizes of the trained model and an output half as long again as the source."""
    stepper = transformer_zoo.model(size=160, layers=3, heads=4, inner=640)
    trace = vc.run(stepper, TWELVE, Forced("I am Chinese . You are a student . I like tea . He drinks tea ."))
    assert len(trace.source_axis) == 12 and len(trace) >= 18
    found = network(trace, gains(stepper))
    sizes = {box.id: len(json.dumps(opened(found, box.id)).encode()) for box in found.boxes}
    assert max(sizes.values()) < LIMIT, {name: size for name, size in sizes.items() if size >= LIMIT}
    assert len(json.dumps(picture(found)).encode()) < 20_000, "the picture holds no numbers of the boxes"


def test_csv_holds_every_number_exactly(shown: Network) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_of(shown, "decoder-1-cross"))))
    weights = [row for row in rows if row["tensor"] == "weights"]
    assert len(weights) == len(shown.trace) * 2 * len(shown.trace.source_axis)
    exact = shown.trace.steps[0].quantity("decoder 1 cross-attention · weights").values
    assert [np.float32(row["value"]) for row in weights[: exact.size]] == exact.ravel().tolist()
    assert weights[0]["index 2"] == shown.trace.source_axis.labels[0]
    once = list(csv.DictReader(io.StringIO(csv_of(shown, "encoder-0-attention"))))
    assert {row["step"] for row in once} == {""}, "the encoder has no steps"


def test_the_offline_file_holds_one_box_and_no_network(shown: Network, tmp_path) -> None:
    page = transformer_export.html(shown, "decoder-0-cross", 2, tmp_path / "box.html")
    assert (tmp_path / "box.html").read_text(encoding="utf-8") == page
    assert "default-src 'none'" in page and "http://" not in page.replace("http://www.w3.org", "")
    assert '"box":"decoder-0-cross","step":2' in page


def test_another_family_and_an_unknown_box_are_told(shown: Network) -> None:
    with pytest.raises(InputError, match="synthetic has no Transformer's records"):
        network(synthetic.translation())
    with pytest.raises(InputError, match="no box 'decoder-8-cross'; use one of encoder-embedding"):
        opened(shown, "decoder-8-cross")
