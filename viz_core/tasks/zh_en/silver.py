"""Silver word alignments of the HSK sentences, from the dictionary gloss that comes with every word.

Nobody aligned these sentences by hand. A link (source word, target word) is set by rule:

1. A content word links to every target word whose stem is the stem of a word of its
   gloss; notes in brackets and function words in the gloss do not count. "Stem" is
   the word without English inflection; words of five letters or more also agree when
   their common beginning is at least 0.7 of the longer one (China, Chinese).
2. Pronouns, numbers and other common function words link by a small table.
3. Where several source words could take the same target form, as many source words as target words
   are paired in order, and otherwise each target word takes the source word at the
   nearest relative position.
4. Everything else stays unlinked: punctuation, particles, articles, free translations.

An alignment counts only when at least 60 % of the sentence's content words got a link.
All links are sure (and so possible) in the sense of Och & Ney 2003; missing links are
frequent, wrong ones rare, so compare models with each other and with the baselines of
``metrics``, not with alignment error rates on hand-made sets, and score only target
words that have a link (``metrics.on_linked_targets``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from viz_core.tasks.zh_en import hsk
from viz_core.tasks.zh_en.grammar.english import target_words
from viz_core.tasks.zh_en.pair import Pair, is_punctuation
from viz_core.tasks.zh_en.stem import stem

MIN_COVERAGE = 0.6
"""Least share of content words that must be linked."""

_PREFIX_LETTERS = 5
_PREFIX_SHARE = 0.7

# Chinese function word: the English words it may be linked to; none for particles.
_FUNCTION_WORDS = """
我 i me my mine myself|你 you your yours|您 you your yours|他 he him his himself|她 she her hers herself|它 it its
我们 we us our ours|咱们 we us our|你们 you your|他们 they them their|她们 they them their|它们 they them their
这 this these|那 that those|这些 these|那些 those|这里 here|那里 there|这儿 here|那儿 there|这样 this so such
谁 who whom whose|什么 what|哪 which where|哪儿 where|哪里 where|几 how many several|多少 how many much|怎么 how
怎么样 how|为什么 why|什么时候 when|大家 everyone everybody all|自己 own oneself himself myself yourself herself
一 a an one|两 two|二 two second|三 three third|四 four fourth|五 five fifth|六 six|七 seven|八 eight|九 nine|十 ten
百 hundred|千 thousand|万 thousand
不 not don't doesn't didn't isn't aren't won't can't cannot wasn't no never|没 not didn't haven't hasn't no isn't
没有 no not didn't haven't hasn't without|别 don't|不要 don't
和 and with|跟 with and|与 and with|或 or|或者 or|还是 or still|但 but|但是 but|可是 but|不过 but however|所以 so
因为 because|如果 if|要是 if|虽然 although though|而 and but|而且 and
是 is am are was were be 's 're 'm|有 have has had there|在 at in on is are|从 from|到 to arrived reached|对 to for
向 to toward towards|给 to for gave give gives|为 for|用 with use used uses using|比 than|让 let made make makes
把|被 by|得|地|的 's of|了|着|过|吗|呢|吧|啊|呀|嘛|们|就|才|个|只 only|件|位|本|张|条|次|种|之|所|者|里 in inside|上 on
都 all both|也 also too|很 very|太 too so|最 most|更 more|还 still also|再 again|又 again|已经 already|正在|会 will can
能 can could|可以 can may|要 will want wants must need|想 want wants think would|应该 should|必须 must
"""
_TABLE = {
    row.split()[0]: frozenset(row.split()[1:]) for row in re.split(r"[|\n]", _FUNCTION_WORDS) if row.strip()
}
# Glosses are full of these; they say nothing about which target word is meant.
_EMPTY = frozenset(
    """a an the to of in on at for from by with and or as be is are am was were been being it its this that these those
    sb sth sb's one one's oneself etc eg ie used into up out off over about do does did have has had not no very so
    such if than etc. someone something bound form fig lit esp usu usually also who which what""".split()
)
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LATIN = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")

Links = frozenset[tuple[int, int]]


def alignment(source: Sequence[str], glosses: Sequence[str], target: str) -> tuple[Links, float]:
    """The silver links of one sentence, and the share of its content words that have one (0 without any)."""
    words = [word.lower() for word in target_words(target)]
    stems = [stem(word) for word in words]
    candidates: dict[str, set[tuple[int, int]]] = {}
    for s, (word, gloss) in enumerate(zip(source, glosses)):
        allowed, roots = _TABLE.get(word), gloss_stems(gloss)
        for t, english in enumerate(words):
            if english in allowed if allowed is not None else _agree(stems[t], roots):
                # Function words compete by their Chinese form ("I … my" are one group), others by the English stem.
                candidates.setdefault(word if allowed else stems[t], set()).add((s, t))
    chosen = {link for group in candidates.values() for link in _resolve(group, len(source), len(words))}
    links = _one_source_each(chosen, len(source), len(words))
    content = [s for s, word in enumerate(source) if word not in _TABLE and not is_punctuation(word)]
    linked = {s for s, _ in links}
    return links, sum(s in linked for s in content) / len(content) if content else 0.0


@lru_cache(maxsize=None)
def gloss_stems(gloss: str) -> frozenset[str]:
    """The stems of a gloss's content words, notes in brackets left out."""
    plain = gloss
    while plain != (plain := _NOTE.sub(" ", plain)):
        pass
    return frozenset(stem(word) for word in _LATIN.findall(plain.lower()) if word not in _EMPTY)


