import hashlib
import io
import tarfile

import pytest

from viz_core.tasks import fetch
from viz_core.trace.errors import InputError


def make_tarball(path, names, kind=tarfile.REGTYPE):
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.type = kind
            member.size = 5 if kind == tarfile.REGTYPE else 0
            member.linkname = "/etc/hosts"
            archive.addfile(member, io.BytesIO(b"hello"))
    return path


def test_unpack_leaves_out_the_top_folder(tmp_path):
    fetch.unpack(make_tarball(tmp_path / "a.tgz", ["package/data/x.txt", "package/y"]), tmp_path / "out")
    assert (tmp_path / "out" / "data" / "x.txt").read_text() == "hello"
    assert (tmp_path / "out" / "y").exists()


@pytest.mark.parametrize("name", ["/package/x", "package/../../x", "../x", "package\\..\\x", "x"])
def test_paths_that_leave_the_folder_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="own folder"):
        fetch.unpack(make_tarball(tmp_path / "a.tgz", [name]), tmp_path / "out")
    assert not any((tmp_path / "out").iterdir())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path, kind):
    with pytest.raises(InputError, match="plain files"):
        fetch.unpack(make_tarball(tmp_path / "a.tgz", ["package/x"], kind), tmp_path / "out")


def test_a_changed_file_is_refused(tmp_path):
    (tmp_path / "f").write_bytes(b"hello")
    fetch.check_sha256(tmp_path / "f", hashlib.sha256(b"hello").hexdigest())
    with pytest.raises(InputError, match="expected 0000"):
        fetch.check_sha256(tmp_path / "f", "0" * 64)


def test_npm_missing_is_one_clear_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(fetch.shutil, "which", lambda program: None)
    with pytest.raises(InputError, match="npm is not installed"):
        fetch.npm_package("some-package", "1.0.0", "ab" * 32)
    assert not any((tmp_path / "npm").iterdir())


def test_a_package_is_fetched_once_and_checked(tmp_path, monkeypatch):
    tarball = make_tarball(tmp_path / "p.tgz", ["package/x"])
    pin = hashlib.sha256(tarball.read_bytes()).hexdigest()
    calls = []
    monkeypatch.setenv(fetch.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(fetch, "_download", lambda specifier, folder: calls.append(specifier) or tarball)
    with pytest.raises(InputError, match="SHA-256"):
        fetch.npm_package("@scope/p", "1.0.0", "0" * 64)
    first = fetch.npm_package("@scope/p", "1.0.0", pin)
    assert fetch.npm_package("@scope/p", "1.0.0", pin) == first
    assert (first / "x").read_text() == "hello" and calls == ["@scope/p@1.0.0"] * 2
