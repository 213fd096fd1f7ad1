"""A tiny real recipe: it learns, resumes where it stopped, and ends in a file that can be loaded."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from tests.models.tiny import LETTERS, PHONEMES
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models import registry
from viz_core.models.recurrent_seq2seq import Config
from viz_core.training.history import History
from viz_core.training.loop import Plan, mixed, rate, snapshot_steps, train
from viz_core.training.seq2seq import Example, Seq2SeqRecipe, outputs_of

SOUND = dict(zip("abkst", PHONEMES, strict=True))


def recipe(steps: int, seed: int = 1) -> Seq2SeqRecipe:
    """Spell out letters one by one: a task that a small model learns in seconds."""
    source_ids, target = WordIds(Vocabulary(SPECIALS + LETTERS), None), Symbols(Vocabulary(SPECIALS + PHONEMES))

    def word(rng: random.Random) -> str:
        return "".join(rng.choices("abkst", k=rng.randint(1, 4)))

    def draw(rng: random.Random, count: int, step: int) -> list[Example]:
        words = [word(rng) for _ in range(count)]
        return [Example(tuple(w), tuple(target.encode(" ".join(SOUND[c] for c in w)))) for w in words]

    def development(stepper) -> dict[str, float]:
        rng = random.Random(99)
        words = [word(rng) for _ in range(50)]
        right = [o == " ".join(SOUND[c] for c in w) for o, w in zip(outputs_of(stepper, words), words, strict=True)]
        return {"accuracy": sum(right) / len(right)}

    config = Config("dot", len(source_ids.words), 0, len(target.symbols), embedding=16, hidden=32, dropout=0.0)
    plan = Plan(steps, learning_rate=1e-2, warmup=10, average=0.9, validate_every=steps, save_every=10, seed=seed)
    return Seq2SeqRecipe("tiny", plan, config, source_ids, target, "letters", draw, development, [tuple("bat")], batch=32, smoothing=0.0)


def weights(folder) -> dict[str, bytes]:
    """Bytes of every tensor (the file's metadata has no fixed order)."""
    return {name: value.numpy().tobytes() for name, value in load_file(folder / "model.safetensors").items()}


def test_learns_and_ends_in_a_loadable_file(tmp_path):
    result = train(recipe(150), tmp_path, progress=False)
    assert result["accuracy"] > 0.7  # an untrained model gets none right
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        stepper = registry.restore(file.metadata(), {key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    assert outputs_of(stepper, ["bat"]) == ["B AA T"]
    history = History.load(tmp_path / "history.json")
    assert history.snapshots[-1]["step"] == 150
    assert json.loads((tmp_path / "facts.json").read_text())["plan"]["steps"] == 150


def test_a_resumed_run_ends_like_one_without_a_break(tmp_path):
    whole = train(recipe(40), tmp_path / "whole", progress=False)
    seen = iter([False] * 19 + [True])
    train(recipe(40), tmp_path / "broken", progress=False, cancelled=lambda: next(seen))
    assert not (tmp_path / "broken" / "model.safetensors").exists()
    resumed = train(recipe(40), tmp_path / "broken", progress=False)
    assert resumed["step"] == whole["step"] == 40
    one, two = (weights(tmp_path / name) for name in ("whole", "broken"))
    assert one == two
    snapshots = [[entry["step"] for entry in History.load(tmp_path / name / "history.json").snapshots] for name in ("whole", "broken")]
    assert snapshots[0] == snapshots[1] == sorted(snapshot_steps(recipe(40).plan))


def test_a_history_drops_what_a_resumed_run_repeats(tmp_path):
    history = History().with_snapshot({"step": 5}).with_snapshot({"step": 9}).with_snapshot({"step": 9})
    assert [entry["step"] for entry in history.snapshots] == [5, 9]
    assert History.load(tmp_path / "none.json") == History()


def test_rate_warms_up_and_decays():
    plan = Plan(100, learning_rate=1.0, warmup=10)
    assert rate(plan, 0) == pytest.approx(0.1) and rate(plan, 9) == pytest.approx(1.0)
    assert rate(plan, 10) == pytest.approx(1.0) and rate(plan, 100) == pytest.approx(0.02)


def test_a_second_cycle_repeats_the_first():
    once, twice = Plan(100, learning_rate=1.0, warmup=10), Plan(200, learning_rate=1.0, warmup=10, restarts=(100,))
    assert [rate(twice, step) for step in range(200)] == [rate(once, step) for step in range(100)] * 2


def test_cycles_have_the_length_between_restarts():
    plan = Plan(150, learning_rate=1.0, warmup=10, restarts=(100,))
    assert rate(plan, 99) < 0.021 and rate(plan, 100) == pytest.approx(0.1)
    assert rate(plan, 110 + 20) == pytest.approx(0.02 + 0.98 / 2)  # half of the second cycle's decay
    assert rate(plan, 150) == pytest.approx(0.02)


def test_the_model_is_the_mean_of_what_the_chosen_cycles_ended_with(tmp_path):
    made = recipe(12)
    made = replace(made, plan=replace(made.plan, restarts=(4, 8), swa=(8,)))
    train(made, tmp_path, progress=False, cancelled=iter([False] * 5 + [True]).__next__)
    train(made, tmp_path, progress=False)  # goes on after an interruption in the second cycle
    last = {name[8:]: value for name, value in load_file(tmp_path / "checkpoint.safetensors").items() if name.startswith("average.")}
    ends = [last, load_file(tmp_path / "cycle-8.safetensors")]
    assert not (tmp_path / "cycle-4.safetensors").exists()
    for name, value in load_file(tmp_path / "model.safetensors").items():
        wanted = sum(each[name] for each in ends) / 2
        torch.testing.assert_close(value.float(), wanted, rtol=1e-3, atol=1e-3)  # stored in 16 bits
        assert value.numel() < 2 or not torch.allclose(value.float(), last[name], rtol=1e-3, atol=1e-3)


def test_mixed_precision_only_where_it_is_faster(monkeypatch):
    assert mixed("cuda") and mixed("cuda:1")
    for tiles in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda tiles=tiles: {"amx_bf16": tiles})
        assert mixed("cpu") is tiles
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)  # another processor than x86
    assert not mixed("cpu")


def test_snapshots_are_dense_at_first():
    steps = sorted(snapshot_steps(Plan(8000)))
    assert steps[0] == 20 and steps[-1] == 8000
    gaps = [b - a for a, b in zip(steps, steps[1:], strict=False)]
    assert gaps == sorted(gaps)


def test_seeds_differ(tmp_path):
    train(recipe(10, seed=1), tmp_path / "a", progress=False)
    train(replace(recipe(10, seed=2)), tmp_path / "b", progress=False)
    assert weights(tmp_path / "a") != weights(tmp_path / "b")
