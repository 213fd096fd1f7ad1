"""Families about where people are: one fact, yes or no, negation, not sure, pronouns and pairs (bAbI 1, 6, 9–13)."""

from __future__ import annotations

import random

from viz_core.tasks.stories.story import Story
from viz_core.tasks.stories.words import NEXT, PEOPLE, PLACES, WALKED, other, pronoun, they, walk
from viz_core.tasks.stories.world import World


def where_is(rng: random.Random) -> Story:
    """1, one supporting fact: where is somebody who walked about?"""
    world = World(rng).until(rng.randint(2, 10), eager=0)
    person = rng.choice(sorted(world.walks))
    place, said = world.walks[person][-1]
    return Story(tuple(world.sentences), f"Where is {person}?", place, (said,))


def is_in(rng: random.Random) -> Story:
    """6, yes or no: is somebody in a place? Half of the answers are yes."""
    world = World(rng).until(rng.randint(2, 10), eager=0)
    person = rng.choice(sorted(world.walks))
    place, said = world.walks[person][-1]
    return Story(tuple(world.sentences), *yes_or_no(rng, person, place), (said,))


def yes_or_no(rng: random.Random, person: str, place: str) -> tuple[str, str]:
    """A question about somebody who is at a place, and its answer."""
    yes = rng.random() < 0.5
    return f"Is {person} in the {place if yes else other(rng, PLACES, place)}?", "yes" if yes else "no"


def negation(rng: random.Random) -> Story:
    """9, simple negation: what was said last may be that somebody is not in a place."""
    sentences: list[str] = []
    last: dict[str, tuple[str, bool, int]] = {}  # person → place, whether they are there, sentence
    for i in range(rng.randint(2, 10)):
        person = rng.choice(PEOPLE)
        known = last.get(person)
        if rng.random() < 0.4:
            left = known is not None and known[1]
            place = known[0] if left else rng.choice(PLACES)  # type: ignore[index]
            sentences.append(f"{person} is {rng.choice(('no longer', 'not')) if left else 'not'} in the {place}.")
            last[person] = (place, False, i)
        else:
            place = other(rng, PLACES, known and known[0])
            sentences.append(f"{person} is in the {place}." if rng.random() < 0.5 else walk(rng, person, place))
            last[person] = (place, True, i)
    person = rng.choice(sorted(last))
    place, there, said = last[person]
    question, answer = yes_or_no(rng, person, place) if there else (f"Is {person} in the {place}?", "no")
    return Story(tuple(sentences), question, answer, (said,))


def indefinite(rng: random.Random) -> Story:
    """10, indefinite knowledge: somebody may be in either of two places, and the answer may be `maybe`."""
    sentences: list[str] = []
    last: dict[str, tuple[tuple[str, ...], int]] = {}
    for i in range(rng.randint(2, 10)):
        person, places = rng.choice(PEOPLE), tuple(rng.sample(PLACES, 2))
        if rng.random() < 0.5:
            sentences.append(f"{person} is either in the {places[0]} or the {places[1]}.")
        else:
            places = places[:1]
            sentences.append(f"{person} is in the {places[0]}." if rng.random() < 0.5 else walk(rng, person, places[0]))
        last[person] = (places, i)
    person = rng.choice(sorted(last))
    places, said = last[person]
    asked = rng.choice(places) if rng.random() < 0.6 else other(rng, PLACES, *places)
    answer = ("yes" if len(places) == 1 else "maybe") if asked in places else "no"
    return Story(tuple(sentences), f"Is {person} in the {asked}?", answer, (said,))


def pronouns(rng: random.Random) -> Story:
    """11, basic coreference: a second sentence says `he` or `she`."""
    return in_pairs(rng, [(person,) for person in PEOPLE])


def compound_pronouns(rng: random.Random) -> Story:
    """13, compound coreference: a second sentence says `they`."""
    return in_pairs(rng, pairs())


def pairs() -> list[tuple[str, ...]]:
    return [(a, b) for a in PEOPLE for b in PEOPLE if a != b]


def in_pairs(rng: random.Random, groups: list[tuple[str, ...]]) -> Story:
    """One to five times: a group goes somewhere, and in the next sentence on to another place."""
    sentences: list[str] = []
    last: dict[str, tuple[str, tuple[int, int]]] = {}
    for _ in range(rng.randint(1, 5)):
        group = rng.choice(groups)
        first, second = rng.sample(PLACES, 2)
        at = len(sentences)
        sentences.append(walk(rng, " and ".join(group), first))
        who = pronoun(group[0]) if len(group) == 1 else "they"
        sentences.append(f"{rng.choice(NEXT)} {who} {rng.choice(WALKED)} the {second}.")
        last |= {person: (second, (at, at + 1)) for person in group}
    person = rng.choice(sorted(last))
    return Story(tuple(sentences), f"Where is {person}?", last[person][0], last[person][1])


def conjunction(rng: random.Random) -> Story:
    """12, conjunction: two people go together."""
    sentences: list[str] = []
    last: dict[str, tuple[str, int]] = {}
    for i in range(rng.randint(2, 10)):
        pair, place = rng.choice(pairs()), rng.choice(PLACES)
        sentences.append(walk(rng, they(pair), place))  # type: ignore[arg-type]
        last |= {person: (place, i) for person in pair}
    person = rng.choice(sorted(last))
    return Story(tuple(sentences), f"Where is {person}?", last[person][0], (last[person][1],))


