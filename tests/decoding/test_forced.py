import numpy as np
import pytest
import torch
from tests.decoding.table_stepper import END, markov
from tests.decoding.tiny_model import tiny

from viz_core.decoding import Forced, choices_of, forced_log_probs
from viz_core.inputs.vocabulary import BEGIN
from viz_core.trace import InputError

CHAIN = {"<s>": {"A": 0.5, "B": 0.5}, "A": {"B": 0.25, "</s>": 0.75}, "B": {"</s>": 0.125, "A": 0.875}}


def test_log_probabilities_by_hand():
    stepper = markov("AB", CHAIN)
    sources = [stepper.encode("x"), stepper.encode("y z")]
    first, second = forced_log_probs(stepper, sources, [[2, 3, END], [3, END]])
    assert first == pytest.approx(np.log([0.5, 0.25, 0.125]))
    assert second == pytest.approx(np.log([0.5, 0.125]))


@pytest.mark.parametrize("score", ["none", "dot", "general", "additive"])
def test_equal_to_the_modules_plain_forward_pass(score):
    stepper = tiny(seed=2, score=score)
    texts, references = ["abc", "hgfed", "a"], ["o1 o2", "o3 o3 o4 o0", "o5"]
    sources = [stepper.encode(text) for text in texts]
    ids = [stepper.choices(reference) for reference in references]
    found = forced_log_probs(stepper, sources, ids)
    for source, target, values in zip(sources, ids, found, strict=True):
        words, parts = stepper.source_ids.encode([source.ids])
        outputs = stepper.module(words, parts, torch.tensor([[BEGIN, *target[:-1]]]))
        logits = stepper.module.logits(outputs)[0]
        logits[:, :3] = -torch.inf  # <pad>, <unk> and <s> are never outputs
        plain = logits.log_softmax(-1)[range(len(target)), target].numpy()
        np.testing.assert_allclose(values, plain, atol=1e-5)


def test_the_output_is_the_reference_with_the_prefix_laid_over():
    stepper = markov("AB", CHAIN)
    source = [stepper.encode("x")]
    assert choices_of(stepper, source, Forced(reference="A B A")) == [[2, 3, 2]]
    assert choices_of(stepper, source, Forced(reference=(2, 3, 2))) == [[2, 3, 2]]
    assert choices_of(stepper, source, Forced(reference="A B A", prefix=(3, 2, 3))) == [[3, 2, 3]]
    assert choices_of(stepper, source, Forced(reference="A B A", prefix=(None, END))) == [[2]]
    assert choices_of(stepper, source, Forced(reference="A B A", max_steps=2)) == [[2, 3]]


def test_a_reference_that_the_model_cannot_write_is_named():
    stepper = markov("AB", CHAIN)
    source = [stepper.encode("x")]
    bad = {(2, 77): "output id 77", (2, END, 3): "the end at step 2 of 3", "A A": "'A' has probability 0 at step 2"}
    for reference, message in bad.items():
        with pytest.raises(InputError, match=message):
            choices_of(stepper, source, Forced(reference=reference))
