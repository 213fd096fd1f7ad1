import dataclasses
import io
import json
import os
import stat
import time
import zipfile

from tests.trace import example
import numpy as np
import pytest
from tests.trace import trace_fuzz
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trace.strategies import json_values, same, traces

from viz_core.trace import AttentionMap, Dense, InputError, Quantity, Step, Trace, dense, load, numbered, packing, save, storage

TRACE = example.trace()


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("trace") / "t.npz"
    save(TRACE, path)
    return path.read_bytes()


def saved(trace: Trace, folder) -> bytes:
    save(trace, folder / "t.npz")
    return (folder / "t.npz").read_bytes()


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        load(io.BytesIO(data))
    message = str(caught.value)
    assert message.startswith("the stream cannot be opened as a trace: ") and message.endswith(storage.REMEDY) and "\n" not in message
    return message


@given(traces())
@settings(max_examples=80, deadline=None)
def test_round_trip_is_exact_and_byte_stable(tmp_path_factory, trace):
    folder = tmp_path_factory.getbasetemp()
    first = saved(trace, folder)
    found = load(folder / "t.npz")
    assert same(found, trace)
    assert saved(found, folder) == first


def test_bytes_do_not_depend_on_time_or_key_order(tmp_path, sound, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 2e9)
    other = dataclasses.replace(TRACE, run=dict(reversed(TRACE.run.items())))
    assert saved(example.trace(), tmp_path) == saved(other, tmp_path) == sound


def test_saving_makes_deferred_quantities(tmp_path):
    save(example.trace(), tmp_path / "t.npz")
    assert load(tmp_path / "t.npz").series("context").tolist() == [[0, 2], [1, 2]]


def test_numpy_opens_the_file_too(sound):
    with np.load(io.BytesIO(sound), allow_pickle=False) as found:
        assert found.files == ["structure", "floats", "ints"]
        assert found["floats"].dtype == np.float32 and found["ints"].dtype == np.int64
        assert json.loads(found["structure"].tobytes())["format"] == packing.FORMAT


def test_loaded_arrays_are_read_only_and_share_one_block(sound):
    found = load(io.BytesIO(sound))
    first, second = (step.quantities[0].values for step in found.steps)
    assert not first.flags.writeable and first.base is not None
    assert np.shares_memory(found.steps[0].attention[0].weights.queries, found.steps[0].attention[0].weights.keys)
    assert not np.shares_memory(first, second)


def test_what_steps_share_is_kept_once(tmp_path):
    axis, states = numbered("token", 50), np.random.default_rng(0).random((50, 64), np.float32)
    shared = Quantity("encoder states", "h", (axis, numbered("channel", 64)), states)
    one, many = (dataclasses.replace(TRACE, steps=[Step(i, "s", details=(shared,)) for i in range(n)]) for n in (1, 100))
    assert len(saved(many, tmp_path)) < len(saved(one, tmp_path)) + 2_000


def test_save_replaces_whole_files_and_follows_umask_and_links(tmp_path, sound):
    path, link = tmp_path / "t.npz", tmp_path / "link.npz"
    path.write_bytes(b"old")
    link.symlink_to(path)
    save(TRACE, link)
    assert path.read_bytes() == sound and link.is_symlink() and sorted(os.listdir(tmp_path)) == ["link.npz", "t.npz"]
    umask = os.umask(0o022)
    os.umask(umask)
    save(TRACE, tmp_path / "new.npz")
    assert stat.S_IMODE((tmp_path / "new.npz").stat().st_mode) == 0o666 & ~umask


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "t.npz"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"cannot write .*t\.npz \(No space left on device\); give a file name in a folder"):
        save(TRACE, path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["t.npz"]


@pytest.mark.parametrize("name", ["missing/t.npz", "", "null\0byte", "x" * 300, "file/t.npz"])
def test_places_that_cannot_be_written(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot write|is not a plain file"):
        save(TRACE, f"{tmp_path}/{name}")
    assert os.listdir(tmp_path) == ["file"]


def test_no_permission_is_an_input_error(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(InputError, match=r"cannot write .* \(Permission denied\); give a file name in a folder you may write to"):
        save(TRACE, tmp_path / "t.npz")
    with pytest.raises(InputError, match="cannot be read .*Permission denied.*; check that it is a file you may read"):
        load(tmp_path / "t.npz")


def test_devices_are_never_replaced():
    with pytest.raises(InputError, match="/dev/null is not a plain file"):
        save(TRACE, "/dev/null")


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(InputError, match=r"there is no file .*none\.npz; check the path"):
        load(tmp_path / "none.npz")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load("null\0byte")
    (tmp_path / "empty.npz").touch()
    with pytest.raises(InputError, match=r"empty\.npz cannot be opened as a trace: it is no whole \.npz"):
        load(tmp_path / "empty.npz")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100, b"\x93NUMPY\x01\x00" + b" " * 200])
def test_other_files(data):
    assert "no whole .npz archive" in refusal(data)


def test_every_cut_is_refused(sound):
    for stop in range(0, len(sound), 7):
        refusal(sound[:stop])


def test_foreign_archives(sound):
    buffer = io.BytesIO()
    np.savez(buffer, weights=np.ones(3))
    assert "archive of 1 entries" in refusal(buffer.getvalue())
    found = trace_fuzz.entries(sound)
    renamed = {name.replace("ints", "../ints"): data for name, data in found.items()}
    assert "without the 3 entries of a trace" in refusal(trace_fuzz.archive(renamed))
    assert "compressed in a way" in refusal(trace_fuzz.archive(found, zipfile.ZIP_LZMA))


def test_pickles_are_not_opened(sound):
    """An object array would run code when NumPy unpickles it."""
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], object), allow_pickle=True)
    found = trace_fuzz.entries(sound) | {"ints.npy": buffer.getvalue()}
    assert "its entry ints.npy is no one-dimensional array of type <i8" in refusal(trace_fuzz.archive(found))


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), np.float32), np.zeros(3, ">f4")])
def test_arrays_of_another_type_or_shape(sound, array):
    assert "floats.npy is no one-dim" in refusal(trace_fuzz.archive(trace_fuzz.entries(sound) | {"floats.npy": trace_fuzz.npy(array)}))


