"""Loaded generators with positions removed, and their gradients, on random small models."""

from __future__ import annotations

import pytest
import torch
from tests.models import tiny_generators as tiny
from tests.models.test_marian_ssru import source, stepper  # noqa: F401 (fixtures)

from viz_core import driver
from viz_core.explain.rollout import rollout_rows
from viz_core.explain.source_rows import source_site
from viz_core.explain.trust import experiment, trust
from viz_core.models.marian_ssru import NOTHING
from viz_core.models.occlusion import EmbeddingLeaf, removable
from viz_core.models.protocol import Source
from viz_core.trace import Axis, InputError

IDS, CHOICES = (5, 9, 7, 12, 6), (8, 11, 20)
NAMES = ("gpt2", "llama", "t5", "bart", "marian")


@pytest.mark.parametrize("name", NAMES)
def test_deleting_is_reading_the_rest(name):
    stepper = tiny.generator(name)
    keep = torch.tensor([[True] * 5, [True, False, True, True, False], [False, False, False, True, False]])
    found = stepper.occlusion.values(tiny.source(stepper, IDS), CHOICES, keep, "delete")
    for row, kept in zip(found, keep, strict=True):
        part = tiny.source(stepper, tuple(i for i, stays in zip(IDS, kept.tolist(), strict=True) if stays))
        torch.testing.assert_close(row, stepper.plain_log_probs(part, CHOICES), atol=2e-5, rtol=0)


def test_a_decoder_of_which_nothing_is_kept_reads_its_begin():
    stepper = tiny.generator("gpt2")
    found = stepper.occlusion.values(tiny.source(stepper, IDS), CHOICES, torch.zeros(1, 5, dtype=torch.bool), "delete")
    torch.testing.assert_close(found[0], stepper.plain_log_probs(tiny.source(stepper, (2,)), CHOICES), atol=2e-5, rtol=0)


class Nudge(torch.overrides.TorchFunctionMode):
    """Adds `amount` at one place of the first look-up in a table."""

    def __init__(self, table: torch.Tensor, row: int, column: int, amount: float) -> None:
        super().__init__()
        self.table, self.place, self.amount, self.done = table, (0, row, column), amount, False

    def __torch_function__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        if not self.done and func is torch.nn.functional.embedding and args[1] is self.table:
            self.done, found = True, found.clone()
            found[self.place] += self.amount
        return found


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_what_finite_differences_say(name):
    stepper = tiny.generator(name)
    stepper.module.double()
    source, table = tiny.source(stepper, IDS), stepper.module.get_input_embeddings().weight
    embedded, gradients = stepper.occlusion.gradients(source, CHOICES)
    assert embedded.shape == (5, 32) and gradients.shape == (3, 5, 32)
    torch.testing.assert_close(embedded, table[list(IDS)].float())
    begun = list(getattr(stepper, "decoder_begins", source.ids))
    fed = torch.tensor([[*begun, *CHOICES[:-1]]])
    given = {"input_ids": torch.tensor([source.ids]), "decoder_input_ids": fed} if hasattr(stepper, "decoder_begins") else {"input_ids": fed}
    for row, column in ((1, 3), (4, 20)):
        moved = []
        for sign in (1, -1):
            with torch.no_grad(), Nudge(table, row, column, sign * 1e-3):
                logits = stepper.module(**given).logits[0, len(begun) - 1 :]
            moved.append(logits.log_softmax(-1)[range(3), list(CHOICES)])
        expected = ((moved[0] - moved[1]) / 2e-3).float()
        torch.testing.assert_close(gradients[:, row, column], expected, atol=3e-3, rtol=1e-2)  # RMSNorm computes in float32


def test_the_leaf_is_the_first_look_up_of_its_own_table():
    table, other = torch.randn(4, 2), torch.randn(4, 2)
    with EmbeddingLeaf(table) as mode:
        torch.nn.functional.embedding(torch.tensor([0]), other)
        first = torch.nn.functional.embedding(torch.tensor([[1, 2]]), table)
        torch.nn.functional.embedding(torch.tensor([3]), table)
    assert mode.leaf is first and first.requires_grad and first.is_leaf
    torch.testing.assert_close(first.detach()[0], table[[1, 2]])


def test_special_tokens_stay():
    axis = Axis("token", ("<s>", "a", "b", "</s>"), {"special": [True, False, False, True]})
    assert removable(Source("ab", axis, (2, 4, 5, 1))) == [1, 2]


@pytest.mark.parametrize(("name", "site"), [("gpt2", "decoder"), ("bart", "cross")])
def test_a_map_of_layers_and_heads_is_tested_beside_its_rollout(name, site):
    stepper = tiny.generator(name)
    source = tiny.source(stepper, IDS)
    trace = driver.run(stepper, source, "greedy:max_steps=3")
    assert source_site(trace, source.axis) == site
    done = experiment(stepper, source, [step.choice for step in trace.steps], orders=8)
    found = trust(stepper, source, trace, 1, done=done)
    assert found.full == pytest.approx(trace.steps[1].log_prob, abs=1e-4)
    assert [rival.name for rival in found.rivals] == ["shapley", "leave_one_out", "gradient_input", "gradient_norm", "rollout"]
    one = trust(stepper, source, trace, 1, layer=1, head=2, done=done)
    step = next(item for item in trace.steps[1].attention if item.site == site)
    torch.testing.assert_close(torch.tensor(one.importance), torch.tensor(step.rows(1, 2, [-1])[0, :5]), atol=1e-6, rtol=0)
    rolled = rollout_rows(trace, site, source.axis)
    assert rolled.shape == (3, 5) and (rolled.sum(1) <= 1 + 1e-6).all() and (rolled >= 0).all()


def test_the_ssru_student(stepper, source):  # noqa: F811
    kept = [0, 2, 4]  # "the sat </s>"
    keep = torch.zeros(1, len(source.axis), dtype=torch.bool)
    keep[0, kept] = True
    choices = (4, 7, 0)
    found = stepper.occlusion.values(source, choices, keep, "delete")[0]
    part = Source("the sat", source.axis.take(kept), tuple(source.ids[i] for i in kept))
    torch.testing.assert_close(found, stepper.plain_log_probs(part, choices), atol=2e-5, rtol=0)
    assert removable(source) == [0, 1, 2, 3]
    embedded, gradients = stepper.occlusion.gradients(source, choices)
    table = stepper.module.embedding.weight
    torch.testing.assert_close(embedded, table[list(source.ids)])
    previous = torch.tensor([[NOTHING, *choices[:-1]]])
    moved = []
    for sign in (1, -1):
        with torch.no_grad(), Nudge(table, 1, 3, sign * 2e-3):
            logits = stepper.module.logits(stepper.module(*stepper.read([source]), previous))
        moved.append(stepper.log_probs(logits)[0, range(3), list(choices)])
    torch.testing.assert_close(gradients[:, 1, 3], (moved[0] - moved[1]) / 4e-3, atol=1e-3, rtol=1e-2)


def test_a_sound_is_refused():
    stepper = tiny.generator("bart")
    sound = Source("sound", Axis("frame", ("0", "1")), torch.zeros(2, 3))
    with pytest.raises(InputError, match="a sound or a picture"):
        stepper.occlusion.values(sound, CHOICES, torch.ones(1, 2, dtype=torch.bool), "delete")
