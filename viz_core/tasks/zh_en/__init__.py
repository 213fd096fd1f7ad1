"""Chinese to English: the corpora, what is held out, and the training stream."""

from viz_core.tasks.zh_en.handwritten import everyday_test
from viz_core.tasks.zh_en.hsk import development, held_out, may_train, training
from viz_core.tasks.zh_en.pair import Pair

__all__ = ["Pair", "development", "everyday_test", "held_out", "may_train", "training"]
