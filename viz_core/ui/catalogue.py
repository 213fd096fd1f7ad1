"""For translators: `python -m viz_core.ui.catalogue` collects every sentence of pages and figures into the `.po` files
and compiles them to `.mo`. Needs Babel (a tool of the tests); the app itself does not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from viz_core.ui import frame
from viz_core.ui.words import LANGUAGES, LOCALE
from viz_core.zoo.cards import cards

ROOT = frame.PAGES.parent
UNCHANGED = datetime(2026, 1, 1, tzinfo=UTC)  # dates would make every update a change
FOLDERS = (frame.PAGES, ROOT / "viz_core" / "ui", ROOT / "viz_core" / "figures")


def messages() -> Catalog:
    """Every message in the code, and the texts that pages and model cards say about themselves."""
    found = Catalog(project="viz_core", charset="utf-8")
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.py")):
            for line, message, _comments, _context in extract_from_file("python", path, keywords={"_": None, "N_": None}):
                found.add(message, locations=[(str(path.relative_to(ROOT)), line)])
    for page in frame.pages():
        for message in filter(None, (page.title, page.summary)):
            found.add(message, locations=[(str(page.path.relative_to(ROOT)), 1)])
    for card in cards().values():
        for message in filter(None, (card.title, card.data, card.beside, card.training.get("hardware"))):
            found.add(message, locations=[(f"{card.name}/card.json", 1)])
    return found


def path_of(code: str) -> Path:
    """The catalogue of a language, for people."""
    return LOCALE / code / "LC_MESSAGES" / "viz_core.po"


def translated(code: str) -> Catalog:
    """The catalogue of a language as it is on disk."""
    if not path_of(code).exists():
        return Catalog(locale=code, charset="utf-8")
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def main() -> None:
    """Updates and compiles every catalogue; says what is not translated yet."""
    for code in LANGUAGES:
        if code == "en":
            continue
        catalogue = translated(code)
        catalogue.update(messages(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.project, catalogue.fuzzy, catalogue.header_comment = "viz_core", False, f"# {LANGUAGES[code]}"
        catalogue.creation_date = catalogue.revision_date = UNCHANGED
        path_of(code).parent.mkdir(parents=True, exist_ok=True)
        with path_of(code).open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, include_lineno=False, sort_output=True)
        with path_of(code).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        for message in catalogue:
            if message.id and not message.string:
                print(f"{code}: not translated: {message.id!r}")


if __name__ == "__main__":
    main()
