"""What a run tells of itself: which model, which weights, which edits, which versions."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import torch

import viz_core
from viz_core.models.protocol import Identity

# Of this program and what it computes with.
VERSIONS = {"viz_core": viz_core.__version__, "torch": str(torch.__version__), "python": platform.python_version()}


def run_facts(identity: Identity, edits: Sequence[Any] = (), **more: object) -> dict[str, object]:
    """JSON values for `Trace.run`. edits: dataclasses; more: what else there is to tell, left out where it is None or empty."""
    told = {name: value for name, value in more.items() if value not in (None, "", {})}
    if edits:
        told["edits"] = [{"type": type(edit).__name__, **asdict(edit)} for edit in edits]
    about = {"model": identity.name, "family": identity.family, "sha256": identity.sha256}
    return {**about, **told, "versions": dict(VERSIONS)}
