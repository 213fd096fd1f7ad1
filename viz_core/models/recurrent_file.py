"""An LSTM encoder–decoder as one weights file: tensors in half precision, config and vocabularies as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

import torch
from torch import Tensor

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.words import WordIds
from viz_core.models.recurrent_seq2seq import Config, RecurrentSeq2Seq
from viz_core.models.recurrent_stepper import RecurrentStepper

FAMILY = "recurrent-seq2seq"
TARGETS = {"subwords": Subwords, "symbols": Symbols}


def store(stepper: RecurrentStepper) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors (f16) and metadata for a safetensors file."""
    tensors = {name: value.detach().cpu().half().contiguous() for name, value in stepper.module.state_dict().items()}
    kind = next(name for name, target in TARGETS.items() if isinstance(stepper.target, target))
    metadata = {
        "family": FAMILY,
        "config": json.dumps(asdict(stepper.module.config)),
        "source": stepper.source_ids.to_json(),
        "target": stepper.target.to_json(),
        "target_kind": kind,
        "reader": stepper.reader,
    }
    return tensors, metadata


def restore(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> RecurrentStepper:
    """The stepper of a file, in f32 and evaluation mode."""
    with torch.device("meta"):
        module = RecurrentSeq2Seq(Config(**json.loads(metadata["config"])))
    module.load_state_dict({name: value.float() for name, value in tensors.items()}, assign=True)
    target = TARGETS[metadata["target_kind"]].from_json(metadata["target"])
    return RecurrentStepper(module.eval().requires_grad_(False), WordIds.from_json(metadata["source"]), target, metadata["reader"])
