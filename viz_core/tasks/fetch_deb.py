"""Data that a Debian package carries: fetched once by `apt-get download`, checked, unpacked into the cache folder.

Nothing is installed and none of the package's scripts is run; no administrator's rights are needed. A .deb is an `ar`
archive whose member data.tar.xz (or .gz, .zst) holds the files.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from viz_core.tasks.fetch import CACHE_VARIABLE, cache_directory, check_sha256, once
from viz_core.trace.errors import InputError

_DOWNLOAD_SECONDS = 900
_MAGIC = b"!<arch>\n"
_HEADER_BYTES = 60  # of an ar member: name 16, times and owners 32, size 10, ending 2


@dataclass(frozen=True)
class Debian:
    """One pinned package. version: as apt names it; sha256: of the .deb; root: folder inside whose files are kept;
    size: of the .deb in bytes."""

    package: str
    version: str
    sha256: str
    root: str
    size: int = 0


def debian(pinned: Debian) -> Path:
    """The folder in the cache that holds what lies under `root` in the package, downloading it on first use.

    Raises InputError when apt-get is missing or cannot download, when the .deb is another one than pinned, and when it
    holds links or paths that leave its folder.
    """
    version = re.sub(r"[^\w.]", "_", pinned.version)
    folder = cache_directory() / "deb" / f"{pinned.package}-{version}-{pinned.sha256[:12]}"

    def fetched(scratch: Path) -> Path:
        archive = _download(pinned, scratch)
        check_sha256(archive, pinned.sha256)
        unpack(archive, pinned.root, scratch / "unpacked")
        return scratch / "unpacked"

    return once(folder, fetched)


def _download(pinned: Debian, folder: Path) -> Path:
    """Runs `apt-get download` for one package and returns the .deb it leaves in `folder`."""
    program, specifier = shutil.which("apt-get"), f"{pinned.package}={pinned.version}"
    if program is None:
        raise InputError(
            f"The Debian package {specifier} is not in the cache and apt-get is not installed; expected Debian or one of its "
            f"descendants; point {CACHE_VARIABLE} at a filled cache."
        )
    print(f"Fetching {specifier} ({pinned.size / 1e6:.0f} MB), once; later runs need no network.", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            [program, "download", "-qq", specifier], cwd=folder, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False
        )
        failed, said = done.returncode != 0, done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        failed, said = True, str(error)
    found = sorted(folder.glob("*.deb"))
    if failed or len(found) != 1:
        reason = (said.strip().splitlines() or ["no reason given"])[-1][:160]
        raise InputError(
            f"apt-get could not fetch {specifier} ({reason}); expected one .deb; check the network connection, "
            "and run `apt-get update` as administrator where the package is not known."
        )
    return found[0]


def unpack(archive: Path, root: str, folder: Path) -> None:
    """Writes the plain files under `root` (usr/share/…) of a .deb into `folder`; all others are passed over.

    Raises InputError when the file is no .deb, holds nothing under `root`, or holds something there that is no plain file
    of its own folder (links inside the package to other names are passed over).
    """
    folder.mkdir(parents=True)
    wanted = PurePosixPath(root).parts
    with archive.open("rb") as file:
        kind = _find_data(file, archive.name)
        try:
            with tarfile.open(fileobj=file, mode=f"r|{kind}") as content:
                for member in content:
                    _write(content, member, wanted, folder, archive.name)
        except (tarfile.TarError, EOFError) as error:
            raise InputError(f"The archive {archive.name} cannot be read ({error}); do not use it, fetch it again.") from error
    if not any(folder.iterdir()):
        raise InputError(f"The archive {archive.name} holds nothing under {root!r}; expected the pinned package's files there.")


def _write(content: tarfile.TarFile, member: tarfile.TarInfo, wanted: tuple[str, ...], folder: Path, name: str) -> None:
    """One member, when it lies under the wanted folder."""
    parts = PurePosixPath(member.name.removeprefix("./")).parts
    if parts[: len(wanted)] != wanted or member.isdir() or member.issym():
        return
    inside = parts[len(wanted) :]
    if ".." in inside or "\\" in member.name or not inside or not member.isreg():
        raise InputError(f"The archive {name} holds {member.name!r}; expected only plain files inside its own folder; do not use it.")
    target = folder.joinpath(*inside)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = content.extractfile(member)
    assert source is not None  # a regular file always has content
    with source, target.open("wb") as out:
        shutil.copyfileobj(source, out)


def _find_data(file: BinaryIO, name: str) -> str:
    """Moves to the start of data.tar.* in an `ar` archive and returns its compression (xz, gz)."""
    if file.read(len(_MAGIC)) == _MAGIC:
        while len(header := file.read(_HEADER_BYTES)) == _HEADER_BYTES and header.endswith(b"`\n"):
            member, size = header[:16].decode("latin-1").rstrip().rstrip("/"), header[48:58].strip()
            if member.startswith("data.tar.") and member[9:] in ("xz", "gz"):
                return member[9:]
            if not size.isdigit():
                break
            file.seek(int(size) + int(size) % 2, os.SEEK_CUR)  # members begin at even places
    raise InputError(f"The file {name} is no Debian package with a data.tar.xz or data.tar.gz; do not use it, fetch it again.")
