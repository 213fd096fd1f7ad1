"""Sizes come from headers, and a model that does not fit is refused before it is read."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from viz_core.trace import InputError
from viz_core.zoo import memory
from viz_core.zoo.memory import Weights, check_fits, measure, need_bytes

CPU = torch.device("cpu")


def test_headers_are_counted(tmp_path):
    save_file({"a": torch.zeros(3, 5), "b": torch.zeros(7, dtype=torch.bfloat16)}, tmp_path / "1.safetensors")
    save_file({"c": torch.zeros(2, 2, dtype=torch.float16)}, tmp_path / "2.safetensors")
    files = [tmp_path / "1.safetensors", tmp_path / "2.safetensors"]
    assert measure(files) == Weights(numbers=15 + 7 + 4, stored=60 + 14 + 8)


def test_need_is_numbers_times_width_with_room():
    assert need_bytes(Weights(1000, 0), torch.float32) == 4600
    assert need_bytes(Weights(1000, 0), torch.bfloat16) == 2300


def test_refusal_says_how_much_and_what_helps(monkeypatch):
    monkeypatch.setattr(memory, "free", lambda device: 3_000_000_000)
    big = Weights(1_000_000_000, 0)
    with pytest.raises(InputError, match=r"model needs 4\.6 GB of memory as float32 but 3\.0 GB.*bfloat16 \(2\.3 GB\)"):
        check_fits("model", big, torch.float32, CPU)
    check_fits("model", big, torch.bfloat16, CPU)
    with pytest.raises(InputError) as error:
        check_fits("model", Weights(10**10, 0), torch.float32, CPU)
    assert "bfloat16" not in str(error.value), "half precision would not fit either"


def test_a_container_s_limit_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.max").write_text("1000\n")
    assert memory.free(CPU) == 100
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free(CPU) > 10**6
