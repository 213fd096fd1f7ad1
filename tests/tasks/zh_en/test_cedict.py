import pytest

from viz_core.tasks.zh_en import cedict
from viz_core.tasks.zh_en.cedict import Entry
from viz_core.trace.errors import InputError


def test_parse_reads_one_sense_and_several():
    text = 'export default {"all":[["蘋果","苹果","ping2 guo3","apple",[],[]],["吃","吃","chi1",["to eat; to consume","x"],[],[]]]}'
    assert list(cedict.parse(text)) == [
        Entry("苹果", "ping2 guo3", ("apple",)), Entry("吃", "chi1", ("to eat; to consume", "x")),
    ]
    with pytest.raises(InputError, match="fetch it again"):
        list(cedict.parse("export default nothing"))


@pytest.mark.parametrize(
    "senses, glosses",
    [
        (["to eat; to consume"], ["to eat", "to consume", "eat", "consume"]),
        (["surname Wang", "king"], ["king"]),
        (["good", "a; b", "fourth is left out"], ["good", "a", "b"]),
        (["(joining two nouns) and", "(bound form) Japan"], ["and"]),
        (["variant of 好", "see 好[hao3]", "classifier for books", "old name of Beijing"], []),
        (["to have a tendency to do", "fine (Tw)"], []),
    ],
)
def test_plain_glosses(senses, glosses):
    assert cedict.plain_glosses(senses) == glosses


def test_the_commonest_reading_wins():
    name, noun, many = Entry("都", "Du1", ("Du",)), Entry("都", "du1", ("capital",)), Entry("都", "dou1", ("all", "even"))
    assert cedict.best_glosses([name, noun, many]) == ["all", "even"]
    assert cedict.best_glosses([name, noun, many], reading="du1") == ["capital"]
    assert cedict.best_glosses([name]) == ["Du"]


@pytest.mark.parametrize("marked, numbered", [("cháng chéng", "chang2 cheng2"), ("de", "de5"), ("lǜ sè", "lu:4 se4")])
def test_numbered_pinyin(marked, numbered):
    assert cedict.numbered_pinyin(marked) == numbered
