"""Which ImageNet classes a noun names."""

from viz_core.tasks.captions import NOUNS
from viz_core.tasks.captions.imagenet import named


def test_known_classes():
    """ImageNet's own numbers: 151 to 268 are dogs from Chihuahua to Mexican hairless, 291 a lion, 948 a Granny Smith."""
    found = {NOUNS[noun].en: classes for noun, classes in named().items()}
    assert found["dog"] == tuple(range(151, 269)) and found["lion"] == (291,) and found["apple"] == (948,)
    assert found["elephant"] == (101, 385, 386)
    assert "giraffe" not in found, "ImageNet-1k has none"


def test_no_class_names_two_things_and_nouns_keep_their_order():
    every = [number for classes in named().values() for number in classes]
    assert len(every) == len(set(every)) and 0 <= min(every) <= max(every) < 1000
    assert list(named()) == sorted(named()) and set(named()) <= set(range(len(NOUNS)))
