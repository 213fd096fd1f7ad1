"""Models by hub name, for users who can reach the hub: safetensors, configuration and tokenizer, never code."""

from __future__ import annotations

import fnmatch
from pathlib import Path

from viz_core.trace.errors import InputError
from viz_core.zoo import memory

PATTERNS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")


def snapshot(name: str) -> Path:
    """The folder of a hub model, from the hub's own cache or downloaded.

    Raises InputError when the name cannot be one, the hub cannot be reached or has no such model, the model has no
    safetensors, or the download is larger than the free memory.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(PATTERNS), local_files_only=True))
    except HFValidationError as error:
        raise InputError(f"there is no folder {name[:100]!r}, and it is no hub name either; give owner/model or a folder's path") from error
    except (LocalEntryNotFoundError, OSError):
        pass  # not here yet
    try:
        files = HfApi().model_info(name, files_metadata=True, timeout=10).siblings or ()
        check(name, {file.rfilename: file.size or 0 for file in files})
        return Path(snapshot_download(name, allow_patterns=list(PATTERNS)))
    except InputError:
        raise
    except Exception as error:  # no network, no such model, no permission: many kinds
        raise InputError(
            f"{name[:100]} is no folder here, and the hub could not give it ({type(error).__name__}); check the name and the "
            "network connection, or give a local folder"
        ) from error


def check(name: str, sizes: dict[str, int]) -> None:
    """InputError unless a hub model has safetensors that would fit into memory. sizes: bytes by file name."""
    import torch

    stored = [size for file, size in sizes.items() if fnmatch.fnmatch(file, "*.safetensors")]
    if not stored:
        raise InputError(f"the hub model {name} has no safetensors, and pickles are never opened; take another version of it")
    weights = memory.Weights(sum(stored) // 2, sum(stored))  # at the least: half precision
    memory.check_fits(name, weights, torch.bfloat16, torch.device("cpu"))
