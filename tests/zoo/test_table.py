"""The README's table of models is the one the cards give."""

from viz_core.zoo.table import README, written


def test_readme_is_up_to_date():
    text = README.read_text(encoding="utf-8")
    assert text == written(text), "run: python -m viz_core.zoo.table"
