"""Which module makes the call that is running now, read from the Python stack: nothing is added to the model."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import FrameType

from torch import Tensor, nn

from viz_core.capture.names import ModuleNames, is_cross, names_of

_OTHER_SEQUENCE = ("key_value_states", "encoder_hidden_states", "context", "memory", "encoder_output", "encoder_outputs", "kv")


@dataclass(frozen=True, eq=False)
class Location:
    """The modules on the stack from inside to outside, the qualified name of the innermost one, and their frames.

    frames: of each module its `forward`, or its innermost method; caller: the frame that makes the call.
    """

    modules: tuple[nn.Module, ...] = ()
    name: str = ""
    names: ModuleNames | None = None
    frames: tuple[FrameType, ...] = field(default=(), repr=False)
    caller: FrameType | None = field(default=None, repr=False)

    @property
    def module(self) -> nn.Module | None:
        return self.modules[0] if self.modules else None

    @property
    def is_cross(self) -> bool | None:
        """What the module's name or an argument in use says: keys of another sequence, of the same, or nothing."""
        if self.module is None:
            return None
        named = is_cross(self.module, self.name)
        if named:
            return True
        frame = self.frames[0]
        arguments = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
        given = any(name in arguments and isinstance(frame.f_locals.get(name), Tensor) for name in _OTHER_SEQUENCE)
        return True if given else named


class Locator:
    """Finds locations for one recording; `root` limits it to the modules below one."""

    def __init__(self, root: nn.Module | None) -> None:
        self.root = root
        self._known: dict[tuple[int, ...], tuple[str, ModuleNames]] = {}
        self._held: list[tuple[nn.Module, ...]] = []  # so that the ids above stay theirs

    def here(self) -> Location | None:
        """The place of the running call; None when it lies outside the root."""
        caller = _caller()
        modules, frames = _without_leaves(*_stack(caller))
        if self.root is not None and not any(module is self.root for module in modules):
            return None
        if not modules:
            return Location(caller=caller)
        key = tuple(id(module) for module in modules)
        if key not in self._known:
            self._known[key] = self._named(modules)
            self._held.append(modules)
        name, names = self._known[key]
        return Location(modules, name, names, frames, caller)

    def _named(self, modules: tuple[nn.Module, ...]) -> tuple[str, ModuleNames]:
        """The name below the outermost module that knows the innermost one.

        A module that no other has registered is named by the nearest registered one around it and its own class.
        """
        roots = [self.root] if self.root is not None else list(reversed(modules))
        for depth, module in enumerate(modules):
            inside = "".join(f".{type(other).__name__}" for other in reversed(modules[:depth]))
            for root in roots:
                for fresh in (False, True):
                    names = names_of(root, fresh)
                    name = names.find(module)
                    if name is not None and (name or module is modules[-1] or root is not module):
                        return (name + inside).lstrip("."), names
        return type(modules[0]).__name__, names_of(modules[0])


def _caller() -> FrameType | None:
    """The innermost frame outside this package and torch's function modes."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(("viz_core.capture", "torch.overrides")):
        frame = frame.f_back
    return frame


def _stack(frame: FrameType | None) -> tuple[tuple[nn.Module, ...], tuple[FrameType, ...]]:
    """The nested modules whose methods are running, from inside to outside, each with its `forward` frame."""
    modules: list[nn.Module] = []
    frames: list[FrameType] = []
    while frame is not None:
        code = frame.f_code
        if code.co_argcount and code.co_varnames[0] in ("self", "module"):
            owner = frame.f_locals.get(code.co_varnames[0])
            if isinstance(owner, nn.Module):
                if not modules or modules[-1] is not owner:
                    modules.append(owner)
                    frames.append(frame)
                elif code.co_name == "forward" and frames[-1].f_code.co_name != "forward":
                    frames[-1] = frame
        frame = frame.f_back
    return tuple(modules), tuple(frames)


def _without_leaves(
    modules: tuple[nn.Module, ...], frames: tuple[FrameType, ...]
) -> tuple[tuple[nn.Module, ...], tuple[FrameType, ...]]:
    """Without torch's own small modules on the inside (`nn.Softmax`, `nn.Dropout`): their owner makes the call."""
    start = 0
    while start < len(modules) - 1 and _is_leaf(modules[start]):
        start += 1
    return modules[start:], frames[start:]


def _is_leaf(module: nn.Module) -> bool:
    return type(module).__module__.startswith("torch.nn") and not isinstance(module, nn.MultiheadAttention)
