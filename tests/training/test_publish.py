"""What is kept of a training run beside its weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tests.models.test_transformer import tiny_transformer

from viz_core.evaluation.alignment import Choice
from viz_core.models import transformer_file
from viz_core.trace.errors import InputError
from viz_core.training.publish import curve_of, keep_curve
from viz_core.training.recipes import zh_en_transformer
from viz_core.zoo.cards import CURVE


def entries(*steps: int) -> str:
    return "".join(json.dumps({"step": step, "seconds": step / 3, "loss": 1.0, "bleu": step / 100}) + "\n" for step in steps)


def test_a_curve_drops_what_a_resumed_run_went_through_again(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(entries(1000, 2000, 3000) + entries(2000, 2500))
    found = curve_of(log)
    assert [entry["step"] for entry in found] == [1000, 2000, 2500]
    assert found[0] == {"step": 1000, "seconds": 333.33, "loss": 1.0, "bleu": 10.0}
    keep_curve(tmp_path, tmp_path)
    assert json.loads((tmp_path / CURVE).read_text()) == found


def test_a_run_without_validations_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no validation yet"):
        curve_of(tmp_path / "log.jsonl")


def test_the_map_that_aligns_is_written_into_the_run(tmp_path: Path, monkeypatch) -> None:
    stepper = tiny_transformer()
    save_file(*[transformer_file.store(stepper)[0], tmp_path / "model.safetensors", transformer_file.store(stepper)[1]])
    monkeypatch.setattr(zh_en_transformer, "choose", lambda _stepper: Choice(1, 0, True, 0.2))
    zh_en_transformer.finish(tmp_path)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        again = transformer_file.restore(file.metadata(), {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    config = again.module.config
    assert (config.alignment_layer, config.alignment_head, config.alignment_shifted) == (1, 0, True)
    for name, value in stepper.module.state_dict().items():
        assert torch.equal(again.module.state_dict()[name], value.half().float()), name
