"""The two errors a person may meet: each is one sentence that names the value, what was expected and the remedy."""


class InputError(ValueError):
    """Something a person gave (text, file, option, model name) cannot be used; the message says what to do instead."""


class ShapeError(InputError):
    """Arrays and axes do not fit together; the message names both sizes."""
