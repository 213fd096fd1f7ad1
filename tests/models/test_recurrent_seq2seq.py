"""The four variants: stepping equals the plain forward pass, padding changes nothing, quantities obey their equations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.models.tiny import tiny
from viz_core.inputs.vocabulary import BEGIN
from viz_core.models.recurrent_seq2seq import SCORES, Config
from viz_core.trace import InputError

REFERENCE = [4, 6, 5, 3]


def walk(stepper, source, choices):
    state, steps = stepper.start([source]), []
    for choice in choices:
        state, step = stepper.step(state, choice)
        steps.append(step)
    return steps


@pytest.mark.parametrize("score", SCORES)
def test_stepping_equals_forward(score):
    stepper = tiny(score)
    source = stepper.encode("cab")
    words, parts = stepper.source_ids.encode([source.ids])
    previous = torch.tensor([[BEGIN, *REFERENCE[:-1]]])
    logits = stepper.module.logits(stepper.module(words, parts, previous))
    logits[..., :3] = -torch.inf
    expected = logits.log_softmax(-1)[0, range(4), REFERENCE]
    found = [step.log_prob for step in walk(stepper, source, REFERENCE)]
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("score", SCORES)
def test_batch_equals_single(score):
    stepper = tiny(score)
    sources = [stepper.encode(word) for word in ("a", "tschick", "bat")]
    together = stepper.predict(stepper.start(sources))
    for n, source in enumerate(sources):
        alone = stepper.predict(stepper.start([source]))
        torch.testing.assert_close(together.log_probs[n], alone.log_probs[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("score", SCORES)
def test_quantities_obey_their_equations(score):
    stepper = tiny(score)
    source = stepper.encode("cab")
    state = stepper.start([source])
    h = next(q for q in stepper.introduce(state) if q.name == "encoder states").values
    for step in walk(stepper, source, REFERENCE):
        q = {quantity.name: quantity.values for quantity in step.quantities}
        np.testing.assert_allclose(q["kept"] + q["written"], q["cell"], atol=1e-6)
        np.testing.assert_allclose(q["output gate"] * np.tanh(q["cell"]), q["decoder state"], atol=1e-6)
        attentional = np.tanh(stepper.module.combine.weight.numpy() @ np.concatenate([q["context"], q["decoder state"]]))
        np.testing.assert_allclose(attentional, q["attentional state"], atol=1e-5)
        if score == "none":
            assert "weights" not in q and not step.attention
            continue
        np.testing.assert_allclose(F.softmax(torch.tensor(q["scores"]), -1).numpy(), q["weights"], atol=1e-6)
        np.testing.assert_allclose(q["weights"] @ h, q["context"], atol=1e-5)
        if score == "dot":
            np.testing.assert_allclose(h @ q["decoder state"], q["scores"], atol=1e-5)
        if score == "general":
            projected = h @ stepper.module.memory_projection.weight.numpy().T
            np.testing.assert_allclose(projected @ q["decoder state"], q["scores"], atol=1e-5)


def test_without_attention_the_context_never_changes():
    stepper = tiny("none")
    contexts = [step.quantity("context").values for step in walk(stepper, stepper.encode("cab"), REFERENCE)]
    assert all((context == contexts[0]).all() for context in contexts)


def test_old_states_stay_valid():
    stepper = tiny()
    state = stepper.start([stepper.encode("cab")])
    first, other = stepper.step(state, 4), stepper.step(state, 5)
    again = stepper.step(state, 4)
    assert first[1].log_prob == again[1].log_prob != other[1].log_prob
    assert first[1].attention[0].map().tobytes() == again[1].attention[0].map().tobytes()


def test_unseen_words_are_read_by_their_characters():
    stepper = tiny(parts=True)
    units = ("我", "是", "国人")
    assert stepper.encode_units(units).unknown == (2,)
    embedded = stepper.start([stepper.encode_units(units)]).memory.embedded[0]
    other = stepper.start([stepper.encode_units(("我", "是", "中人"))]).memory.embedded[0]
    assert not torch.equal(embedded[2], other[2])


def test_unknown_score_function_is_named():
    with pytest.raises(InputError, match="'cosine'"):
        Config("cosine", 5, 0, 5)
