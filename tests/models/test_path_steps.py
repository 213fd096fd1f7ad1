import dataclasses

import numpy as np

from viz_core.models.path_steps import PathNumbers, path_steps
from viz_core.trace import Candidates, Step


def test_numbers_are_made_once_for_the_whole_path_at_the_first_look():
    calls = []

    def numbers():
        calls.append(1)
        one = Candidates(("a",), [2], np.array([-0.5]))
        return PathNumbers([-0.5, -1.5], [one, one], [(), ()])

    first, second = path_steps(3, "ab", [2, 4], [(), ()], numbers)
    assert isinstance(first, Step) and (first.index, second.index, second.label, second.emitted, second.choice) == (3, 4, "b", "b", 4)
    assert not calls
    assert (first.log_prob, second.log_prob) == (-0.5, -1.5)
    assert second.candidates.labels == ("a",) and first.attention == () and first.quantities == ()
    assert calls == [1]
    assert dataclasses.replace(second, index=0).log_prob == -1.5
