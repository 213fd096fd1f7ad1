"""English words without their inflection, by rule: enough to see that *bought*, *buys* and *buying* are *buy*."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = """
am be|is be|are be|was be|were be|been be|'s be|has have|had have|did do|does do|done do|went go|gone go|goes go
ate eat|eaten eat|bought buy|brought bring|came come|drank drink|drunk drink|drove drive|driven drive|fell fall
fallen fall|felt feel|found find|flew fly|flown fly|forgot forget|forgotten forget|gave give|given give|got get
gotten get|grew grow|grown grow|heard hear|held hold|kept keep|knew know|known know|left leave|lost lose|made make
meant mean|met meet|paid pay|ran run|rose rise|risen rise|said say|sang sing|sung sing|sat sit|saw see|seen see
sold sell|sent send|slept sleep|spoke speak|spoken speak|spent spend|stood stand|stole steal|stolen steal|swam swim
took take|taken take|taught teach|told tell|thought think|threw throw|thrown throw|understood understand|woke wake
woken wake|wore wear|worn wear|won win|wrote write|written write|broke break|broken break|chose choose|chosen choose
began begin|begun begin|built build|caught catch|drew draw|drawn draw|fought fight|hid hide|hidden hide|hung hang
lent lend|led lead|lit light|rode ride|ridden ride|rang ring|shook shake|shaken shake|shone shine|shot shoot
sank sink|sunk sink|swept sweep|tore tear|torn tear|became become|blew blow|blown blow|bit bite|bitten bite|fed feed
children child|men man|women woman|people person|feet foot|teeth tooth|mice mouse|lives life|wives wife|knives knife
leaves leaf|better good|best good|worse bad|worst bad|mom mother|moms mother|dad father|dads father|mum mother
"""
_TABLE = dict(row.split() for row in re.split(r"[|\n]", _IRREGULAR) if row.strip())


@lru_cache(maxsize=None)
def stem(word: str) -> str:
    """The stem of a lower-case word; not always a word itself ("hoping" and "hope" give "hop")."""
    if word in _TABLE:
        word = _TABLE[word]
    elif len(word) > 3:
        word = _without_ending(word)
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") and word[-2] not in "aeiou" else word.rstrip("e") or word


def _without_ending(word: str) -> str:
    if word.endswith("'s"):
        return _without_ending(word[:-2])
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:s|x|z|ch|sh)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 1 and re.search(r"[aeiouy]", root):
            # A doubled consonant belongs to the ending (run-n-ing), except where the verb has it (call, miss).
            return root[:-1] if re.search(r"([^aeiouylsz])\1$", root) else root
    if word.endswith("ly") and len(word) > 5:
        return word[:-2]
    return word
