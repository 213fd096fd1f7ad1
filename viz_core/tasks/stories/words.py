"""The words that stories are made of: those of bAbI's examples (Weston et al. 2015, Tables 1 and 2), so that its texts read."""

from __future__ import annotations

import random

MEN = ("Daniel", "John")
WOMEN = ("Mary", "Sandra")
PEOPLE = (*MEN, *WOMEN)
GIVERS = ("Bill", "Fred", "Jeff", "Mary")
PLACES = ("bathroom", "bedroom", "garden", "hallway", "kitchen", "office")
THINGS = ("apple", "football", "milk")
WALKED = ("moved to", "went to", "went back to", "journeyed to", "travelled to")
TOOK = ("picked up", "got", "grabbed", "took")
LEFT = ("put down", "dropped", "left", "discarded")
GAVE = ("gave", "handed", "passed")
NEXT = ("After that", "Afterwards", "Following that", "Then")
DIRECTIONS = ("east", "north", "south", "west")
TIMES = ("Yesterday", "This morning", "This afternoon", "This evening")  # in their order
OUTINGS = ("bedroom", "cinema", "kitchen", "office", "park", "school")
GUESTS = ("Bill", "Fred", "Julie", "Mary")
PLURALS = {"cat": "Cats", "mouse": "Mice", "sheep": "Sheep", "wolf": "Wolves"}
PETS = ("Emily", "Gertrude", "Jessica", "Winona")
SPECIES = ("frog", "lion", "rhino", "swan")
COLOURS = ("gray", "green", "white", "yellow")
ANIMALS = ("Bernhard", "Brian", "Greg", "Julius", "Lily")


def walk(rng: random.Random, who: str, place: str) -> str:
    return f"{who} {rng.choice(WALKED)} the {place}."


def they(people: tuple[str, str]) -> str:
    return " and ".join(people)


def pronoun(person: str) -> str:
    return "he" if person in MEN else "she"


def other(rng: random.Random, of: tuple[str, ...], *than: str | None) -> str:
    """One of them that is none of the given."""
    return rng.choice([item for item in of if item not in than])
