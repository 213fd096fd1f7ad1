"""Short stories with questions, after the descriptions of bAbI's families (Weston et al. 2015, §3), numbered as there.

Written anew: the generators, their sizes and their proportions are this project's own, so that numbers measured here stand
beside published ones and are not the same test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from viz_core.tasks.stories import facts, things, walks
from viz_core.tasks.stories.story import Story


@dataclass(frozen=True)
class Family:
    """One kind of question, by its number in bAbI. draw: one random story."""

    number: int
    draw: Callable[[Random], Story]


FAMILIES = {
    family.number: family
    for family in (
        Family(1, walks.where_is),
        Family(2, things.where_is_thing),
        Family(3, things.where_was_thing),
        Family(4, facts.directions),
        Family(5, things.give),
        Family(6, walks.is_in),
        Family(7, things.how_many),
        Family(8, things.what_held),
        Family(9, walks.negation),
        Family(10, walks.indefinite),
        Family(11, walks.pronouns),
        Family(12, walks.conjunction),
        Family(13, walks.compound_pronouns),
        Family(14, facts.times),
        Family(15, facts.deduction),
        Family(16, facts.induction),
    )
}