def test_an_array_shorter_than_its_header_says(sound):
    found = trace_fuzz.entries(sound)
    cut = found | {"floats.npy": found["floats.npy"][:-4]}
    assert "its entry floats.npy holds" in refusal(trace_fuzz.archive(cut))


def test_sizes_are_checked_before_anything_is_read(sound, monkeypatch):
    def read(*_):
        raise AssertionError("an entry was read")

    monkeypatch.setattr(zipfile.ZipFile, "read", read)
    for name, limit, part in (("MAX_BYTES", len(sound), "unpacks to"), ("MAX_STRUCTURE", -4_000, "of them JSON"), ("MAX_BYTES", 99, "bytes and a")):
        with monkeypatch.context() as patch:
            patch.setattr(storage, name, limit)
            assert part in refusal(sound)


def test_bombs_are_refused_unread(sound, monkeypatch):
    """100 MB of zeros in 100 kB."""
    bomb = trace_fuzz.archive(trace_fuzz.entries(sound) | {"floats.npy": bytes(100_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("an entry was read"))
    assert len(bomb) < 200_000 and "more than 200 : 1" in refusal(bomb)


def test_an_archive_with_a_huge_directory_is_refused_before_zipfile_lists_it(monkeypatch):
    crowd = trace_fuzz.archive({f"{i}": b"" for i in range(1000)})
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was listed"))
    assert "archive of 1000 entries" in refusal(crowd)


def test_a_64_bit_archive_is_refused_before_zipfile_believes_its_counts(sound, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was listed"))
    locator = b"PK\x06\x07" + bytes(16)
    assert "no whole .npz archive" in refusal(sound[:-22] + locator + sound[-22:])


def test_an_entry_said_to_start_at_the_end_of_the_file(sound):
    start = sound.index(b"PK\x01\x02") + 42  # where the directory keeps the first entry's offset
    assert "the file is damaged" in refusal(sound[:start] + (len(sound) - 10).to_bytes(4, "little") + sound[start + 4 :])


def test_deep_json_is_named(sound):
    deep = np.frombuffer(b"[" * 200_000, np.uint8)
    assert "its JSON is nested too deeply" in refusal(trace_fuzz.archive(trace_fuzz.entries(sound) | {"structure.npy": trace_fuzz.npy(deep)}))


def test_a_trace_that_compresses_too_well_is_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "RATIO_FREE", 100_000)
    zeros = Quantity("memory", "M_t", (numbered("cell", 1000), numbered("channel", 100)), np.zeros((1000, 100)))
    trace = dataclasses.replace(TRACE, steps=[Step(0, "s", details=(zeros,))])
    monkeypatch.setattr(storage, "MAX_RATIO", 10)
    assert len(saved(trace, tmp_path)) > 400_000 and same(load(tmp_path / "t.npz"), trace)


def test_what_load_would_refuse_is_not_saved(tmp_path, monkeypatch):
    for module, name in ((storage, "MAX_STRUCTURE"), (storage, "MAX_BYTES"), (packing, "MAX_DENSE")):
        with monkeypatch.context() as patch, pytest.raises(InputError, match="trace a shorter input or fewer steps"):
            patch.setattr(module, name, 3)
            save(TRACE, tmp_path / "t.npz")
    assert not os.listdir(tmp_path)


def test_weights_of_a_foreign_class_are_not_saved(tmp_path):
    class Uniform:
        shape = (1, 1, 1, 2)

        def rows(self, layer, head, queries):
            return np.full((len(queries), 2), 0.5, np.float32)

    item = AttentionMap("cross", example.TARGET, example.SOURCE, Uniform())
    with pytest.raises(InputError, match="'cross' has weights of type Uniform, which cannot be saved; use Dense or Factored"):
        save(dataclasses.replace(TRACE, steps=[Step(0, "s", attention=(item,))]), tmp_path / "t.npz")


PLACE = ("steps", 0, "quantities", 0, "values")


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (("format",), "viz_core.trace/2", "its format is 'viz_core.trace/2' and this program reads 'viz_core.trace/1'"),
        (("format",), None, "its format is no text"),
        (("steps",), {}, "'steps' of its document is no list"),
        (("source_axis",), 99, "an axis number"),
        (("source_axis",), True, "an axis number is no whole number"),
        (PLACE, [0], "is not [offset, [shape]]"),
        (PLACE, [-1, [2]], "the offset of the place of 'values' in its quantity lies outside"),
        (PLACE, [10**6, [2]], "no whole number in range"),
        (PLACE, [0, [-2]], "the shape of the place of 'values' in its quantity lies outside"),
        (PLACE, [0, [None]], "the shape of the place of 'values' in its quantity is no whole number"),
        (PLACE, [0, [float("nan")]], "its JSON holds NaN"),
        (PLACE, [0, [10**6]], "lies outside the stored numbers"),
        (PLACE, [0, [0, 2**39, 2**39]], "lies outside the stored numbers"),
        (PLACE, [0, [1]], "has shape (1,) but its axes (channel) have sizes (2,)"),
        (PLACE, [0, [1] * 99], "is not [offset, [shape]]"),
        (("steps", 0, "log_prob"), "inf", "'log_prob' of its step 0 is no whole number"),
        (("steps", 0, "log_prob"), 10**400, "'log_prob' of its step 0 is no whole number"),
        (("steps", 1, "label"), 3, "'label' of its step 1 is '3' (int); give text"),
        (("steps", 0, "attention", 0, "weights", "form"), "lazy", "unknown form 'lazy'"),
        (("steps", 0, "attention", 0, "weights", "causal"), 1, "neither true nor false"),
        (("axes", 0, "kind"), "word", "axis kind 'word' is unknown"),
        (("tree", "best"), [9], "best nodes (9,) must lie in 0 … 3"),
        (("run",), [], "its run is no JSON object"),
    ],
)
def test_documents_that_do_not_fit(sound, where, value, message):
    found = trace_fuzz.entries(sound)
    document = trace_fuzz.document_of(found)
    part = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    assert message in refusal(trace_fuzz.with_document(found, document))


