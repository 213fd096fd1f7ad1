"""Watches which modules run in the recording thread, so that attention nobody could see is an error and not a gap.

One hook for all modules and threads is set while any recording runs; it only counts, and only in threads that record.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from viz_core.capture.errors import CaptureError
from viz_core.capture.names import is_attention, names_of

_LOCK = threading.Lock()
_ACTIVE = threading.local()
_HANDLES: list[torch.utils.hooks.RemovableHandle] = []
_USERS = 0


class Watch:
    """Counts the calls of every module in this thread; `seen` marks the calls in which attention was recorded."""

    def __init__(self) -> None:
        self._known: dict[int, nn.Module] = {}
        self._entered: dict[int, int] = {}
        self._seen: dict[int, set[int]] = {}

    def entered(self, module: nn.Module) -> int:
        return self._entered.get(id(module), 0)

    def enter(self, module: nn.Module) -> None:
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError(
                f"{type(module).__name__} {getattr(module, 'original_name', '')!r} is compiled by torch.jit, its attention "
                "cannot be seen; record the Python module it was made from"
            )
        if type(module).__name__ == "OptimizedModule" or getattr(module, "_compiled_call_impl", None) is not None:
            raise CaptureError(
                f"{type(getattr(module, '_orig_mod', module)).__name__} is compiled by torch.compile, its attention cannot be "
                "seen; record the module itself (compiled._orig_mod), or a copy that is not compiled"
            )
        key = id(module)
        self._known[key] = module  # held, so that its id stays its own
        self._entered[key] = self._entered.get(key, 0) + 1

    def seen(self, modules: tuple[nn.Module, ...]) -> None:
        """Attention was recorded inside these modules."""
        for module in modules:
            self._seen.setdefault(id(module), set()).add(self.entered(module))

    def unseen(self, root: nn.Module | None = None) -> Iterator[tuple[str, nn.Module]]:
        """(qualified name, module) of attention modules that ran at least once without a recorded call inside."""
        inside = None if root is None else {id(module) for module in root.modules()}
        for key, count in self._entered.items():
            module = self._known[key]
            if len(self._seen.get(key, set()) - {0}) < count and (inside is None or key in inside):
                name = self.name_of(module, root)
                if is_attention(module, name):
                    yield name, module

    def name_of(self, module: nn.Module, root: nn.Module | None) -> str:
        """Its qualified name below the root, or below the first module that ran and holds it."""
        for owner in self._known.values() if root is None else (root,):
            name = names_of(owner).find(module)
            if name:
                return name
        return ""

    def start(self) -> None:
        global _USERS
        self._outer = getattr(_ACTIVE, "watch", None)
        _ACTIVE.watch = self
        with _LOCK:
            _USERS += 1
            if _USERS == 1:
                _HANDLES.append(register_module_forward_pre_hook(_before))
                _HANDLES.append(register_module_forward_hook(_after, with_kwargs=True))

    def stop(self) -> None:
        global _USERS
        _ACTIVE.watch = self._outer
        with _LOCK:
            _USERS -= 1
            if _USERS == 0:
                while _HANDLES:
                    _HANDLES.pop().remove()


def _before(module: nn.Module, _args: tuple) -> None:
    watch = getattr(_ACTIVE, "watch", None)
    while watch is not None:
        watch.enter(module)
        watch = watch._outer


def _after(module: nn.Module, args: tuple, kwargs: dict, output: object) -> object:
    """Padding of `nn.TransformerEncoder` as its fast path leaves it (zeros), which torch turns off under a recording."""
    if getattr(_ACTIVE, "watch", None) is None or not isinstance(module, nn.TransformerEncoder):
        return None
    padding = kwargs.get("src_key_padding_mask", args[2] if len(args) > 2 else None)
    mask = kwargs.get("mask", args[1] if len(args) > 1 else None)
    if padding is None or mask is not None or not isinstance(output, Tensor) or not _nests(module, output, padding):
        return None
    cleared = torch.zeros((), dtype=output.dtype, device=output.device)
    if module.norm is not None:
        cleared = module.norm(output.new_zeros(output.shape[-1]))
    hidden = padding if padding.dtype == torch.bool else padding < 0
    return torch.where(hidden[..., None], cleared, output)


def _nests(encoder: nn.TransformerEncoder, output: Tensor, padding: Tensor) -> bool:
    """Whether torch would have packed this batch without its padding (the conditions of `nn.TransformerEncoder.forward`)."""
    if not getattr(encoder, "use_nested_tensor", False) or not torch.backends.mha.get_fastpath_enabled():
        return False
    if encoder.training or output.ndim != 3 or torch.is_autocast_enabled():
        return False
    if torch.is_grad_enabled() and (output.requires_grad or any(p.requires_grad for p in encoder.layers[0].parameters())):
        return False
    visible = ~padding if padding.dtype == torch.bool else padding == 0
    left_aligned = bool((visible[:, 1:] <= visible[:, :-1]).all())
    return left_aligned or not getattr(encoder, "mask_check", True)
