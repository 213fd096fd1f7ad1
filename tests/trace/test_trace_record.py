import dataclasses

from tests.trace import example
import numpy as np
import pytest

from viz_core.trace import AttentionMap, Axis, Dense, InputError, Quantity, ShapeError, Step, Trace, dense, numbered

TRACE = example.trace()


def of_steps(*steps: Step) -> Trace:
    return dataclasses.replace(TRACE, steps=steps)


def test_what_a_trace_sums_up():
    assert len(TRACE) == 2 and TRACE.sites == ("encoder", "cross") and TRACE.log_prob == -0.75
    assert TRACE.step_axis == Axis("step", ("I", "am"))
    assert of_steps(Step(0, "layer 1")).log_prob is None and of_steps(Step(0, "layer 1")).step_axis.labels == ("layer 1",)


def test_attention_of_a_site_in_step_order():
    found = TRACE.attention("cross")
    assert np.array_equal(found.map(), [[0.25, 0.75], [np.nan, np.nan]], equal_nan=True)
    assert found.query_axis.labels == ("I", "I") and found.key_axis == example.SOURCE
    assert TRACE.attention("encoder") is TRACE.steps[0].attention[0]  # alone: geometry and factored form stay
    with pytest.raises(InputError, match="no attention at 'read' in this trace; there is: encoder, cross"):
        TRACE.attention("read")


def test_attention_over_a_growing_key_axis():
    """Keys that a step did not have yet weigh 0; a masked row is masked over all keys."""
    one = numbered("token", 1)
    rows = ([[1.0]], [[np.nan, np.nan]], [[0.25, 0.25, 0.5]])
    steps = [Step(i, "s", attention=(dense("decoder", one, numbered("token", i + 1), row),)) for i, row in enumerate(rows)]
    expected = [[1, 0, 0], [np.nan] * 3, [0.25, 0.25, 0.5]]
    assert np.array_equal(of_steps(*steps).attention("decoder").map(), expected, equal_nan=True)


def test_attention_of_different_heads_is_not_cut_to_fit():
    one = numbered("token", 1)
    first, second = (AttentionMap("x", one, one, Dense(np.ones((1, n, 1, 1))), ("",), ("",) * n) for n in (2, 1))
    with pytest.raises(ShapeError, match="'x' has 1 layers × 2 heads in one step and 1 × 1 in another; read"):
        of_steps(Step(0, "a", attention=(first,)), Step(1, "b", attention=(second,))).attention("x")


def test_series():
    assert TRACE.series("context").tolist() == [[0, 2], [1, 2]]
    with pytest.raises(InputError, match="no step of this trace has a quantity 'gate'"):
        TRACE.series("gate")
    growing = [Step(i, "s", details=(Quantity("h", "h", (numbered("channel", i + 1),), np.zeros(i + 1)),)) for i in range(2)]
    with pytest.raises(ShapeError, match=r"'h' changes its shape over the steps \(\(1,\), \(2,\)\); read it step by step"):
        of_steps(*growing).series("h")


def test_wrong_parts():
    with pytest.raises(InputError, match="step at position 0 has index 1; number"):
        of_steps(TRACE.steps[1])
    with pytest.raises(InputError, match="trace source is a value of type NoneType; give text"):
        dataclasses.replace(TRACE, source=None)
    with pytest.raises(InputError, match=r"trace run\['device'\] holds a value of type object"):
        dataclasses.replace(TRACE, run={"device": object()})


def test_run_is_a_copy():
    run = {"options": [1]}
    trace = dataclasses.replace(TRACE, run=run)
    run["options"].append(2)
    assert trace.run == {"options": [1]}
