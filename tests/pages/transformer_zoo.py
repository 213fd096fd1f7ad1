"""A small Transformer with random weights, for tests only; never shown to anybody as trained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from tests.pages.tiny_zoo import ENGLISH
from viz_core.inputs.subwords import Subwords
from viz_core.inputs.vocabulary import END, SPECIALS, Vocabulary
from viz_core.inputs.words import WordIds
from viz_core.models.transformer import Config, Transformer
from viz_core.models.transformer_file import store
from viz_core.models.transformer_stepper import TransformerStepper

NAME = "zh-en-transformer"
EXAMPLES = ["我是中国人", "我喜欢茶", "他今天不在这里。"]
CHARACTERS = "我是中国人喜欢茶他今天不在这里。"


def model(norm: str = "post", size: int = 16, layers: int = 2, heads: int = 2, inner: int = 32, end: float = 0.0) -> TransformerStepper:
    """end: what is added to the logit of the output's end, so that outputs are short."""
    torch.manual_seed(0)
    words = WordIds(Vocabulary(SPECIALS + tuple("我 是 中国 人 喜欢 茶 今天 。".split())), Vocabulary(SPECIALS + tuple(CHARACTERS)))
    target = Subwords.train(ENGLISH, 240)
    config = Config(len(words.words), len(words.parts or ()), len(target.symbols), size, heads, layers, inner, norm=norm)
    module = Transformer(config).eval().requires_grad_(False)
    for name, parameter in module.named_parameters():  # away from 0 and 1, where mistakes hide
        if "source" not in name and "target" not in name:
            parameter.add_(0.1 * torch.randn_like(parameter))
    module.bias[END] += end
    return TransformerStepper(module, words, target, "chinese")


def build(folder: Path) -> None:
    """Writes folder/test/zh-en-transformer/{card.json, model.safetensors}."""
    place = folder / "test" / NAME
    place.mkdir(parents=True)
    tensors, metadata = store(model(end=2.0))
    save_file(tensors, place / "model.safetensors", metadata)
    content = {
        "name": NAME, "family": "transformer", "task": "zh-en", "mechanism": "transformer", "title": "random weights for tests",
        "licence": "none", "data": "none", "parameters": 1, "training": {}, "metrics": {},
        "sha256": hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest(), "beside": "", "examples": EXAMPLES,
    }  # fmt: skip
    (place / "card.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
