"""Captions over what a frozen vision model makes of a picture: soft attention with and without its regulariser, a fixed vector,
a Transformer; the vision model a DINOv2, or an ImageNet CNN.

All learn from composed scenes, single drawings and photographs, and pictures of nothing that has a name; over one vision model
from the same ones in the same order. Only the decoder is trained; what the vision model makes of the pictures is computed once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from viz_core.evaluation.caption_features import features
from viz_core.evaluation.caption_writing import sources, write
from viz_core.inputs.caption_words import CaptionWords
from viz_core.inputs.vocabulary import PAD
from viz_core.models import caption_file, caption_transformer_file, cnn_backbone
from viz_core.models.caption import Config, doubly_stochastic
from viz_core.models.caption_annotator import COLOURS, grid_places
from viz_core.models.caption_transformer import Config as TransformerConfig
from viz_core.models.vision import VisionEncoder
from viz_core.tasks import captions
from viz_core.tasks.captions import imagenet
from viz_core.training.history import snapshot
from viz_core.training.loop import Plan
from viz_core.training.unshown import Kinds, Unshown, cross_entropy
from viz_core.training.temperature import temperature
from viz_core.training.word_noise import WordNoise
from viz_core.zoo import card, efficientnet
from viz_core.zoo.device import pick_device
from viz_core.zoo.packaged import captions as captions_zoo

DINOV2, CNN, NAMING = captions_zoo.VISION
LOOKS, VALIDATION = 3, 300  # varied looks at each single picture; validation scenes
EXCHANGED, HIDDEN = 0.5, 0.4  # shares of the words before that are noise or nothing to a decoder while it learns, see `WordNoise`
OWN = 0.5  # how often a picture that has a sentence of its own is learned with it, in English
PROBES = 3  # validation scenes that the training scrubber replays
SEEN_BY = {"captions-cnn-lstm": NAMING, "captions-cnn": CNN}  # how a model's name begins → its vision model, else `DINOV2`
SHADED = cnn_backbone.SHADES + COLOURS
COLOURS_APART, FIXED = "captions-cnn-lstm-colours", "captions-cnn-lstm-none"
FEATURES = {DINOV2: {"features": 387}, CNN: {"features": cnn_backbone.WIDTH + COLOURS, "hues": 64},
            NAMING: {"features": cnn_backbone.WIDTH + len(imagenet.named()) + SHADED, "hues": 64, "colours": SHADED}}  # of a decoder's config
DECODERS = {
    "captions-lstm-attention": "attention", "captions-lstm-attention-regularised": "attention", "captions-lstm-none": "none",
    COLOURS_APART: "attention", "captions-cnn-lstm-attention": "attention", "captions-cnn-lstm-attention-regularised": "attention", FIXED: "none",
}  # fmt: skip


class Cycles(NamedTuple):
    """steps: of a training; restarts, swa: of its `Plan`."""

    steps: int
    restarts: tuple[int, ...] = ()
    swa: tuple[int, ...] = ()


CYCLES = {DINOV2: Cycles(6_000), CNN: Cycles(6_000), NAMING: Cycles(11_000, (8_000,), (8_000,))}
# The committed model with colours apart went on from `captions-cnn-lstm-attention` at step 11,000; at step 14,500 its decoder was
# begun anew, and learned fairly from there on. Up to step 20,000 colours that a noun never had were left out where none is said, too.
CYCLES_OF = {COLOURS_APART: Cycles(22_800, (8_000, 11_000, 14_500, 17_000, 20_000)), FIXED: Cycles(5_000)}  # models with their own


class Scenes(NamedTuple):
    """Training scenes: numbers first … first + count − 1 of a part."""

    part: str
    first: int
    count: int


USUAL = Scenes("training", 0, 36_000)
SCENES = {
    DINOV2: {"scenes": USUAL}, CNN: {"scenes": USUAL},
    NAMING: {"scenes": Scenes("training", 0, 100_000), "more": Scenes("training", 100_000, 30_000), "rich": Scenes("training-rich", 0, 30_000)},
}  # fmt: skip
_OTHERS = {"single": 0.22, "unknown": 0.08}
_MORE = {"more": 0.35, "rich": 0.35, **_OTHERS}
SHARES = ({"scenes": 0.70, **_OTHERS}, _MORE)  # of a batch, at first and from the first restart on
SHARES_OF = {FIXED: (_MORE,)}  # models with their own
SCENE_KINDS = frozenset(kind for kinds in SCENES.values() for kind in kinds)
Shares = Mapping[str, float]


class Group(NamedTuple):
    """Pictures of one kind. features: f16[N, 1 + L, D], on disk; captions: of each picture, the sentences of each language."""

    features: NDArray[np.float16]
    captions: list[dict[str, list[tuple[str, ...]]]]


class Batch(NamedTuple):
    """features f32 (N, 1 + L, D); target int64 (N, 1 + T): the language's begin, the words, end, PAD behind."""

    features: Tensor
    target: Tensor


