"""The layers between the vision model and the annotations, by hand."""

import torch

from viz_core.models.caption_annotator import AREA, COLOURS, Alike, Annotator, Near, grid_places, grids


def test_grids_are_read_off_the_places():
    places = torch.zeros(3, 6, 2)
    places[0], places[1], places[2, :4] = grid_places(2, 3), grid_places(3, 2), grid_places(2, 2)
    mask = torch.tensor([[True] * 6, [True] * 6, [True] * 4 + [False] * 2])
    assert grids(places, mask) == {(2, 3): [0], (3, 2): [1], (2, 2): [2]}


def test_near_looks_at_the_nine_patches_around():
    torch.manual_seed(0)
    near, x = Near(4), torch.randn(1, 12, 4)  # 3 × 4 patches
    changed = x.clone()
    changed[0, 5] = torch.randn(4)  # row 1, column 1
    moved = (near(x, {(3, 4): [0]}) - near(changed, {(3, 4): [0]})).abs().sum(-1)[0] > 1e-7
    assert moved.view(3, 4).tolist() == [[True, True, True, False]] * 3


def test_near_of_pictures_of_two_shapes_is_that_of_each():
    torch.manual_seed(0)
    near, wide, tall = Near(4), torch.randn(1, 6, 4), torch.randn(1, 4, 4)
    both = torch.cat([wide, torch.cat([tall, torch.full((1, 2, 4), 9.0)], 1)])
    found = near(both, {(2, 3): [0], (2, 2): [1]})
    torch.testing.assert_close(found[:1], near(wide, {(2, 3): [0]}))
    torch.testing.assert_close(found[1:, :4], near(tall, {(2, 2): [0]}))


def test_alike_sums_over_like_patches():
    layer = Alike(2, heads=1, depth=2)
    with torch.no_grad():  # q = k = v = what LayerNorm leaves: (1, −1) or (−1, 1)
        layer.qkv.weight.copy_(torch.eye(2).repeat(3, 1))
        layer.qkv.bias.zero_()
        layer.out.weight.copy_(torch.eye(2))
        layer.out.bias.zero_()
        layer.sharpness.fill_(100.0)
        layer.shift.fill_(-50.0)
    x = torch.tensor([[[2.0, 0.0], [4.0, 0.0], [0.0, 3.0], [6.0, 0.0], [8.0, 0.0]]])
    found = layer(x, torch.tensor([[True, True, True, True, False]])) - x
    torch.testing.assert_close(found[0, 0], torch.tensor([3.0, -3.0]) / AREA, atol=1e-4, rtol=0)  # three real patches are like it
    torch.testing.assert_close(found[0, 2], torch.tensor([-1.0, 1.0]) / AREA, atol=1e-4, rtol=0)


def test_colours_among_the_states_or_by_themselves():
    torch.manual_seed(0)
    features, places, mask = torch.randn(2, 5, 9 + COLOURS), grid_places(2, 2).expand(2, -1, -1), torch.ones(2, 4, dtype=torch.bool)
    among, apart = Annotator(9 + COLOURS, 6, 0.0).eval(), Annotator(9 + COLOURS, 6, 0.0, hues=5).eval()
    assert (among.first.in_features, apart.first.in_features) == (9 + COLOURS, 9) and among.colour is None
    for annotator in (among, apart):
        torch.nn.init.zeros_(annotator.first.weight)  # states are not read
        changed = features.clone()
        changed[:, 1:, -COLOURS:] += 1
        seen, other = (annotator(each, places, mask)[0] for each in (features, changed))
        assert torch.equal(seen, other) == (annotator is among)  # the network of its own still reads colours
