"""Errors and support of memory networks, on a network that is made to be right or wrong."""

from __future__ import annotations

import pytest
import torch

from tests.models.tiny_memory_network import stepper
from viz_core.evaluation import stories
from viz_core.tasks.stories import Story, split
from viz_core.trace.errors import InputError


def looks_at_the_last_sentence(answer: str):
    """A network whose hop looks at the youngest sentence only, and that always says the same."""
    model = stepper(hops=1, tying="separate")
    module = model.module
    module.embedding.zero_()
    module.temporal.zero_()
    ask, said = module.ids["where"], module.ids[answer]
    module.embedding[module.tables.ask, ask] = 10.0
    module.temporal[module.tables.match[0], 0] = 10.0
    module.temporal[module.tables.read[0], 0, 0] = 1.0
    module.embedding[module.tables.answer, said, 0] = 1.0
    return model


STORIES = [
    Story(("Mary went to the park.", "John went to the office."), "Where is John?", "office", (1,)),
    Story(("John went to the office.", "Mary went to the park."), "Where is John?", "office", (0,)),
    Story(("John went to the garden.",), "Where is John?", "garden", (0,)),
]


def test_error_and_support_by_hand():
    found = stories.judge(looks_at_the_last_sentence("office").module, STORIES)
    assert found["error"] == pytest.approx(1 / 3) and found["support"] == pytest.approx(1 / 2)
    assert stories.judge(looks_at_the_last_sentence("apple").module, STORIES)["support"] is None
    assert stories.mean([0.5, None, 1.0]) == 0.75 and stories.mean([None]) is None


def test_the_keys_are_flat_and_the_means_are_over_the_tasks():
    found = stories.evaluate(stepper(), 20, 0, tasks=[1, 3])
    assert set(found) == {"n", "mean_error", "mean_support", "error_task_1", "support_task_1", "error_task_3", "support_task_3"}
    assert found["n"] == 40 and found["mean_error"] == pytest.approx((found["error_task_1"] + found["error_task_3"]) / 2)
    assert found == stories.evaluate(stepper(), 20, 0, tasks=[1, 3])


def test_only_held_out_stories_are_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(stories, "judge", lambda module, items: asked.extend(items) or {"error": 0.0, "support": 1.0})
    stories.evaluate(stepper(), None, 0, tasks=4)
    assert asked == list(split.held_out(4))


@pytest.mark.parametrize("tasks", [17, [1, 0], [1.5]])
def test_a_task_that_is_not_there_is_named(tasks):
    with pytest.raises(InputError, match="families 1, 2"):
        stories.numbers(tasks)


def test_a_batch_is_judged_as_one_by_one():
    module = stepper().module
    items = list(split.held_out(3)[:12])
    alone = [stories.judge(module, [story])["error"] for story in items]
    assert stories.judge(module, items)["error"] == pytest.approx(sum(alone) / len(alone))
    assert torch.is_inference_mode_enabled() is False
