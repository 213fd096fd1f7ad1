"""Random small models of the architectures that generate, with vocabularies of a few tokens so that ends are likely."""

from __future__ import annotations

from typing import Any

import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MarianConfig,
    MarianMTModel,
    MistralConfig,
    MistralForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from tests.models.tiny_pretrained import byte_tokenizer, seeded
from viz_core.models.pretrained_decoder import PretrainedDecoder
from viz_core.models.pretrained_generator import PretrainedGenerator
from viz_core.models.pretrained_seq2seq import PretrainedSeq2Seq
from viz_core.models.protocol import Identity, Source
from viz_core.trace import Axis

SPECIALS = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
LLAMA = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
BART = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48, "decoder_ffn_dim": 48, "max_position_embeddings": 64, "init_std": 0.3,
}  # fmt: skip
T5 = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0, "initializer_factor": 2.0}


def config(name: str, size: int) -> tuple[type, Any]:
    common = {"vocab_size": size, **SPECIALS}
    if name == "gpt2":
        return GPT2LMHeadModel, GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=64, initializer_range=0.3, **common)
    if name == "llama":
        return LlamaForCausalLM, LlamaConfig(max_position_embeddings=64, initializer_range=0.3, **LLAMA, **common)
    if name == "mistral":
        return MistralForCausalLM, MistralConfig(sliding_window=5, max_position_embeddings=64, initializer_range=0.3, **LLAMA, **common)
    if name == "t5":
        return T5ForConditionalGeneration, T5Config(**T5, **common)
    if name == "bart":
        return BartForConditionalGeneration, BartConfig(decoder_start_token_id=1, forced_eos_token_id=1, **BART, **common)
    return MarianMTModel, MarianConfig(decoder_start_token_id=0, decoder_vocab_size=size, forced_eos_token_id=1, **BART, **common)


DECODERS, SEQ2SEQ = ("gpt2", "llama", "mistral"), ("t5", "bart", "marian")


def generator(name: str, seed: int = 0, size: int = 40, ending: float = 0.0, **settings: Any) -> PretrainedGenerator:
    """A stepper over a random model; settings go to its generation_config. ending: what is added to the end's logit."""
    model = seeded(*config(name, size), seed=seed)
    bias = torch.randn(size) * 0.5
    bias[1] += ending
    model.get_output_embeddings().bias = torch.nn.Parameter(bias, requires_grad=False)
    for key, value in settings.items():
        setattr(model.generation_config, key, value)
    stepper = PretrainedDecoder if name in DECODERS else PretrainedSeq2Seq
    return stepper(model, byte_tokenizer(), Identity(f"tiny-{name}", f"pretrained-{name}"))


def source(stepper: PretrainedGenerator, ids: tuple[int, ...]) -> Source:
    """Ids as a source, whatever they spell."""
    spans = [[i, i + 1] for i in range(len(ids))]
    axis = Axis("token", tuple(stepper.labels[i] for i in ids), {"spans": spans, "special": [False] * len(ids)})
    return Source("x" * len(ids), axis, ids)
