"""Ways to run a model without each of its heads: from an edited layer on for loaded models, step by step for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from viz_core.explain.layer_stack import Passes, layers_of
from viz_core.explain.what_if import Sites, sites_from, sites_of
from viz_core.layers.edits import AblateHead
from viz_core.models.pretrained_encoder import PretrainedEncoder
from viz_core.models.pretrained_generator import PretrainedGenerator
from viz_core.models.protocol import Source, Stepper
from viz_core.trace import InputError

ROWS_TOKENS = 1024  # positions of all rows of one pass
ROWS_NUMBERS = 2**24  # log-probabilities of all rows of one pass

Values = Sequence[NDArray]  # f32[step] of each measure


class Scan(Protocol):
    """A way to take heads out. sites: where the model attends; size: of the step axis; measures: names of the numbers."""

    sites: Sites
    size: int
    measures: tuple[str, ...]

    def without(self, site: str, layer: int, heads: Sequence[int], how: str) -> Iterator[tuple[int, Values]]:
        """For each of these heads of a layer, by index: its number, and the numbers without it."""


def scan_of(stepper: Stepper | PretrainedEncoder, source: Source, choices: Sequence[int] = ()) -> Scan:
    """The fastest exact way for this model. choices: the output to compare under; an encoder has none."""
    if isinstance(stepper, PretrainedEncoder):
        return Encoding(stepper, source)
    if isinstance(stepper, PretrainedGenerator):
        found = Passing(stepper, source, choices)
        if found.passes.resumable:
            return found
    return Stepping(stepper, source, choices)


class Passing:
    """A loaded model that writes: one pass over source and output for many heads of a layer."""

    measures: tuple[str, ...] = ("kl", "log_prob")

    def __init__(self, stepper: PretrainedGenerator, source: Source, choices: Sequence[int]) -> None:
        self.stepper, self.source, self.size = stepper, source, len(choices)
        self._state = stepper.start([source])
        self._begun = stepper.before(self._state, 0)
        self._choices = torch.tensor([list(choices)], device=stepper.device)
        with torch.inference_mode():
            self.passes = Passes(stepper.module, layers_of(stepper.module), self._run)
        calls = [(name, call) for name in self.passes.order for call in self.passes.calls[name]]
        self._places = {(call.site, call.layer): (name, call.heads) for name, call in calls}
        self.sites = sites_from([call for _, call in calls])
        self._before = self._log_probs(self.passes.first)

    def without(self, site: str, layer: int, heads: Sequence[int], how: str) -> Iterator[tuple[int, Values]]:
        name, count = self._places[site, layer]
        width = self.size * self._before.shape[-1]
        at_once = min(ROWS_TOKENS // len(self.source.axis), ROWS_NUMBERS // width)
        for part in parts([head for head in heads if head < count], at_once):
            edits = [AblateHead(layer, head, how, site, row) for row, head in enumerate(part)]
            with torch.inference_mode():
                after = self._log_probs(self.passes.resume(name, len(part), edits))
                found = compared(self._before, after, self._choices[0])
            yield from zip(part, found, strict=True)

    def _run(self, module: nn.Module, rows: int) -> Tensor:
        """Logits of every output, f[row, step, V]."""
        stepper = replace(self.stepper, module=module)
        fed = torch.cat([torch.tensor([self._begun], device=stepper.device), self._choices[:, :-1]], 1)
        keep: dict[str, Any] = {"logits_to_keep": self.size} if "logits_to_keep" in stepper.accepts else {}
        state = stepper.start([self.source])._replace(cache=None)
        return stepper.forward(state, fed.expand(rows, -1), **keep).logits[:, -self.size :].float()

    def _log_probs(self, logits: Tensor) -> Tensor:
        """After the rules of the model's settings, f32[row, step, V]."""
        rows = []
        for step in range(self.size):
            chosen = self._choices[:, None, :step].expand(1, len(logits), step)
            rows.append(self.stepper.ruled(self._state._replace(chosen=chosen), logits[None, :, step], normalised=True)[0])
        return torch.stack(rows, 1)


