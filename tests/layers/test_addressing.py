"""Addressing by hand: every stage of Graves et al. 2014, §3.3, and erase and add, on numbers that fit on a sheet."""

from __future__ import annotations

import torch

from viz_core.layers import addressing


def rows(*values: list[float]) -> torch.Tensor:
    """One tape, one head a row."""
    return torch.tensor([list(values)])


def test_cosine_by_hand():
    memory = torch.tensor([[[3.0, 4.0], [0.0, 2.0], [-1.0, 0.0]]])
    found = addressing.cosine(rows([1.0, 0.0]), memory)
    torch.testing.assert_close(found, rows([0.6, 0.0, -1.0]))


def test_cosine_of_an_empty_cell_is_zero():
    assert addressing.cosine(rows([1.0, 2.0]), torch.zeros(1, 3, 2)).eq(0).all()


def test_key_strength_zero_looks_everywhere_and_a_large_one_at_one_cell():
    similarity = rows([1.0, 0.5, -1.0])
    torch.testing.assert_close(addressing.content_weighting(similarity, torch.zeros(1, 1, 1)), torch.full((1, 1, 3), 1 / 3))
    assert addressing.content_weighting(similarity, torch.full((1, 1, 1), 50.0))[0, 0, 0] > 0.999


def test_content_weighting_by_hand():
    found = addressing.content_weighting(rows([0.0, 1.0]), torch.full((1, 1, 1), 0.6931472))  # β = ln 2: e^β = 2
    torch.testing.assert_close(found, rows([1 / 3, 2 / 3]))


def test_gate_mixes_content_and_last_weighting():
    found = addressing.interpolate(rows([1.0, 0.0]), rows([0.0, 1.0]), torch.full((1, 1, 1), 0.25))
    torch.testing.assert_close(found, rows([0.25, 0.75]))


def test_one_hot_shift_moves_the_weight_and_wraps_around():
    weighting = rows([0.0, 0.0, 1.0])
    forward, back, stay = ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    assert addressing.rotate(weighting, rows(forward)).tolist() == [[[1.0, 0.0, 0.0]]]
    assert addressing.rotate(weighting, rows(back)).tolist() == [[[0.0, 1.0, 0.0]]]
    assert addressing.rotate(weighting, rows(stay)).tolist() == weighting.tolist()


def test_shift_is_the_circular_convolution_of_equation_8():
    generator = torch.Generator().manual_seed(0)
    weighting = torch.rand(2, 3, 7, generator=generator)
    shift = torch.rand(2, 3, 5, generator=generator)  # −2 … +2
    expected = sum(shift[..., k, None] * weighting.roll(k - 2, dims=-1) for k in range(5))
    torch.testing.assert_close(addressing.rotate(weighting, shift), expected)


def test_sharpening_by_hand():
    torch.testing.assert_close(addressing.sharpen(rows([0.2, 0.8]), torch.full((1, 1, 1), 2.0)), rows([0.04 / 0.68, 0.64 / 0.68]))
    torch.testing.assert_close(addressing.sharpen(rows([0.2, 0.8]), torch.ones(1, 1, 1)), rows([0.2, 0.8]), atol=1e-6, rtol=0)


def test_every_stage_is_a_distribution():
    generator = torch.Generator().manual_seed(1)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    found = addressing.address(
        draw(4, 9, 6), draw(4, 2, 9).softmax(-1), draw(4, 2, 6), draw(4, 2, 1).exp(), draw(4, 2, 1).sigmoid(),
        draw(4, 2, 3).softmax(-1), 1 + draw(4, 2, 1).exp(),
    )  # fmt: skip
    for stage in found[1:]:
        assert (stage >= 0).all()
        torch.testing.assert_close(stage.sum(-1), torch.ones(4, 2))


def test_read_is_the_weighted_sum():
    memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    torch.testing.assert_close(addressing.read(memory, rows([0.25, 0.75])), rows([2.5, 3.5]))


def test_write_erases_then_adds():
    memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    found = addressing.write(memory, rows([1.0, 0.5]), rows([1.0, 0.0]), rows([10.0, 20.0]))
    torch.testing.assert_close(found, torch.tensor([[[10.0, 22.0], [6.5, 14.0]]]))
    assert memory[0, 0, 0] == 1, "the old memory stays as it is"


def test_two_write_heads_do_not_depend_on_their_order():
    generator = torch.Generator().manual_seed(2)
    memory, weightings = torch.randn(1, 4, 3, generator=generator), torch.rand(1, 2, 4, generator=generator)
    erase, add = torch.rand(1, 2, 3, generator=generator), torch.randn(1, 2, 3, generator=generator)
    other = addressing.write(memory, weightings.flip(1), erase.flip(1), add.flip(1))
    torch.testing.assert_close(addressing.write(memory, weightings, erase, add), other)
