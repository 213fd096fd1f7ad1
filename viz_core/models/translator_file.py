"""An encoder–decoder of ours as one weights file: tensors in half precision, config and vocabularies as metadata."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.words import WordIds
from viz_core.models.translator import Translator
from viz_core.trace.errors import InputError

TARGETS = {"subwords": Subwords, "symbols": Symbols}
PACKED = "zlib:"  # begins a vocabulary that is stored compressed
LIMIT_BYTES = 8_000_000


@dataclass(frozen=True)
class TranslatorFile:
    """How the models of one family are built, stored and restored.

    family: its name in the file; config: the dataclass of its sizes; module: config → network; stepper: what steps it.
    """

    family: str
    config: Callable[..., Any]
    module: Callable[[Any], nn.Module]
    stepper: Callable[..., Any]

    def store(self, stepper: Translator) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Tensors (f16) and metadata for a safetensors file."""
        kind = next(name for name, target in TARGETS.items() if isinstance(stepper.target, target))
        metadata = {
            "family": self.family,
            "config": json.dumps(asdict(stepper.module.config)),
            "source": _pack(stepper.source_ids.to_json()),
            "target": _pack(stepper.target.to_json()),
            "target_kind": kind,
            "reader": stepper.reader,
        }
        return halved(stepper.module), metadata

    def restore(self, metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Translator:
        """The stepper of a file, in f32 and evaluation mode."""
        target = TARGETS[metadata["target_kind"]].from_json(_unpack(metadata["target"]))
        return self.stepper(self.network(metadata, tensors), WordIds.from_json(_unpack(metadata["source"])), target, metadata["reader"])

    def network(self, metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> nn.Module:
        """The network of a file, in f32 and evaluation mode."""
        with torch.device("meta"):
            module = self.module(self.config(**json.loads(metadata["config"])))
        module.load_state_dict({name: value.float() for name, value in tensors.items()}, assign=True)
        return module.eval().requires_grad_(False)


def halved(module: nn.Module) -> dict[str, Tensor]:
    """The tensors of a network as a file holds them: f16, on the CPU."""
    return {name: value.detach().cpu().half().contiguous() for name, value in module.state_dict().items()}


def _pack(document: str) -> str:
    """A vocabulary as metadata: a third of its size, since a file's limit is for its weights."""
    return PACKED + base64.b64encode(zlib.compress(document.encode(), 9)).decode()


def _unpack(document: str) -> str:
    """What `_pack` stored, or the document itself where it is stored plainly; never more than `LIMIT_BYTES` bytes."""
    if not document.startswith(PACKED):
        return document
    stream = zlib.decompressobj()
    content = stream.decompress(base64.b64decode(document[len(PACKED) :]), LIMIT_BYTES)
    if not stream.eof:
        raise InputError(f"a vocabulary of this weights file is damaged or over {LIMIT_BYTES:,} bytes; fetch the file again")
    return content.decode()
