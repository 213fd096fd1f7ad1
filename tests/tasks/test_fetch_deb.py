"""A .deb is read without running anything of it: built here byte by byte."""

from __future__ import annotations

import hashlib
import io
import tarfile

import pytest

from viz_core.tasks import fetch, fetch_deb
from viz_core.tasks.fetch_deb import Debian
from viz_core.trace.errors import InputError


def tar(names, kind=tarfile.REGTYPE, mode="w:xz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/hosts"
            member.size = 5 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"hello"))
    return out.getvalue()


def member(name, content):
    """60 bytes of header: name, time, owner, group, mode, size, ending; content padded to an even length."""
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


def deb(path, data, name="data.tar.xz"):
    path.write_bytes(b"!<arch>\n" + member("debian-binary", b"2.0\n") + member("control.tar.xz", b"odd") + member(name, data))
    return path


def test_only_the_root_s_files_are_written(tmp_path):
    archive = deb(tmp_path / "a.deb", tar(["./usr/share/d/x.txt", "./usr/share/d/in/y", "./usr/share/other/z", "./usr/bin/run"]))
    fetch_deb.unpack(archive, "usr/share/d", tmp_path / "out")
    assert sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()) == ["in/y", "x.txt"]
    assert (tmp_path / "out" / "x.txt").read_text() == "hello"


def test_gzip_is_read_too_and_a_slash_after_the_name(tmp_path):
    fetch_deb.unpack(deb(tmp_path / "a.deb", tar(["./d/x"], mode="w:gz"), "data.tar.gz/"), "d", tmp_path / "out")
    assert (tmp_path / "out" / "x").read_text() == "hello"


@pytest.mark.parametrize("name", ["./d/../../x", "d/in/../../../x", "./d/in\\..\\x"])
def test_paths_that_leave_the_folder_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="own folder"):
        fetch_deb.unpack(deb(tmp_path / "a.deb", tar([name])), "d", tmp_path / "out")
    assert not any((tmp_path / "out").iterdir()) and not (tmp_path / "x").exists()


@pytest.mark.parametrize("kind", [tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_hard_links_and_devices_are_refused(tmp_path, kind):
    with pytest.raises(InputError, match="plain files"):
        fetch_deb.unpack(deb(tmp_path / "a.deb", tar(["./d/x"], kind)), "d", tmp_path / "out")


def test_symbolic_links_are_passed_over(tmp_path):
    with pytest.raises(InputError, match="holds nothing under 'd'"):
        fetch_deb.unpack(deb(tmp_path / "a.deb", tar(["./d/x"], tarfile.SYMTYPE)), "d", tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"hello", b"!<arch>\n", b"!<arch>\n" + member("data.tar.xz", b"no tar")[:-3], b"!<arch>\n" + b"x" * 200])
def test_damaged_files_are_one_clear_sentence(tmp_path, content):
    (tmp_path / "a.deb").write_bytes(content)
    with pytest.raises(InputError, match="a.deb"):
        fetch_deb.unpack(tmp_path / "a.deb", "d", tmp_path / "out")


def pinned(archive, sha256=None):
    return Debian("p", "1:2.0~x-1", sha256 or hashlib.sha256(archive.read_bytes()).hexdigest(), "d", 1)


def test_a_package_is_fetched_once_and_checked(tmp_path, monkeypatch):
    archive, calls = deb(tmp_path / "a.deb", tar(["./d/x"])), []
    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(fetch_deb, "_download", lambda about, folder: calls.append(about) or archive)
    for _ in range(2):
        assert (fetch_deb.debian(pinned(archive)) / "x").read_text() == "hello"
    assert len(calls) == 1
    with pytest.raises(InputError, match="SHA-256"):
        fetch_deb.debian(pinned(archive, "0" * 64))


def test_apt_missing_is_one_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(fetch_deb.shutil, "which", lambda program: None)
    with pytest.raises(InputError, match="apt-get is not installed"):
        fetch_deb.debian(Debian("p", "1", "0" * 64, "d"))
