"""Small random Hugging Face models and tokenizers built in memory: nothing is downloaded."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SENTENCES = ["the cat sat on the mat", "a dog and a cat", "thinking machines think", "she didn't see the other dog", "中国人"]
SPECIALS = ["<pad>", "</s>", "<s>", "<unk>"]


@cache
def byte_tokenizer(size: int = 300) -> PreTrainedTokenizerFast:
    """Byte-level pairs, as GPT-2's: ids 0 … 3 are <pad>, </s>, <s>, <unk>."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIALS, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES[:4], trainer)
    return wrapped(tokenizer)


@cache
def word_piece_tokenizer() -> PreTrainedTokenizerFast:
    """WordPiece with [CLS] and [SEP], as BERT's."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=90, special_tokens=specials, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), specials, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


@cache
def piece_tokenizer() -> PreTrainedTokenizerFast:
    """SentencePiece-like with ▁, bytes for what no piece has, and </s> at the end, as T5's or Llama's."""
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.train_from_iterator(
        SENTENCES[:4], trainers.BpeTrainer(vocab_size=330, special_tokens=SPECIALS + fallback, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    content = json.loads(tokenizer.to_str())  # bytes are ordinary pieces
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] in SPECIALS]
    return wrapped(Tokenizer.from_str(json.dumps(content)))


def wrapped(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    names = dict(zip(("pad_token", "eos_token", "bos_token", "unk_token"), SPECIALS, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def seeded(cls: type, config: Any, seed: int = 0, sharpness: float = 1.0) -> Any:
    """A random model in evaluation mode; sharpness multiplies the output layer, so that probabilities differ more."""
    torch.manual_seed(seed)
    model = cls(config).eval().requires_grad_(False)
    head = model.get_output_embeddings() if hasattr(model, "get_output_embeddings") else None
    if head is not None and sharpness != 1.0:
        head.weight.mul_(sharpness)
    return model
