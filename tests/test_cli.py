"""The command line as a person meets it: exit status 0 or 2, one clear line, never a traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

import viz_core as vc
from viz_core.cli import main

MODEL = "g2p-lstm-general"


def test_models_lists_every_card(capsys):
    assert main(["models", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(vc.zoo.names())
    assert {"family", "task", "source", "licence", "parameters", "metrics"} <= set(rows[0])


@pytest.mark.parametrize("suffix", [".npz", ".json", ".csv", ".html"])
def test_trace_writes_every_format(tmp_path, capsys, suffix):
    path = tmp_path / f"out{suffix}"
    assert main(["trace", MODEL, "knight", "--beam", "3", "--out", str(path)]) == 0
    assert path.stat().st_size > 500
    output = capsys.readouterr().out.strip()
    if suffix == ".npz":
        assert vc.trace.load(path).output == output


def test_trace_reads_a_file_and_standard_input(tmp_path):
    (tmp_path / "word.txt").write_text("knight\n")
    for given in (str(tmp_path / "word.txt"), "-"):
        done = subprocess.run(
            [sys.executable, "-m", "viz_core", "trace", MODEL, given, "--out", str(tmp_path / "out.npz")],
            input="knight", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert vc.trace.load(tmp_path / "out.npz").source == "knight"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["trace", "nonsense", "x", "--out", "a.npz"], "nonsense"),
        (["trace", MODEL, "", "--out", "a.npz"], "empty"),
        (["trace", MODEL, "knight", "--out", "a.exe"], ".exe"),
        (["trace", MODEL, "knight", "--beam", "99", "--out", "a.npz"], "99"),
        (["trace", MODEL, "knight", "--beam", "x", "--out", "a.npz"], "'x'"),
        (["trace", MODEL, "knight", "--device", "warp", "--out", "a.npz"], "warp"),
        (["trace", MODEL, "knight", "--out", "/proc/no/such/a.npz"], "a.npz"),
        (["trace", MODEL, "knight"], "--out"),
        (["eval", MODEL, "--n", "0"], "0"),
        (["eval", MODEL, "--length", "many"], "many"),
        (["eval", MODEL, "--size", "3"], "size"),
        (["train", "nonsense"], "nonsense"),
        (["bench", "nonsense"], "nonsense"),
        (["fly"], "fly"),
        (["models", "--yaml"], "--yaml"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_is_one_line_and_status_2(tmp_path, monkeypatch, capsys, arguments, named):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and named in error and "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_eval_is_one_flat_object(capsys):
    assert main(["eval", MODEL, "--n", "20", "--beam", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["model"] == MODEL and result["n"] == 20 and result["seed"] == 0
    assert 0 <= result["per"] <= result["wer"] <= 1
    assert not any(isinstance(value, dict | list) for value in result.values())


class Ears:
    """Stands for a model that reads files."""

    def open_file(self, content: bytes, name: str):
        raise vc.trace.InputError(f"heard {len(content)} bytes of {name}")


@pytest.mark.parametrize(
    ("given", "said"), [("sound.wav", "heard 7 bytes of sound.wav"), ("missing.wav", "missing.wav.*No such file.*path of a file"), (".", "directory"),
                        ("a\0b", "cannot be read"), ("large.wav", "more than 40,000,000 bytes")],
)  # fmt: skip
def test_a_model_that_reads_files_is_given_their_content(tmp_path, monkeypatch, capsys, given, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sound.wav").write_bytes(b"\0binary")
    with (tmp_path / "large.wav").open("wb") as file:
        file.truncate(40_000_001)
    monkeypatch.setattr("viz_core.zoo.load", lambda name, device: Ears())
    assert main(["trace", "whisper-tiny-en", given, "--out", "x.npz"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and re.search(said, error)