def _agree(word: str, roots: Iterable[str]) -> bool:
    return word not in _EMPTY and any(word == root or _same_beginning(word, root) for root in roots)


def _same_beginning(first: str, second: str) -> bool:
    if min(len(first), len(second)) < _PREFIX_LETTERS:
        return False
    common = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
    return common >= max(_PREFIX_LETTERS, _PREFIX_SHARE * max(len(first), len(second)))


def _resolve(group: set[tuple[int, int]], n_source: int, n_target: int) -> set[tuple[int, int]]:
    """Rule 3 within one group of competing links."""
    sources, targets = sorted({s for s, _ in group}), sorted({t for _, t in group})
    in_order = set(zip(sources, targets))
    if len(sources) == len(targets) and in_order <= group:
        return in_order
    if len(sources) == 1:  # one word, several forms: 我 … "I … my"; the nearest is the safe one
        return {min(group, key=lambda link: _offset(link, n_source, n_target))}
    return {
        min((link for link in group if link[1] == t), key=lambda link: _offset(link, n_source, n_target)) for t in targets
    }


def _one_source_each(links: set[tuple[int, int]], n_source: int, n_target: int) -> Links:
    best: dict[int, tuple[int, int]] = {}
    for link in sorted(links):
        other = best.get(link[1])
        if other is None or _offset(link, n_source, n_target) < _offset(other, n_source, n_target):
            best[link[1]] = link
    return frozenset(best.values())


def _offset(link: tuple[int, int], n_source: int, n_target: int) -> float:
    return abs((link[0] + 0.5) / n_source - (link[1] + 0.5) / n_target)


def aligned(sentences: Iterable[hsk.Sentence]) -> list[Pair]:
    """Each sentence as a pair, its alignment None where coverage is below ``MIN_COVERAGE``."""
    pairs = []
    for sentence in sentences:
        links, coverage = alignment(sentence.source, sentence.glosses, sentence.target)
        enough = links if coverage >= MIN_COVERAGE else None
        pairs.append(Pair(sentence.id, sentence.source, sentence.target, enough, "hsk"))
    return pairs


def held_out() -> list[Pair]:
    """The held-out pairs that have a silver alignment."""
    return [pair for pair in aligned(hsk.select(hsk.read_ids(hsk.HELD_OUT_FILE))) if pair.alignment is not None]


def development() -> list[Pair]:
    """The development pairs that have a silver alignment."""
    return [pair for pair in aligned(hsk.select(hsk.read_ids(hsk.DEVELOPMENT_FILE))) if pair.alignment is not None]
