"""Single pictures with captions, and pictures of which nothing can be said."""

import numpy as np
import pytest

from viz_core.tasks.captions import LANGUAGES, NOUNS, caption, captioned, look, photographs, unknown, vocabulary, words
from viz_core.tasks.captions.nothing import KINDS, nothing
from viz_core.tasks.captions.pictures import LONGEST
from viz_core.tasks.everyday_pictures import known
from viz_core.tasks.everyday_pictures import nothing as elsewhere
from viz_core.tasks.everyday_pictures.photographs import photographs as whole_photographs
from viz_core.tasks.everyday_pictures.split import PARTS
from viz_core.trace.errors import InputError


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_the_same_for_the_same_seed(kind):
    first, again, other = (nothing(kind, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (224, 224, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other) or kind == "blank"


def test_blank_is_one_colour_and_noise_is_not():
    assert len(np.unique(nothing("blank", np.random.default_rng(3)).reshape(-1, 3), axis=0)) == 1
    assert nothing("noise", np.random.default_rng(3)).std() > 40


def test_a_picture_is_called_by_the_noun_of_its_class():
    for part in PARTS:
        said = [caption(each.description, "en") for each in captioned(part) if each.description]
        assert said and all(len(each) == 2 and each[0] in ("a", "an") for each in said)
    assert len(captioned("training")) <= len(known("training"))


def test_own_sentences_are_short_and_only_stamps_have_them():
    own = [each.own for each in captioned("training") if each.own]
    assert own and all(2 <= len(each) <= LONGEST for each in own)
    assert all("stamps" in str(each.path) for each in captioned("training") if each.own)


def test_parts_share_no_picture():
    paths = [{each.path for each in captioned(part)} for part in PARTS]
    nameless = [{each.path for each in unknown(part) if each.path} for part in PARTS]
    for found in (paths, nameless):
        assert not found[0] & found[1] and not found[0] & found[2] and not found[1] & found[2]
    made = [{(each.seed, each.learned) for each in unknown(part) if not each.path} for part in PARTS]
    assert not made[0] & made[1] and not made[0] & made[2] and not made[1] & made[2]
    assert {each.kind for each in unknown("held-out")} == {*elsewhere.KINDS, "drawing"}


def test_photographs_are_held_out_ones_whole_ones_and_samples():
    held = {each.path for each in captioned("held-out") if each.photograph and each.description}
    found = photographs()
    assert held and {each.path for each in found if not each.whole} == held
    whole = [each for each in found if each.whole and not isinstance(each.path, str)]
    assert len(whole) > 20 and {each.path for each in whole} <= {item.path for item, _ in whole_photographs()}
    assert {each.path for each in found if isinstance(each.path, str)} >= {"sheep", "flower"}
    assert all(each.photograph and each.description for each in found)


def test_looks_are_square_and_seeded():
    picture = next(each for each in captioned("training") if each.description)
    assert look(picture).shape == (224, 224, 3) and (look(picture)[0, 0] == 255).all()
    assert np.array_equal(look(picture, 5), look(picture, 5)) and not np.array_equal(look(picture, 5), look(picture, 6))
    blank = unknown("training")[0]
    assert np.array_equal(look(blank, 1), look(blank, 2))
    assert look(photographs()[-1]).shape == (224, 224, 3)


def test_vocabulary_holds_all_words_once():
    assert len(set(vocabulary())) == len(vocabulary()) and vocabulary()[: len(words())] == words()
    assert {word for each in captioned("training") for word in each.own} <= set(vocabulary())
    assert all(set(caption(each.description, language)) <= set(words()) for each in captioned("held-out") if each.description for language in LANGUAGES)
    assert len(NOUNS) > 100


def test_another_part_is_refused():
    with pytest.raises(InputError, match="no part 'test'"):
        unknown("test")
