"""Does a model fit? Asked of the weights' headers and the machine before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import psutil
import torch
from safetensors import SafetensorError, safe_open

from viz_core.trace.errors import InputError

HEADROOM = 1.15  # room for activations and for one tensor in two formats while it is read
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Weights:
    """What the headers of some safetensors files say. numbers: how many there are; stored: bytes on disk."""

    numbers: int
    stored: int


def measure(files: Sequence[Path]) -> Weights:
    """Reads headers only. InputError for a file that is no safetensors file."""
    numbers = stored = 0
    for path in files:
        try:
            with safe_open(path, "pt") as file:
                for key in file.keys():  # noqa: SIM118 (not a dict)
                    part = file.get_slice(key)
                    count = prod(part.get_shape())
                    numbers += count
                    stored += count * _BYTES.get(part.get_dtype(), 1)
        except SafetensorError as error:
            raise InputError(f"{path.name} is no whole safetensors file ({error}); save or download it again") from error
    return Weights(numbers, stored)


def free(device: torch.device) -> int:
    """Bytes that a new model may take on the device: of the machine, of this container, or of the GPU."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    available = psutil.virtual_memory().available
    try:
        limit, used = ((_CGROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return available
    return available if limit == "max" else min(available, int(limit) - int(used))


def check_fits(name: str, weights: Weights, dtype: torch.dtype, device: torch.device) -> None:
    """InputError that says how much is needed, how much is free and what would help."""
    need, room = need_bytes(weights, dtype), free(device)
    if need <= room:
        return
    half = need_bytes(weights, torch.bfloat16)
    smaller = f"choose dtype bfloat16 ({_gigabytes(half)}), " if half <= room and dtype == torch.float32 else ""
    raise InputError(
        f"{name} needs {_gigabytes(need)} of memory as {str(dtype).removeprefix('torch.')} but {_gigabytes(room)} are free on "
        f"{device}; {smaller}close other programs or take a smaller model"
    )


def need_bytes(weights: Weights, dtype: torch.dtype) -> int:
    """Bytes of the weights in a dtype, with headroom."""
    return int(weights.numbers * dtype.itemsize * HEADROOM)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
