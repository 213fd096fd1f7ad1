"""`record`: a context manager that sees, and may change, every attention call of the torch code inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from viz_core.capture import fused
from viz_core.capture.call import Call
from viz_core.capture.errors import CaptureError
from viz_core.capture.handwritten import HANDLED, SOFTMAX, UNFOLD, Follower, Weighing, method_of
from viz_core.capture.layers import Counters
from viz_core.capture.location import Location, Locator
from viz_core.capture.names import is_attention, is_gate
from viz_core.capture.past import Past, Place, averaged
from viz_core.capture.position import Cache, cache_of, is_causal_map, site_of
from viz_core.capture.rows import Edited, Rows, ScaledDot
from viz_core.capture.sharing import Sharing
from viz_core.capture.watch import Watch
from viz_core.layers.edits import Edit, check_edits, edit_scores, edit_weights, edited_heads, touching
from viz_core.trace.errors import InputError


class Recording(TorchFunctionMode):
    """The attention calls of one `record` block, in order, as `calls`.

    A torch function mode belongs to the thread that entered it: other threads may use the same model meanwhile.
    """

    def __init__(
        self, edits: tuple[Edit, ...], root: nn.Module | None, ignore: tuple[str, ...], past: Mapping[Place, Past] | None = None
    ) -> None:
        super().__init__()
        self._ignore = ignore
        self._given = dict(past or {})  # sums of the steps before this recording
        self.past: dict[Place, Past] = {}  # and with those inside it
        self.calls: list[Call] = []
        self.edits = edits
        self._locator = Locator(root)
        self.watch = Watch()
        self._counters = Counters(self.watch.entered)
        self._follower = Follower()
        self._same_sequence: bool | None = None
        self._sharing = Sharing()

    def __torch_function__(self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == fused.NAME:
            return self._fused(func, args, kwargs)
        if name == fused.MULTI_HEAD:
            return self._multi_head(args, kwargs)
        if name in SOFTMAX:
            return self._follower.softmax(func, args, kwargs)
        if fused.is_opaque(name):
            self._refuse(name)
        if name in UNFOLD:
            return self._follower.unfold(func, args, kwargs)
        if name == "__get__" and self._follower.followed:
            func, name, args = method_of(func, args)
        if name in HANDLED and self._follower.followed:
            result = self._follower.step(name, func, args, kwargs)
            return self._handwritten(result) if isinstance(result, Weighing) else result
        return func(*args, **kwargs)

    def _refuse(self, kernel: str) -> None:
        """CaptureError for a kernel that hides its weights, unless its module may stay unseen."""
        location = self._locator.here()
        if location is not None and not self._is_ignored(location.name):
            raise CaptureError(
                f"the attention of {location.name!r} cannot be recorded: it calls the kernel {kernel}; load the model with "
                f"attn_implementation='sdpa' or 'eager', or leave the module out with ignore=({location.name!r},)"
            )

    def _is_ignored(self, name: str) -> bool:
        return any(part in name for part in self._ignore)

    def _multi_head(self, args: tuple, kwargs: dict) -> object:
        """Torch's multi-head attention with its inner attention in sight."""
        before, self._same_sequence = self._same_sequence, fused.same_sequence(args, kwargs)
        try:
            with self:
                return fused.multi_head_attention(*args, **kwargs)
        finally:
            self._same_sequence = before

    def _fused(self, func: Callable, args: tuple, kwargs: dict) -> Tensor:
        location = self._locator.here()
        if location is None:
            return func(*args, **kwargs)
        if torch.compiler.is_compiling():
            raise CaptureError(f"{location.name!r} is being compiled by torch.compile; record the model without compiling it")
        found = fused.Arguments.of(args, kwargs)
        cache = cache_of(location)
        rows = self._sharing.with_mask(fused.rows_of(found, location, cache))
        if cache is not None:
            rows = self._sharing.grow(location.module, rows, cache.length - rows.shape[2])
        call, edits = self._call(location, rows, self._sharing.is_causal(rows), cache, found.dropout_p)
        self.calls.append(call)
        if not edits:
            return func(*args, **kwargs)
        return fused.edited_output(func, found, rows, call.rows, edits)

    def _handwritten(self, weighing: Weighing) -> Tensor:
        location = self._locator.here()
        if location is None or self._is_ignored(location.name) or self._is_other(weighing, location):
            return weighing.result()
        rows = weighing.rows(location.module, location.name)
        causal = is_causal_map(rows.values)
        call, edits = self._call(location, rows, causal, cache_of(location), weighing.lineage.dropout)
        self.calls.append(call)
        if not edits:
            result = weighing.result()
        else:

            def change(scores: Tensor) -> Tensor:
                if call.rows.before is not None:
                    return call.rows.weights(range(call.batch), range(call.heads), 0, call.queries)
                scores = edit_scores(scores, edits, call.site, call.layer, call.first_query, call.first_key)
                return edit_weights(scores.softmax(dim=-1), edits, call.site, call.layer, call.first_query)

            result = weighing.edited(change, edited_heads(edits, call.heads), location.module, location.name)
        self._follower.finished(result)
        return result

    @staticmethod
    def _is_other(weighing: Weighing, location: Location) -> bool:
        """Whether this is no attention: outside attention modules, a choice of experts, a mixture of parameters (a table of
        embeddings), or a use of rearranged probabilities that cannot be followed."""
        if any(is_attention(module, "") for module in location.modules[:2]):
            return False
        if is_gate(location.module, location.name):
            return True
        return weighing.product is None or isinstance(weighing.product.values, nn.Parameter)

    def _call(
        self, location: Location, rows: Rows, causal: bool, cache: Cache | None, dropout: float
    ) -> tuple[Call, tuple[Edit, ...]]:
        """The call at this place, with its rows edited where an edit touches it."""
        queries, keys = rows.shape[2:]
        site = site_of(location, queries, keys, causal, self._same_sequence, cache)
        layer = self._counters.layer(location, queries)
        first_query, first_key = self._firsts(location, site, queries, keys, cache)
        edits = touching(self.edits, site, layer, first_query, queries)
        self.watch.seen(location.modules)
        call = Call(location.name, site, layer, rows, first_query, first_key, float(dropout), bool(edits))
        if edits:
            call = replace(call, rows=self._edited(call, edits, in_steps=cache is not None or queries == 1))
        return call, edits

    def _edited(self, call: Call, edits: tuple[Edit, ...], in_steps: bool) -> Edited:
        """The call's rows under the edits that touch it; in_steps: there are calls for later queries, or may be."""
        means, place = averaged(edits), (call.module, call.site, call.layer)
        before = self._before(call, place) if means and call.first_query else None
        rows = Edited(call.rows, edits, call.site, call.layer, call.first_query, call.first_key, before)
        if means and in_steps:
            self.past[place] = rows.past()
        return rows

    def _before(self, call: Call, place: Place) -> Past:
        """The sums of all earlier queries; CaptureError where they are not known, or not of these rows of the batch."""
        inside = self.past.get(place)
        found = self._given.get(place) if inside is None else inside
        unsure = self._sharing.moved or (call.batch > 1 and not isinstance(call.rows, ScaledDot))
        if found is not None and found.queries == call.first_query and found.batch == call.batch and not call.first_key:
            if inside is None or not unsure:
                return found
        raise CaptureError(
            f"a head of {call.module!r} cannot be ablated by its mean at query {call.first_query}: the queries before it were "
            "not seen, or the rows of the batch have changed since (beam search); run all steps of greedy decoding in one "
            "record block, hand on past=recording.past, or ablate with how='zero' or 'uniform'"
        )

    def _firsts(self, location: Location, site: str, queries: int, keys: int, cache: Cache | None) -> tuple[int, int]:
        """Positions of the first query row and of the first key in their sequences."""
        if cache is not None and cache.length >= queries:
            first_query = cache.length - queries
            return first_query, 0 if site == "cross" else max(cache.length - keys, 0)
        if site == "cross":
            return (self._counters.step(location, keys) if queries == 1 else 0), 0
        return (keys - queries if site == "decoder" and keys > queries else 0), 0

    def check(self) -> None:
        """CaptureError unless every attention module that ran was recorded, and there was one at all."""
        for name, module in self.watch.unseen(self._locator.root):
            if self._is_ignored(name):
                continue
            kind = type(module).__name__
            raise CaptureError(
                f"the attention of {name or kind!r} ({kind}) cannot be recorded: it ran without scaled_dot_product_attention or "
                "softmax weights that meet values (a fused kernel, flex_attention or linear attention); load the model with "
                f"attn_implementation='sdpa' or 'eager', or leave the module out with ignore=({name or kind!r},)"
            )
        if not self.calls:
            raise CaptureError(
                "no attention was seen: the code in the record block ran none, or ran it in another thread or compiled; "
                "run the model's forward pass inside the block"
            )
        self._check_layers()

    def _check_layers(self) -> None:
        """InputError for an edit of a layer that its site does not have (a layer of the half that did not run is let pass)."""
        sites = {call.site for call in self.calls}
        for edit in self.edits:
            layers = {call.layer for call in self.calls if edit.site in (None, call.site)}
            if edit.layer is not None and layers and edit.layer > max(layers) and (edit.site or "cross" not in sites):
                site = f" at site {edit.site!r}" if edit.site else ""
                raise InputError(f"there is no layer {edit.layer} of attention{site}; give a layer in 0 … {max(layers)}")

    def close(self) -> None:
        """Forget everything but the calls."""
        self._follower.followed.clear()
        self._sharing = Sharing()
        self._locator = Locator(None)
        self.watch = Watch()
        self._counters = Counters(self.watch.entered)


@contextmanager
def record(
    *interventions: Edit, root: nn.Module | None = None, ignore: Sequence[str] = (), past: Mapping[Place, Past] | None = None
) -> Iterator[Recording]:
    """Records every attention call of the torch code inside the block, in this thread; the model stays as it is.

    interventions: edits of `viz_core.layers.edits`, made in the calls they name. root: record only modules below this one,
    and name them from it (None: the outermost module of each call). ignore: parts of names of modules whose attention may
    stay unseen, such as the linear attention of a hybrid model. past: `recording.past` of the steps before, for
    AblateHead(how="mean") where each step of a sequence is recorded by itself. After the block, `.calls` holds one `Call` for each
    attention call, in order.
    Raises InputError for an intervention of another kind, CaptureError when attention ran that cannot be recorded exactly,
    or none at all.
    """
    recording = Recording(check_edits(interventions), root, tuple(ignore), past)
    recording.watch.start()
    try:
        with recording:
            yield recording
        recording.check()
    finally:
        recording.watch.stop()
        recording.close()
