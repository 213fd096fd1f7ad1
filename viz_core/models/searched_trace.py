"""A trace of a beam search whose tree is made at the first look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from viz_core.trace import BeamTree, Trace


class SearchedTrace(Trace):
    """A `Trace` that makes its tree from the finished search when somebody asks for it, and keeps it.

    The search has all its numbers by then; putting them in order, with a reason for every node that was pruned, is no
    part of decoding. A cached property does not stand in the way of a value given to the constructor, so that
    `dataclasses.replace` works.
    """

    @cached_property
    def tree(self) -> BeamTree | None:  # type: ignore[override]
        return self._tree()


def searched(trace: Trace, tree: Callable[[], BeamTree | None]) -> Trace:
    """The trace with the tree that `tree` makes."""
    found = object.__new__(SearchedTrace)
    found.__dict__.update(trace.__dict__, _tree=tree)
    del found.__dict__["tree"]
    return found
