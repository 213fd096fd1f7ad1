"""A finished run as a model of the zoo: weights, history and a card with metrics on held-out data.

`python -m viz_core.training.publish NAME [--hardware "2 CPU cores"]` publishes runs/NAME and evaluates it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import math
import pkgutil
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from safetensors import safe_open

from viz_core.evaluation import evaluate
from viz_core.trace.errors import InputError
from viz_core.zoo.cards import CURVE, WEIGHTS, cards

LIMIT_BYTES = 8 * 1024 * 1024
DIGITS = 5  # of the numbers of a curve


def publish(run: Path, about: Mapping[str, Any], weights: Path = WEIGHTS) -> Path:
    """Copies model.safetensors, history.json and the curve of a run into the zoo and writes card.json without metrics.

    about: name, task, mechanism, title, licence, data, examples, beside, hardware; parameters where the file holds a part only. Returns the model's folder.
    Raises InputError when the run is not finished or the file is over 8 MB.
    """
    source = run / "model.safetensors"
    if not source.exists():
        raise InputError(f"{run} holds no model.safetensors; let the run reach its last step first")
    if source.stat().st_size > LIMIT_BYTES:
        raise InputError(f"{source} has {source.stat().st_size:,} bytes; at most {LIMIT_BYTES:,} may be shipped: use a smaller model")
    folder = weights / str(about["licence"]).lower() / str(about["name"])
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / "model.safetensors")
    shutil.copyfile(run / "history.json", folder / "history.json")
    keep_curve(run, folder)
    facts = json.loads((run / "facts.json").read_text())
    with safe_open(source, "pt") as file:
        family = file.metadata()["family"]
        parameters = sum(math.prod(file.get_slice(key).get_shape()) for key in file.keys())  # noqa: SIM118
    content = {
        **{key: about[key] for key in ("name", "task", "mechanism", "title", "licence", "data", "beside", "examples")},
        "family": family,
        "parameters": about.get("parameters", parameters),
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "training": {
            "command": f"python -m viz_core train {about['name']}", "seed": facts["plan"]["seed"], "steps": facts["plan"]["steps"],
            "minutes": round(facts["minutes"], 1), "hardware": about["hardware"],
        },
        "metrics": {},
    }
    write_card(folder, content)
    return folder


def curve_of(log: Path) -> list[dict[str, float]]:
    """The entries of a run's log.jsonl: step, seconds, loss and development metrics of each validation.

    Of a step that a resumed run went through again, the later entry counts. Raises InputError for a log without entries.
    """
    found: dict[int, dict[str, float]] = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        entry = json.loads(line)
        found = {step: known for step, known in found.items() if step < entry["step"]}
        found[entry["step"]] = {name: value if name == "step" else float(f"{value:.{DIGITS}g}") for name, value in entry.items()}
    if not found:
        raise InputError(f"{log} holds no validation yet; let the run reach its first one")
    return list(found.values())


def keep_curve(run: Path, folder: Path) -> None:
    """Writes curve.json of a run into a model's folder: what development quality was after how many updates and seconds."""
    (folder / CURVE).write_text(json.dumps(curve_of(run / "log.jsonl"), indent=1) + "\n", encoding="utf-8")


def write_card(folder: Path, content: Mapping[str, Any]) -> None:
    (folder / "card.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    cards.cache_clear()


def add_metrics(name: str, metrics: Mapping[str, Any]) -> None:
    """Writes measured metrics on a model's card."""
    folder = cards()[name].folder
    content = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content["metrics"] = {**content["metrics"], **metrics}
    write_card(folder, content)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--hardware", default="one CPU core")
    parser.add_argument("--curve", action="store_true", help="only keep the run's curve beside the model that is in the zoo already")
    options = parser.parse_args()
    run, recipes = Path("runs") / options.name, recipe_module(options.name)
    if options.curve:
        return keep_curve(run, cards()[options.name].folder)
    if hasattr(recipes, "finish"):  # what is settled on development data once the weights are there
        recipes.finish(run)
    publish(run, {**recipes.about(options.name), "hardware": options.hardware})
    metrics = evaluate(options.name)
    add_metrics(options.name, {key: value for key, value in metrics.items() if key not in ("model", "seed")})
    print(json.dumps(metrics, indent=1))


def recipe_module(name: str) -> ModuleType:
    """The module in `recipes/` whose RECIPES hold this name."""
    package = importlib.import_module("viz_core.training.recipes")
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if name in module.RECIPES:
            return module
    raise InputError(f"there is no recipe {name!r}")


if __name__ == "__main__":
    main()
