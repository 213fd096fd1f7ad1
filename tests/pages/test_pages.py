"""Every page in pages/ opens without an error and says what it shows; Home needs no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from viz_core.ui import frame

NAMES = [about.path.stem for about in frame.pages()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_opens_in_every_language(page, name: str, lang: str) -> None:
    app = page(name, lang=lang)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1
    intro = app.markdown[0].value
    assert 2 <= sum(intro.count(stop) for stop in (". ", ".", "。")) and len(intro) > 40
    assert any("一" <= c <= "鿿" for c in app.title[0].value) == (lang == "zh")


def test_pages_say_who_they_are() -> None:
    assert NAMES[0] == frame.HOME
    assert all(about.title and (about.summary or about.path.stem == frame.HOME) for about in frame.pages())


def test_a_new_file_is_a_new_page(tmp_path) -> None:
    (tmp_path / "b.py").write_text('TITLE = "Second"\nSUMMARY = "s"\nORDER = 2\n')
    (tmp_path / "a_b.py").write_text("import sys\nORDER = 1\n")
    (tmp_path / "_helper.py").write_text("")
    assert [(about.title, about.order) for about in frame.pages(tmp_path)] == [("A b", 1), ("Second", 2)]


def test_home_shows_every_other_page_and_loads_no_torch() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; from viz_core.ui import frame\n"
        "app = AppTest.from_file(str(frame.PAGES.parent / 'app.py'), default_timeout=180).run()\n"
        "assert not app.exception, app.exception\n"
        "shown = ' '.join(m.value for m in app.markdown)\n"
        "assert all(about.summary in shown for about in frame.pages()), shown\n"
        "print('loaded', [m for m in ('torch', 'tokenizers', 'viz_core.figures', 'viz_core.zoo') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "loaded []" in done.stdout
