"""Small random checkpoints as `save_pretrained` writes them: one of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXTS = ["the cat sat on the mat", "a dog ran to the cat", "I am Chinese"] * 5


def tokenizer() -> Any:
    from transformers import PreTrainedTokenizerFast

    built = Tokenizer(models.BPE())
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    built.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>", "<unk>"]
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    built.train_from_iterator(TEXTS, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=built, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")


def model(kind: str, vocabulary: int) -> Any:
    import transformers as t

    torch.manual_seed(0)
    ids = dict(bos_token_id=0, eos_token_id=1, pad_token_id=2)
    small = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
    sides = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in
             (("layers", 2), ("attention_heads", 4), ("ffn_dim", 64))}  # fmt: skip
    make = {
        "bert": lambda: t.BertModel(t.BertConfig(vocab_size=vocabulary, **small)),
        "masked": lambda: t.BertForMaskedLM(t.BertConfig(vocab_size=vocabulary, **small)),
        "gpt2": lambda: t.GPT2LMHeadModel(t.GPT2Config(vocab_size=vocabulary, n_embd=32, n_layer=2, n_head=4, n_positions=64, **ids)),
        "t5": lambda: t.T5ForConditionalGeneration(
            t.T5Config(vocab_size=vocabulary, d_model=32, d_kv=8, num_heads=4, num_layers=2, d_ff=64, decoder_start_token_id=2,
                       eos_token_id=1, pad_token_id=2)),
        "marian": lambda: t.MarianMTModel(
            t.MarianConfig(vocab_size=vocabulary, d_model=32, max_position_embeddings=64, decoder_start_token_id=2,
                           forced_eos_token_id=1, eos_token_id=1, pad_token_id=2, **sides)),
        "vit": lambda: t.ViTModel(t.ViTConfig(image_size=32, **small)),
    }  # fmt: skip
    return make[kind]().eval()


def save(folder: Path, kind: str) -> Path:
    """A model and its tokenizer in a folder of its own."""
    tokens = tokenizer()
    model(kind, len(tokens)).save_pretrained(folder / kind)
    tokens.save_pretrained(folder / kind)
    return folder / kind
