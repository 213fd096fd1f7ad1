"""The app for browser tests: `serve.py PORT [ZOO]`; with ZOO, a folder of tiny random models takes the place of the zoo."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from streamlit.web import bootstrap

ROOT = Path(__file__).parents[2]


def main(port: str, zoo: str = "") -> None:
    torch.set_num_threads(1)
    if zoo:
        from viz_core.zoo import cards

        cards.WEIGHTS = Path(zoo)
        cards.cards.cache_clear()
    flags = {"server.port": int(port), "server.headless": True, "server.fileWatcherType": "none", "browser.gatherUsageStats": False}
    bootstrap.load_config_options(flags)
    bootstrap.run(str(ROOT / "app.py"), False, [], flags)


if __name__ == "__main__":
    main(*sys.argv[1:])
