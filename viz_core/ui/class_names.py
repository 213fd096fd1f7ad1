"""Names of classes in the reader's language: what our labelled models can say. Names of any other model stay as they are."""

from __future__ import annotations

from functools import lru_cache

from viz_core.ui.words import LOCALE, language


def class_name(name: str) -> str:
    """A class as the reader calls it; the name itself where no translation is known."""
    return translations(language()).get(name, name)


@lru_cache(maxsize=4)
def translations(code: str) -> dict[str, str]:
    """Class → its name in a language, from `locale/<language>/classes.tsv`; empty for English. Not in the catalogue of
    sentences, where one word has one meaning: there a "key" is what attention compares with."""
    path = LOCALE / code / "classes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines)  # type: ignore[misc]
