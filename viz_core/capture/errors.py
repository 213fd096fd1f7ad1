"""The error of a recording that cannot be complete."""

from viz_core.trace.errors import InputError


class CaptureError(InputError):
    """Attention that cannot be recorded exactly; the message names the module. Never an empty or partial result instead."""
