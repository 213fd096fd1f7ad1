import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz_core.decoding import Beam, Forced, Greedy, Sampling, parse, to_text
from viz_core.trace import InputError

PREFIX = st.lists(st.none() | st.integers(0, 9999), max_size=5).map(tuple)
COMMON = dict(prefix=PREFIX, max_steps=st.none() | st.integers(1, 1000))
ANY = st.one_of(
    st.builds(Greedy, **COMMON),
    st.builds(
        Sampling, temperature=st.floats(0.01, 100), top_k=st.integers(0, 50), top_p=st.floats(0.01, 1),
        seed=st.none() | st.integers(0, 99), **COMMON,
    ),
    st.builds(Beam, width=st.integers(2, 16), length_penalty=st.floats(0, 10), normalisation=st.sampled_from(["power", "wu"]),
              n_best=st.integers(1, 2), **COMMON),
    st.builds(Forced, reference=st.text("ab ,=.:1_", min_size=1).map(str.strip).filter(bool), **COMMON),
    st.builds(Forced, reference=st.lists(st.integers(0, 99), min_size=1).map(tuple), **COMMON),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(ANY)
def test_text_and_mapping_give_equal_options_back(options):
    assert parse(to_text(options)) == options
    assert parse(options.to_dict()) == options
    assert parse(options) is options


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("greedy", Greedy()),
        ("beam", Beam()),
        ("beam:width=2,prefix=17._.4", Beam(width=2, prefix=(17, None, 4))),
        (" sampling : temperature = 0.8 , seed = 3 ", Sampling(temperature=0.8, seed=3)),
        ("forced:max_steps=3,reference=I, you=we.", Forced(reference="I, you=we.", max_steps=3)),
        ("forced:reference=2024", Forced(reference="2024")),
        ("forced:ids=17.9.3", Forced(reference=(17, 9, 3))),
    ],
)
def test_what_people_write(text, options):
    assert parse(text) == options


def test_a_mapping_may_hold_text_as_an_address_does():
    assert parse({"method": "beam", "width": "3", "length_penalty": "0.6"}) == Beam(width=3, length_penalty=0.6)
    assert parse({}) == Greedy()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("bean", "decoding method 'bean' is unknown"),
        ("beam:width=x", "beam width is 'x'"),
        ("beam:width=17", "beam width is 17"),
        ("beam:wdth=3", "did you mean 'width'"),
        ("beam:width", "'width' has no value"),
        ("greedy:prefix=a.b", "prefix is 'a.b'"),
        ("sampling:temperature=nan", "temperature is nan"),
        ("forced", "reference is empty"),
        ("forced:ids=x", "ids is 'x'"),
        (7, "decoding is a int"),
    ],
)
def test_what_cannot_be_read_is_named(value, message):
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        parse(value)
