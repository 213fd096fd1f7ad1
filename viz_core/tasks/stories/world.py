"""People who walk about and carry things, and for every fact the sentences that say it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from viz_core.tasks.stories.words import LEFT, PEOPLE, PLACES, THINGS, TOOK, other, walk


@dataclass(frozen=True)
class Stay:
    """A thing at a place. brought: the sentences that say how it came there from the place before: its bearer's walk to
    that place, the taking, and the walk from there (empty for the first place)."""

    place: str
    brought: tuple[int, ...] = ()


@dataclass
class World:
    """What happened so far.

    walks: for each person (place, sentence) in order; holding: thing → (person, sentence of taking it);
    handled: for each person the sentences in which they took or left something; left: for each thing that lies somewhere
    (the walk there, the leaving); stays: where each thing was, in order.
    """

    rng: random.Random
    sentences: list[str] = field(default_factory=list)
    walks: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    holding: dict[str, tuple[str, int]] = field(default_factory=dict)
    handled: dict[str, list[int]] = field(default_factory=dict)
    left: dict[str, tuple[int, int]] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=dict)

    def say(self, sentence: str) -> int:
        """Adds a sentence; returns its index."""
        self.sentences.append(sentence)
        return len(self.sentences) - 1

    def place(self, person: str) -> str | None:
        return self.walks[person][-1][0] if person in self.walks else None

    def carried(self, person: str) -> list[str]:
        return sorted(thing for thing, (holder, _) in self.holding.items() if holder == person)

    def move(self, person: str) -> None:
        place = other(self.rng, PLACES, self.place(person))
        said = self.say(walk(self.rng, person, place))
        before = self.walks.setdefault(person, [])
        for thing in self.carried(person):
            self.stays[thing].append(Stay(place, (before[-1][1], self.holding[thing][1], said)))
        before.append((place, said))

    def take(self, person: str, thing: str) -> None:
        said = self.say(f"{person} {self.rng.choice(TOOK)} the {thing}.")
        self.holding[thing] = (person, said)
        self.handled.setdefault(person, []).append(said)
        self.stays.setdefault(thing, [Stay(self.walks[person][-1][0])])

    def leave(self, person: str, thing: str) -> None:
        said = self.say(f"{person} {self.rng.choice(LEFT)} the {thing}.")
        del self.holding[thing]
        self.handled[person].append(said)
        self.left[thing] = (self.walks[person][-1][1], said)

    def whereabouts(self, thing: str) -> tuple[str, tuple[int, int]]:
        """Where a thing is, and the two sentences that it follows from."""
        place = self.stays[thing][-1].place
        if thing not in self.holding:
            return place, self.left[thing]
        person, said = self.holding[thing]
        return place, (said, self.walks[person][-1][1])

    def happen(self, eager: float = 0.45) -> None:
        """Something happens. eager: how often a person who can take or leave a thing does so instead of walking."""
        person = self.rng.choice(PEOPLE)
        here = self.place(person)
        lying = [t for t in THINGS if t not in self.holding and (t not in self.stays or self.stays[t][-1].place == here)]
        acts = [(self.take, t) for t in lying if here] + [(self.leave, t) for t in self.carried(person)]
        if acts and self.rng.random() < eager:
            act, thing = self.rng.choice(acts)
            act(person, thing)
        else:
            self.move(person)

    def until(self, length: int, eager: float = 0.45) -> World:
        while len(self.sentences) < length:
            self.happen(eager)
        return self
