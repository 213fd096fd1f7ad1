"""The README's table of models, written from the cards: `python -m viz_core.zoo.table`."""

from __future__ import annotations

import re
from pathlib import Path

from viz_core.zoo.cards import Card, cards

SHOWN = ("bleu", "chrf", "aer", "aer_grammar", "wer", "per", "accuracy", "mean_error", "mean_support", "bit_error_rate", "bit_error_rate_120",
         "exact", "pointing_game", "photographs")  # fmt: skip
README = Path(__file__).resolve().parents[2] / "README.md"


def row(card: Card) -> str:
    """One line of the table."""
    metrics = ", ".join(f"{key} {card.metrics[key]:.3g}" for key in SHOWN if key in card.metrics)
    return f"| `{card.name}` | {card.data.split(';')[0]} | {card.parameters / 1e6:.2f} M | {card.licence} | {metrics} |"


def table() -> str:
    head = "| model | data | parameters | licence of the weights | held-out metrics |\n|---|---|---|---|---|"
    return "\n".join([head, *(row(card) for card in cards().values())])


def written(readme: str) -> str:
    """The README's text with a fresh table."""
    return re.sub(r"(<!-- models:.*?-->).*?(<!-- /models -->)", lambda m: f"{m[1]}\n{table()}\n{m[2]}", readme, flags=re.S)


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
