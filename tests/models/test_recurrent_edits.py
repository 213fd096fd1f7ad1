import numpy as np
import pytest
import torch
from tests.decoding.tiny_model import tiny

from viz_core.decoding import Beam, Greedy, forced_log_probs
from viz_core.driver import run
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature
from viz_core.trace import InputError

FORCED = Greedy(prefix=(4, 5, 6, 7))


def rows(edits, decoding=FORCED):
    return run(tiny(seed=1, score="general"), "abcd", decoding, interventions=edits).attention("cross").map()[:4]


def test_a_set_row_is_the_row_and_changes_what_follows():
    base, edited = rows([]), rows([SetWeights(0, 0, 1, (0.1, 0.2, 0.3, 0.4))])
    np.testing.assert_array_equal(edited[0], base[0])
    np.testing.assert_allclose(edited[1], [0.1, 0.2, 0.3, 0.4], atol=1e-6)
    assert not np.allclose(edited[2], base[2], atol=1e-6)  # the context is fed to the next step


def test_a_blocked_source_position_has_no_weight():
    base, edited = rows([]), rows([BlockEdge(query=0, key=2)])
    assert edited[0, 2] == 0
    kept = np.delete(base[0], 2)
    np.testing.assert_allclose(np.delete(edited[0], 2), kept / kept.sum(), atol=1e-6)
    np.testing.assert_allclose(rows([BlockEdge(query=0, key=2, site="encoder")])[0], base[0])


def test_temperature_divides_the_scores():
    base, edited = rows([])[0], rows([Temperature(2.0)])[0]
    np.testing.assert_allclose(edited, np.sqrt(base) / np.sqrt(base).sum(), atol=1e-6)


def test_ablation():
    np.testing.assert_allclose(rows([AblateHead(0, 0, "uniform")]), 0.25, atol=1e-6)
    assert np.isnan(rows([AblateHead(0, 0)])).all()  # a head that is off attends to nothing


def test_the_mean_is_over_the_queries_so_far():
    """Step 1 by hand: its own scores after the same step 0, then the mean of both rows."""
    stepper = tiny(seed=1, score="general")
    state = stepper.start([stepper.encode("abcd")])
    first = stepper.predict(state)
    one = torch.zeros((1, 1), dtype=torch.long)
    second = stepper.predict(stepper.commit(first, one, one + 4))
    wanted = (first.weights[0, 0] + second.weights[0, 0]) / 2
    np.testing.assert_allclose(rows([AblateHead(0, 0, "mean")])[1], wanted.numpy(), atol=1e-6)


@pytest.mark.parametrize("edit", [AblateHead(0, 0, "mean"), AblateHead(0, 0), Temperature(0.5), BlockEdge(1, 2)], ids=str)
def test_traced_untraced_and_beams_agree(edit):
    stepper = tiny(seed=2, score="additive").intervened([edit])
    trace = run(stepper, "abcde", Beam(width=3))
    source, choices = stepper.encode("abcde"), [step.choice for step in trace.steps]
    plain = stepper.plain_log_probs(source, choices).numpy()
    np.testing.assert_allclose([step.log_prob for step in trace.steps], plain, atol=1e-5)
    np.testing.assert_allclose(forced_log_probs(stepper, [source] * 2, [choices] * 2)[1], plain, atol=1e-5)


def test_nothing_is_overwritten():
    stepper = tiny(seed=1)
    edited = stepper.intervened([Temperature(2.0)]).intervened([BlockEdge(0, 1)])
    assert stepper.edits == () and len(edited.edits) == 2
    assert run(edited, "abc").run["edits"][0] == {"type": "Temperature", "value": 2.0, "layer": None, "head": None, "site": None}
    assert "edits" not in run(stepper, "abc").run


def test_what_cannot_be_edited_is_said():
    with pytest.raises(InputError, match="no attention to intervene on"):
        run(tiny(score="none"), "abc", interventions=[Temperature(2.0)])
    with pytest.raises(InputError, match="use ForceToken"):
        run(tiny(), "abc", interventions=["head 1"])
    with pytest.raises(InputError, match="gives 2 weights but the row has 3 keys"):
        run(tiny(score="general"), "abc", interventions=[SetWeights(0, 0, 0, (0.5, 0.5))])
