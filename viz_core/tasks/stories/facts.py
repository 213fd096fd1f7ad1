"""Families of facts that are put together: directions, times of day, deduction, induction (bAbI 4, 14–16)."""

from __future__ import annotations

import random

from viz_core.tasks.stories.story import Story
from viz_core.tasks.stories.words import ANIMALS, COLOURS, DIRECTIONS, GUESTS, OUTINGS, PETS, PLACES, PLURALS, SPECIES, TIMES


def directions(rng: random.Random) -> Story:
    """4, two argument relations: what lies north of a room, and what is a room north of?"""
    a, b, c = rng.sample(PLACES, 3)
    one, two = rng.sample(DIRECTIONS, 2)
    facts = [(a, one, b), rng.choice(((b, one, c), (b, two, c), (c, two, b)))]
    rng.shuffle(facts)
    said = rng.randrange(2)
    first, direction, second = facts[said]
    question, answer = rng.choice((
        (f"What is {direction} of the {second}?", first),
        (f"What is the {first} {direction} of?", second),
    ))  # fmt: skip
    return Story(tuple(f"The {x} is {d} of the {y}." for x, d, y in facts), question, answer, (said,))


def times(rng: random.Random) -> Story:
    """14, time: sentences name the part of the day and come in any order."""
    visits = []  # person, time, place
    for person in rng.sample(GUESTS, 2):
        count = rng.randint(2, 4)
        slots = sorted(rng.sample(range(len(TIMES)), count))
        visits += [(person, slot, place) for slot, place in zip(slots, rng.sample(OUTINGS, count), strict=True)]
    rng.shuffle(visits)
    person = rng.choice(sorted({visit[0] for visit in visits}))
    own = sorted((slot, i) for i, (who, slot, _) in enumerate(visits) if who == person)
    at = rng.randrange(1, len(own))
    before, after = own[at - 1][1], own[at][1]
    went = rng.choices(("went to", "travelled to", "journeyed to", "moved to"), k=len(visits))
    sentences = tuple(f"{TIMES[slot]} {who} {verb} the {place}." for (who, slot, place), verb in zip(visits, went, strict=True))
    return Story(sentences, f"Where was {person} before the {visits[after][2]}?", visits[before][2], (before, after))


def deduction(rng: random.Random) -> Story:
    """15, basic deduction: what a kind is afraid of, and of which kind somebody is."""
    kinds = list(PLURALS)
    fears = {kind: rng.choice([k for k in kinds if k != kind]) for kind in kinds}
    pets = {name: rng.choice(kinds) for name in PETS}
    facts = [(f"{PLURALS[a]} are afraid of {PLURALS[b].lower()}.", a) for a, b in fears.items()]
    facts += [(f"{name} is a {kind}.", name) for name, kind in pets.items()]
    rng.shuffle(facts)
    where = {key: i for i, (_, key) in enumerate(facts)}
    name = rng.choice(PETS)
    support = (where[name], where[pets[name]])
    return Story(tuple(s for s, _ in facts), f"What is {name} afraid of?", fears[pets[name]], support)


def induction(rng: random.Random) -> Story:
    """16, basic induction: of one kind, so of one colour."""
    kinds = dict(zip(ANIMALS, rng.choices(SPECIES, k=len(ANIMALS)), strict=True))
    asked, like = rng.sample(ANIMALS, 2)
    kinds[like] = kinds[asked]
    colours = dict(zip(SPECIES, rng.sample(COLOURS, len(SPECIES)), strict=True))
    facts = [(f"{name} is a {kind}.", name, kind) for name, kind in kinds.items()]
    facts += [(f"{name} is {colours[kind]}.", name, kind) for name, kind in kinds.items() if name != asked]
    rng.shuffle(facts)
    support = tuple(i for i, (_, _, kind) in enumerate(facts) if kind == kinds[asked])
    return Story(tuple(s for s, _, _ in facts), f"What color is {asked}?", colours[kinds[asked]], support)
