"""The sheet of everyday sentences: what a person wrote there survives as long as it is about the same output."""

from __future__ import annotations

import pytest
from tests.decoding.table_stepper import markov

from viz_core.evaluation import everyday
from viz_core.evaluation.everyday import Row, write
from viz_core.tasks.zh_en import Pair
from viz_core.trace import InputError

ROWS = [Row("你好", "Hello", "Hello"), Row("茶", "tea", "coffee")]


def test_a_new_sheet_has_empty_verdicts(tmp_path):
    path = tmp_path / "judged" / "m.tsv"
    text = write(ROWS, path)
    assert text == path.read_text(encoding="utf-8") == "source\treference\toutput\tverdict\n你好\tHello\tHello\t\n茶\ttea\tcoffee\t\n"


def test_a_verdict_stays_with_an_unchanged_output_and_goes_with_a_changed_one(tmp_path):
    path = tmp_path / "m.tsv"
    write(ROWS, path)
    path.write_text(path.read_text(encoding="utf-8").replace("Hello\t\n", "Hello\tgood\n").replace("coffee\t\n", "coffee\twrong\n"), encoding="utf-8")
    assert write(ROWS, path) == path.read_text(encoding="utf-8")
    assert [row.split("\t")[3] for row in write(list(reversed(ROWS)), path).splitlines()] == ["verdict", "wrong", "good"]
    changed = write([ROWS[0], ROWS[1]._replace(output="tea")], path)
    assert changed.splitlines()[1:] == ["你好\tHello\tHello\tgood", "茶\ttea\ttea\t"]


def test_a_damaged_sheet_is_not_overwritten(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_text("source\treference\toutput\tverdict\n你好\tHello\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2 of m.tsv has 2 columns"):
        write(ROWS, path)
    assert path.read_text(encoding="utf-8").endswith("你好\tHello\n")


def test_outputs_are_beam_search_on_the_everyday_test(monkeypatch):
    pairs = (Pair("1", ("你", "好"), "Hello there", None, "everyday"), Pair("2", ("茶",), "tea", None, "everyday"))
    monkeypatch.setattr(everyday.zh_en, "everyday_test", lambda: pairs)
    # Greedy would say "Hi" (0.4 · 0.5); the beam finds "Hello there" (0.35 · 1 · 1).
    rows = {"<s>": {"Hi": 0.4, "Hello": 0.35, "tea": 0.25}, "Hi": {"</s>": 0.5, "tea": 0.5}, "Hello": {"there": 1.0},
            "there": {"</s>": 1.0}, "tea": {"</s>": 1.0}}  # fmt: skip
    found = everyday.translate(markov(["Hi", "Hello", "there", "tea"], rows))
    assert found == [Row("你好", "Hello there", "Hello there"), Row("茶", "tea", "Hello there")]


def test_the_everyday_test_is_of_lines_that_a_sheet_can_hold():
    pairs = everyday.zh_en.everyday_test()
    assert len(pairs) > 90
    assert len({"".join(pair.source) for pair in pairs}) == len(pairs), "verdicts are found by source"


def test_unknown_models_and_other_tasks_end_with_one_line(capsys, monkeypatch):
    assert everyday.main(["no-such-model"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "no-such-model" in printed.err
    monkeypatch.setattr(everyday.zoo, "card", lambda name: type("Card", (), {"task": "g2p"}))
    with pytest.raises(InputError, match="'g2p'; the everyday test is Chinese to English"):
        everyday.everyday("g2p-lstm-dot")
