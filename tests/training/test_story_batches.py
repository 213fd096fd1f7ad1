"""Batches of stories: random noise keeps order and ages right, and a batch is what the network reads of the text."""

from __future__ import annotations

import torch

from tests.models.tiny_memory_network import stepper
from viz_core.models.memory_network_batch import read
from viz_core.tasks.stories import split
from viz_core.training.recipes.memory_network import RECIPES
from viz_core.training.story_batches import Encoded, with_empty

STORY = torch.tensor([[-1, -1, 1, 2, 3], [4, 5, 6, 7, 8], [-1, -1, -1, -1, 9]])


def test_without_noise_stories_stay_as_they_are():
    assert torch.equal(with_empty(STORY, 0.0, 30, torch.Generator()), STORY)
    assert torch.equal(with_empty(STORY, 0.0, 3, torch.Generator()), STORY[:, -3:])


def test_empty_sentences_stand_between_and_behind_but_never_before():
    for seed in range(30):
        found = with_empty(STORY, 0.4, 30, torch.Generator().manual_seed(seed))
        for before, after in zip(STORY.tolist(), found.tolist(), strict=True):
            kept = [number for number in after if number >= 0]
            assert [n for n in kept if n] == [n for n in before if n > 0] and kept[0] != 0
            assert after[: len(after) - len(kept)] == [-1] * (len(after) - len(kept))


def test_noise_adds_as_many_as_it_says():
    story = torch.arange(1, 21).expand(2000, 20)
    found = with_empty(story, 0.1, 30, torch.Generator().manual_seed(0))
    assert abs(float((found == 0).sum()) / 40_000 - 0.1) < 0.01


def test_a_batch_gives_the_network_what_the_text_gives():
    module, stories = stepper().module, list(split.held_out(2)[:6])
    data = Encoded.of(stories, module)
    batch = data.draw(4, 0.0, False, 30, torch.Generator().manual_seed(3))
    ages = torch.arange(batch.story.shape[1]).flip(0)
    found = module(module.memory(batch.bags, ages, batch.there, batch.story), module.ask(batch.questions))
    chosen = torch.randint(6, (4,), generator=torch.Generator().manual_seed(3)).tolist()
    expected = module(*read(module, [stories[i].sentences for i in chosen], [stories[i].question for i in chosen]))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert [module.vocabulary[i] for i in batch.answers] == [stories[i].answer for i in chosen]


def test_the_recipe_learns_resumes_alike_and_starts_linear(monkeypatch):
    monkeypatch.setattr(split, "TRAINING", 30)
    recipe = RECIPES["stories-memn2n-3hop"]()
    one, two = next(recipe.batches(7)), next(recipe.batches(7))
    assert all(torch.equal(a, b) for a, b in zip(one[:5], two[:5], strict=True))
    assert one.linear and not next(recipe.batches(recipe.plan.steps - 1)).linear
    torch.manual_seed(0)
    model = recipe.model()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    batch, losses = next(recipe.batches(recipe.plan.steps - 1)), []
    for _ in range(30):
        loss = recipe.loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
