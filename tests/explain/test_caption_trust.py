"""The trust test of a caption's map: patches hidden from the decoder's attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.models import tiny_captions
from viz_core.decoding.options import Forced
from viz_core.driver import run
from viz_core.explain.trust import experiment, trust
from viz_core.figures import trust as pictures
from viz_core.figures import trust_words
from viz_core.models.occlusion import follow
from viz_core.trace.errors import InputError

SAID = "a red cat"


@pytest.mark.parametrize("kind", ["attention", "transformer"])
def test_patches_are_hidden_in_the_order_of_the_map(kind: str):
    stepper = tiny_captions.tiny(kind)
    source = tiny_captions.source(stepper)
    trace, choices = run(stepper, source, Forced(reference=SAID)), stepper.choices(SAID)
    done = experiment(stepper, source, choices, orders=8)
    assert done.removal == "block" and done.positions.kind == "patch" and len(done.places) == 12
    for step in (2, None):
        found = trust(stepper, source, trace, step, done=done)
        assert found.map_name == "cross" and len(found.deletion) == len(found.sizes)
        assert found.deletion[0] == pytest.approx(found.insertion[-1], abs=1e-5)  # nothing hidden
        assert found.insertion[0] == pytest.approx(found.deletion[-1], abs=1e-5)  # everything
        assert trust_words._places(found) == "patches of the picture" and trust_words.verdict(found) and pictures.contributions(found).data
    own = follow(stepper, stepper.start([source]), choices)[0]
    assert trust(stepper, source, trace, 2, done=done).deletion[0] == pytest.approx(float(own[2]), abs=1e-5)


@pytest.mark.parametrize("kind", ["attention", "transformer"])
def test_a_hidden_patch_gets_no_weight_and_its_place_is_the_largest(kind: str):
    """Hiding the patch that is looked at most is what the curve's second point does."""
    stepper = tiny_captions.tiny(kind)
    source, choices = tiny_captions.source(stepper), stepper.choices(SAID)
    trace = run(stepper, source, Forced(reference=SAID))
    row = np.mean([m.rows(layer, head, [0])[0] for m in trace.steps[2].attention if m.site == "cross" for layer in range(len(m.layers)) for head in range(len(m.heads))], 0)
    keep = torch.ones(1, 12, dtype=torch.bool)
    keep[0, int(row.argmax())] = False
    value = float(stepper.occlusion.values(source, choices, keep, "block")[0, 2])
    assert trust(stepper, source, trace, 2, done=experiment(stepper, source, choices, orders=8)).deletion[1] == pytest.approx(value, abs=1e-5)


def test_a_fixed_vector_has_no_map_to_test():
    stepper = tiny_captions.tiny("none")
    with pytest.raises(InputError, match="no attention"):
        experiment(stepper, tiny_captions.source(stepper), stepper.choices(SAID))
