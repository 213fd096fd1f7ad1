"""Self-attention by hand, in the browser: a changed number or another step until everything is recomputed and laid out.

Milliseconds of the page's own thread (processor time, so that a busy machine does not count), the mean of many rounds.
`small`: two words, one head of d_k = 64; `large`: twelve words, four such heads. An edit changes one embedding number, so
that every tensor follows; a key that the desk does not know, pressed alternately, is the floor. Run as a script, it prints
one JSON object.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from tests.benchmarks import chromium
from viz_core.figures import self_attention_export as export
from viz_core.figures.self_attention import View
from viz_core.models.self_attention import CLASSIC, hand_made

TWELVE = tuple("the tired animal did not cross the wide street in the rain".split())
PRESS = """(keys) => {
  for (const key of keys) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    document.querySelector(".sa-root").getBoundingClientRect();
  }
}"""
TYPE = """(values) => {
  for (const value of values) {
    document.querySelector("[data-key='x.0.0']").click();
    const field = document.querySelector(".sa-input");
    field.value = String(value);
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    document.querySelector(".sa-root").getBoundingClientRect();
  }
}"""


def bench(rounds: int = 8) -> dict[str, float]:
    """Mean milliseconds of each action."""
    out: dict[str, float] = {}
    with chromium.browsing() as browser:
        page = browser.new_page(viewport=chromium.SIZE)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        for name, words, heads in (("small", CLASSIC, 1), ("large", TWELVE, 4)):
            _open(page, words, heads)
            totals = {"edit": 0.0, "step": 0.0, "floor": 0.0}
            for i in range(rounds + 1):  # the first is for warming up
                page.evaluate(PRESS, ["Home"])
                found = {
                    "edit": _cost(session, page, TYPE, [10 * i + n for n in range(1, 10)]),
                    "step": _cost(session, page, PRESS, ["ArrowRight"] * 9),
                    "floor": _cost(session, page, PRESS, ["x"] * 9),
                }
                totals = {what: totals[what] + (found[what] if i else 0.0) for what in totals}
            out |= {f"{name}_{what}_ms": total / rounds for what, total in totals.items()}
    return {name: round(value, 2) for name, value in out.items()}


def _open(page: Page, words: tuple[str, ...], heads: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.html"
        export.html(hand_made("classic", words, heads), View(), path)
        page.goto(path.as_uri())
        page.wait_for_selector("[data-ready]")


def _cost(session: CDPSession, page: Page, work: str, items: list) -> float:
    """Thread milliseconds of one item."""
    before = _ticks(session)
    page.evaluate(work, items)
    return 1000 * (_ticks(session) - before) / len(items)


def _ticks(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


if __name__ == "__main__":
    print(json.dumps(bench()))
