import math

import numpy as np
import pytest

from viz_core.decoding import Beam, Forced, Greedy, Sampling
from viz_core.trace import InputError

BAD = [
    (Beam, dict(width=0), "beam width is 0"),
    (Beam, dict(width=17), "beam width is 17"),
    (Beam, dict(width="x"), "beam width is 'x'"),
    (Beam, dict(width=True), "beam width is True"),
    (Beam, dict(width=2.0), "beam width is 2.0"),
    (Beam, dict(width=2, n_best=3), "n_best is 3"),
    (Beam, dict(length_penalty=-0.1), "length_penalty is -0.1"),
    (Beam, dict(length_penalty=math.nan), "length_penalty is nan"),
    (Beam, dict(normalisation="mean"), "normalisation is 'mean'"),
    (Sampling, dict(temperature=0), "temperature is 0"),
    (Sampling, dict(temperature=-1), "temperature is -1"),
    (Sampling, dict(temperature=math.inf), "temperature is inf"),
    (Sampling, dict(temperature="hot"), "temperature is 'hot'"),
    (Sampling, dict(temperature=10**5000), "temperature is a huge number"),
    (Sampling, dict(top_k=-1), "top_k is -1"),
    (Sampling, dict(top_p=0), "top_p is 0"),
    (Sampling, dict(top_p=1.01), "top_p is 1.01"),
    (Sampling, dict(top_p=math.nan), "top_p is nan"),
    (Sampling, dict(seed=-1), "seed is -1"),
    (Greedy, dict(prefix=(3, -1)), "an output id in prefix is -1"),
    (Greedy, dict(prefix="ab"), "prefix is 'ab'"),
    (Greedy, dict(prefix=("a",)), "an output id in prefix is 'a'"),
    (Greedy, dict(max_steps=0), "max_steps is 0"),
    (Greedy, dict(max_steps=1001), "max_steps is 1001"),
    (Forced, dict(), "reference is empty"),
    (Forced, dict(reference="  "), "reference is empty"),
    (Forced, dict(reference=(1, -2)), "an output id in reference is -2"),
    (Forced, dict(reference=7), "reference is 7"),
]


@pytest.mark.parametrize(("cls", "options", "message"), BAD)
def test_a_bad_value_is_named_in_one_sentence(cls, options, message):
    with pytest.raises(InputError) as caught:
        cls(**options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value) and ("give" in str(caught.value) or "use one of" in str(caught.value))


def test_borders_are_allowed():
    assert Beam(width=16, n_best=16, length_penalty=0).width == 16
    assert Sampling(temperature=0.01, top_p=1, top_k=0).top_p == 1


def test_ids_of_numpy_become_plain_numbers():
    options = Greedy(prefix=[np.int64(3), None])
    assert options.prefix == (3, None)
    assert type(options.prefix[0]) is int
    assert options == Greedy(prefix=(3, None))


def test_length_penalty_by_hand():
    assert Beam(length_penalty=0).penalty(7) == 1
    assert Beam(length_penalty=1).penalty(7) == 7
    assert Beam(length_penalty=0.5).penalty(9) == 3
    assert Beam(length_penalty=2, normalisation="wu").penalty(7) == 4  # ((5 + 7) / 6)²
    assert Beam(length_penalty=0.6, normalisation="wu").penalty(1) == 1


def test_as_json_values():
    assert Greedy().to_dict() == {"method": "greedy"}
    assert Beam(width=2, prefix=(5, None)).to_dict() == {
        "method": "beam", "prefix": [5, None], "width": 2, "length_penalty": 1.0, "normalisation": "power", "n_best": 1,
    }  # fmt: skip
