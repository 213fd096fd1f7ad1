"""Pictures on the command line: a file, standard input or a sample is looked at; what is no picture is one sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import viz_core as vc
from tests.inputs.test_picture import halves, png_of, saved
from tests.models.tiny_vision import model
from viz_core.cli import main
from viz_core.inputs.picture import read


@pytest.fixture
def photo(tmp_path, monkeypatch):
    """A file `photo.jpg`, three wide and two high, in the working folder; every model's name gives the same small one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("viz_core.zoo.load", lambda name, device: model("vit", labelled=True))
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    Image.fromarray(pixels).save("photo.jpg")
    return tmp_path / "photo.jpg"


@pytest.mark.parametrize("given", ["photo.jpg", "-", "sample:shapes"])
def test_a_picture_comes_from_a_file_standard_input_or_the_samples(photo, monkeypatch, capsys, given):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(photo.read_bytes())))
    assert main(["trace", "tiny", given, "--patches", "6", "--out", "a.npz"]) == 0
    trace = vc.trace.load("a.npz")
    assert (trace.source_axis.geometry["rows"], trace.source_axis.geometry["cols"]) == ((4, 6))
    assert trace.source == {"-": "standard input", "sample:shapes": "shapes.png"}.get(given, given)
    assert capsys.readouterr().out.strip() == trace.output


def test_every_format_is_written_and_the_page_has_the_picture(photo):
    for ending in ("json", "csv", "html"):
        assert main(["trace", "tiny", "photo.jpg", "--patches", "4", "--out", f"a.{ending}"]) == 0
    whole = json.loads((photo.parent / "a.json").read_text())
    assert whole["source_axis"]["geometry"]["cols"] == 4
    assert len((photo.parent / "a.csv").read_text().splitlines()) == 1 + 3 * 3 * 13 * 13  # layers, heads, (1 + 3 × 4 tokens)²
    page = (photo.parent / "a.html").read_text()
    assert "data:image/png;base64," in page and "mountPatches" in page


def test_a_grid_that_fits_the_format_is_chosen(photo, monkeypatch):
    big = model("vit", labelled=True)
    monkeypatch.setattr(type(big.backbone), "longest", 30)
    monkeypatch.setattr("viz_core.zoo.load", lambda name, device: big)
    columns = {}
    for ending in ("npz", "json"):
        assert main(["trace", "tiny", "photo.jpg", "--out", f"a.{ending}"]) == 0
    columns["npz"] = vc.trace.load("a.npz").source_axis.geometry["cols"]
    columns["json"] = json.loads((photo.parent / "a.json").read_text())["source_axis"]["geometry"]["cols"]
    assert columns == {"npz": 30, "json": 14}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["notes.txt"], "the file 'notes.txt' is no picture"),
        (["empty.png"], "the picture 'empty.png' is empty"),
        (["page.png"], "the file 'page.png' is a web page"),
        (["cut.jpg"], "the picture 'cut.jpg' is cut off or damaged"),
        (["missing.png"], "'missing.png' cannot be read (No such file or directory)"),
        (["sample:nothing"], "no sample picture 'nothing'"),
        (["photo.jpg", "--patches", "65"], "65"),
    ],
)
def test_what_is_no_picture_is_one_sentence(photo, capsys, arguments, said):
    folder = photo.parent
    (folder / "notes.txt").write_text("secret words\n")
    (folder / "empty.png").write_bytes(b"")
    (folder / "page.png").write_text("<!doctype html><p>secret words")
    (folder / "cut.jpg").write_bytes(photo.read_bytes()[:900])
    assert main(["trace", "tiny", *arguments, "--out", "a.html"]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1 and "secret" not in error
    assert not (folder / "a.html").exists()


HOSTILE = {
    "empty.png": b"", "drawing.svg": b"<svg onload='alert(1)'/>", "page.png": b"<!doctype html><script>alert(1)</script>", "bomb.png": png_of(30_000, 30_000),
    "cut.tif": saved(halves(64, 64), "TIFF")[:300], "many.tif": saved(halves(), "TIFF").replace(b"\x15\x01\x03\x00\x01\x00\x00\x00\x03", b"\x15\x01\x03\x00\x01\x00\x00\x00\xff"),
    "program.gif": b"MZ" + bytes(200), "start.jpg": b"\xff\xd8\xff" + bytes(50),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_the_command_line_says_what_the_page_says(photo, capfd, name):
    (photo.parent / name).write_bytes(HOSTILE[name])
    with pytest.raises(vc.trace.InputError) as refused:  # the page's own reading, see ui/picture_input.py
        read(HOSTILE[name], name)
    capfd.readouterr()
    assert main(["trace", "tiny", name, "--out", "a.npz"]) == 2
    assert capfd.readouterr().err == f"viz_core: {refused.value}\n"


@pytest.mark.parametrize("quiet", [True, False])
def test_the_picture_library_says_nothing_beside_it(quiet):
    code = "import sys\nfrom viz_core import cli\nfrom viz_core.inputs.picture import read\n"
    code += "cli.quiet_decoders()\n" if quiet else ""
    code += "try:\n read(sys.stdin.buffer.read(), 'many.tif')\nexcept cli.InputError as error:\n print(error)\n"
    done = subprocess.run([sys.executable, "-c", code], input=HOSTILE["many.tif"], capture_output=True, check=True)
    assert b"'many.tif'" in done.stdout and (done.stderr == b"") is quiet


def test_patches_are_for_pictures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("viz_core.zoo.load", lambda name, device: object())
    assert main(["trace", "reads-text", "x", "--patches", "3", "--out", "a.npz"]) == 2
    assert "--patches is for models that read pictures" in capsys.readouterr().err
