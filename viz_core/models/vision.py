"""Traces a vision transformer: it looks at a picture cut into patches, one step a layer (Dosovitskiy et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from viz_core.capture import Call, record
from viz_core.inputs.picture import Picture, read, read_file
from viz_core.inputs.picture_grid import grid_for, normalised, patch_axis, resized
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.layer_by_layer import layer_maps
from viz_core.models.protocol import Identity, Source
from viz_core.models.run_facts import run_facts
from viz_core.models.vision_backbone import Backbone
from viz_core.tasks.named_pictures import PREFIXES, named
from viz_core.trace import Candidates, Quantity, Step, Trace
from viz_core.trace.axis import numbered
from viz_core.trace.errors import InputError

TOP = 5  # classes that a trace tells of
Given = Picture | Source | str | Path | bytes


class Look(NamedTuple):
    """One forward pass. calls: its attention, in order; states: L + 1 times f32[T, D]; logits: f32[classes], or None."""

    calls: Sequence[Call]
    states: list[Tensor]
    logits: Tensor | None


@dataclass(frozen=True, eq=False)
class VisionEncoder:
    """A vision transformer, ready to be traced. edits: interventions on its attention, see `intervened`."""

    backbone: Backbone
    identity: Identity = Identity()
    edits: tuple[Edit, ...] = ()

    unit = "layer"

    @property
    def module(self) -> nn.Module:
        return self.backbone.module

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.backbone.class_names

    @property
    def device(self) -> torch.device:
        return next(self.module.parameters()).device

    def logits(self, pixels: Tensor) -> Tensor:
        """f32[N, C, H, W] as `encode` gives them → f32[N, classes]; differentiable. InputError for a model without classes."""
        return self.backbone.logits(pixels)

    def intervened(self, edits: Sequence[Edit]) -> VisionEncoder:
        """The same model under interventions on its attention, besides those it has; nothing is overwritten."""
        return replace(self, edits=(*self.edits, *check_edits(edits)))

    def encode(self, picture: Given, longest: int | None = None, prefix: Sequence[str] | None = None) -> Source:
        """A picture as positions; its `ids` are the pixels that the model reads, f32[C, H, W].

        picture: a `Picture`, a file's bytes or path, or a name (`tasks.named_pictures`). longest: patches along the longer
        side, 1 … 64; None for what suits the model. prefix: the positions before the patches; None for the model's own.
        Raises InputError for what is no picture, or another grid than the only one.
        """
        if isinstance(picture, Source):
            return picture
        picture, about = opened(picture), self.backbone
        rows, cols = about.fixed or grid_for(picture.size, about.longest if longest is None else longest)
        if about.fixed and longest not in (None, max(about.fixed)):
            raise InputError(f"this model reads a grid of {rows} × {cols} patches only; leave the number of patches as it is")
        pixels = resized(picture, rows, cols, about.patch)
        if len(about.mean) == 1:  # grey, by the eye's weights (ITU-R BT.601)
            pixels = (pixels @ [0.299, 0.587, 0.114]).round()[..., None]
        ids = torch.from_numpy(normalised(pixels, about.mean, about.std)).to(self.device)
        return Source(picture.name, patch_axis(rows, cols, picture.size, about.prefix if prefix is None else prefix), ids)

    def open_file(self, content: bytes, name: str = "picture", longest: int | None = None) -> Source:
        """A picture file's content as a source; arguments and errors as for `inputs.picture.read` and `encode`."""
        return self.encode(read(content, name), longest)

    def shown(self, source: Source) -> Tensor:
        """The very pixels that the model reads, u8[H, W, C]."""
        mean, std = (torch.tensor(value, device=source.ids.device)[:, None, None] for value in (self.backbone.mean, self.backbone.std))
        return ((source.ids * std + mean) * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).cpu()

    @torch.inference_mode()
    def look(self, source: Source) -> Look:
        """One forward pass with its attention."""
        with record(*self.edits) as found:
            states, logits = self._seen(source.ids[None])
        calls = found.calls[: len(states) - 1]  # of a second pass for the logits, the same again
        return Look(calls, [state[0].float() for state in states], None if logits is None else logits[0].float())

    def _seen(self, pixels: Tensor) -> tuple[list[Tensor], Tensor | None]:
        """States and logits, in one pass where the model can give both."""
        if hasattr(self.backbone, "seen"):
            return self.backbone.seen(pixels)
        return self.backbone.states(pixels), self.backbone.logits(pixels) if self.class_names else None

    def trace(self, picture: Given, edits: Sequence[Edit] = (), longest: int | None = None) -> Trace:
        """The model looking at a picture: one step a layer, each with the attention of all its heads from token to token.

        Arguments as for `encode`. Of a labelled model the last step has the most probable classes, and the output is the best.
        """
        if edits:
            return self.intervened(edits).trace(picture, longest=longest)
        source = self.encode(picture, longest)
        found = self.look(source)
        maps = layer_maps(found.calls, source.axis, len(found.states) - 1, self.identity.name)
        classes = self._candidates(found.logits)
        steps = tuple(
            Step(
                index=layer, label=f"layer {layer}", candidates=classes if layer == len(maps) - 1 else None, attention=item,
                details=lambda layer=layer: self._quantities(source, found.states, layer),
            )
            for layer, item in enumerate(maps)
        )  # fmt: skip
        return self._told(Trace(run_facts(self.identity, self.edits), source.text, source.axis, classes.labels[0] if classes else "", self.unit, steps), found)

    def _told(self, made: Trace, found: Look) -> Trace:
        """The trace with what a model of a special kind has to say of the picture besides."""
        return made

    def _candidates(self, logits: Tensor | None) -> Candidates | None:
        if logits is None:
            return None
        values, ids = logits.log_softmax(-1).topk(min(TOP, len(logits)))
        return Candidates(tuple(self.class_names[i] for i in ids.tolist()), ids.tolist(), values.cpu().numpy())

    @torch.inference_mode()
    def _quantities(self, source: Source, states: list[Tensor], layer: int) -> tuple[Quantity, ...]:
        """What a layer does to every token; of the first one also what it starts from."""
        axis, before, after = source.axis, states[layer], states[layer + 1]
        out = [
            Quantity("hidden-state norm", r"\lVert z^{(\ell)}_i \rVert", (axis,), after.norm(dim=-1).cpu().numpy(),
                     r"\lVert z^{(\ell)}_i \rVert_2 = \sqrt{\textstyle\sum_d (z^{(\ell)}_{i,d})^2}", "Darcet et al. 2024, §2.1"),
            Quantity("change by the layer", r"\lVert z^{(\ell)}_i - z^{(\ell-1)}_i \rVert", (axis,), (after - before).norm(dim=-1).cpu().numpy(),
                     r"\lVert z^{(\ell)}_i - z^{(\ell-1)}_i \rVert_2"),
        ]  # fmt: skip
        return (*self._start(source, states[0]), *out) if layer == 0 else tuple(out)

    def _start(self, source: Source, embedded: Tensor) -> list[Quantity]:
        """Pixels → patch vectors, + positions (Dosovitskiy et al. 2021, eq. 1; with a stem Xiao et al. 2021, §4)."""
        geometry, paper, stem = source.axis.geometry, "Dosovitskiy et al. 2021, eq. 1", bool(self.backbone.stem)
        rows, cols, first = (int(geometry[name]) for name in ("rows", "cols", "prefix"))  # type: ignore[call-overload]
        channels = numbered("channel", embedded.shape[-1])
        patches = source.axis.take(range(first, len(source.axis)))
        vectors = self.backbone.patch_vectors(source.ids[None])[0].float().cpu().numpy()
        symbol, how = ("g(x)_i", r"g(x)_i,\; g\colon \text{convolutions of } 3 \times 3") if stem else (r"x_p^i E", r"x_p^i E,\; E \in \mathbb{R}^{(P^2 \cdot C) \times D}")
        out = [Quantity("patch embedding", symbol, (patches, channels), vectors, how, "Xiao et al. 2021, §4" if stem else paper)]
        positions = self.backbone.positions(rows, cols)
        if positions is not None:
            out.append(Quantity("position embedding", r"E_{pos}", (source.axis, channels), positions.float().cpu().numpy(), r"E_{pos} \in \mathbb{R}^{(N+1) \times D}", paper))
        start, sequence = embedded.cpu().numpy(), r"g(x)_1;\, \dots;\, g(x)_N" if stem else r"x_p^1 E;\, \dots;\, x_p^N E"
        return [*out, Quantity("embedding", r"z^{(0)}", (source.axis, channels), start, rf"z^{{(0)}} = [x_{{class}};\, {sequence}] + E_{{pos}}", paper)]


def opened(picture: Picture | str | Path | bytes) -> Picture:
    """The picture behind a path, bytes, or a sample's name; InputError for anything else."""
    if isinstance(picture, Picture):
        return picture
    if isinstance(picture, bytes):
        return read(picture)
    if isinstance(picture, str) and picture.startswith(PREFIXES):
        return named(picture)
    if isinstance(picture, str | Path):
        return read_file(picture)
    raise InputError(f"a {type(picture).__name__} is no picture; give a file's path, its bytes, or what viz_core.inputs.picture.read gives")
