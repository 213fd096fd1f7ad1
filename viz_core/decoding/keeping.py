"""Keeping the predictions of a whole run without what only decoding needs (`slim`), such as caches.

Between two steps the weights of the model push everything else out of the processor's cache: slimming one prediction there
costs several times what it costs in a row with others. So they wait for one another where their caches are small, and a run
too short for that keeps them.
"""

from __future__ import annotations

from viz_core.models.protocol import Prediction, Stepper


class Kept:
    """The predictions of a run, in order. hypotheses: the most that one of them is of.

    A stepper whose predictions may wait says in `waits` how many caches of one hypothesis there may be at a time.
    """

    def __init__(self, stepper: Stepper, hypotheses: int = 1) -> None:
        self._predictions: list[Prediction] = []
        self._slim = 0  # so many of them are
        self._most = max(1, getattr(stepper, "waits", 1) // hypotheses)

    def add(self, prediction: Prediction) -> None:
        self._predictions.append(prediction)
        if len(self._predictions) >= self._slim + self._most:
            self._slim_waiting()

    def whole(self) -> list[Prediction]:
        """All of them: slim, or all with their caches where there were never too many."""
        if self._slim:
            self._slim_waiting()
        return self._predictions

    def _slim_waiting(self) -> None:
        waiting = self._predictions[self._slim :]
        self._predictions[self._slim :] = [each.slim() if hasattr(each, "slim") else each for each in waiting]
        self._slim = len(self._predictions)
