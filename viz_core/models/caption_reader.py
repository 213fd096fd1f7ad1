"""What captioning models share: a frozen vision model that reads pictures of any shape, and words of two languages.

Axes: N pictures, L patches, D width of the vision model, T words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from viz_core.inputs.caption_words import LANGUAGES, CaptionWords, check_language
from viz_core.inputs.picture import Picture, read
from viz_core.inputs.picture_grid import patch_axis
from viz_core.models.caption_annotator import grid_places
from viz_core.models.frozen_features import frozen_features
from viz_core.models.protocol import Identity, Source
from viz_core.models.vision import Given, VisionEncoder
from viz_core.models.writer import Writer
from viz_core.trace.errors import InputError, ShapeError

LONGEST = 16  # patches along the longer side: what the decoders learned with
LIMIT = 30  # words of a caption


@dataclass(frozen=True, eq=False)
class CaptionReader(Writer):
    """A trained decoder (`module`) over the patches that a frozen vision model (`backbone`) sees. language: of its captions."""

    module: Any
    backbone: VisionEncoder
    words: CaptionWords
    language: str = LANGUAGES[0]
    identity: Identity = Identity()

    reads = (str, bytes, Path, Picture)  # what `encode` takes

    def speaking(self, language: str) -> Self:
        """The same model writing `en` or `zh`; InputError for another language."""
        return replace(self, language=check_language(language, self.words.languages))

    @property
    def target(self) -> CaptionWords:
        """The words that it writes, under the name that every writer has for them."""
        return self.words

    @property
    def begin(self) -> int:  # type: ignore[override]
        return self.words.begin(self.language)

    @property
    def never(self) -> Sequence[int]:  # type: ignore[override]
        return self.words.never

    def encode(self, picture: Given, longest: int | None = None) -> Source:
        """A picture as a grid of patches; its `ids` are the pixels that the vision model reads, f32[C, H, W].

        picture: a `Picture`, a file's bytes or path, or `sample:` and a sample's name; longest: patches along the longer side
        (None: `LONGEST`). Raises InputError for what is no picture.
        """
        return self.backbone.encode(picture, LONGEST if longest is None else longest, prefix=())

    def open_file(self, content: bytes, name: str = "picture", longest: int | None = None) -> Source:
        """A picture file's content as a source; arguments and errors as for `inputs.picture.read` and `encode`."""
        return self.encode(read(content, name), longest)

    def encode_features(self, features: Tensor, rows: int, cols: int, size: tuple[int, int] | None = None, name: str = "picture") -> Source:
        """Features that were computed before, f32[1 + rows · cols, D] with [CLS] first, as a source.

        size: width and height of the picture (None: those of its patches). Raises ShapeError for features of another grid.
        """
        wanted = (1 + rows * cols, self.module.config.features)
        if tuple(features.shape) != wanted:
            raise ShapeError(f"the features have shape {tuple(features.shape)}; a grid of {rows} × {cols} patches and [CLS] needs {wanted}")
        patch = self.backbone.backbone.patch
        return Source(name, patch_axis(rows, cols, size or (cols * patch, rows * patch), prefix=()), features.float())

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        raise InputError(f"{self.identity.name} reads pictures, not {len(units)} words; give a picture's path, its bytes, or sample: and a sample's name")

    def shown(self, source: Source) -> Tensor:
        """The very pixels that the vision model reads, u8[H, W, C]; InputError for a source that was made of features."""
        if source.ids.ndim != 3:
            raise InputError(f"{source.text!r} was made of cached features, so its pixels are not known; give the picture to `encode`")
        return self.backbone.shown(source)

    def features(self, sources: Sequence[Source]) -> list[Tensor]:
        """Last states of the vision model, [CLS] and then the patches, f32[1 + L, D] each."""
        pixels = [source.ids for source in sources if source.ids.ndim == 3]
        seen = iter(frozen_features(self.backbone, pixels))
        return [(next(seen) if source.ids.ndim == 3 else source.ids).to(self.device) for source in sources]

    @torch.inference_mode()
    def ids(self, sources: Sequence[Source]) -> tuple[Tensor, Tensor, Tensor]:
        """What the decoder reads of pictures of any shapes: features (N, 1 + L, D), the patches' centres (N, L, 2), and a
        mask bool (N, L), True at real patches."""
        grids = [(int(source.axis.geometry["rows"]), int(source.axis.geometry["cols"])) for source in sources]  # type: ignore[call-overload]
        places = [grid_places(*grid).to(self.device) for grid in grids]
        mask = pad_sequence([torch.ones(len(place), dtype=torch.bool, device=self.device) for place in places], batch_first=True)
        return pad_sequence(self.features(sources), batch_first=True), pad_sequence(places, batch_first=True), mask

    def memory(self, features: Tensor, places: Tensor, mask: Tensor) -> Any:
        """What the decoder looks at."""
        return self.module.annotate(features, places, mask)

    def text(self, choices: Sequence[int]) -> str:
        return self.words.decode(choices, self.language)

    def choices(self, text: str) -> list[int]:
        return self.words.encode(text, self.language)

    def limit(self, source: Source) -> int:
        return LIMIT

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        previous = torch.tensor([[self.begin, *choices[:-1]]], device=self.device)
        outputs, _ = self.module(*self.ids([source]), previous)
        log_probs = self.log_probs(self.module.logits(outputs))[0]
        return log_probs.gather(1, torch.tensor(choices, device=self.device)[:, None])[:, 0]
