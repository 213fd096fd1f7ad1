"""The training stream: an endless, seeded mixture of every corpus, nothing of it close to what is tested on."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, count

from viz_core.inputs.segment import segment
from viz_core.tasks.zh_en import cedict, hsk
from viz_core.tasks.zh_en.grammar.english import target_words
from viz_core.tasks.zh_en.handwritten import authored
from viz_core.tasks.zh_en.hsk import may_train
from viz_core.tasks.zh_en.pair import Pair, is_punctuation
from viz_core.tasks.zh_en.silver import aligned
from viz_core.tasks.zh_en.substitute import substituted
from viz_core.trace.errors import InputError

DEFAULT_WEIGHTS: Mapping[str, float] = {
    "hsk": 0.25, "authored": 0.27, "hsk-substituted": 0.10, "grammar": 0.30, "cedict": 0.08,
}
"""Share of each origin in the stream. "hsk-substituted" also substitutes in authored pairs."""

_SENTENCES = frozenset({"hsk", "authored", "hsk-substituted", "grammar"})


def training_mixture(
    seed: int,
    weights: Mapping[str, float] | None = None,
    *,
    drop_final_mark: float = 0.35,
    resegment: float = 0.2,
) -> Iterator[Pair]:
    """Yield training pairs without end; the same arguments always give the same stream.

    ``weights`` maps origins to shares (any positive scale, 0 or absent leaves an
    origin out); default ``DEFAULT_WEIGHTS``. With probability ``drop_final_mark`` a
    sentence loses its final punctuation on both sides, as people type; with
    probability ``resegment`` an HSK sentence is cut into words by ``segment``,
    as at use, instead of by hand.

    Raises InputError on an unknown origin and on weights that are negative or all 0.
    """
    shares = dict(DEFAULT_WEIGHTS if weights is None else weights)
    _check_weights(shares)
    generator = random.Random(seed)
    streams = {o: _ORIGINS[o](generator.randrange(2**32)) for o, share in shares.items() if share > 0}
    names, limits = list(streams), list(accumulate(shares[origin] for origin in streams))
    while True:
        origin = names[bisect(limits, generator.random() * limits[-1], hi=len(names) - 1)]
        pair = next(streams[origin])
        if origin == "hsk" and generator.random() < resegment:
            pair = recut(pair)
        if origin in _SENTENCES and generator.random() < drop_final_mark:
            pair = without_final_mark(pair)
        yield pair


def without_final_mark(pair: Pair) -> Pair:
    """The pair without sentence-final punctuation, where both sides end in one mark; else the pair itself."""
    source, target = pair.source, pair.target
    if len(source) < 2 or not is_punctuation(source[-1]) or target[-1:] not in (".", "?", "!") or target.endswith(".."):
        return pair
    last_source = len(source) - 1
    last_target = len(target_words(target)) - 1
    links = pair.alignment and frozenset((s, t) for s, t in pair.alignment if s < last_source and t < last_target)
    return pair._replace(source=source[:-1], target=target[:-1], alignment=links)


@lru_cache(maxsize=1)
def hsk_pairs() -> tuple[Pair, ...]:
    """The HSK training pairs, with a silver alignment where it covers enough words."""
    return tuple(aligned(hsk.training_sentences()))


@lru_cache(maxsize=1)
def authored_pairs() -> tuple[Pair, ...]:
    """The authored pairs that are no near-duplicate of a tested one."""
    return tuple(pair for pair in authored() if may_train(pair.source, pair.target))


def substituted_pairs(seed: int) -> Iterator[Pair]:
    """HSK and authored pairs with one word exchanged, filtered, without end."""
    generator = random.Random(seed)
    sources = hsk_pairs() + authored_pairs()
    while True:
        made = substituted(generator.choice(sources), generator)
        if made is not None and may_train(made.source, made.target):
            yield made


def grammar_pairs(seed: int) -> Iterator[Pair]:
    """Sentences of the grammar, filtered, without end."""
    from viz_core.tasks.zh_en import grammar  # compiles its templates on import

    rounds = (grammar.training(seed + round_) for round_ in count())
    for number, made in enumerate(chain.from_iterable(rounds)):
        if may_train(made.source, made.target):
            links = frozenset(made.alignment)
            yield Pair(f"grammar-{made.pattern}-{number}", made.source, made.target, links, "grammar")


def recut(pair: Pair) -> Pair:
    """The pair cut into words by ``segment``, as at use; a link holds for every new word that shares a character."""
    source = tuple(segment("".join(pair.source)))
    if source == pair.source:
        return pair
    if pair.alignment is None:
        return pair._replace(source=source)
    old = [index for index, word in enumerate(pair.source) for _ in word]
    new = [index for index, word in enumerate(source) for _ in word]
    moved = {index: {n for o, n in zip(old, new) if o == index} for index in old}
    return pair._replace(
        source=source, alignment=frozenset((n, target) for index, target in pair.alignment for n in moved[index])
    )


def _sampled(pairs: Sequence[Pair], seed: int, weights: Sequence[float] | None = None) -> Iterator[Pair]:
    generator = random.Random(seed)
    limits = list(accumulate(weights)) if weights else None
    while True:
        yield generator.choices(pairs, cum_weights=limits)[0]


_ORIGINS: dict[str, Callable[[int], Iterator[Pair]]] = {
    "hsk": lambda seed: _sampled(hsk_pairs(), seed),
    "authored": lambda seed: _sampled(authored_pairs(), seed),
    "hsk-substituted": substituted_pairs,
    "grammar": grammar_pairs,
    "cedict": lambda seed: _sampled(cedict.weighted_glosses()[0], seed, cedict.weighted_glosses()[1]),
}


def _check_weights(shares: Mapping[str, float]) -> None:
    for origin, share in shares.items():
        if origin not in _ORIGINS or share < 0:
            raise InputError(
                f"The mixture gives {origin!r} the share {share}; expected shares ≥ 0 for some of "
                f"{', '.join(_ORIGINS)}; correct the weights."
            )
    if not any(share > 0 for share in shares.values()):
        raise InputError(f"The mixture's weights are {dict(shares)}; expected at least one above 0; raise one.")
