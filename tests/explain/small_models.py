"""Small random Hugging Face models as steppers, for tests of interventions."""

from __future__ import annotations

from tests.models.tiny_pretrained import byte_tokenizer, piece_tokenizer, seeded, word_piece_tokenizer
from transformers import (
    AlbertConfig, AlbertModel, BartConfig, BartForConditionalGeneration, BertConfig, BertModel, GPT2Config, GPT2LMHeadModel,
    LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration,
)  # fmt: skip

from viz_core.models.pretrained_decoder import PretrainedDecoder
from viz_core.models.pretrained_encoder import PretrainedEncoder
from viz_core.models.pretrained_seq2seq import PretrainedSeq2Seq
from viz_core.models.protocol import Identity

WIDTH, HEADS = 32, 4


def louder(model, factor: float = 6.0):
    """The same random model with larger weights, so that taking a head out is felt."""
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2 and "emb" not in name and "wte" not in name and "shared" not in name:
            parameter.data.mul_(factor)
    return model


def gpt2() -> PretrainedDecoder:
    config = GPT2Config(vocab_size=300, n_embd=WIDTH, n_layer=3, n_head=HEADS, n_positions=64, bos_token_id=2, eos_token_id=1)
    return PretrainedDecoder(louder(seeded(GPT2LMHeadModel, config)), byte_tokenizer(), Identity("gpt2"))


def llama() -> PretrainedDecoder:
    config = LlamaConfig(
        vocab_size=300, hidden_size=WIDTH, intermediate_size=48, num_hidden_layers=3, num_attention_heads=HEADS,
        num_key_value_heads=2, max_position_embeddings=64, bos_token_id=2, eos_token_id=1, pad_token_id=0,
    )  # fmt: skip
    return PretrainedDecoder(louder(seeded(LlamaForCausalLM, config)), byte_tokenizer(), Identity("llama"))


def t5() -> PretrainedSeq2Seq:
    tokenizer = piece_tokenizer()
    config = T5Config(
        vocab_size=len(tokenizer), d_model=WIDTH, d_kv=8, d_ff=48, num_layers=2, num_heads=HEADS, decoder_start_token_id=0,
        eos_token_id=1, pad_token_id=0,
    )  # fmt: skip
    return PretrainedSeq2Seq(seeded(T5ForConditionalGeneration, config, sharpness=30.0), tokenizer, Identity("t5"))


def bart() -> PretrainedSeq2Seq:
    tokenizer = piece_tokenizer()
    config = BartConfig(
        vocab_size=len(tokenizer), d_model=WIDTH, encoder_layers=2, decoder_layers=2, encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=64, decoder_start_token_id=1,
        eos_token_id=1, pad_token_id=0, bos_token_id=2, forced_eos_token_id=None,
    )  # fmt: skip
    return PretrainedSeq2Seq(louder(seeded(BartForConditionalGeneration, config)), tokenizer, Identity("bart"))


def bert() -> PretrainedEncoder:
    tokenizer = word_piece_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, num_hidden_layers=3, num_attention_heads=HEADS, intermediate_size=48,
        max_position_embeddings=64,
    )  # fmt: skip
    return PretrainedEncoder(louder(seeded(BertModel, config)), tokenizer, Identity("bert"))


def albert() -> PretrainedEncoder:
    """All its layers are one module, used again and again."""
    tokenizer = word_piece_tokenizer()
    config = AlbertConfig(
        vocab_size=len(tokenizer), embedding_size=16, hidden_size=WIDTH, num_hidden_layers=3, num_attention_heads=HEADS,
        intermediate_size=48, max_position_embeddings=64,
    )  # fmt: skip
    return PretrainedEncoder(seeded(AlbertModel, config), tokenizer, Identity("albert"))
