"""Personal pronouns with their English cases, and how often each is used."""

from __future__ import annotations

import random

from .engine import Phrase, Slot
from .lexicon import Weighted

_PRONOUNS = (
    ("我", "I", "me", "my", "myself", "1s", 30), ("你", "you", "you", "your", "yourself", "2s", 18),
    ("他", "he", "him", "his", "himself", "3s", 24), ("她", "she", "her", "her", "herself", "3s", 20),
    ("我们", "we", "us", "our", "ourselves", "pl", 14), ("你们", "you", "you", "your", "yourselves", "pl", 5),
    ("他们", "they", "them", "their", "themselves", "pl", 9), ("她们", "they", "them", "their", "themselves", "pl", 3),
)  # fmt: skip
_MINE = {"my": "mine", "your": "yours", "his": "his", "her": "hers", "our": "ours", "their": "theirs"}


def _pronoun(zh: str, subject: str, obj: str, possessive: str, own: str, person: str, weight: int) -> Phrase:
    forms = {"": ((subject, (0,)),), "obj": ((obj, (0,)),), "poss": ((possessive, (0,)),), "self": ((own, (0,)),),
             "mine": ((_MINE[possessive], (0,)),)}
    return Phrase((zh,), forms, person, {"weight": weight, "pronoun": True})


PRONOUNS = {row[0]: _pronoun(*row) for row in _PRONOUNS}
_ANY = Weighted(PRONOUNS.values(), lambda p: p.facts["weight"])
THIRD = Weighted([PRONOUNS[zh] for zh in ("他", "她", "他们")])
OWNERS = Weighted(PRONOUNS.values(), lambda p: p.facts["weight"] * (2 if p.zh == ("我",) else 1))
SINGULAR = Weighted([PRONOUNS[zh] for zh in "我你他她"], lambda p: p.facts["weight"])


def pronoun(rng: random.Random, fill: dict) -> Phrase:
    """我 你 他 她 我们 你们 他们 她们."""
    return _ANY.draw(rng)


def pronoun_singular(rng: random.Random, fill: dict) -> Phrase:
    """我 你 他 她."""
    return SINGULAR.draw(rng)


def one_of(*choices: str) -> Slot:
    """One of these pronouns."""
    options = Weighted([PRONOUNS[zh] for zh in choices], lambda p: p.facts["weight"])
    return lambda rng, fill: options.draw(rng)
