"""What a model's generation settings forbid or force, as `transformers.generate` applies it.

Shipped settings are part of a model: BART's first token is forced, Whisper must not write some tokens, summarizers must
not end early. Without them outputs would differ from those the model is known for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import LogitsProcessorList
from transformers.generation import logits_process as process

from viz_core.trace.errors import InputError

UNKNOWN_HERE = ("sequence_bias", "guidance_scale", "exponential_decay_length_penalty", "watermarking_config")


def end_ids(settings: Any) -> tuple[int, ...]:
    """The outputs that end a text; none where the model never ends one."""
    ends = settings.eos_token_id
    return tuple(int(end) for end in (ends if isinstance(ends, list | tuple) else [] if ends is None else [ends]))


def rules(settings: Any, prompt: int, encoder_ids: Sequence[int] | None = None) -> LogitsProcessorList:
    """The processors of a generation_config for one source. prompt: tokens before the first output (for an
    encoder–decoder those that its decoder begins with); encoder_ids: what its encoder reads.

    Raises InputError for settings that change probabilities in a way that is not offered here.
    """
    for name in UNKNOWN_HERE:
        if getattr(settings, name, None) not in (None, 1, 1.0):
            raise InputError(f"this model's generation settings have {name}, which is not offered here; remove it from them")
    found = LogitsProcessorList()
    ends = list(end_ids(settings))
    if encoder_ids is not None:
        read = torch.tensor([list(encoder_ids)])
        if (settings.encoder_repetition_penalty or 1.0) != 1.0:
            found.append(process.EncoderRepetitionPenaltyLogitsProcessor(settings.encoder_repetition_penalty, read))
    if (settings.repetition_penalty or 1.0) != 1.0:
        found.append(process.RepetitionPenaltyLogitsProcessor(float(settings.repetition_penalty)))
    if settings.no_repeat_ngram_size:
        found.append(process.NoRepeatNGramLogitsProcessor(settings.no_repeat_ngram_size))
    if encoder_ids is not None and settings.encoder_no_repeat_ngram_size:
        found.append(process.EncoderNoRepeatNGramLogitsProcessor(settings.encoder_no_repeat_ngram_size, read))
    if settings.bad_words_ids:
        found.append(process.NoBadWordsLogitsProcessor(settings.bad_words_ids, ends or None))
    shortest = settings.min_new_tokens + prompt if settings.min_new_tokens else settings.min_length
    if ends and shortest:
        found.append(process.MinLengthLogitsProcessor(shortest, ends))
    if settings.forced_bos_token_id is not None:
        found.append(process.ForcedBOSTokenLogitsProcessor(settings.forced_bos_token_id))
    if settings.suppress_tokens:
        found.append(process.SuppressTokensLogitsProcessor(settings.suppress_tokens))
    if settings.begin_suppress_tokens:
        begin = prompt if prompt > 1 or settings.forced_bos_token_id is None else prompt + 1
        found.append(process.SuppressTokensAtBeginLogitsProcessor(settings.begin_suppress_tokens, begin))
    return found


def ruled(found: LogitsProcessorList, ids: Tensor, scores: Tensor) -> Tensor:
    """Scores f32[row, V] after the rules; ids: int64[row, position] of everything before. Made on the CPU, where they are cheap."""
    return found(ids.cpu(), scores.cpu().clone()).to(scores.device) if len(found) else scores
