"""Tasks of a machine with a tape: copy, repeat copy, associative recall (Graves et al. 2014, §4), all seeded.

A task is a module with NAME, WIDTH (bits of a vector), INPUTS, OUTPUTS, MARKS (input channels behind the bits), TRAINED, `draw` (a batch), `read` (typed text) and `text` (its inverse).
"""

from viz_core.tasks.tapes import copy, recall, repeat_copy
from viz_core.tasks.tapes.tape import HELD_OUT_SEED, LONGEST, VALIDATION_SEED, Tape, bits

TASKS = {task.NAME: task for task in (copy, repeat_copy, recall)}

__all__ = ["HELD_OUT_SEED", "LONGEST", "TASKS", "VALIDATION_SEED", "Tape", "bits", "copy", "recall", "repeat_copy"]
