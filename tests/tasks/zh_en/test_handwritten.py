import pytest

from viz_core.tasks.zh_en import handwritten
from viz_core.trace.errors import InputError


def test_reads_pairs_and_skips_notes(tmp_path):
    path = tmp_path / "b.tsv"
    path.write_text("# note\n\n我是学生。\tI am a student.\n", encoding="utf-8")
    (pair,) = handwritten.read_pairs(path, "authored")
    assert pair == ("b-3", ("我", "是", "学生", "。"), "I am a student.", None, "authored")


@pytest.mark.parametrize("line", ["我是学生。", "我\tI\tme", "\tI", "我\t"])
def test_a_bad_line_is_named(tmp_path, line):
    path = tmp_path / "b.tsv"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="Line 1 of b.tsv"):
        list(handwritten.read_pairs(path, "authored"))


def test_the_shipped_files_can_be_read():
    assert len(handwritten.everyday_test()) > 50
    assert len(handwritten.authored()) > 500
