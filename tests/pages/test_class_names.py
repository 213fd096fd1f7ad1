"""Class names in the reader's language."""

from __future__ import annotations

import pytest

from viz_core.tasks.everyday_pictures.labels import CLASSES as EVERYDAY
from viz_core.tasks.fashion_mnist import CLASSES as CLOTHING
from viz_core.ui import class_names


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setattr(class_names, "language", lambda: "zh_CN")


def test_every_class_of_our_models_has_a_chinese_name():
    known = class_names.translations("zh_CN")
    assert not [name for name in (*EVERYDAY, *CLOTHING) if name not in known], "write these into locale/zh_CN/classes.tsv"
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in name) for name in known.values())


def test_a_name_is_the_reader_s(chinese):
    assert class_names.class_name("ankle boot") == "短靴" and class_names.class_name("key") == "钥匙"
    assert class_names.class_name("n02123045 tabby") == "n02123045 tabby"


def test_english_stays(monkeypatch):
    monkeypatch.setattr(class_names, "language", lambda: "en")
    assert class_names.class_name("ankle boot") == "ankle boot"