def test_a_missing_entry_is_named(sound):
    found = trace_fuzz.entries(sound)
    document = trace_fuzz.document_of(found)
    del document["steps"][1]["emitted"]
    assert "its step 1 has no entry 'emitted'" in refusal(trace_fuzz.with_document(found, document))


@pytest.mark.parametrize("text", [b"[" * 200_000, b'{"format":' * 100_000, b"\xff\xfe", b"", b"{", b"[1e999]", b"9" * 9_000, b"[]"])
def test_text_that_is_no_document(sound, text):
    refusal(trace_fuzz.archive(trace_fuzz.entries(sound) | {"structure.npy": trace_fuzz.npy(np.frombuffer(text, np.uint8))}))


def test_one_array_shown_a_million_times_is_refused(sound, monkeypatch):
    from viz_core.trace import unpacking

    monkeypatch.setattr(unpacking, "MAX_DENSE", 3)
    assert "more than 3 stored attention weights" in refusal(sound)


def test_2500_damaged_files_load_or_are_refused(sound):
    outcomes = trace_fuzz.fuzz(sound, 2_500)
    assert sum(outcomes.values()) == 2_500 and min(outcomes["loaded"], outcomes["refused"]) > 50


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_json_value_anywhere_loads_or_is_refused(sound, data):
    found = trace_fuzz.entries(sound)
    document = part = trace_fuzz.document_of(found)
    while True:
        key = data.draw(st.sampled_from(sorted(part)) if isinstance(part, dict) else st.integers(0, len(part) - 1))
        if not isinstance(part[key], dict | list) or not part[key] or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(json_values)
    try:
        assert isinstance(load(io.BytesIO(trace_fuzz.with_document(found, document))), Trace)
    except InputError as error:
        assert "\n" not in str(error)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused(data):
    refusal(data)


def test_a_large_dense_trace_stays_exact(tmp_path):
    rows = np.random.default_rng(0).dirichlet(np.ones(300), 300)
    axis = numbered("token", 300)
    trace = dataclasses.replace(TRACE, steps=[Step(0, "s", attention=(dense("encoder", axis, axis, rows),))])
    save(trace, tmp_path / "t.npz")
    found = load(tmp_path / "t.npz").attention("encoder")
    assert isinstance(found.weights, Dense) and same(found.map(), rows.astype(np.float32))
