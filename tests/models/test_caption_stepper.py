"""Captioning models: stepping equals the plain pass, pictures of different shapes share a batch, quantities obey their equations."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
import torch

import viz_core as vc
from tests.models.tiny_captions import KINDS, backbone, picture, source, tiny
from viz_core.decoding import Beam, Forced, ForceToken, Greedy, beam_search, choices_of
from viz_core.inputs.vocabulary import END
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.models import frozen_features
from viz_core.models.caption_annotator import COLOURS, grid_places
from viz_core.trace import InputError
from viz_core.trace.errors import ShapeError

ATTENTIVE = ("attention", "transformer")
EDITS = [Temperature(2.0), BlockEdge(1, 5), AblateHead(0, 0), AblateHead(0, 0, "mean"), AblateHead(0, 0, "uniform"), SetWeights(0, 0, 0, (1 / 12,) * 12, "cross")]


@pytest.fixture(params=KINDS)
def stepper(request):
    return tiny(request.param)


def test_stepping_equals_one_plain_pass(stepper):
    for language, text in (("en", "two red dogs"), ("zh", "一只红色的猫")):
        speaker = stepper.speaking(language)
        seen = source(speaker)
        trace = vc.run(speaker, seen, Forced(text))
        assert trace.output == text and trace.run["language"] == language
        plain = speaker.plain_log_probs(seen, speaker.choices(text))
        np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)


def test_the_language_decides_the_first_token(stepper):
    seen = source(stepper)
    english, chinese = stepper, stepper.speaking("zh")
    assert english.labels[english.begin] == "<en>" and chinese.labels[chinese.begin] == "<zh>"
    one, other = (speaker.predict(speaker.start([seen])).log_probs for speaker in (english, chinese))
    assert not torch.allclose(one, other)
    assert torch.isinf(one[0, 0, [0, 1, 2, 4, 5]]).all() and torch.isfinite(one[0, 0, [3, 6]]).all()


def test_pictures_of_different_grids_share_a_batch(stepper):
    seen = [source(stepper), source(stepper, 30, 40, 1), source(stepper, 40, 12, 2), source(stepper, 40, 30, 3)]
    together = stepper.start(seen)
    first = stepper.predict(together)
    zero = torch.zeros((4, 1), dtype=torch.long)
    second = stepper.predict(stepper.commit(first, zero, zero + 8))
    for n, one in enumerate(seen):
        alone = stepper.predict(stepper.start([one]))
        torch.testing.assert_close(first.log_probs[n], alone.log_probs[0], atol=1e-5, rtol=0)
        next_alone = stepper.predict(stepper.commit(alone, zero[:1], zero[:1] + 8))
        torch.testing.assert_close(second.log_probs[n], next_alone.log_probs[0], atol=1e-5, rtol=0)
        assert stepper.record(first, 8, n).log_prob == pytest.approx(stepper.record(alone, 8).log_prob, abs=1e-5)
    assert [len(one.axis) for one in seen] == [12, 12, 4, 12]


def test_the_vision_model_runs_once_for_each_size_and_picture(monkeypatch):
    stepper, counted = tiny(), []
    original = type(stepper.backbone.backbone).features
    monkeypatch.setattr(type(stepper.backbone.backbone), "features", lambda self, pixels: counted.append(tuple(pixels.shape)) or original(self, pixels))
    seen = [source(stepper), source(stepper, 30, 40, 1), source(stepper, 40, 30, 2)]
    stepper.start([*seen, seen[0]])
    assert counted == [(2, 3, 12, 16), (1, 3, 16, 12)]
    tiny("transformer").speaking("zh").start(seen)  # another decoder on the same vision model
    assert len(counted) == 2
    kept = frozen_features._KEPT[stepper.backbone.module]
    before = len(kept)
    del seen
    gc.collect()
    assert len(kept) == before - 3


def test_registers_are_no_patches():
    stepper = tiny(vision="dinov2_with_registers")
    seen = source(stepper)
    states = backbone("dinov2_with_registers").backbone.features(seen.ids[None])[0]
    torch.testing.assert_close(stepper.features([seen])[0][:, :-COLOURS], states[[0, *range(3, 15)]])


def test_colours_are_the_means_of_what_is_read():
    stepper = tiny()
    seen = source(stepper)  # 3 × 4 patches of 4 × 4 pixels
    colours = stepper.features([seen])[0][:, -COLOURS:]
    torch.testing.assert_close(colours[0], seen.ids.mean((1, 2)))
    torch.testing.assert_close(colours[1 + 6], seen.ids[:, 4:8, 8:12].mean((1, 2)))  # row 1, column 2


def test_cached_features_are_the_picture(stepper):
    seen = source(stepper)
    cached = stepper.encode_features(stepper.features([seen])[0].half(), 3, 4, (40, 30))
    assert cached.axis == seen.axis
    one, other = (stepper.predict(stepper.start([item])).log_probs for item in (seen, cached))
    torch.testing.assert_close(one, other, atol=5e-3, rtol=0)
    with pytest.raises(ShapeError, match=r"a grid of 2 × 4 patches and \[CLS\] needs \(9, 27\)"):
        stepper.encode_features(torch.zeros(13, 27), 2, 4)
    with pytest.raises(InputError, match="made of cached features"):
        stepper.shown(cached)
    assert stepper.shown(seen).shape == (12, 16, 3)


@pytest.mark.parametrize("kind", ["attention", "naming", "tinting"])
def test_quantities_obey_their_equations(kind):
    stepper = tiny(kind)
    state = stepper.start([source(stepper)])
    before = {q.name: q.values for q in stepper.introduce(state)}
    module, hidden, cell = stepper.module, before["first decoder state"], before["first cell"]
    memory = module.annotate(torch.tensor(np.concatenate([before["picture state"][None], before["patch states"]]))[None], grid_places(3, 4)[None], torch.ones(1, 12, dtype=torch.bool))
    np.testing.assert_allclose(before["annotations"], memory.vectors[0], atol=1e-6)
    np.testing.assert_allclose(before["image vector"], memory.image[0], atol=1e-6)
    for choice in (7, 8, END):
        state, step = stepper.step(state, choice)
        q = {quantity.name: quantity.values for quantity in step.quantities}
        np.testing.assert_allclose(q["previous state"], hidden, atol=1e-6)
        compared = np.tanh(before["annotations"] @ module.memory_projection.weight.numpy().T + hidden @ module.state_projection.weight.numpy().T + module.state_projection.bias.numpy())
        np.testing.assert_allclose(compared @ module.v.numpy(), q["scores"], atol=1e-5)
        np.testing.assert_allclose(np.exp(q["scores"]) / np.exp(q["scores"]).sum(), q["weights"], atol=1e-6)
        np.testing.assert_allclose(step.attention[0].map()[0], q["weights"])
        np.testing.assert_allclose(q["weights"] @ before["annotations"], q["weighted sum"], atol=1e-5)
        np.testing.assert_allclose(q["gate"], 1 / (1 + np.exp(-(module.gate.weight.numpy() @ hidden + module.gate.bias.numpy()))), atol=1e-6)
        np.testing.assert_allclose(q["gate"] * q["weighted sum"], q["context"], atol=1e-6)
        np.testing.assert_allclose(q["kept"], q["forget gate"] * cell, atol=1e-6)
        np.testing.assert_allclose(q["kept"] + q["written"], q["cell"], atol=1e-6)
        np.testing.assert_allclose(q["output gate"] * np.tanh(q["cell"]), q["decoder state"], atol=1e-6)
        total = q["embedding"] + module.from_hidden.weight.numpy() @ q["decoder state"] + module.from_hidden.bias.numpy() + module.from_context.weight.numpy() @ q["context"]
        if kind != "attention":
            np.testing.assert_allclose(q["weights"] @ before["patch states"][:, -5:-3], q["evidence"], atol=1e-6)
            words = module.target.weight[torch.tensor(module.config.named)].mean(1).numpy()
            total = total + q["trust in the evidence"] * (q["evidence"] @ words)
        if kind == "tinting":
            np.testing.assert_allclose(q["weights"] @ module.tint(torch.tensor(before["patch states"][:, -3:])).numpy(), q["colour evidence"], atol=1e-6)
            total = np.concatenate([total, q["trust in the colours"] * q["colour evidence"]])
        np.testing.assert_allclose(module.sharpness.numpy() * total, q["output"], atol=1e-5)
        hidden, cell = q["decoder state"], q["cell"]


@pytest.mark.parametrize(("language", "nouns"), [("en", ("cat", "dogs")), ("zh", ("猫", "狗"))])
def test_evidence_is_told_in_the_language_of_the_caption(language, nouns):
    stepper = tiny("tinting").speaking(language)
    _, step = stepper.step(stepper.start([source(stepper)]), END)
    assert step.quantity("evidence").axes[0].labels == nouns
    assert step.quantity("colour evidence").axes[0].labels == (("red", "blue") if language == "en" else ("红色的", "蓝色的"))


def test_without_attention_there_is_one_vector_and_no_map():
    stepper = tiny("none")
    trace = vc.run(stepper, source(stepper), Forced("two dogs"))
    assert not trace.sites
    vector = trace.steps[0].quantity("image vector").values
    for step in trace.steps:
        np.testing.assert_array_equal(step.quantity("context").values, vector)
        assert not {"scores", "gate"} & {q.name for q in step.quantities}
    with pytest.raises(InputError, match="tiny-none has no attention to intervene on"):
        stepper.intervened([Temperature(2.0)])
    with pytest.raises(InputError, match="no patch can be hidden"):
        _ = stepper.occlusion
    tree = vc.run(stepper, source(stepper), Beam(width=2)).tree
    assert np.isnan(tree.attention).all()


def test_a_transformer_records_every_layer_over_the_patches():
    stepper = tiny("transformer")
    trace = vc.run(stepper, source(stepper), Forced("two dogs"))
    assert [[item.site for item in step.attention] for step in trace.steps] == [["cross", "decoder"]] * 3
    cross = trace.steps[1].attention[0]
    assert cross.key_axis.kind == "patch" and cross.weights.shape == (2, 2, 1, 12)
    for layer in (0, 1):
        shown = trace.steps[1].quantity(f"decoder {layer} cross-attention · weights").values
        np.testing.assert_allclose(shown, [cross.rows(layer, head, [0])[0] for head in (0, 1)], atol=1e-6)
    names = [q.name for q in trace.steps[0].quantities]
    assert names[:3] == ["picture state", "patch states", "annotations"]
    keys = trace.steps[0].quantity("annotations").values @ stepper.module.decoder[0].cross.key.weight.numpy().T + stepper.module.decoder[0].cross.key.bias.numpy()
    np.testing.assert_allclose(trace.steps[0].quantity("decoder 0 cross-attention · keys").values, keys.reshape(12, 2, 4).transpose(1, 0, 2), atol=1e-5)


@pytest.mark.parametrize("kind", ATTENTIVE)
def test_every_beam_node_keeps_its_own_map(kind):
    stepper = tiny(kind, seed=3)
    seen = source(stepper)
    trace = vc.run(stepper, seen, Beam(width=3, max_steps=5))
    tree = trace.tree
    assert tree.key_axis == seen.axis and tree.attention.shape[1] == 12
    for node in range(1, len(tree.choice)):
        path, at = [], node
        while at > 0:
            path.append(int(tree.choice[at]))
            at = int(tree.parent[at])
        state = stepper.start([seen])
        for choice in path[:0:-1]:
            state, _ = stepper.step(state, choice)
        np.testing.assert_allclose(tree.attention[node], stepper.predict(state).weights[0, 0], atol=1e-5)
    batch = beam_search(stepper, [source(stepper, 16, 40, 4), seen], Beam(width=3, max_steps=5))
    assert batch[1].hypotheses[0].choices == tuple(step.choice for step in trace.steps)


def test_old_states_stay_valid(stepper):
    state = stepper.start([source(stepper)])
    first, other, again = (stepper.step(state, choice)[1] for choice in (7, 8, 7))
    assert first.log_prob == again.log_prob != other.log_prob
    assert [q.values.tobytes() for q in first.quantities] == [q.values.tobytes() for q in again.quantities]


def test_a_forced_word_is_written_and_the_rest_follows(stepper):
    seen = source(stepper)
    trace = vc.run(stepper, seen, Greedy(max_steps=4), [ForceToken(0, 6), ForceToken(1, 8)])
    assert [step.emitted for step in trace.steps[:2]] == ["a", "cat"]
    plain = stepper.plain_log_probs(seen, [step.choice for step in trace.steps])
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)
    assert choices_of(stepper, [seen], Greedy(max_steps=4))[0] == [step.choice for step in vc.run(stepper, seen, Greedy(max_steps=4)).steps if step.choice != END]


@pytest.mark.parametrize("edit", EDITS, ids=str)
@pytest.mark.parametrize("kind", ATTENTIVE)
def test_interventions_on_cross_attention(kind, edit):
    stepper = tiny(kind)
    seen = source(stepper)
    edited = stepper.intervened([edit])
    trace = vc.run(edited, seen, Forced("two dogs"))
    plain = edited.plain_log_probs(seen, edited.choices("two dogs"))
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)
    assert not np.allclose(plain, stepper.plain_log_probs(seen, edited.choices("two dogs")), atol=1e-6)
    row = trace.steps[1].attention[0].rows(0, 0, [0])[0]
    if isinstance(edit, BlockEdge):
        assert row[5] == 0 and row.sum() == pytest.approx(1)
    if edit == AblateHead(0, 0):
        assert np.isnan(row).all()
    assert stepper.edits == () and trace.run["edits"][0]["type"] == type(edit).__name__


@pytest.mark.parametrize(("kind", "edit", "said"), [
    ("attention", Temperature(2.0, site="decoder"), "this model attends at: cross"),
    ("attention", AblateHead(0, 1), "names head 1, but there are only 1"),
    ("transformer", Temperature(2.0, site="encoder"), "this model attends at: decoder, cross"),
])  # fmt: skip
def test_places_that_a_model_does_not_have_are_said(kind, edit, said):
    with pytest.raises(InputError, match=said):
        tiny(kind).intervened([edit])


def test_pictures_come_in_every_way(tmp_path):
    stepper = tiny()
    named = stepper.encode("sample:shapes")
    assert named.axis.kind == "patch" and len(named.axis) == 16 * 12 and named.axis.geometry["prefix"] == 0
    assert len(stepper.encode("sample:shapes", 4).axis) == 12
    from PIL import Image

    path = tmp_path / "noise.png"
    Image.fromarray(picture().pixels).save(path)
    traces = [vc.run(stepper, given, Greedy(max_steps=2)) for given in (path, str(path), path.read_bytes(), stepper.open_file(path.read_bytes(), "noise.png"))]
    assert len({trace.log_prob for trace in traces}) == 1 and traces[3].source == "noise.png"


@pytest.mark.parametrize(("given", "said"), [
    ("no such file", "no picture file"), (b"", "is empty"), (Path("nothing.png"), "no picture file"),
    (["a", "cat"], "tiny-attention reads pictures, not 2 words"), (7, "the source is a int"), ("sample:dragon", "no sample picture"),
])  # fmt: skip
def test_what_is_no_picture_is_said(given, said):
    with pytest.raises(InputError, match=said):
        vc.run(tiny(), given)


def test_other_languages_and_words_are_refused():
    with pytest.raises(InputError, match="not written in 'fr'"):
        tiny().speaking("fr")
    with pytest.raises(InputError, match="'zebra' is no word"):
        vc.run(tiny(), source(tiny()), Forced("a zebra"))


def test_a_trace_is_saved_and_opened(stepper, tmp_path):
    trace = vc.run(stepper, source(stepper), Beam(width=2, max_steps=3))
    vc.trace.save(trace, tmp_path / "a.npz")
    again = vc.trace.load(tmp_path / "a.npz")
    assert again.output == trace.output and again.run["language"] == "en" and again.source_axis == trace.source_axis
