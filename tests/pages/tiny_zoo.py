"""A zoo of tiny models with random weights: for tests of the pages only, never shown to anybody as trained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.vocabulary import SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_file import store
from viz_core.models.recurrent_seq2seq import SCORES, Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper
from viz_core.training.history import History, snapshot

ENGLISH = ["I am Chinese .", "You are a student .", "He drinks tea .", "I like tea ."] * 3 + [" ".join(map(chr, range(33, 127)))] * 2
EXAMPLES = {"zh-en": ["我是中国人", "我喜欢茶"], "g2p": ["attention", "cat"]}


def build(folder: Path, tasks: tuple[str, ...] = ("zh-en", "g2p")) -> None:
    """Writes folder/test/<name>/{card.json, model.safetensors, history.json} for the four variants of every task."""
    for task in tasks:
        for score in SCORES:
            _write(folder / "test" / f"{task}-lstm-{score}", task, _model(task, score))


def _model(task: str, score: str) -> RecurrentStepper:
    torch.manual_seed(0)
    if task == "zh-en":
        words = WordIds(Vocabulary(SPECIALS + tuple("我 是 中国 人 喜欢 茶 。".split())), Vocabulary(SPECIALS + tuple("我是中国人喜欢茶。")))
        target: Subwords | Symbols = Subwords.train(ENGLISH, 240)
        reader = "chinese"
    else:
        words = WordIds(Vocabulary(SPECIALS + tuple("abcdefghijklmnopqrstuvwxyz'")), None)
        target = Symbols(Vocabulary(SPECIALS + ("AH0", "T", "EH1", "N", "SH", "K")))
        reader = "letters"
    parts = len(words.parts.symbols) if words.parts else 0
    config = Config(score, len(words.words), parts, len(target.symbols), embedding=8, hidden=12, dropout=0.0)
    module = RecurrentSeq2Seq(config).eval().requires_grad_(False)
    module.bias[3] = 0.15  # end early: short outputs, fast tests
    return RecurrentStepper(module, words, target, reader)


def _write(folder: Path, task: str, stepper: RecurrentStepper) -> None:
    folder.mkdir(parents=True)
    tensors, metadata = store(stepper)
    save_file(tensors, folder / "model.safetensors", metadata)
    probe = stepper.encode(EXAMPLES[task][0]).axis.labels
    History(tuple(snapshot(stepper, step, [probe]) for step in (0, 100))).save(folder / "history.json")
    content = {
        "name": folder.name, "family": "recurrent-seq2seq", "task": task, "mechanism": folder.name.removeprefix(f"{task}-"),
        "title": "random weights for tests", "licence": "none", "data": "none", "parameters": 1234,
        "sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "training": {"command": "none", "seed": 0, "steps": 0, "minutes": 0, "hardware": "none"}, "metrics": {"bleu": 0.0},
        "beside": "", "examples": EXAMPLES[task],
    }  # fmt: skip
    (folder / "card.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
