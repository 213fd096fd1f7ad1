"""Paired templates: one Chinese order, one English order, and the word links between them.

A :class:`Phrase` is an immutable piece of bilingual text. Its Chinese side is a tuple of words; its English side is a
tuple of ``(word, indices of the Chinese words it translates)``, in one or more *forms* (``base``, ``past``, ``obj`` …).
A :class:`Template` places phrases and literal words in both orders and keeps the links right, whatever the reordering:
this is a synchronous grammar (Wu 1997, "Stochastic inversion transduction grammars", Computational Linguistics 23(3)).

Template language, words separated by blanks
  Chinese: ``word``, ``word@tag`` (a name to tell two equal words apart), ``{slot}``, ``{slot.head}``, ``{slot.rest}``,
           ``{slot.verb}``, ``{slot.object}``, ``{slot+了}`` (了 after the first word of the slot)
  English: ``word``, ``word=ref`` or ``word=ref+ref`` (linked to those Chinese literals; ``$slot`` means a whole slot),
           ``word|slot`` (agrees with the slot's person), ``{slot}``, ``{slot.form}``, ``{slot|subject}`` (present tense);
           ``{slot}=ref`` links the slot's last word to a literal too (``{owner.poss}=的``)
  ``||`` separates alternative Chinese orders of the same English.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Callable, Mapping, NamedTuple, Sequence

from viz_core.trace.errors import InputError

from .english import agree, article

Token = tuple[str, tuple[int, ...]]
_PREPOSITIONAL = frozenset(["at", "to", "from", "on", "in", "until"])
_VERBAL = frozenset(["past", "pp", "ing", "base"])
_SLOT = re.compile(r"\{(\w+)(?:([.|+])(\w+))?\}(?:=(\S+))?$")


class Phrase(NamedTuple):
    """A bilingual piece: Chinese words, English forms, grammatical person, and facts that other slots may ask for."""

    zh: tuple[str, ...]
    forms: Mapping[str, tuple[Token, ...]]
    person: str = "3s"
    facts: Mapping[str, object] = {}

    def en(self, form: str = "", person: str = "") -> tuple[Token, ...]:
        """English words in ``form`` for a subject of ``person``; the plain form where there is no special one."""
        forms = self.forms
        return forms.get(form + person) or forms.get(form) or forms[""]


EMPTY = Phrase((), {"": ()})
Slot = Callable[[random.Random, dict], Phrase]


class _Piece(NamedTuple):
    """One compiled word of a template: a literal (``slot`` empty) or a reference to a slot."""

    text: str
    slot: str = ""
    operator: str = ""
    argument: str = ""
    references: tuple[str, ...] = ()


def _compile_source(side: str) -> tuple[_Piece, ...]:
    pieces = []
    for word in side.split():
        match = _SLOT.match(word)
        if match:
            pieces.append(_Piece("", match[1], match[2] or "", match[3] or ""))
        else:
            text, _, tag = word.partition("@")
            pieces.append(_Piece(text, references=(text, tag) if tag else (text,)))
    return tuple(pieces)


def _compile_target(side: str) -> tuple[_Piece, ...]:
    pieces = []
    for word in side.split():
        match = _SLOT.match(word)
        if match:
            links = tuple(match[4].split("+")) if match[4] else ()
            pieces.append(_Piece("", match[1], match[2] or "", match[3] or "", links))
            continue
        word, _, references = word.partition("=") if word != "=" else (word, "", "")
        text, _, subject = word.partition("|")
        pieces.append(_Piece(text, "", "", subject, tuple(references.split("+")) if references else ()))
    return tuple(pieces)


class Template:
    """A compiled pair of orders. ``build`` fills it with phrases and returns one new phrase."""

    def __init__(self, source: str, target: str):
        self.sources = tuple(_compile_source(side) for side in source.split("||"))
        self.target = _compile_target(target)
        self._mentions = Counter(name for piece in self.target for name in piece.references)

    def slots(self) -> frozenset[str]:
        """Names of all slots, and of all subjects that words agree with."""
        named = {piece.slot for side in (*self.sources, self.target) for piece in side if piece.slot}
        named |= {piece.argument for piece in self.target if piece.argument and piece.operator in ("", "|")}
        return frozenset(named)

    def build(self, fill: Mapping[str, Phrase], order: int = 0, person: str = "3s", facts: Mapping = {}) -> Phrase:
        """Compose ``fill`` (slot name → phrase) in Chinese order number ``order``."""
        zh, literals, places = self._place(fill, order)
        tokens: list[Token] = []
        used: dict[str, int] = {}
        for piece in self.target:
            if piece.slot:
                where = places.get(piece.slot, {})
                for text, links in _form(piece, fill):
                    tokens.append((text, tuple(p for i in links for p in where.get(i, ()))))
            links = tuple(p for name in piece.references for p in self._linked(name, literals, places, used))
            if piece.slot and links:
                _link(tokens, piece, len(fill[piece.slot].en(piece.argument)), links)
            elif not piece.slot:
                text = agree(piece.text, fill[piece.argument].person) if piece.argument else piece.text
                tokens.extend((word, links) for word in text.split())
        return Phrase(tuple(zh), {"": tuple(tokens)}, person, facts)

    def _linked(self, name: str, literals: Mapping, places: Mapping, used: dict[str, int]) -> Sequence[int]:
        """Positions of a reference; a literal used as often on both sides (是 … 是, *is … is*) is linked in order."""
        if name.startswith("$"):
            return [p for positions in places.get(name[1:], {}).values() for p in positions]
        positions = literals.get(name, ())
        if len(positions) < 2 or len(positions) != self._mentions[name]:
            return positions
        used[name] = used.get(name, -1) + 1
        return positions[used[name] : used[name] + 1]

    def _place(self, fill: Mapping[str, Phrase], order: int):
        zh: list[str] = []
        literals: dict[str, list[int]] = {}
        places: dict[str, dict[int, list[int]]] = {}
        for piece in self.sources[order]:
            if not piece.slot:
                for name in piece.references:
                    literals.setdefault(name, []).append(len(zh))
                zh.append(piece.text)
                continue
            words = fill[piece.slot].zh
            where = places.setdefault(piece.slot, {})
            cut = fill[piece.slot].facts.get("split", 1)
            start, stop = {"head": (0, 1), "rest": (1, len(words)), "verb": (0, cut), "object": (cut, len(words))}.get(
                piece.argument, (0, len(words))
            )
            for index in range(start, stop):
                where.setdefault(index, []).append(len(zh))
                zh.append(words[index])
                if piece.operator == "+" and index == 0:
                    literals.setdefault(piece.argument, []).append(len(zh))
                    zh.append(piece.argument)
        return zh, literals, places


def _link(tokens: list[Token], piece: _Piece, length: int, links: tuple[int, ...]) -> None:
    """Link the slot's ``length`` words at the end of ``tokens`` to a literal.

    A preposition stands for the literal alone (在 → *at*), a verb takes it in addition (了 → *bought*), and in any other
    phrase the last word does (的 → *'s*).
    """
    preposition, verb = piece.argument in _PREPOSITIONAL and length > 1, piece.argument in _VERBAL or piece.operator == "|"
    index = len(tokens) - (length if preposition or verb else 1)
    text, own = tokens[index]
    tokens[index] = (text, links if preposition else (*own, *links))


def _form(piece: _Piece, fill: Mapping[str, Phrase]) -> tuple[Token, ...]:
    phrase = fill[piece.slot]
    if piece.operator == "|":
        return phrase.en("present.", fill[piece.argument].person)
    return phrase.en(piece.argument)


def with_articles(tokens: Sequence[Token]) -> list[Token]:
    """Every ``a`` becomes ``an`` where the next word begins with a vowel sound."""
    result = list(tokens)
    for index in range(len(result) - 1):
        if result[index][0] == "a":
            result[index] = (article(result[index + 1][0]), result[index][1])
    return result


class Pattern:
    """A named template with a generator for each slot; later slots may look at earlier ones.

    ``kind`` is ``"sentence"`` (capital letter, may end with punctuation) or ``"phrase"`` (neither).
    """

    def __init__(self, name: str, source: str, target: str, *, weight: float = 1.0, kind: str = "sentence",
                 person: str = "3s", **slots: Slot):  # fmt: skip
        self.name, self.weight, self.kind, self.person = name, weight, kind, person
        self.template, self.slots = Template(source, target), slots
        missing = self.template.slots() - set(slots)
        if missing:
            raise InputError(f"pattern {name!r} uses slots {sorted(missing)} that have no generator: add them by name")
        _check_references(name, self.template)

    def sample(self, rng: random.Random) -> Phrase:
        """Draw all slots in the order they were given, and one Chinese order."""
        fill: dict[str, Phrase] = {}
        for name, draw in self.slots.items():
            fill[name] = draw(rng, fill)
        orders = len(self.template.sources)
        return self.template.build(fill, rng.randrange(orders) if orders > 1 else 0, self.person)


def _check_references(name: str, template: Template) -> None:
    literals = {ref for side in template.sources for piece in side for ref in piece.references}
    literals |= {piece.argument for side in template.sources for piece in side if piece.operator == "+"}
    slots = template.slots()
    for piece in template.target:
        for reference in piece.references:
            if reference not in literals and reference.lstrip("$") not in slots:
                raise InputError(f"pattern {name!r} links {piece.text!r} to {reference!r}, which its Chinese side lacks")
