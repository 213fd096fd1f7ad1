"""Our own Transformer through what every attention model goes through: heads taken out, what if, trust tests."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.models.test_transformer import tiny_transformer

import viz_core as vc
from viz_core.decoding import Forced
from viz_core.explain.head_importance import head_importance
from viz_core.explain.rollout import all_layers, cross_rollout
from viz_core.explain.trust import experiment, trust
from viz_core.explain.weight_controls import controls
from viz_core.explain.what_if import baseline, what_if
from viz_core.inputs.vocabulary import BEGIN, PAD, UNKNOWN
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights
from viz_core.trace import InputError

SOURCE, SAID = "abcd", "K AA T"


@pytest.mark.parametrize("how", ["zero", "mean", "uniform"])
def test_heads_side_by_side_change_what_each_alone_changes(how: str) -> None:
    stepper = tiny_transformer()
    choices = stepper.choices(SAID)
    found = {item.site: item for item in head_importance(stepper, SOURCE, choices, how)}
    assert {site: item.values["kl"].shape for site, item in found.items()} == {site: (2, 2, 4) for site in ("cross", "decoder", "encoder")}
    source = stepper.encode(SOURCE)
    before = stepper.plain_log_probs(source, choices)
    for site, item in found.items():
        for layer, head in np.ndindex(2, 2):
            after = stepper.intervened([AblateHead(layer, head, how, site)]).plain_log_probs(source, choices)
            np.testing.assert_allclose(item.values["log_prob"][layer, head], after - before, atol=1e-5)


def test_what_if_names_its_places_and_changes_the_output() -> None:
    stepper = tiny_transformer()
    base = baseline(stepper, SOURCE, 6)
    assert {site: tuple(map(len, names)) for site, names in base.sites.items()} == {site: (2, 2) for site in ("cross", "decoder", "encoder")}
    effect = what_if(stepper, base, [AblateHead(1, 0, "zero", "cross"), BlockEdge(0, 1, site="cross")])
    assert np.isfinite(effect.kl).all() and effect.kl.max() > 0
    with pytest.raises(InputError, match="layer 2"):
        what_if(stepper, base, [AblateHead(2, 0, "zero", "cross")])


def test_a_row_without_any_key_says_so() -> None:
    stepper = tiny_transformer()
    with pytest.raises(InputError, match="no key left"):
        what_if(stepper, SOURCE, [BlockEdge(0, key, site="cross") for key in range(4)], max_steps=4)


@pytest.mark.parametrize(("layer", "head"), [(None, None), (1, None), (0, 1)])
def test_controls_replace_the_rows_on_show(layer: int | None, head: int | None) -> None:
    stepper = tiny_transformer()
    source, choices = stepper.encode(SOURCE), tuple(stepper.choices(SAID))
    trace = vc.run(stepper, source, Forced(SAID))
    found = controls(stepper, source, trace, choices, np.array([1]), "cross", layer, head)
    even = [
        SetWeights(i, j, 1, (0.25,) * 4, "cross")
        for i in (range(2) if layer is None else [layer]) for j in (range(2) if head is None else [head])
    ]  # fmt: skip
    expected = stepper.intervened(even).plain_log_probs(source, choices)[1]
    assert found.own == pytest.approx(float(stepper.plain_log_probs(source, choices)[1]), abs=1e-5)
    assert found.uniform == pytest.approx(float(expected), abs=1e-5)
    assert len(found.permuted) == 8 and np.std(found.permuted) > 0


def test_the_trust_test_has_every_rival() -> None:
    stepper = tiny_transformer()
    source = stepper.encode("abcdef")
    trace = vc.run(stepper, source, Forced(SAID))
    done = experiment(stepper, source, stepper.choices(SAID), orders=12)
    report = trust(stepper, source, trace, layer=1, done=done)
    assert {rival.name for rival in report.rivals} == {"shapley", "leave_one_out", "gradient_input", "gradient_norm", "rollout"}
    assert report.controls is not None
    rows = np.mean([trace.attention("cross").map(1, head) for head in range(2)], axis=0)
    np.testing.assert_allclose(report.importance, rows.mean(0), atol=1e-6)
    rolled = next(rival for rival in report.rivals if rival.name == "rollout")
    whole = cross_rollout(*(all_layers(trace.attention(site)) for site in ("encoder", "decoder", "cross")))
    assert whole.shape == (4, 6) and np.allclose(whole.sum(1), 1)
    np.testing.assert_allclose(rolled.importance, whole.mean(0), atol=1e-6)
    blind = cross_rollout(all_layers(trace.attention("encoder")), None, all_layers(trace.attention("cross")))
    np.testing.assert_allclose(whole[0], blind[0], atol=1e-6, err_msg="the first position has no earlier ones to mix")
    assert np.abs(whole[1:] - blind[1:]).max() > 1e-3


def test_gradients_are_of_the_model() -> None:
    """Against a small step along each embedding."""
    stepper = tiny_transformer()
    source, choices = stepper.encode("ab"), stepper.choices("K")
    embedded, gradients = stepper.occlusion.gradients(source, choices)
    module, mask = stepper.module.double(), torch.ones(1, 2, dtype=torch.bool)
    previous = torch.tensor([[stepper.begin, *choices[:-1]]])
    try:
        for position, channel in ((0, 3), (1, 6)):
            values = []
            for change in (1e-4, -1e-4):
                moved = embedded.double().clone()
                moved[position, channel] += change
                logits = module.logits(module.forced(module.read(moved[None], mask), previous))[0, 0]
                logits[[PAD, UNKNOWN, BEGIN]] = -torch.inf  # never outputs
                values.append(float(logits.log_softmax(-1)[choices[0]]))
            assert (values[0] - values[1]) / 2e-4 == pytest.approx(float(gradients[0, position, channel]), abs=1e-4)
    finally:
        module.float()


def test_an_edited_encoder_is_edited_with_positions_removed() -> None:
    stepper = tiny_transformer().intervened([AblateHead(0, 0, "uniform", "encoder")])
    source, choices = stepper.encode(SOURCE), stepper.choices(SAID)
    keep = torch.tensor([[True] * 4, [True, True, False, True]])
    found = stepper.occlusion.values(source, choices, keep, "delete")
    np.testing.assert_allclose(found[0], stepper.plain_log_probs(source, choices), atol=1e-5)
    shorter = stepper.encode("abd")
    np.testing.assert_allclose(found[1], stepper.plain_log_probs(shorter, choices), atol=1e-5)
