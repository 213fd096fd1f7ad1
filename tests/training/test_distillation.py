"""Word-level distillation: numbers by hand, and its part in the loss of an encoder–decoder."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.models.tiny import tiny
from viz_core.inputs.vocabulary import BEGIN, PAD
from viz_core.training import distillation
from viz_core.training.distillation import Lesson, corrected, lesson, taught
from viz_core.training.loop import Plan
from viz_core.training.seq2seq import Example, Seq2SeqRecipe


class Always(nn.Module):
    """Thinks the same everywhere; remembers what it was given."""

    def __init__(self, *probabilities: float) -> None:
        super().__init__()
        self.mind, self.given = torch.tensor(probabilities).log(), []

    def forward(self, words, parts, previous):
        self.given.append((words, previous))
        return torch.zeros(*previous.shape, 1)

    def logits(self, states):
        return self.mind.expand(*states.shape[:-1], -1)


def test_a_lesson_is_the_mean_of_the_teachers(monkeypatch) -> None:
    monkeypatch.setattr(distillation, "KEPT", 2)
    first, second = Always(0.1, 0.2, 0.7), Always(0.5, 0.2, 0.3)
    target = torch.tensor([[5, 6], [7, PAD]])
    known = lesson([first, second], torch.tensor([[1], [2]]), None, target)
    assert known.choices.tolist() == [[2, 0]] * 3  # of three real positions: 0.5 and 0.3, which are 5/8 and 3/8 of what is kept
    torch.testing.assert_close(known.probabilities, torch.tensor([[0.625, 0.375]] * 3))
    assert first.given[0][1].tolist() == [[BEGIN, 5], [BEGIN, 7]]


def test_what_is_taught_by_hand() -> None:
    log_probs = torch.tensor([[0.5, 0.25, 0.25], [0.125, 0.5, 0.375]]).log()
    known = Lesson(torch.tensor([[0.75, 0.25], [1.0, 0.0]]), torch.tensor([[0, 2], [1, 0]]))
    wanted = ((0.75 * math.log(2) + 0.25 * math.log(4)) + math.log(2)) / 2
    assert float(taught(log_probs, known)) == pytest.approx(wanted)


def test_a_lesson_corrected_by_what_was_written() -> None:
    """Of the first position the teachers have a quarter, of the second all, of the third nothing."""
    log_probs = torch.tensor([0.5, 0.25, 0.25]).log().expand(3, 3)
    known = Lesson(torch.tensor([[0.75, 0.25]] * 3), torch.tensor([[0, 2]] * 3))
    said = 0.75 * math.log(2) + 0.25 * math.log(4)
    wanted = ((0.25 * said + 0.75 * math.log(4)) + said + math.log(2)) / 3
    assert float(taught(log_probs, corrected(known, torch.tensor([1, 1, 0]), torch.tensor([0.25, 1.0, 0.0])))) == pytest.approx(wanted)


def test_how_far_teachers_are_trusted_may_differ_by_example() -> None:
    stepper = tiny()
    teacher = Always(*torch.arange(1.0, len(stepper.target.symbols) + 1).softmax(0).tolist())
    recipe = Seq2SeqRecipe(
        "tiny", Plan(1), stepper.module.config, stepper.source_ids, stepper.target, stepper.reader, lambda rng, n, step: [],
        lambda stepper: {}, [], share=lambda step: 1.0, teachers=lambda: [teacher],
        trust=lambda example, step: 0.25 if example.source == ("c",) else 1.0,
    )  # fmt: skip
    known = recipe.collate([Example(("a", "b"), (4, 5)), Example(("c",), (6,))], random.Random(1), 0).lesson
    assert known.choices[:, -1].tolist() == [4, 5, 6]
    torch.testing.assert_close(known.probabilities[:, -1], torch.tensor([0.0, 0.0, 0.75]))
    torch.testing.assert_close(known.probabilities.sum(1), torch.ones(3))


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_share_of_the_teachers_in_the_loss(share) -> None:
    stepper = tiny()
    size = len(stepper.target.symbols)
    teacher = Always(*torch.arange(1.0, size + 1).softmax(0).tolist())
    recipe = Seq2SeqRecipe(
        "tiny", Plan(1), stepper.module.config, stepper.source_ids, stepper.target, stepper.reader, lambda rng, n, step: [],
        lambda stepper: {}, [], word_drop=1.0, share=lambda step: share if step == 7 else 0.0, teachers=lambda: [teacher],
    )  # fmt: skip
    examples = [Example(("a", "b"), (4, 5)), Example(("c",), (6,))]
    batch, before = recipe.collate(examples, random.Random(1), 7), recipe.collate(examples, random.Random(1), 6)
    assert before.lesson is None
    assert (batch.lesson is None) == (share == 0)
    if share:
        whole, _ = stepper.source_ids.encode([example.source for example in examples])
        assert torch.equal(teacher.given[0][0], whole)  # whose words are not dropped
        assert not torch.equal(batch.words, whole)
    model = stepper.module.requires_grad_(True)
    previous, real = torch.tensor([[BEGIN, 4], [BEGIN, 6]]), batch.target.ne(PAD)
    logits = model.logits(model(batch.words, batch.parts, previous)[real])
    written = F.cross_entropy(logits, batch.target[real], label_smoothing=recipe.smoothing)
    top, ids = teacher.mind.softmax(-1).topk(min(distillation.KEPT, size))
    said = -(top / top.sum() * logits.log_softmax(-1)[:, ids]).sum(-1).mean()
    loss = recipe.loss(model, batch)
    torch.testing.assert_close(loss, (1 - share) * written + share * said)
    torch.testing.assert_close(replace(recipe, smoothing=0.0).loss(model, before), F.cross_entropy(logits, batch.target[real]))
    loss.backward()