class Encoding:
    """An encoder: how far its sentence embedding moves, 1 − cosine, as a single step."""

    measures: tuple[str, ...] = ("distance",)
    size = 1

    def __init__(self, encoder: PretrainedEncoder, source: Source) -> None:
        module = encoder.module.base_model
        self._inputs = encoder.inputs(source)
        with torch.inference_mode():
            self.passes = Passes(module, layers_of(module), self._run)
        if not self.passes.resumable:
            raise InputError(f"the layers of {encoder.identity.name} cannot be run one after another, so its heads are not taken out in turn")
        self._tokens = len(source.axis)
        calls = [(name, call) for name in self.passes.order for call in self.passes.calls[name]]
        self._places = {(call.site, call.layer): (name, call.heads) for name, call in calls}
        self.sites = sites_from([call for _, call in calls])

    def _run(self, module: nn.Module, _rows: int) -> Tensor:
        """Sentence embeddings of length 1, f32[row, D]."""
        states = module(**self._inputs, return_dict=True).last_hidden_state.float()
        return torch.nn.functional.normalize(states.mean(1), dim=-1)

    def without(self, site: str, layer: int, heads: Sequence[int], how: str) -> Iterator[tuple[int, Values]]:
        name, count = self._places[site, layer]
        for part in parts([head for head in heads if head < count], ROWS_TOKENS // self._tokens):
            edits = [AblateHead(layer, head, how, site, row) for row, head in enumerate(part)]
            with torch.inference_mode():
                after = self.passes.resume(name, len(part), edits)
                distance = (1 - after.double() @ self.passes.first[0].double()).clamp(min=0)
            yield from zip(part, ([value[None]] for value in distance.float().cpu().numpy()), strict=True)


class Stepping:
    """Any model that is stepped: all heads of a layer side by side, as if they were sources of a batch."""

    measures: tuple[str, ...] = ("kl", "log_prob")

    def __init__(self, stepper: Stepper, source: Source, choices: Sequence[int]) -> None:
        self.stepper, self.source, self.size = stepper, source, len(choices)
        self._choices = list(choices)
        state = stepper.start([source])
        self.sites = sites_of(stepper.record(stepper.predict(state), choices[0]))
        self._before = self._forced(stepper, 1)

    def without(self, site: str, layer: int, heads: Sequence[int], how: str) -> Iterator[tuple[int, Values]]:
        if not hasattr(self.stepper, "intervened"):
            raise InputError(f"heads of a {type(self.stepper).__name__} cannot be taken out; choose a model whose attention can be edited")
        rows = range(len(heads))
        batch = [row if len(heads) > 1 else None for row in rows]
        edits = [AblateHead(layer, head, how, site, row) for row, head in zip(batch, heads, strict=True)]
        after = self._forced(self.stepper.intervened(edits), len(heads))
        yield from zip(heads, compared(self._before, after, torch.tensor(self._choices, device=after.device)), strict=True)

    @torch.inference_mode()
    def _forced(self, stepper: Stepper, rows: int) -> Tensor:
        """Log-probabilities of all outputs under the choices, f32[row, step, V]."""
        state, found = stepper.start([self.source] * rows), []
        for choice in self._choices:
            prediction = stepper.predict(state)
            found.append(prediction.log_probs[:, 0].float())
            first = torch.zeros((rows, 1), dtype=torch.long, device=found[-1].device)
            state = stepper.commit(prediction, first, first + choice)
        return torch.stack(found, 1)


def compared(before: Tensor, after: Tensor, choices: Tensor) -> list[Values]:
    """KL(before ‖ after) and the change of log p of the choices in nats, f32[step] each, for every row of `after`.

    before: f32[1, step, V]; after: f32[row, step, V]; choices: int64[step].
    """
    terms = torch.where(before == -torch.inf, 0.0, before.exp() * (before - after))
    at = choices[None, :, None].expand(len(after), -1, 1)
    change = after.gather(2, at)[..., 0] - before.expand_as(after).gather(2, at)[..., 0]
    divergences = terms.sum(-1).clamp(min=0)
    return [(kl, delta) for kl, delta in zip(divergences.cpu().numpy(), change.cpu().numpy(), strict=True)]


def parts(heads: Sequence[int], at_once: int) -> Iterator[Sequence[int]]:
    """The heads in groups that fit into one pass."""
    step = max(1, at_once)
    for start in range(0, len(heads), step):
        yield heads[start : start + step]
