import itertools

import pytest

from viz_core.tasks.zh_en import corpus, hsk
from viz_core.tasks.zh_en.pair import Pair
from viz_core.trace.errors import InputError

OFFLINE = {"hsk": 2.0, "authored": 1.0, "hsk-substituted": 1.0}


def take(count, seed=3, weights=OFFLINE, **options):
    return list(itertools.islice(corpus.training_mixture(seed, weights, **options), count))


def test_the_seed_decides():
    assert take(50) == take(50) != take(50, seed=4)


def test_shares_and_filter():
    pairs = take(2000)
    assert 0.45 < sum(p.origin == "hsk" for p in pairs) / 2000 < 0.55
    assert all(hsk.may_train(p.source, p.target) for p in pairs)


def test_final_marks_drop_as_often_as_asked():
    kept, dropped = take(300, drop_final_mark=0.0), take(300, drop_final_mark=1.0)
    assert sum(p.target.endswith(".") for p in kept) > 250
    assert not any(p.target.endswith(".") and p.source[-1] == "。" for p in dropped)


def test_dropping_a_mark_drops_its_links():
    pair = Pair("x", ("好", "。"), "Good.", frozenset({(0, 0), (1, 1)}), "hsk")
    assert corpus.without_final_mark(pair) == Pair("x", ("好",), "Good", frozenset({(0, 0)}), "hsk")
    unmarked = pair._replace(target="Good")
    assert corpus.without_final_mark(unmarked) is unmarked


def test_recut_carries_links_by_characters():
    pair = Pair("x", ("这个", "学", "生"), "this student", frozenset({(0, 0), (1, 1), (2, 1)}), "grammar")
    assert corpus.recut(pair) == pair._replace(source=("这", "个", "学生"), alignment=frozenset({(0, 0), (1, 0), (2, 1)}))


@pytest.mark.parametrize("weights", [{"news": 1.0}, {"hsk": -1.0}, {"hsk": 0.0}, {}])
def test_bad_weights_are_refused(weights):
    with pytest.raises(InputError):
        take(1, weights=weights)
