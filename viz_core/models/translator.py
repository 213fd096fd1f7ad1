"""What our own encoder–decoders share: how they read a source and name their outputs, whatever happens in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from viz_core.inputs.subwords import Subwords
from viz_core.inputs.symbols import Symbols
from viz_core.inputs.units import READERS
from viz_core.inputs.words import WordIds
from viz_core.models.protocol import Identity, Source
from viz_core.models.writer import Writer
from viz_core.trace import Axis


@dataclass(frozen=True, eq=False)
class Translator(Writer):
    """A trained encoder–decoder over words (with their characters) or letters. reader: how text becomes units (`READERS`)."""

    module: Any
    source_ids: WordIds
    target: Subwords | Symbols
    reader: str
    identity: Identity = Identity()

    def encode(self, text: str) -> Source:
        """Typed text as source positions; InputError names what cannot be read."""
        return self.encode_units(READERS[self.reader](text), text)

    def encode_units(self, units: Sequence[str], text: str = "") -> Source:
        """Units that are cut already (words of a corpus, letters) as a source."""
        labels = tuple(units)
        return Source(text or "".join(labels), Axis("token", labels), labels, self.source_ids.unknown(labels))

    def ids(self, sources: Sequence[Source]) -> tuple[Tensor, Tensor | None]:
        """Word ids (N, S) and character ids (N, S, P) or None, on the model's device."""
        words, parts = self.source_ids.encode([source.ids for source in sources])
        return words.to(self.device), None if parts is None else parts.to(self.device)

    def memory(self, words: Tensor, parts: Tensor | None) -> Any:
        """What the encoder leaves of ids, under the interventions that are in force."""
        return self.module.encode(words, parts)

    def limit(self, source: Source) -> int:
        return min(3 * len(source.axis) + 10, 200)

    @torch.inference_mode()
    def plain_log_probs(self, source: Source, choices: Sequence[int]) -> Tensor:
        previous = torch.tensor([[self.begin, *choices[:-1]]], device=self.device)
        log_probs = self.log_probs(self.module.logits(self.module(*self.ids([source]), previous)))[0]
        return log_probs.gather(1, torch.tensor(choices, device=self.device)[:, None])[:, 0]
