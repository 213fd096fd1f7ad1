"""The Alignment page: what runs, what is said, what the address holds."""

from __future__ import annotations

import json

import pytest

def shown(app) -> str:
    return " ".join(m.value for m in app.markdown)


def messages(app) -> list[str]:
    return [error.value.replace("\\", "") for error in app.error]


def link(app) -> dict[str, str]:
    """What the address holds now."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def control(app, key: str):
    found = [w for kind in ("text_input", "selectbox", "slider", "number_input", "toggle", "button_group") for w in app.get(kind) if w.key == key]
    assert found, f"no control {key!r}"
    return found[0]


def test_the_default_has_run(page) -> None:
    app = page("alignment")
    assert not app.exception and not app.error
    assert "我是中国人 →" in shown(app) and "log P(Y|X)" in shown(app)
    assert link(app) == {}


def test_a_link_reopens_the_view(page) -> None:
    app = page("alignment", task="g2p", score="dot", text="cat", decode="beam", width="3", beside="none")
    assert not app.exception and not app.error
    assert "g2p" in shown(app) and "cat →" in shown(app)
    assert "one vector c" in app.info[0].value, "the variant without attention says so"
    assert control(app, "width").value == 3
    assert link(app) == {"task": "g2p", "score": "dot", "text": "cat", "decode": "beam", "width": "3", "beside": "none"}


def test_the_address_follows_the_controls(page) -> None:
    app = page("alignment", task="g2p")
    control(app, "text").set_value("cat").run()
    assert link(app)["text"] == "cat"
    control(app, "text").set_value("attention").run()
    assert "text" not in link(app), "the default is not written"


def test_the_model_can_be_named(page) -> None:
    app = page("alignment", model="g2p-lstm-none")
    assert not app.error
    assert "attention →" in shown(app) and app.info


def test_an_unknown_model_name_is_told_with_the_closest(page) -> None:
    app = page("alignment", model="g2p-lstm-addative")
    assert len(app.error) == 1 and "g2p-lstm-additive" in messages(app)[0]
    assert "我是中国人 →" in shown(app), "the page is still usable"


TOO_LONG = "我" * 10_000
BAD = [
    ("zh-en", "", "is empty"),
    ("zh-en", "   ", "is empty"),
    ("zh-en", TOO_LONG, "10,000 characters"),
    ("zh-en", "。。。！？", "no Chinese character"),
    ("zh-en", "hello world", "no Chinese character"),
    ("zh-en", "😀🎉", "no Chinese character"),
    ("zh-en", "שלום עולם", "no Chinese character"),
    ("zh-en", "\x00\x1b\x07", "is empty"),
    ("zh-en", "<script>alert(1)</script>", "no Chinese character"),
    ("g2p", "", "is empty"),
    ("g2p", "a" * 10_000, "10,000 characters"),
    ("g2p", "!!!", "a–z"),
    ("g2p", "我是中国人", "a–z"),
    ("g2p", "two words", "a space"),
    ("g2p", "مرحبا", "a–z"),
    ("g2p", "cat7", "'7'"),
]


@pytest.mark.parametrize(("task", "text", "said"), BAD)
def test_bad_text_is_one_sentence_and_stays_in_the_field(page, task: str, text: str, said: str) -> None:
    app = page("alignment", task=task)
    control(app, "text").set_value(text).run()
    assert not app.exception
    assert len(app.error) == 1, messages(app)
    assert said in messages(app)[0] and messages(app)[0].endswith(".")
    assert control(app, "text").value == text
    good = {"zh-en": "我喜欢茶", "g2p": "cat"}[task]
    control(app, "text").set_value(good).run()
    assert not app.error and f"{good} →" in shown(app), "the page goes on"


def test_bad_text_leaves_the_other_controls_as_they_were(page) -> None:
    app = page("alignment", task="g2p", decode="beam", width="7", text="cat")
    control(app, "text").set_value("two words").run()
    assert link(app) == {"task": "g2p", "decode": "beam", "width": "7", "text": "two words"}
    control(app, "text").set_value("cat").run()
    assert not app.error and control(app, "width").value == 7


@pytest.mark.parametrize("text", ["𠮷野家", "我是\x00中国\x07人", "我爱你😀", "我是中国人שלום", "龘龘龘"])
def test_odd_but_readable_text_runs(page, text: str) -> None:
    app = page("alignment", task="zh-en", text=text)
    assert not app.exception and not app.error
    assert "log P(Y|X)" in shown(app)


def test_unknown_words_are_marked(page) -> None:
    app = page("alignment", task="zh-en", text="我/喜欢/乌龙茶")
    words = next(h.proto.body for h in app.get("html") if "<span" in h.proto.body)
    assert words.count(' title="never seen') == 1 and words.split(' title="never seen')[1].startswith(' in training">乌龙茶<')
    assert any("never seen in training" in c.value for c in app.caption)


def test_the_cut_can_be_changed(page) -> None:
    app = page("alignment", task="zh-en")
    assert control(app, "cut").value == "我 / 是 / 中国 / 人"
    control(app, "cut").set_value("我 / 是 / 中国人").run()
    assert control(app, "text").value == "我/是/中国人"
    assert control(app, "cut").value == "我 / 是 / 中国人"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"decode": "beam", "width": "99"}, "Beam width is '99'; give a whole number from 1 to 16."),
        ({"decode": "beam", "width": "many"}, "Beam width is 'many'; give a whole number from 1 to 16."),
        ({"decode": "sampling", "temperature": "-1"}, "Temperature is '-1'; give a number from 0.05 to 5.0."),
        ({"decode": "sampling", "top_p": "nan"}, "Top p is 'nan'; give a number from 0.01 to 1.0."),
        ({"decode": "best"}, "Decoding method 'best' is unknown"),
        ({"score": "cosine"}, "Score function 'cosine' is unknown"),
        ({"task": "fr-en"}, "Task 'fr-en' is unknown"),
        ({"lang": "tlh"}, "Language 'tlh' is unknown"),
        ({"force": "x.y"}, "Prefix is 'x.y'; give a list of output ids"),
        ({"force": "99999"}, "outputs are 0"),
        ({"task": "g2p", "decode": "forced", "reference": "QQ"}, "'QQ' is not an output of this model"),
    ],
)
def test_bad_values_in_the_address_are_told(page, query: dict[str, str], said: str) -> None:
    app = page("alignment", **query)
    assert not app.exception
    assert len(app.error) == 1 and messages(app)[0].startswith(said) or said in messages(app)[0], messages(app)


def test_what_went_wrong_is_said_in_chinese(page) -> None:
    app = page("alignment", lang="zh", task="g2p", text="two words")
    assert messages(app) == ["'two words' 里有空格；这个模型读一个由字母 a–z 和撇号组成的单词。"]


def test_a_weights_file_with_another_hash_is_refused(page, zoo, tmp_path, monkeypatch) -> None:
    import shutil

    from viz_core.zoo import cards

    shutil.copytree(zoo, tmp_path / "zoo")
    path = tmp_path / "zoo" / "test" / "g2p-lstm-dot" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\0\0")
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path / "zoo")
    cards.cards.cache_clear()
    app = page("alignment", task="g2p", score="dot")
    assert not app.exception
    assert len(app.error) == 1 and "SHA-256" in messages(app)[0] and "check the repository out again" in messages(app)[0]


def test_a_folder_that_cannot_be_written_is_told(page, monkeypatch) -> None:
    from viz_core.ui import player

    def refuse() -> None:
        raise PermissionError(13, "Permission denied", "static/plotly.min.js")

    player._component.cache_clear()
    monkeypatch.setattr(player, "plotly_js", refuse)
    app = page("alignment", task="g2p")
    player._component.cache_clear()
    assert not app.exception
    assert any("The file static/plotly.min.js cannot be written" in message for message in messages(app))


def test_no_models_at_all_is_said(page, tmp_path, monkeypatch) -> None:
    from viz_core.zoo import cards

    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    cards.cards.cache_clear()
    app = page("alignment")
    assert not app.exception and not app.error
    assert "no trained" in app.info[0].value


def test_forced_choices_are_chips_that_can_be_let_go(page) -> None:
    app = page("alignment", task="g2p", text="cat", force="5._.6")
    chips = [button for button in app.button if button.key and button.key.startswith("unforce ")]
    assert len(chips) == 3  # two forced steps and "let all go"
    chips[0].click().run()
    assert link(app)["force"] == "_._.6"


def test_the_card_and_the_history_are_there(page, zoo) -> None:
    app = page("alignment", task="g2p", score="general")
    content = json.loads((zoo / "test" / "g2p-lstm-general" / "card.json").read_text())
    assert content["sha256"][:16] in shown(app)
    assert any("snapshots" in expander.label for expander in app.expander)


def test_an_example_becomes_the_text(page) -> None:
    app = page("alignment", task="g2p", force="5")
    control(app, "example g2p").set_value("cat").run()
    assert control(app, "text").value == "cat" and "cat →" in shown(app)
    assert "force" not in link(app), "what was forced belonged to the text before"


def test_another_task_begins_with_its_own_text(page) -> None:
    app = page("alignment", task="zh-en", text="我喜欢茶")
    control(app, "task").set_value("g2p").run()
    assert not app.error and control(app, "text").value == "attention"


def test_a_beam_leads_to_its_tree(page) -> None:
    app = page("alignment", task="g2p", text="cat", decode="beam", width="3")
    link_there = next(item.proto for item in app.get("page_link"))
    assert link_there.page.endswith("beam_search") and link_there.query_string == "task=g2p&text=cat&width=3"
