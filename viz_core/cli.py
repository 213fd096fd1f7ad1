"""The same jobs without a browser: `python -m viz_core models | trace | eval | train | bench`.

Exit status 0 on success, 2 on bad input with one line on standard error, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from viz_core.trace.errors import InputError

FORMATS = (".npz", ".json", ".csv", ".html")
MAX_INPUT_BYTES = 1_000_000  # of a text
MAX_FILE_BYTES = 40_000_000  # of a recording or a picture
# Patches along a picture's longer side where all weights become text (196 patches, as in Dosovitskiy et al. 2021), or a page
# that a browser opens at once; a trace that is only stored has as many as suit the model.
PATCHES = {".json": 14, ".csv": 14, ".html": 24}


class Parser(argparse.ArgumentParser):
    """One clear line instead of a usage dump."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    try:
        parser = build_parser()
        options, extra = parser.parse_known_args(arguments)
        if extra and options.command is not evaluate:
            parser.error(f"unrecognised argument {extra[0]!r}")
        options.extra = extra
        options.command(options)
    except InputError as error:
        print(f"viz_core: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away: nothing left to say
        return 0
    except KeyboardInterrupt:
        print("viz_core: interrupted", file=sys.stderr)
        return 130
    return 0


def build_parser() -> Parser:
    parser = Parser(prog="python -m viz_core", description="Step through models of the attention family.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)

    add = commands.add_parser("models", help="list the trained models")
    add.add_argument("--json", action="store_true", help="one JSON array with the whole cards")
    add.set_defaults(command=models)

    add = commands.add_parser("trace", help="run a model on one input and save every step")
    add.add_argument("model")
    add.add_argument("input", help="text, a file's path (a recording or a picture for models that read such), sample:NAME, or - for standard input")
    add.add_argument("--beam", type=int, metavar="N", help="beam width 1-16 (greedy without)")
    add.add_argument("--patches", type=int, metavar="N", help="patches along a picture's longer side 1-64 (24 for .html, 14 for .json and .csv, else what suits the model)")
    add.add_argument("--seed", type=int, default=0)
    add.add_argument("--device", default="auto")
    add.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.npz, .json, .csv or .html")
    add.set_defaults(command=trace)

    add = commands.add_parser("eval", help="metrics on held-out data", allow_abbrev=False)
    add.add_argument("model")
    add.add_argument("--n", type=int, help="how many held-out items (all without)")
    add.add_argument("--seed", type=int, default=0)
    add.add_argument("--device", default="auto")
    add.add_argument("--json", action="store_true", help="one flat JSON object")
    add.set_defaults(command=evaluate)

    add = commands.add_parser("train", help="train a model by its recipe; resumes where it stopped")
    add.add_argument("recipe")
    add.add_argument("--minutes", type=float, default=float("inf"))
    add.add_argument("--device", default="auto")
    add.add_argument("--out", type=Path, help="folder of the run (default: runs/RECIPE)")
    add.set_defaults(command=train)

    add = commands.add_parser("bench", help="ratios of speed and size, each pair measured alternately in one run")
    add.add_argument("name", nargs="?", help="one benchmark (all without)")
    add.add_argument("--json", action="store_true")
    add.set_defaults(command=bench)
    return parser


def models(options: argparse.Namespace) -> None:
    from viz_core import zoo
    from viz_core.zoo.table import SHOWN

    rows = [
        {"name": c.name, "family": c.family, "task": c.task, "source": c.data, "licence": c.licence,
         "parameters": c.parameters, "sha256": c.sha256, "metrics": dict(c.metrics)}
        for c in zoo.cards.cards().values()
    ]  # fmt: skip
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        shown = " ".join(f"{key}={row['metrics'][key]:.3g}" for key in SHOWN if key in row["metrics"])
        print(f"{row['name']:24} {row['task']:8} {row['parameters'] / 1e6:6.2f} M  {row['licence']:14} {shown}")


def trace(options: argparse.Namespace) -> None:
    if options.out.suffix not in FORMATS:
        raise InputError(f"{options.out.name!r} ends in {options.out.suffix or 'nothing'!r}; use one of {', '.join(FORMATS)}")
    from viz_core import decoding, driver, zoo

    stepper = zoo.load(options.model, options.device)
    method = decoding.Greedy() if options.beam is None else decoding.Beam(width=options.beam)
    source = read_source(stepper, options)
    made = driver.run(stepper, source, decoding=method, seed=options.seed)
    write(made, options.out, lambda: page(made, stepper, source))
    print(made.output)


def read_source(stepper: Any, options: argparse.Namespace) -> Any:
    """The input as the model reads it: text, or the content of a file for a model that opens files."""
    given, grid = options.input, patches_wanted(stepper, options)
    if not hasattr(stepper, "open_file"):
        return read_input(given)
    from viz_core.tasks.named_pictures import PREFIXES

    if given.startswith(PREFIXES):
        return stepper.encode(given, **grid)
    quiet_decoders()
    return stepper.open_file(read_file(given, options.model), "standard input" if given == "-" else Path(given).name, **grid)


def quiet_decoders() -> None:
    """What the picture library says by the way of a damaged file: our own sentence tells it."""
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="PIL")


def patches_wanted(stepper: Any, options: argparse.Namespace) -> dict[str, int]:
    """How finely a picture is cut, as an argument of `encode`; empty for what the model does by itself."""
    if options.patches is not None:
        if not hasattr(stepper, "shown"):
            raise InputError(f"--patches is for models that read pictures; {options.model} reads none, leave it out")
        return {"longest": options.patches}
    if not hasattr(stepper, "trace") or not hasattr(stepper, "shown") or stepper.backbone.fixed or options.out.suffix not in PATCHES:
        return {}
    return {"longest": min(PATCHES[options.out.suffix], stepper.backbone.longest)}


def page(made: Any, stepper: Any, source: Any) -> str:
    """A trace as an offline page: a vision model's patches over the picture that it read, anything else in the player."""
    import numpy as np

    from viz_core.figures import export, patches, patches_export

    if made.source_axis.kind != "patch":
        return export.html(made)
    cut, picture = stepper.backbone, np.asarray(stepper.shown(source))
    if made.unit == "layer":
        return patches_export.html(patches.Patches(made, picture, cut.patch, cut.stem, cut.sight))
    return export.html(made, image=picture)


def read_input(given: str) -> str:
    """Text as given, the content of a file of that name, or standard input for `-`."""
    if given == "-":
        return decode(sys.stdin.buffer.read(MAX_INPUT_BYTES + 1), "standard input")
    try:
        path = Path(given)
        if path.is_file():
            with path.open("rb") as file:
                return decode(file.read(MAX_INPUT_BYTES + 1), path.name)
    except (OSError, ValueError):  # too long or odd for a path: then it is text
        pass
    return given


def read_file(given: str, model: str) -> bytes:
    """The content of a file, or of standard input for `-`, for a model that reads no text."""
    if given == "-":
        content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    else:
        try:
            with Path(given).open("rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "no path"
            raise InputError(f"{given[:80]!r} cannot be read ({reason}); {model} needs the path of a file") from error
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"{given[:80]} has more than {MAX_FILE_BYTES:,} bytes; give a shorter recording or a smaller picture")
    return content


def decode(content: bytes, name: str) -> str:
    if len(content) > MAX_INPUT_BYTES:
        raise InputError(f"{name} has more than {MAX_INPUT_BYTES:,} bytes; give a shorter text")
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def write(made: Any, path: Path, page: Callable[[], str]) -> None:
    """A trace in the format that the file's ending names; `page` makes the one for .html."""
    from viz_core.trace import save, text_export

    if path.suffix == ".npz":
        return save(made, path)
    if path.suffix == ".html":
        content = page()
    else:
        content = text_export.to_json(made) if path.suffix == ".json" else text_export.to_csv(made)
    try:
        path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose a folder that you may write to") from error
    return None


def evaluate(options: argparse.Namespace) -> None:
    from viz_core import evaluation

    result = evaluation.evaluate(options.model, options.n, options.seed, options.device, **task_options(options.extra))
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for key, value in result.items():
            print(f"{key:20} {value:.4f}" if isinstance(value, float) else f"{key:20} {value}")


def task_options(extra: Sequence[str]) -> dict[str, Any]:
    """`--length 120 --tasks 1,2,3` as {"length": 120, "tasks": [1, 2, 3]}."""
    if len(extra) % 2 or any(not name.startswith("--") for name in extra[::2]):
        raise InputError(f"task options come in pairs such as --beam 5; found {' '.join(extra)!r}")
    return {name[2:].replace("-", "_"): number_or_list(value, name) for name, value in zip(extra[::2], extra[1::2], strict=True)}


def number_or_list(value: str, name: str) -> Any:
    try:
        numbers = [float(part) if "." in part else int(part) for part in value.split(",")]
    except ValueError as error:
        raise InputError(f"{name} is {value!r}; give a number, or numbers with commas between") from error
    return numbers[0] if len(numbers) == 1 else numbers


def train(options: argparse.Namespace) -> None:
    from viz_core.training import run_recipe

    run_recipe(options.recipe, options.out, options.device, options.minutes)


def bench(options: argparse.Namespace) -> None:
    found = benchmarks()
    if options.name is not None and options.name not in found:
        raise InputError(f"there is no benchmark {options.name!r}; there are: {', '.join(found)}")
    for name, function in found.items():
        if options.name in (None, name):
            result = {"bench": name, **function()}
            print(json.dumps(result) if options.json else "  ".join(f"{key}={value}" for key, value in result.items()), flush=True)


def benchmarks() -> dict[str, Callable[[], dict[str, Any]]]:
    """Benchmarks by name: `bench()` of every tests/benchmarks/bench_NAME.py; they come with the source checkout."""
    root = Path(__file__).resolve().parents[1]
    files = sorted((root / "tests" / "benchmarks").glob("bench_*.py"))
    if not files:
        raise InputError("the benchmarks are not installed; run this in a checkout of the source")
    sys.path.insert(0, str(root))
    return {file.stem[6:]: importlib.import_module(f"tests.benchmarks.{file.stem}").bench for file in files}


if __name__ == "__main__":
    sys.exit(main())
