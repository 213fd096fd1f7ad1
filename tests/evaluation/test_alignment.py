"""Alignment error of every layer and head of a Transformer, and what is chosen, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.models.test_transformer import tiny_transformer

from viz_core.evaluation import alignment
from viz_core.evaluation.zh_en import alignment_errors
from viz_core.explain.alignment import forced_cross, forced_weights, shifted
from viz_core.models.transformer_stepper import TransformerPrediction, TransformerStepper
from viz_core.tasks.zh_en.pair import Pair

PAIRS = [Pair("1", ("a", "b", "c"), "K AA T", frozenset({(0, 0), (1, 1), (2, 2)}), "hsk"), Pair("2", ("d", "e"), "S", frozenset({(1, 0)}), "hsk")]
# Where each head looks at steps 0, 1, 2, 3. Head (1, 0) is right on every linked word; (0, 1) one step late (so right when
# shifted); (0, 0) always at word 0; (1, 1) always at word 1.
LOOKS = {(0, 0): (0, 0, 0, 0), (0, 1): (2, 0, 1, 2), (1, 0): (0, 1, 2, 0), (1, 1): (1, 1, 1, 1)}
SECOND = {(0, 0): (0, 0), (0, 1): (0, 1), (1, 0): (1, 0), (1, 1): (1, 1)}


@pytest.fixture
def stepper(monkeypatch):
    """A tiny Transformer whose cross-attention is written down."""

    def cross(self: TransformerPrediction, layer: int) -> torch.Tensor:
        weights = torch.full((len(self.state.sources), self.state.written.shape[1], 2, self.state.memory.mask.shape[1]), 0.01)
        for n, source in enumerate(self.state.sources):
            looks = LOOKS if len(source.axis) == 3 else SECOND
            for head in range(2):
                places = looks[layer, head]
                weights[n, 0, head, places[min(self.state.index, len(places) - 1)]] = 0.9
        return weights

    def rows(self: TransformerStepper, predictions: Sequence[TransformerPrediction]) -> list[torch.Tensor]:
        config = self.module.config
        found = [cross(each, config.alignment_layer % config.layers) for each in predictions]
        return [each.mean(2) if config.alignment_head is None else each[:, :, config.alignment_head] for each in found]

    monkeypatch.setattr(TransformerPrediction, "cross", cross)
    monkeypatch.setattr(TransformerStepper, "rows", rows)
    return tiny_transformer()


def test_errors_of_heads_by_hand(stepper) -> None:
    found = alignment.head_errors(stepper, PAIRS, "_x")
    # 4 predictions and 4 sure links: error = 1 − right / 4
    assert found["aer_layer_1_head_0_x"] == 0
    assert found["aer_layer_0_head_0_x"] == pytest.approx(1 - 1 / 4)
    assert found["aer_layer_1_head_1_x"] == pytest.approx(1 - 2 / 4)
    assert found["aer_layer_0_head_1_x"] == pytest.approx(1)
    assert found["aer_layer_0_head_1_shifted_x"] == 0
    assert len(found) == 2 * (2 + 4)


def test_what_is_chosen_has_the_lowest_error(stepper) -> None:
    assert alignment.choose(stepper, PAIRS) == (1, 0, False, 0.0)  # of equal errors the unshifted one


def test_aer_is_that_of_the_chosen_map(stepper) -> None:
    for layer, head, moved, expected in ((1, 0, False, 0.0), (0, 1, True, 0.0), (0, 0, False, 0.75), (0, 1, False, 1.0)):
        config = replace(stepper.module.config, alignment_layer=layer, alignment_head=head, alignment_shifted=moved)
        stepper.module.config = config
        found = alignment_errors(stepper, PAIRS, "")
        assert found["aer"] == pytest.approx(expected) and found["aer_layer_1_head_0"] == 0 and found["n_aligned"] == 2


def test_shifted_rows_are_those_of_the_next_step() -> None:
    rows = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(shifted(rows), [[2, 3], [4, 5], [4, 5]])


def test_heads_of_a_batch_are_those_of_each_pair_alone() -> None:
    model = tiny_transformer()
    sources = [model.encode(text) for text in ("abc", "d")]
    references = [model.choices("K AA T"), model.choices("S")]
    together = forced_cross(model, sources, references)
    assert [row.shape for row in together] == [(4, 2, 2, 3), (2, 2, 2, 1)]
    for row, source, reference in zip(together, sources, references, strict=True):
        np.testing.assert_allclose(row, forced_cross(model, [source], [reference])[0], atol=1e-6)
        np.testing.assert_allclose(row[:, 1].mean(1), forced_weights(model, [source], [reference])[0], atol=1e-6)