Validation = Mapping[str, tuple[NDArray[np.float16], dict[str, list[tuple[str, ...]]]]]  # kind → features, captions by language


@lru_cache(maxsize=2)
def backbone(name: str = DINOV2) -> VisionEncoder:
    """A frozen vision model, where training runs."""
    return captions_zoo.vision(name, pick_device())


@lru_cache(maxsize=8)
def group(kind: str, eye: str = DINOV2) -> Group:
    """Training pictures of a kind (one of `SCENES`, `single`, `unknown`) as a vision model sees them."""
    if kind in SCENES[eye]:
        return _scenes(backbone(eye), SCENES[eye][kind])
    return {"single": _single, "unknown": _unknown}[kind](backbone(eye))


def _scenes(eye: VisionEncoder, scenes: Scenes) -> Group:
    part, first, count = scenes
    found = features(eye, f"scenes-{part}", lambda number: captions.scene(part, first + number).pixels, count)
    said = [captions.described(part, number) for number in range(first, first + count)]
    return Group(found, [{language: [captions.caption(each, language)] for language in captions.LANGUAGES} for each in said])


def _single(eye: VisionEncoder) -> Group:
    pictures = captions.captioned("training")
    found = features(eye, "single-training", lambda number: captions.look(pictures[number % len(pictures)], number), LOOKS * len(pictures))
    said = []
    for each in pictures:
        named = {} if each.description is None else {language: [captions.caption(each.description, language)] for language in captions.LANGUAGES}
        if each.own:
            named["en"] = [*named.get("en", []), each.own]
        said.append(named)
    return Group(found, said * LOOKS)


def _unknown(eye: VisionEncoder) -> Group:
    pictures = captions.unknown("training")
    found = features(eye, "unknown-training", lambda number: captions.look(pictures[number], number), len(pictures))
    return Group(found, [{language: [captions.UNKNOWN_CAPTION[language]] for language in captions.LANGUAGES}] * len(pictures))


