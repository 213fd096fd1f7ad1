"""Traces a loaded encoder (BERT, MiniLM, RoBERTa, …): it reads a text, or two, at once, one step a layer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from viz_core.capture import Call, record
from viz_core.inputs.pretrained_tokens import PretrainedTokens
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.candidates import TOP
from viz_core.models.encoder_occlusion import EncoderOcclusion
from viz_core.models.layer_by_layer import layer_maps
from viz_core.models.pretrained_text import PretrainedText
from viz_core.models.protocol import Identity, Source
from viz_core.models.run_facts import run_facts
from viz_core.trace import Axis, Candidates, Quantity, Step, Trace
from viz_core.trace.errors import InputError


class Read(NamedTuple):
    """One forward pass. calls: its attention, in order; states: f32[layer + 1, T, D], first the embedding; logits: f32[T, V]
    of a model with a language head, else None."""

    calls: Sequence[Call]
    states: Tensor
    logits: Tensor | None


@dataclass(frozen=True, eq=False)
class PretrainedEncoder(PretrainedText):
    """A loaded encoder with its tokenizer. edits: interventions on its attention, see `intervened`."""

    module: Any
    tokenizer: Any
    identity: Identity = Identity()
    edits: tuple[Edit, ...] = ()
    tokens: PretrainedTokens = field(default=None, repr=False)  # type: ignore[assignment]

    unit = "layer"

    def __post_init__(self) -> None:
        if self.tokens is None:
            object.__setattr__(self, "tokens", PretrainedTokens(self.tokenizer, self.module.config.get_text_config().vocab_size))

    @property
    def occlusion(self) -> EncoderOcclusion:
        """How its states change when positions are hidden, for the trust tests."""
        return EncoderOcclusion(self)

    def intervened(self, edits: Sequence[Edit]) -> PretrainedEncoder:
        """The same model under interventions on its attention, besides those it has; nothing is overwritten."""
        return replace(self, edits=(*self.edits, *check_edits(edits)))

    def encode(self, text: str, pair: str | None = None) -> Source:
        """A text, or a pair, as positions; InputError when it is empty or has more tokens than the model reads.

        The axis tells of each position its `segments` number where the model tells two texts apart.
        """
        found = self.tokens.encode(text, pair or None, self.positions)
        geometry = {**found.axis.geometry, "segments": list(found.segments)}
        unknown = tuple(i for i, token in enumerate(found.ids) if token == self.tokenizer.unk_token_id)
        return Source(found.text, Axis("token", found.axis.labels, geometry), found.ids, unknown)

    def inputs(self, source: Source) -> dict[str, Tensor]:
        """What the model's forward pass is given for one source, each int64 (1, T)."""
        ids = torch.tensor([source.ids], device=self.device)
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if "token_type_ids" in self.accepts and getattr(self.module.config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = torch.tensor([source.axis.geometry["segments"]], device=self.device)
        return given

    @torch.inference_mode()
    def read(self, source: Source) -> Read:
        """One forward pass with its attention."""
        with record(*self.edits) as found:
            out = self.module(**self.inputs(source), output_hidden_states=True, return_dict=True)
        states = torch.stack([state[0].float() for state in out.hidden_states])
        logits = getattr(out, "logits", None)
        shaped = logits is not None and logits.shape[1:] == (len(source.ids), len(self.labels))
        return Read(found.calls, states, logits[0].float() if shaped else None)

    @torch.inference_mode()
    def embedding(self, text: str | Source, pair: str | None = None) -> Tensor:
        """The mean of the last hidden states over all tokens, of length 1 (Reimers & Gurevych 2019, §3), f32[D]."""
        source = text if isinstance(text, Source) else self.encode(text, pair)
        with record(*self.edits) if self.edits else nullcontext():
            out = self.module(**self.inputs(source), output_hidden_states=True, return_dict=True)
        return torch.nn.functional.normalize(out.hidden_states[-1][0].float().mean(0), dim=0)

    def trace(self, text: str | Source | Sequence[str], pair: str | None = None, edits: Sequence[Edit] = ()) -> Trace:
        """The model reading a text, or two: one step a layer, each with the attention of all its heads.

        edits: interventions besides those that the tracer carries. Of a masked language model the last step has the
        candidates of the first masked token, and the output is the text with every masked token filled.
        """
        if edits:
            return self.intervened(edits).trace(text, pair)
        source = text if isinstance(text, Source) else None
        if source is None:
            source = self.encode(text, pair) if isinstance(text, str) else self.encode_units(list(text))
        found = self.read(source)
        masked, filled = self._filled(source, found.logits)
        maps = layer_maps(found.calls, source.axis, len(found.states) - 1, self.identity.name)
        last = len(maps) - 1
        steps = [
            Step(
                index=layer,
                label=f"layer {layer}",
                candidates=masked[0] if masked and layer == last else None,
                attention=item,
                details=quantities(source.axis, found.states, layer),
            )
            for layer, item in enumerate(maps)
        ]
        notes = ("positions that the tokenizer has no token for: " + ", ".join(str(i + 1) for i in source.unknown),)
        return Trace(run_facts(self.identity, self.edits), source.text, source.axis, filled, self.unit, tuple(steps), notes=notes if source.unknown else ())

    def fill(self, text: str, top: int = TOP) -> list[Candidates]:
        """What a masked language model would write for each masked token of a text, best first."""
        source = self.encode(text)
        found, _ = self._filled(source, self.read(source).logits, top)
        if not found:
            raise InputError(f"there is nothing to fill in {text[:40]!r}; write {self.tokenizer.mask_token} and use a masked language model")
        return found

    def _filled(self, source: Source, logits: Tensor | None, top: int = TOP) -> tuple[list[Candidates], str]:
        """Candidates of every masked token, and the text with the best of them."""
        places = [i for i, token in enumerate(source.ids) if token == self.tokenizer.mask_token_id]
        if logits is None or not places:
            return [], ""
        values, ids = logits[places].log_softmax(-1).topk(min(top, logits.shape[-1]))
        found = [
            Candidates(tuple(self.labels[i] for i in row), row, value.cpu().numpy())
            for row, value in zip(ids.tolist(), values, strict=True)
        ]
        best = dict(zip(places, ids[:, 0].tolist(), strict=True))
        return found, self.tokens.text([best.get(i, token) for i, token in enumerate(source.ids)])


def quantities(axis: Axis, states: Tensor, layer: int) -> tuple[Quantity, ...]:
    """What a layer does to every token; the first one with what it starts from. states: f32[layer + 1, T, D]."""
    norm, change = states[layer + 1].norm(dim=-1), (states[layer + 1] - states[layer]).norm(dim=-1)
    out = [
        Quantity("hidden-state norm", r"\lVert h^{(\ell)}_i \rVert", (axis,), norm.cpu().numpy(),
                 r"\lVert h^{(\ell)}_i \rVert_2 = \sqrt{\textstyle\sum_d (h^{(\ell)}_{i,d})^2}"),
        Quantity("change by the layer", r"\lVert h^{(\ell)}_i - h^{(\ell-1)}_i \rVert", (axis,), change.cpu().numpy(),
                 r"\lVert h^{(\ell)}_i - h^{(\ell-1)}_i \rVert_2"),
    ]  # fmt: skip
    if layer == 0:
        start = states[0].norm(dim=-1).cpu().numpy()
        out.insert(0, Quantity("embedding norm", r"\lVert h^{(0)}_i \rVert", (axis,), start, r"h^{(0)}_i = \mathrm{embedding}(x_i)"))
    return tuple(out)
