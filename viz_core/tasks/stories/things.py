"""Families about things that are carried, left and given (bAbI 2, 3, 5, 7, 8)."""

from __future__ import annotations

import random

from viz_core.tasks.stories.story import Story
from viz_core.tasks.stories.words import GAVE, GIVERS, PLACES, THINGS, walk
from viz_core.tasks.stories.world import World

COUNTS = ("none", "one", "two", "three")


def where_is_thing(rng: random.Random) -> Story:
    """2, two supporting facts: who has or left the thing, and where that person went."""
    world = World(rng).until(rng.randint(4, 20))
    while not world.stays:
        world.happen(eager=1)
    thing = rng.choice(sorted(world.stays))
    place, support = world.whereabouts(thing)
    return Story(tuple(world.sentences), f"Where is the {thing}?", place, support)


def where_was_thing(rng: random.Random) -> Story:
    """3, three supporting facts: where was the thing before it was brought to a place?"""
    world, known = World(rng), []
    while not known:  # nothing was moved twice: another world, so that no story is much longer than the others
        world = World(rng).until(rng.randint(5, 25))
        known = sorted(thing for thing, stays in world.stays.items() if len(stays) > 1)
    thing = rng.choice(known)
    stays = world.stays[thing]
    last = {stay.place: i for i, stay in enumerate(stays)}  # a place it was at twice: the last time counts
    i = rng.choice(sorted(i for i in last.values() if i > 0))
    return Story(tuple(world.sentences), f"Where was the {thing} before the {stays[i].place}?", stays[i - 1].place, stays[i].brought)


def give(rng: random.Random) -> Story:
    """5, three argument relations: who gave what to whom?"""
    sentences: list[str] = []
    gifts: list[tuple[int, str, str, str]] = []  # sentence, giver, thing, receiver
    length = rng.randint(2, 10)
    while len(sentences) < length or not gifts:
        if rng.random() < 0.35:
            sentences.append(walk(rng, rng.choice(GIVERS), rng.choice(PLACES)))
            continue
        giver, receiver = rng.sample(GIVERS, 2)
        thing = rng.choice(THINGS)
        gifts.append((len(sentences), giver, thing, receiver))
        sentences.append(f"{giver} {rng.choice(GAVE)} the {thing} to {receiver}.")
    said, giver, thing, receiver = rng.choice(gifts)
    question, given, asked = rng.choice((
        (f"What did {giver} give to {receiver}?", (1, 3), 2),
        (f"Who gave the {thing} to {receiver}?", (2, 3), 1),
        (f"Who did {giver} give the {thing} to?", (1, 2), 3),
        (f"Who gave the {thing}?", (2,), 1),
        (f"Who received the {thing}?", (2,), 3),
    ))  # fmt: skip
    fact = (said, giver, thing, receiver)
    latest = [gift for gift in gifts if all(gift[k] == fact[k] for k in given)][-1]
    return Story(tuple(sentences), question, str(latest[asked]), (latest[0],))


def how_many(rng: random.Random) -> Story:
    """7, counting: how many things does somebody hold?"""
    world, person = holding_world(rng)
    answer = COUNTS[len(world.carried(person))]
    return Story(tuple(world.sentences), f"How many objects is {person} holding?", answer, tuple(world.handled[person]))


def what_held(rng: random.Random) -> Story:
    """8, lists: what does somebody hold? Several things are one answer, in alphabetical order."""
    world, person = holding_world(rng)
    answer = ",".join(world.carried(person)) or "nothing"
    return Story(tuple(world.sentences), f"What is {person} holding?", answer, tuple(world.handled[person]))


def holding_world(rng: random.Random) -> tuple[World, str]:
    """A world and somebody in it who took something; half of the time whoever holds most, so that counts go up to three."""
    world = World(rng).until(rng.randint(4, 16), eager=0.7)
    while not world.handled:
        world.happen(eager=1)
    people = sorted(world.handled)
    rng.shuffle(people)
    return world, max(people, key=lambda person: len(world.carried(person))) if rng.random() < 0.5 else people[0]
