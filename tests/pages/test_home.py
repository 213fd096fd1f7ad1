"""The home page: small drawings of runs, and links that open the very run of the picture."""

from __future__ import annotations

import inspect
import re
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import numpy as np
import pytest

from viz_core.trace import Axis, Step, Trace
from viz_core.trace.attention import AttentionMap, Dense, dense
from viz_core.ui import drawings, frame, pictures

SVG = "{http://www.w3.org/2000/svg}"


def trace(steps: list[Step], source: Axis, text: str, output: str) -> Trace:
    return Trace({"model": "m"}, text, source, output, "token", tuple(steps))


def cells(drawn: str) -> list[tuple[str, float, str]]:
    """(colour, strength, place) of every cell of the maps, place as `column row`, in order."""
    found = []
    for group in ElementTree.fromstring(drawn).iter(f"{SVG}g"):
        for path in group:
            found += [(group.get("fill"), float(path.get("fill-opacity")), place) for place in re.findall(r"M(\d+ \d+)", path.get("d"))]
    return found


def words(drawn: str) -> list[str]:
    return [text.text for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def test_a_transformer_has_a_map_for_every_layer_and_head():
    axis = Axis("token", ("我", "<他>"))
    weights = np.zeros((2, 3, 1, 2), np.float32)
    weights[..., 0] = 1
    weights[1, 2, 0] = (0.25, 0.75)
    found = AttentionMap("cross", Axis("step", ("▁I",)), axis, Dense(weights), ("0", "1"), ("0", "1", "2"))
    drawn = drawings.cross(trace([Step(0, "1", "▁I", attention=(found,))], axis, "我<他>", "I"))
    assert [cell[1:] for cell in cells(drawn)] == [(1, "0 0")] * 5 + [(0.25, "0 0"), (0.75, "1 0")]
    assert words(drawn) == ["我", "<他>"] * 3 + ["I", "I"]


def test_a_machine_writes_in_orange_and_reads_in_blue():
    axis, say = Axis("cell", tuple("012")), ("·", "·", "10")
    places = {"write": [0, 1, 2], "read": [2, 2, 0]}

    def at(site: str, tick: int):
        return dense(site, Axis("step", (str(tick),)), axis, np.eye(3, dtype=np.float32)[[places[site][tick]]])

    steps = [Step(t, str(t), say[t], attention=(at("write", t), at("read", t))) for t in range(3)]
    drawn = cells(drawings.memory(trace(steps, axis, "10 01", "10")))
    assert [place for colour, _s, place in drawn if colour == drawings.BEST] == ["0 0", "1 1", "2 2"]
    assert [place for colour, _s, place in drawn if colour == drawings.WEIGHT] == ["2 0", "0 2", "1 2"]
    assert [place for colour, _s, place in drawn if colour == drawings.INK] == ["0 0", "1 1", "2 0"]  # the tape, then what was said


def test_a_story_is_drawn_with_question_and_answer():
    axis = Axis("sentence", ("A is here.", "B is there."))
    rows = np.array([[0.25, 0.75], [1, 0]], np.float32)
    steps = [Step(k, str(k), "…", attention=(dense("hop", Axis("step", (str(k),)), axis, rows[k : k + 1]),)) for k in range(2)]
    drawn = drawings.hops(trace(steps, axis, "A is here. B is there. Where is A?", "here"))
    assert [cell[1:] for cell in cells(drawn)] == [(0.25, "0 0"), (0.75, "0 1"), (1, "1 0")]
    assert words(drawn) == ["A is here.", "B is there.", "1", "2", "Where is A?", "→ here"]


def test_full_blue_of_a_patch_is_four_times_the_uniform_weight():
    axis = Axis("patch", tuple(str(i) for i in range(9)), {"rows": 2, "cols": 4, "prefix": 1})
    row = np.array([0, 1 / 9, 2 / 9, 0, 0, 6 / 9, 0, 0, 0], np.float32)
    found = AttentionMap("encoder", axis, axis, Dense(np.tile(row, (1, 2, 9, 1))), ("0",), ("0", "1"))
    drawn = drawings.looks(trace([Step(0, "layer 0", attention=(found,))], axis, "x.jpg", ""))
    assert [cell[1:] for cell in cells(drawn)] == [(0.25, "0 0"), (0.5, "1 0"), (1, "0 1")] * 2


def test_self_attention_shows_the_numbers_of_the_classic_example():
    drawn = drawings.by_hand(*pictures.by_hand("Thinking Machines"))
    seen = words(drawn)
    assert seen[:2] == ["Thinking", "Machines"]
    assert [seen[seen.index(name) :][1 : 3 + (k < 2)][-2:] for k, name in enumerate(("q · k", "÷ √64", "softmax"))] == [
        ["112", "96"], ["14", "12"], ["0.88", "0.12"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_every_picture_is_there_small_and_made_from_its_link(name: str) -> None:
    made = pictures.PICTURES[name]
    inspect.signature(made.run).bind(**made.link)
    text = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert len(text) < 60_000 and ElementTree.fromstring(text).find(f"{SVG}title").text


def test_a_page_without_a_picture_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="no picture for 'nowhere'; give pages among alignment,"):
        pictures.main(["nowhere"])


def test_every_card_links_to_the_run_of_its_picture(page) -> None:
    links = {link.proto.page: dict(parse_qsl(link.proto.query_string)) for link in page("home").get("page_link")}
    assert len(links) == len(frame.pages()) - 1
    for name, made in pictures.PICTURES.items():
        assert links[name] == made.link
