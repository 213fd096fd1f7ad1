"""The memory network page: samples, own stories, what if, bad input."""

from __future__ import annotations

import pytest
from tests.pages import story_zoo
from tests.pages.test_alignment import control, link, messages, shown


@pytest.fixture
def stories(zoo, tmp_path, monkeypatch):
    """The tiny zoo with two memory networks."""
    from viz_core.zoo import cards

    folder = tmp_path / "zoo"
    folder.mkdir()
    story_zoo.build(folder)
    monkeypatch.setattr(cards, "WEIGHTS", folder)
    cards.cards.cache_clear()


def test_the_default_has_run(page, stories):
    app = page("memory_network")
    assert not app.exception and not app.error
    assert "The largest weight is" in shown(app) and "★ marks" in shown(app)
    assert "25.0% wrong on average" in shown(app)
    assert link(app) == {}


def test_without_networks_the_page_says_how_to_make_one(page):
    app = page("memory_network")
    assert not app.exception
    assert any("train stories-memn2n-3hop" in info.value for info in app.info)


def test_a_link_opens_an_own_story(page, stories):
    app = page("memory_network", story="Mary went to the kitchen\nJohn moved to the garden.", question="Where is Mary")
    assert not app.exception and not app.error
    assert "Where is Mary? →" in shown(app) and "★" not in shown(app)


@pytest.mark.parametrize(("story", "question", "said"), [
    ("", "Where is Mary?", "has no story before it"),
    ("Mary went to the kitchen.", "", "no question"),
    ("Where is Mary?\nMary went to the kitchen.", "Where is John?", "2 questions"),
    ("mary " * 1000, "Where is Mary?", "1,000 words"),
    ("Mary went to the castle.", "Where is the dragon?", "never saw 'castle', 'dragon'"),
    ("Mary went to the kitchen.\n" * 31, "Where is Mary?", "31 sentences"),
])  # fmt: skip
def test_bad_stories_are_one_clear_sentence(page, stories, story, question, said):
    app = page("memory_network")
    app.text_area(key="story").set_value(story)
    control(app, "question").set_value(question)
    app.run()
    assert not app.exception and len(app.error) == 1
    assert said in messages(app)[0]


def test_unknown_words_are_pointed_out_beside_the_editor(page, stories):
    app = page("memory_network", story="Mary went to the castle.", question="Where is Mary?")
    assert ":red-badge[castle]" in shown(app)


def test_another_sample_fills_the_fields(page, stories):
    app = page("memory_network")
    before = app.text_area(key="story").value
    next(b for b in app.button if b.label == "Next sample").click().run()
    assert app.text_area(key="story").value != before and not app.error
    assert link(app) == {"sample": "2"}


@pytest.mark.parametrize("query", [
    {"change": "out", "sentence": "2"}, {"change": "move", "sentence": "1", "to": "3"},
    {"change": "weight", "sentence": "1", "hop": "2", "weight": "0.9"},
])  # fmt: skip
def test_a_changed_story_stands_below_the_one_that_was_told(page, stories, query):
    app = page("memory_network", **query)
    assert not app.exception and not app.error
    assert "The answer" in shown(app) and "Answers before and after the change" in shown(app)


def test_taking_the_only_sentence_out_is_refused_in_words(page, stories):
    app = page("memory_network", story="Mary went to the kitchen.", question="Where is Mary?", change="out")
    assert not app.exception and "one sentence only" in messages(app)[0]


@pytest.mark.parametrize("query", [{"kind": "99"}, {"sample": "0"}, {"change": "explode"}, {"model": "gpt"}, {"sentence": "44"}])
def test_a_link_that_asks_too_much_is_told(page, stories, query):
    app = page("memory_network", **query)
    assert not app.exception and len(app.error) <= 1


def test_the_map_can_be_tested(page, stories):
    app = page("memory_network", trust="test", kind="1", sample="3")
    assert not app.exception and not app.error


def test_one_hop_has_no_second(page, stories):
    app = page("memory_network", model="stories-memn2n-1hop", change="weight", hop="3")
    assert not app.exception
    assert len(app.error) == 1
