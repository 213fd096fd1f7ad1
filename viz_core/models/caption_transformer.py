"""A Transformer decoder that writes a caption over the patches of a picture (Vaswani et al. 2017, §3.1 and §3.2.3).

The frozen vision transformer is its encoder: what its patches hold, and where they lie, is the memory of the cross-attention.
Axes as in `caption`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from viz_core.inputs.vocabulary import PAD
from viz_core.models.caption_annotator import COLOURS, Annotator
from viz_core.models.transformer import Config as Sizes
from viz_core.models.transformer import DecoderLayer, Memory, Transformer


@dataclass(frozen=True)
class Config(Sizes):
    """Sizes of the decoder; words and parts are 0, since no text is read. features: D of the vision model; hues, colours: of the annotator."""

    words: int = 0
    parts: int = 0
    outputs: int = 0
    size: int = 192
    inner: int = 768
    layers: int = 3
    features: int = 387
    hues: int = 0
    colours: int = COLOURS


class CaptionTransformer(Transformer):
    """The decoder of a Transformer over annotations. Nothing of a call is kept on the module."""

    def __init__(self, config: Config) -> None:
        nn.Module.__init__(self)  # not the parent's: it has an encoder of words
        self.config = config
        self.annotator = Annotator(config.features, config.size, config.dropout, config.hues, config.colours)
        self.target = nn.Embedding(config.outputs, config.size, padding_idx=PAD)
        nn.init.normal_(self.target.weight, std=config.size**-0.5)
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.decoder_norm = nn.LayerNorm(config.size) if config.norm == "pre" else nn.Identity()
        self.bias = nn.Parameter(torch.zeros(config.outputs))

    @torch.no_grad()
    def sharpen(self, factor: float) -> None:
        """Multiplies every logit by a factor, 1 / T (Guo et al. 2017, §4.2), through the last LayerNorm."""
        last = self.decoder_norm if self.config.norm == "pre" else self.decoder[-1].around_feed_forward.norm
        for tensor in (last.weight, last.bias, self.bias):
            tensor *= factor

    def annotate(self, features: Tensor, places: Tensor, mask: Tensor) -> Memory:
        """States of the frozen model (N, 1 + L, D), [CLS] first, centres of the patches (N, L, 2), mask (N, L) → `Memory`."""
        vectors, _ = self.annotator(features, places, mask)
        return Memory(vectors, mask, tuple(layer.cross.remember(vectors) for layer in self.decoder), (vectors,))

    def forward(self, features: Tensor, places: Tensor, mask: Tensor, previous: Tensor) -> tuple[Tensor, None]:
        """Teacher forcing. previous: y_0 … y_{T−1}, int64 (N, T) → states (N, T, D); no weights are kept."""
        return self.forced(self.annotate(features, places, mask), previous), None
