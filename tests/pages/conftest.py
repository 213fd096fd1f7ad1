"""Pages run against the tiny zoo, with caches of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages import tiny_zoo
from viz_core.zoo import cards

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    tiny_zoo.build(folder)
    return folder


@pytest.fixture(autouse=True)
def zoo(zoo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(cards, "WEIGHTS", zoo_folder)
    cards.cards.cache_clear()
    yield zoo_folder
    cards.cards.cache_clear()
    st.cache_resource.clear()


@pytest.fixture
def page() -> Callable[..., AppTest]:
    """page("alignment", text="…") → the page after its first run, opened by that link."""

    def open_page(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
        for key, value in query.items():
            app.query_params[key] = value
        if name != "home":
            app.switch_page(f"pages/{name}.py")
        return app.run()

    return open_page
