"""The everyday test as a sheet for a person to judge: `python -m viz_core.evaluation.everyday NAME`.

No metric says whether "Her name is Li Na" is a good answer where the reference reads "She is called Li Na"; a person does.
The sheet `tasks/zh_en/everyday_judged/NAME.tsv` has the columns source, reference, output (beam 5) and verdict. Verdicts
are written by hand; writing the sheet again keeps each one as long as the output that was judged is still the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from viz_core import zoo
from viz_core.evaluation.outputs import outputs
from viz_core.models.protocol import Stepper
from viz_core.tasks import zh_en
from viz_core.trace.errors import InputError

FOLDER = Path(zh_en.__file__).parent / "everyday_judged"
BEAM, LENGTH_PENALTY = 5, 1.0


class Row(NamedTuple):
    """One line of the sheet. verdict: empty until somebody has judged."""

    source: str
    reference: str
    output: str
    verdict: str = ""


HEAD = "\t".join(Row._fields)


def translate(stepper: Stepper) -> list[Row]:
    """The everyday test's sentences with a model's outputs, unjudged."""
    pairs = zh_en.everyday_test()
    texts = outputs(stepper, [pair.source for pair in pairs], BEAM, LENGTH_PENALTY)
    return [Row("".join(pair.source), pair.target, " ".join(text.split())) for pair, text in zip(pairs, texts, strict=True)]


def verdicts(path: Path) -> dict[tuple[str, str], str]:
    """(source, output) → verdict of a sheet; empty when there is none. InputError names a line that is not of four columns."""
    if not path.exists():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split("\t")
        if len(columns) != len(Row._fields):
            raise InputError(
                f"line {number} of {path.name} has {len(columns)} columns; expected {', '.join(Row._fields)} with tabs "
                "between; correct the line, or move the file away to begin anew"
            )
        row = Row(*columns)
        found[row.source, row.output] = row.verdict
    return found


def judged_before(rows: Sequence[Row], known: Mapping[tuple[str, str], str]) -> list[Row]:
    """The rows with the verdict that the same output of the same source has already."""
    return [row._replace(verdict=known.get((row.source, row.output), "")) for row in rows]


def write(rows: Sequence[Row], path: Path) -> str:
    """Writes the sheet, verdicts kept, and returns its text."""
    rows = judged_before(rows, verdicts(path))
    text = "\n".join([HEAD, *("\t".join(row) for row in rows)]) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return text


def everyday(name: str, device: str = "auto", folder: Path = FOLDER) -> str:
    """Writes folder/NAME.tsv and returns its text; InputError for an unknown model or one of another task."""
    task = zoo.card(name).task
    if task != "zh-en":
        raise InputError(f"{name} is of task {task!r}; the everyday test is Chinese to English: choose a zh-en model")
    return write(translate(zoo.load(name, device)), folder / f"{name}.tsv")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m viz_core.evaluation.everyday", description="a sheet of everyday sentences to judge")
    parser.add_argument("model")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args(arguments)
    try:
        print(everyday(options.model, options.device), end="")
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