@dataclass
class CaptionRecipe:
    """A recipe for one decoder. regulariser: λ of Xu et al. 2015, eq. 14; files: the family of the model; shares: of each kind
    of picture in a batch, at first and from each restart of the plan on, the last of them for good; fair: what training never
    shows is not counted against a word, see `Unshown`."""

    name: str
    plan: Plan
    words: CaptionWords
    config: Any
    files: Any = caption_file.FILES
    regulariser: float = 0.0
    batch: int = 64
    smoothing: float = 0.05
    fair: bool = False
    shares: Sequence[Shares] = SHARES
    groups: Callable[[str], Group] = group
    backbone: Callable[[], VisionEncoder] = backbone
    validation: Callable[[], Validation] = field(default_factory=lambda: _validation)

    @cached_property
    def noise(self) -> WordNoise:
        """On the words before, while a decoder learns."""
        known = self.words.vocabulary
        groups = [[known.id(word) for word in group if word in known] for group in captions.exchangeable()]
        return WordNoise(len(known), groups, EXCHANGED, HIDDEN)

    @cached_property
    def unshown(self) -> Unshown:
        """Which words are not counted, by all that scenes of training say."""
        groups = [self.groups(kind) for kind in {kind for shares in self.shares for kind in shares} if kind in SCENE_KINDS]
        return Unshown(kinds_of(self.words), (self.words.ids(said[0]) for group in groups for each in group.captions for said in each.values()))

    def model(self) -> nn.Module:
        return self.files.module(self.config)

    def batches(self, start: int) -> Iterator[Batch]:
        step = start
        while True:
            cycle = sum(step >= restart for restart in self.plan.restarts)
            rng, shares = np.random.default_rng([self.plan.seed, step]), self.shares[min(cycle, len(self.shares) - 1)]
            groups = {kind: self.groups(kind) for kind in shares}
            kinds = rng.choice(list(shares), self.batch, p=list(shares.values()))
            drawn = [(groups[kind], int(rng.integers(len(groups[kind].captions)))) for kind in kinds]
            rows = np.stack([found.features[place] for found, place in drawn])
            target = self._padded([self._target(found.captions[place], rng) for found, place in drawn])
            yield Batch(torch.from_numpy(rows).float(), target)
            step += 1

    def _target(self, said: dict[str, list[tuple[str, ...]]], rng: np.random.Generator) -> list[int]:
        """Ids of one of a picture's sentences: either language, its own English sentence as often as `OWN` says."""
        language = str(rng.choice(list(said)))
        sentences = said[language]
        chosen = sentences[0] if len(sentences) == 1 or rng.random() >= OWN else sentences[1]
        return self._ids(chosen, language)

    def _ids(self, words: Sequence[str], language: str) -> list[int]:
        """The language's begin, the words and the end."""
        return [self.words.begin(language), *self.words.ids(words)]

    @staticmethod
    def _padded(targets: Sequence[Sequence[int]]) -> Tensor:
        """int64 (N, longest), PAD behind."""
        longest = max(map(len, targets))
        return torch.tensor([[*each, *[PAD] * (longest - len(each))] for each in targets])

    def loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Σ_t −log p(y_t) a word, label-smoothed, and λ Σ_i (1 − Σ_t α_ti)² on the same scale (eq. 14)."""
        outputs, weights, target = self._taught(model, batch)
        written = target.ne(PAD)
        logits = model.logits(outputs[written]).float()
        if self.fair:
            loss = cross_entropy(logits, target[written], self.smoothing, self.unshown(target)[written])
        else:
            loss = F.cross_entropy(logits, target[written], label_smoothing=self.smoothing)
        if not self.regulariser or weights is None:
            return loss
        mask = weights.new_ones(weights.shape[0], weights.shape[2])
        return loss + self.regulariser * doubly_stochastic(weights, mask, written) * len(target) / written.sum()

    def _taught(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor | None, Tensor]:
        """Teacher forcing: what words are chosen from (N, T, E), the attention (N, T, L) where there is one, the words (N, T)."""
        device = model.bias.device
        values, target = batch.features.to(device), batch.target.to(device)
        count = values.shape[1] - 1
        side = int(count**0.5)
        places = grid_places(side, side).to(device).expand(len(values), -1, -1)
        mask = torch.ones(len(values), count, dtype=torch.bool, device=device)
        previous = self.noise(target[:, :-1]) if model.training else target[:, :-1]
        return (*model(values, places, mask, previous), target[:, 1:])

    @torch.inference_mode()
    def temperature(self, model: nn.Module) -> float:
        """The temperature that calibrates the words of the validation captions, each after the right ones."""
        logits, labels = [], []
        for values, said in self.validation().values():
            for language, sentences in said.items():
                for start in range(0, len(sentences), self.batch):
                    target = self._padded([self._ids(words, language) for words in sentences[start : start + self.batch]])
                    rows = torch.from_numpy(values[start : start + self.batch].astype(np.float32))
                    outputs, _, words = self._taught(model, Batch(rows, target))
                    logits.append(model.logits(outputs[words.ne(PAD)]).float().cpu())
                    labels.append(words[words.ne(PAD)].cpu())
        return temperature(torch.cat(logits), torch.cat(labels))

    def stepper(self, model: nn.Module) -> Any:
        return self.files.stepper(model, self.backbone(), self.words)

    def validate(self, model: nn.Module) -> dict[str, float]:
        """Share of validation scenes whose caption is exactly right, in each language, and of single pictures that are."""
        stepper, found = self.stepper(model), self.validation()
        out = {}
        for language in captions.LANGUAGES:
            speaking = stepper.speaking(language)
            for kind, (values, said) in found.items():
                written = write(speaking, sources(speaking, values))
                name = "exact" if kind == "scenes" else f"exact_{kind}"
                right = [given.words == wanted for given, wanted in zip(written, said[language], strict=True)]
                out[name if language == "en" else f"{name}_{language}"] = float(np.mean(right))
        return out

    def snapshot(self, model: nn.Module, step: int) -> dict[str, Any]:
        stepper = self.stepper(model)
        values, _ = self.validation()["scenes"]
        return snapshot(stepper, step, list(sources(stepper, values[: PROBES])))

    def export(self, model: nn.Module, path: Path, facts: dict[str, Any]) -> None:
        """The model with its temperature folded in."""
        heat = self.temperature(model)
        model.sharpen(1 / heat)  # type: ignore[operator]
        tensors, metadata = self.files.store(self.stepper(model))
        save_file(tensors, path, metadata)
        path.with_name("facts.json").write_text(json.dumps({"recipe": self.name, "temperature": heat, **facts}, indent=1))


@lru_cache(maxsize=2)
def _validation(eye: str = DINOV2) -> Validation:
    """Features and captions of the validation scenes, and of the single validation pictures of a noun."""
    scenes = [captions.described("validation", number) for number in range(VALIDATION)]
    single = [each for each in captions.captioned("validation") if each.description is not None]
    kinds = {
        "scenes": (lambda number: captions.scene("validation", number).pixels, scenes),
        "single": (lambda number: captions.look(single[number], None), [each.description for each in single]),
    }
    return {
        kind: (
            features(backbone(eye), f"{kind}-validation", picture, len(said)),
            {language: [captions.caption(each, language) for each in said] for language in captions.LANGUAGES},
        )
        for kind, (picture, said) in kinds.items()
    }


TITLES = {
    "captions-lstm-attention": "Captions in English and Chinese: LSTM with soft attention over DINOv2 patches",
    "captions-lstm-attention-regularised": "Captions in English and Chinese: soft attention, every patch to be looked at over the sentence",
    "captions-lstm-none": "Captions in English and Chinese: LSTM fed one fixed image vector at every step",
    "captions-transformer": "Captions in English and Chinese: Transformer decoder over DINOv2 patches",
    "captions-cnn-lstm-attention": "Captions in English and Chinese: LSTM with soft attention over the cells of an ImageNet CNN",
    COLOURS_APART: "Captions in English and Chinese: soft attention over an ImageNet CNN, words for colours from the colours looked at alone",
    "captions-cnn-lstm-attention-regularised": "Captions in English and Chinese: soft attention over an ImageNet CNN, every cell to be looked at over the sentence",
    FIXED: "Captions in English and Chinese: LSTM fed one fixed vector of an ImageNet CNN at every step",
    "captions-cnn-transformer": "Captions in English and Chinese: Transformer decoder over the cells of an ImageNet CNN",
}  # fmt: skip


def about(name: str) -> dict[str, Any]:
    """What a card says besides its numbers. The licence is that of the most demanding training pictures."""
    dinov2, learned = card(DINOV2), {kind for shares in SHARES_OF.get(name, SHARES) for kind in shares}
    scenes = sum(scenes.count for kind, scenes in SCENES[_eye(name)].items() if kind in learned)
    vision = dinov2.data if _eye(name) == DINOV2 else efficientnet.ABOUT
    return {
        "name": name, "task": "captions", "mechanism": name.removeprefix("captions-"), "licence": "GPL-3.0-or-later", "title": TITLES[name],
        "data": f"the decoder: {scenes:,} composed scenes of emoji and clip art; single emoji as five makers draw them "
        "(Noto, two editions, Apache-2.0; Twemoji, CC-BY-4.0; Fluent Emoji, MIT; EmojiOne 2, CC-BY-4.0), Open Clip Art (public domain) and Tux Paint "
        "stamps (GPL-2+ and others, some of them photographs); pages of noise, text and signs; a part of all is held out. The frozen vision model: " + vision,
        "beside": "BLEU-4 of 24.3 with soft attention on COCO photographs (Xu et al. 2015, table 1): other pictures and sentences, so no comparison",
        "examples": dinov2.examples,
    }  # fmt: skip


def _eye(name: str) -> str:
    """The vision model that a captioning model reads pictures through."""
    return next((eye for start, eye in SEEN_BY.items() if name.startswith(start)), DINOV2)


def make(name: str) -> CaptionRecipe:
    words, eye = CaptionWords.of(captions.vocabulary()), _eye(name)
    apart = name == COLOURS_APART
    cycles = CYCLES_OF.get(name, CYCLES[eye])
    plan = Plan(**cycles._asdict(), learning_rate=2e-3, warmup=300, weight_decay=0.02, validate_every=500, save_every=250)
    looks: dict[str, Any] = {"shares": SHARES_OF.get(name, SHARES), "groups": partial(group, eye=eye), "backbone": partial(backbone, eye), "validation": partial(_validation, eye)}
    if name in DECODERS:
        told: dict[str, Any] = {**FEATURES[eye], "named": _called(words) if eye == NAMING else ()}
        if apart:
            told |= {"tinted": _tinted(words), "hues": 0}
        config: Any = Config(DECODERS[name], len(words.symbols), **told)
        return CaptionRecipe(name, plan, words, config, regulariser=1.0 if name.endswith("regularised") else 0.0, fair=apart, **looks)
    return CaptionRecipe(name, plan, words, TransformerConfig(outputs=len(words.symbols), **FEATURES[eye]), caption_transformer_file.FILES, **looks)


def kinds_of(words: CaptionWords) -> Kinds:
    """What the words of our captions stand for, those that a vocabulary has."""
    numbers, colours, nouns, known = captions.numbers(), {}, {}, words.vocabulary
    for place, colour in enumerate(captions.COLOURS):
        colours |= dict.fromkeys((colour.en, colour.zh), place)
    for place, noun in enumerate(captions.NOUNS):
        for word in {noun.en, noun.plural, noun.zh}:
            nouns[word] = [*nouns.get(word, ()), place]
    ids = [{known.id(word): meant for word, meant in found.items() if word in known} for found in (numbers, colours, nouns)]
    return Kinds(len(words), *ids)


def _called(words: CaptionWords) -> list[list[int]]:
    """The words for each noun that the vision model's classes speak for: English singular and plural, Chinese."""
    nouns = (captions.NOUNS[noun] for noun in imagenet.named())
    return [words.ids([noun.en, noun.plural, noun.zh])[:-1] for noun in nouns]  # without the end


def _tinted(words: CaptionWords) -> list[list[int]]:
    """The word for each colour, English, then Chinese."""
    return [words.ids([colour.en, colour.zh])[:-1] for colour in captions.COLOURS]  # without the end


RECIPES = {name: partial(make, name) for name in TITLES}
