import torch
from tests.models.tiny_generators import generator, source
from transformers.cache_utils import DynamicCache

from viz_core.models.pretrained_cache import GrowingLayer, SlidingLayer, branched, last_written, new_cache, selected

ROWS, HEADS, DEPTH = 2, 3, 4


def states(count, seed):
    found = torch.Generator().manual_seed(seed)
    return torch.randn(ROWS, HEADS, count, DEPTH, generator=found), torch.randn(ROWS, HEADS, count, DEPTH, generator=found)


def test_a_growing_layer_holds_what_transformers_own_holds():
    own, ours = DynamicCache(), GrowingLayer()
    for step, count in enumerate([5, *[1] * 80]):  # more than its first store has room for
        given = states(count, step)
        for wanted, found in zip(own.update(*given, 0), ours.update(*given), strict=True):
            assert torch.equal(wanted, found)
    assert ours.get_seq_length() == 85


def test_steps_share_a_store_and_branches_do_not():
    cache = new_cache(generator("llama").module.config, False)
    cache.update(*states(4, 0), 0)
    one, other = branched(cache), branched(cache)
    first, second = one.update(*states(1, 1), 0), other.update(*states(1, 2), 0)
    assert one.layers[0].store is cache.layers[0].store  # in place
    assert other.layers[0].store is not cache.layers[0].store  # the place was taken
    assert torch.equal(first[0][:, :, :4], second[0][:, :, :4]) and not torch.equal(first[0], second[0])
    assert cache.get_seq_length() == 4 and one.get_seq_length() == 5
    assert torch.equal(one.layers[0].keys, first[0])


def test_rows_are_selected_without_touching_the_old():
    cache = new_cache(generator("llama").module.config, False)
    keys, values = states(4, 0)
    cache.update(keys, values, 0)
    other = selected(cache, torch.tensor([1, 1, 0]), False)
    assert torch.equal(other.layers[0].keys, keys[[1, 1, 0]]) and torch.equal(cache.layers[0].keys, keys)
    assert torch.equal(other.layers[0].values, values[[1, 1, 0]])


def test_a_layer_says_once_that_it_is_written_to():
    cache = new_cache(generator("mistral").module.config, False)
    assert all(type(layer) is SlidingLayer for layer in cache.layers) and last_written(cache) is None
    for layer in range(2):
        cache.update(*states(3, 0), layer)
    seen = []
    last_written(cache).notice = lambda: seen.append(1)
    for layer in (0, 1, 1):
        cache.update(*states(1, 1), layer)
    assert last_written(cache) is cache.layers[1] and seen == [1]


def test_a_beam_keeps_cross_attention_where_sources_stay():
    stepper = generator("bart", 1)
    state = stepper.start([source(stepper, (5, 6, 7))])
    prediction = stepper.predict(state)
    wide = stepper.commit(prediction, torch.tensor([[0, 0]]), torch.tensor([[5, 6]]))
    prediction = stepper.predict(wide)
    turned = stepper.commit(prediction, torch.tensor([[1, 0]]), torch.tensor([[5, 6]]))
    cross = prediction.cache.cross_attention_cache.layers[0].keys
    assert cross.shape[0] == 2 and turned.cache.cross_attention_cache.layers[0].keys is cross
    own, before = turned.cache.self_attention_cache.layers[0].keys, prediction.cache.self_attention_cache.layers[0].keys
    assert torch.equal(own, before[[1, 0]]) and not torch.equal(own, before)
