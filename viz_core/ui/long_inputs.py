"""The long inputs page: a text of thousands of tokens, summaries of all heads, and a map to zoom into."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from viz_core.figures import tiles
from viz_core.figures import words as figure_words
from viz_core.figures.tiles import Region
from viz_core.trace.errors import InputError
from viz_core.ui import about, address, frame, long_downloads, text_models
from viz_core.ui.words import N_, _, language
from viz_core.zoo.cards import Card

if TYPE_CHECKING:
    from viz_core.explain.long_reading import Reading

LARGEST = 400_000  # bytes of a text
LENGTHS = (256, 512, 1024, 2048, 4096)
BLOCKS = (512, 512)  # of a picture
KEPT = 2  # texts; 4,096 tokens of SmolLM2 take 0.4 GB of queries and keys
HOWS = {
    "share": N_("share: what a block's queries give to a block's keys"),
    "max": N_("max: the largest weight of a block"),
    "mean": N_("mean: the average weight of a block"),
}
NAMES = ("entropy", "peak", "distance", "diagonal", "previous", "first", "induction")


@dataclass(frozen=True, eq=False)
class Read:
    """A text as a model read it, with the numbers of every head, and the pictures that were asked for last."""

    reading: Reading
    summary: dict[str, NDArray]
    pictures: OrderedDict[tuple[object, ...], dict[str, object]] = field(default_factory=OrderedDict)


@dataclass(frozen=True)
class Shelf:
    """The texts read last; one is read at a time."""

    kept: OrderedDict[str, Read] = field(default_factory=OrderedDict)
    lock: Any = field(default_factory=Lock)


def source(place: DeltaGenerator, beside: DeltaGenerator) -> str:
    """The text that was pasted or uploaded; InputError for one that cannot be read."""
    with beside:
        address.take("most", 512, _length)
        st.select_slider(_("Tokens to read at most"), LENGTHS, key="most", help=_("Reading takes time in proportion, and more for the attention itself: some seconds for 512 tokens, up to a minute for 4,096."))
        file = st.file_uploader(_("Or a text file (UTF-8)"), type=["txt", "md", "csv", "py", "html", "json", "tex"], max_upload_size=1)
    with place:
        address.take("text", _example())
        st.text_area(_("Text"), key="text", height=250)
    data = file.getvalue() if file else st.session_state["text"].encode()
    if len(data) > LARGEST:
        raise InputError(_("the text has {n} bytes; give at most {most}").format(n=f"{len(data):,}", most=f"{LARGEST:,}"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(_("the file {name} is no UTF-8 text; save it as UTF-8 and upload it again").format(name=file.name if file else "?")) from error
    if not text.strip():
        raise InputError(_("the text is empty; paste one, or upload a text file"))
    return text


@cache
def _example() -> str:
    """A text that is always at hand: the licence of this program."""
    path = frame.PAGES.parent / "LICENSE"
    return " ".join(path.read_text(encoding="utf-8").split()) if path.exists() else ""


def _length(text: str) -> int:
    return int(address.one_of([str(n) for n in LENGTHS], _("number of tokens"))(text))


def show(model: Card | str, text: str) -> None:
    """Reads the text (with progress, once) and shows all heads and the map of one. InputError when it cannot be read."""
    read = _read(model, text, st.session_state["most"])
    reading = read.reading
    layers, heads = reading.shape
    count = len(reading.axis)
    said = _("{n} tokens read at once by {layers} layers of {heads} heads: {weights} weights, of which only what is on show is computed.")
    st.markdown(said.format(n=f"{count:,}", layers=layers, heads=heads, weights=f"{layers * heads * count * count:,}"))
    if reading.total > count:
        st.caption(_("The text has {total} tokens; the first {n} are read.").format(total=f"{reading.total:,}", n=f"{count:,}"))
    key = f"tiles {text_models.name_of(model)}"
    layer, head, region, how = _place(read)
    _view(read, layer, head, region, how, key)
    long_downloads.buttons(read, text_models.name_of(model), text, (layer, head), how)
    _table(read)
    if not isinstance(model, str):
        about.show(model)


def _place(read: Read) -> tuple[int, int, Region, str]:
    """What the address names: head (at first the strongest induction head), region, and how blocks are made."""
    reading = read.reading
    address.take("how", "share", address.one_of(HOWS, _("way of pooling")))
    st.segmented_control(_("A cell of the map is the"), list(HOWS), format_func=lambda how: _(HOWS[how]), key="how", required=True)
    layers, heads = reading.shape
    first = divmod(int(np.nan_to_num(read.summary["induction"]).argmax()), heads)
    address.take("head", "{}.{}".format(*first), lambda text: ".".join(map(str, _numbers(text, ".", 2, _("head")))))
    layer, head = (int(part) for part in st.session_state["head"].split("."))
    if layer >= layers or head >= heads:
        layer, head = first
    address.take("region", "", lambda text: "-".join(map(str, _numbers(text, "-", 4, _("region")))))
    count = len(reading.axis)
    region = tuple(int(part) for part in st.session_state["region"].split("-")) if st.session_state["region"] else (0, count, 0, count)
    if not (0 <= region[0] < region[1] <= count and 0 <= region[2] < region[3] <= count):
        region = (0, count, 0, count)
    return layer, head, region, st.session_state["how"]  # type: ignore[return-value]


def _numbers(text: str, mark: str, count: int, what: str) -> list[int]:
    parts = text.split(mark)
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        sentence = _("{what} is {value}; give {n} whole numbers with {mark} between")
        raise InputError(sentence.format(what=what, value=repr(text[:60]), n=count, mark=mark))
    return [int(part) for part in parts]


def _view(read: Read, layer: int, head: int, region: Region, how: str, key: str) -> None:
    """The component: pictures of the whole map and of the region on show."""
    figure_words.use(_)
    count = len(read.reading.axis)
    whole: Region = (0, count, 0, count)
    scene = _kept(read, ("scene", language()), lambda: tiles.payload("", read.reading.axis.labels, read.summary))

    def picture(part: Region) -> dict[str, object]:
        made = lambda: tiles.tile(read.reading.tile(layer, head, part, BLOCKS, how), part)  # noqa: E731
        return _kept(read, (layer, head, part, how), made)

    data = {
        "scene": scene, "overview": picture(whole), "tile": None if region == whole else picture(region), "region": list(region),
        "head": [layer, head], "how": how, "language": language(),
    }  # fmt: skip
    _component()(key=key, data=data, on_region_change=_zoomed(key, whole), on_head_change=_chosen(key))


def _kept(read: Read, at: tuple[object, ...], make: Callable[[], dict[str, object]]) -> dict[str, object]:
    """A picture made before, or made now; the last 40 are kept."""
    if at not in read.pictures:
        read.pictures[at] = make()
        while len(read.pictures) > 40:
            read.pictures.popitem(last=False)
    return read.pictures[at]


def _zoomed(key: str, whole: Region) -> Callable[[], None]:
    def zoomed() -> None:
        found = st.session_state[key].get("region")
        if found:
            region = tuple(int(part) for part in found)
            st.session_state["region"] = "" if region == whole else "-".join(map(str, region))

    return zoomed


def _chosen(key: str) -> Callable[[], None]:
    def chosen() -> None:
        found = st.session_state[key].get("head")
        if found:
            st.session_state["head"] = ".".join(str(int(part)) for part in found)

    return chosen


@cache
def _component() -> Any:
    """Registers the component once."""
    return st.components.v2.component("viz_core.tiles", js=tiles.script(), css=tiles.style(), isolate_styles=False)


def _table(read: Read) -> None:
    """The numbers of all heads; a click on a column sorts, a click on a row shows that head."""
    layers, heads = read.reading.shape
    words = {
        "entropy": _("entropy, nats"), "peak": _("largest weight of a row"), "distance": _("distance, tokens"), "diagonal": _("weight on itself"),
        "previous": _("weight on the previous token"), "first": _("weight on the first token (sink)"), "induction": _("induction"),
    }  # fmt: skip
    place = np.indices((layers, heads)).reshape(2, -1)
    columns = {_("layer"): place[0], _("head"): place[1]} | {words[name]: np.round(read.summary[name].ravel(), 4) for name in NAMES if name in read.summary}
    with st.expander(_("The numbers of all heads as a table"), icon=":material/table:"):
        st.caption(_("Click a column's title to sort, and the box in front of a row to see that head."))
        st.dataframe(columns, hide_index=True, key="numbers", on_select=_picked(heads), selection_mode="single-row", width="stretch")


def _picked(heads: int) -> Callable[[], None]:
    def picked() -> None:
        rows = st.session_state["numbers"]["selection"]["rows"]
        if rows:
            st.session_state["head"] = f"{rows[0] // heads}.{rows[0] % heads}"

    return picked


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


def _read(model: Card | str, text: str, most: int) -> Read:
    """The text as the model reads it: from the shelf, or now, with a bar that says how far it has come."""
    from viz_core.explain import long_reading

    stepper, shelf = text_models.load(model), _shelf()
    name = hashlib.sha256(f"{stepper.identity.sha256} {most} {text}".encode()).hexdigest()
    if name in shelf.kept:
        shelf.kept.move_to_end(name)
        return shelf.kept[name]
    bar = st.progress(0.0, _("Waiting for another text to be read …"))
    with shelf.lock:
        steps = {_("Reading: layer {i} of {n}"): (0.0, 0.7), _("Summing up the heads: layer {i} of {n}"): (0.7, 0.3)}
        forward, summing = (_progress(bar, words, *share) for words, share in steps.items())
        reading = long_reading.read(stepper, text, most, forward)
        read = Read(reading, reading.summary(summing))
        shelf.kept[name] = read
        while len(shelf.kept) > KEPT:
            shelf.kept.popitem(last=False)
    bar.empty()
    return read


def _progress(bar: DeltaGenerator, words: str, start: float, share: float) -> Callable[[int, int], None]:
    def progress(done: int, count: int) -> None:
        bar.progress(min(start + share * done / count, 1.0), words.format(i=done, n=count))

    return progress
