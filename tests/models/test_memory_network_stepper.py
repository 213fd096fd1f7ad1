"""Stepping a memory network hop by hop: records, edits, removal of sentences, any text."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import viz_core as vc
from tests.models.tiny_memory_network import stepper, vocabulary
from viz_core.explain.trust import experiment, trust
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.models.memory_network import TYING
from viz_core.models.memory_network_edits import moved, weighted, without
from viz_core.models.memory_network_stepper import NEXT
from viz_core.trace.errors import InputError

TEXT = "Mary moved to the bathroom. John went to the hallway. Mary got the milk. Where is Mary?"


@pytest.mark.parametrize("tying", TYING)
@pytest.mark.parametrize("hops", [1, 3])
def test_a_step_a_hop_and_the_answer_at_the_last(tying, hops):
    model = stepper(hops, tying)
    trace = vc.run(model, TEXT)
    assert len(trace) == hops and trace.unit == "hop" and trace.sites == ("hop",)
    assert [step.emitted for step in trace.steps] == [NEXT] * (hops - 1) + [trace.output]
    assert trace.source_axis.labels == ("Mary moved to the bathroom.", "John went to the hallway.", "Mary got the milk.")
    expected = model.plain_log_probs(model.encode(TEXT), [step.choice for step in trace.steps])
    np.testing.assert_allclose([step.log_prob for step in trace.steps], expected, atol=1e-5)


def test_the_numbers_of_a_hop_follow_from_each_other():
    trace = vc.run(stepper(), TEXT)
    for k, step in enumerate(trace.steps):
        get = {q.name: q.values for q in step.quantities}
        np.testing.assert_allclose(get["match"], get["sentences to match"] @ get["query"], rtol=1e-4, atol=1e-5)
        p = np.exp(get["match"] - get["match"].max())
        np.testing.assert_allclose(step.attention[0].map()[0], p / p.sum(), atol=1e-5)
        np.testing.assert_allclose(get["what was read"], get["weights"] @ get["sentences to read"], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(get["updated query"], get["query"] + get["what was read"], rtol=1e-4, atol=1e-5)
        if k + 1 < len(trace):
            np.testing.assert_array_equal(get["updated query"], trace.steps[k + 1].quantity("query").values)
    assert np.argmax(get["answer after this hop"]) == trace.steps[-1].choice


def test_other_methods_of_decoding():
    model = stepper()
    beam = vc.run(model, TEXT, "beam:width=4")
    assert beam.output == vc.run(model, TEXT).output and not beam.notes
    assert vc.run(model, TEXT, "forced:reference=garden").output == "garden"
    with pytest.raises(InputError, match="'dragon' is no answer"):
        vc.run(model, TEXT, "forced:reference=dragon")


def test_edits_of_the_weights_of_a_hop():
    model = stepper()
    rows = vc.run(model, TEXT, interventions=[SetWeights(0, 0, 1, (0, 0.25, 0.75)), BlockEdge(0, 2), BlockEdge(2, 0, site="cross")]).attention("hop").map()
    np.testing.assert_allclose(rows[1], [0, 0.25, 0.75], atol=1e-6)
    assert rows[0, 2] == 0 and rows[2, 0] > 0
    uniform = vc.run(model, TEXT, interventions=[AblateHead(0, 0, "uniform")]).attention("hop").map()
    np.testing.assert_allclose(uniform, 1 / 3, atol=1e-6)
    assert np.isnan(vc.run(model, TEXT, interventions=[AblateHead(0, 0)]).attention("hop").map()).all()
    flat = vc.run(model, TEXT, interventions=[Temperature(1e6)]).attention("hop").map()
    np.testing.assert_allclose(flat, 1 / 3, atol=1e-3)
    assert not model.edits


@pytest.mark.parametrize("edit", [SetWeights(0, 0, 3, (1, 0, 0)), BlockEdge(3, 0), AblateHead(0, 0, "mean"), SetWeights(0, 0, 0, (1, 0))])
def test_edits_that_cannot_be_made_are_refused(edit):
    with pytest.raises(InputError):
        vc.run(stepper(), TEXT, interventions=[edit])


def test_stories_told_otherwise():
    source = stepper().encode(TEXT)
    a, b, c = source.axis.labels
    assert without(source, 1) == (a, c, "Where is Mary?")
    assert moved(source, 0, 2) == (b, c, a, "Where is Mary?") and moved(source, 2, 0) == (c, a, b, "Where is Mary?")
    np.testing.assert_allclose(weighted(np.array([0.2, 0.2, 0.6]), 1, 0, 0.5).weights, [0.5, 0.125, 0.375])
    np.testing.assert_allclose(weighted(np.array([1.0, 0.0, 0.0]), 0, 0, 0.4).weights, [0.4, 0.3, 0.3])
    for wrong in (lambda: without(source, 3), lambda: moved(source, 0, 3), lambda: weighted(np.array([1.0]), 0, 0, 0.5),
                  lambda: weighted(np.ones(3), 0, 0, 2)):  # fmt: skip
        with pytest.raises(InputError):
            wrong()


def test_removal_equals_a_story_without_the_sentences():
    model = stepper()
    source = model.encode(TEXT)
    choices = [step.choice for step in vc.run(model, source).steps]
    keep = torch.tensor([[True, False, True], [True, True, True], [False, False, False]])
    found = model.occlusion.values(source, choices, keep, "delete")
    assert found.shape == (3, 3) and torch.equal(found[:, 0], found[:, 2])
    shorter = model.encode("Mary moved to the bathroom. Mary got the milk. Where is Mary?")
    torch.testing.assert_close(found[0, 2], model.plain_log_probs(shorter, choices)[2])
    torch.testing.assert_close(found[1, 2], model.plain_log_probs(source, choices)[2])
    blocked = vc.run(model, source, "forced:reference=" + model.text(choices), [BlockEdge(k, 1) for k in range(3)])
    torch.testing.assert_close(float(model.occlusion.values(source, choices, keep, "mask")[0, 2]), blocked.steps[-1].log_prob, atol=1e-5, rtol=1e-5)


def test_reweighting_with_its_own_rows_changes_nothing_and_the_map_can_be_tested():
    model = stepper()
    source = model.encode("Mary moved to the bathroom. John went to the hallway. Mary got the milk. John took the apple. Where is the milk?")
    trace = vc.run(model, source)
    choices = [step.choice for step in trace.steps]
    rows = torch.from_numpy(trace.attention("hop").map())[None]
    torch.testing.assert_close(float(model.occlusion.reweighted(source, choices, rows)[0, 2]), trace.steps[-1].log_prob, atol=1e-5, rtol=1e-5)
    report = trust(model, source, trace, done=experiment(model, source, choices))
    assert report.controls is not None and -100 <= report.gap <= 100


def test_a_story_beyond_the_memory_is_refused():
    with pytest.raises(InputError, match="31 sentences; this model's memory holds 30"):
        stepper().encode("Mary moved to the garden. " * 31 + "Where is Mary?")


WORD = st.sampled_from([*vocabulary()[:40], "dragon", "where", "🙂", "\x00"])
SENTENCE = st.builds(lambda words, stop: " ".join(words) + stop, st.lists(WORD, max_size=6), st.sampled_from([".", "?", "!", "\n", "…", ""]))


@settings(max_examples=300, deadline=None)
@given(st.lists(SENTENCE, max_size=8).map(" ".join))
def test_any_story_is_answered_or_refused_in_one_line(text):
    model = MODEL
    try:
        trace = vc.run(model, text)
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 300
        return
    assert trace.output in vocabulary()
    np.testing.assert_allclose(trace.attention("hop").map().sum(1), 1, atol=1e-5)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(vocabulary()), min_size=1, max_size=8), min_size=1, max_size=30), st.data())
def test_every_story_of_known_words_can_be_changed(sentences, data):
    source = MODEL.encode_units([*(" ".join(s) + "." for s in sentences), "Where is Mary?"])
    i, j = (data.draw(st.integers(0, len(sentences) - 1)) for _ in range(2))
    assert vc.run(MODEL, list(moved(source, i, j))).output
    row = vc.run(MODEL, source).steps[1].attention[0].map()[0]
    weight = data.draw(st.floats(0, 1)) if len(sentences) > 1 else 1.0
    changed = vc.run(MODEL, source, interventions=[weighted(row, 1, i, weight)])
    assert abs(changed.steps[1].attention[0].map()[0, i] - weight) < 1e-5


MODEL = stepper()
