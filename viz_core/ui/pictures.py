"""The home page's pictures: `python -m viz_core.ui.pictures [page …]` runs the trained models and draws what really happened."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from viz_core.ui import drawings

if TYPE_CHECKING:  # torch and the models are loaded when a picture is drawn, not when the home page is opened
    from numpy.typing import NDArray

    from viz_core.trace import Trace

FOLDER = Path(__file__).parent / "pictures"
BLOCKS = (48, 48)  # of a long map


def decoded(text: str, task: str = "", model: str = "", width: str = "", edits: str = "") -> tuple[Trace, ...]:
    """A model on a text: the one named, or the best of a task; with a width by beam search; with edits also a second run, under them."""
    from viz_core import driver, zoo
    from viz_core.explain.edit_notation import parse
    from viz_core.ui.choices import best_variant

    stepper, decoding = zoo.load(model or best_variant(task).name), f"beam:width={width}" if width else "greedy"
    first = driver.run(stepper, text, decoding)
    return (first, driver.run(stepper, text, decoding, parse(edits))) if edits else (first,)


def by_hand(text: str) -> tuple[Sequence[str], list[tuple[str, NDArray]]]:
    """The words and their scores, scaled scores and weights in the made-up numbers of the self-attention page."""
    import torch

    from viz_core.layers.self_attention import Projections, self_attention
    from viz_core.models.self_attention import hand_made

    words = tuple(text.split())
    numbers = hand_made("classic", words)
    projections = Projections(*(torch.from_numpy(weight) for weight in (numbers.w_q, numbers.w_k, numbers.w_v, numbers.w_o)))
    inside = self_attention(torch.from_numpy(numbers.x), projections)
    names = ("q · k", f"÷ √{numbers.depth}", "softmax")
    return words, [(name, part[0].numpy()) for name, part in zip(names, (inside.scores, inside.scaled, inside.weights), strict=True)]


def tape(model: str, length: str, seed: str) -> tuple[Trace]:
    """A machine on a random tape of its task."""
    from viz_core import driver, zoo
    from viz_core.tasks.tapes import TASKS
    from viz_core.ui.ntm_tape import drawn

    return (driver.run(model, drawn(TASKS[zoo.card(model).task], int(length), int(seed))),)


def story(model: str, kind: str, sample: str) -> tuple[Trace]:
    """A memory network on a held-out story; kind and sample count from 1."""
    from viz_core import driver
    from viz_core.tasks.stories import split

    told = split.held_out(int(kind))[int(sample) - 1]
    return (driver.run(model, [*told.sentences, told.question]),)


def seen(model: str, picture: str, side: str) -> tuple[Trace]:
    """A vision model on a sample picture, `side` patches long."""
    from viz_core import zoo
    from viz_core.tasks.sample_pictures import SAMPLE

    return (zoo.load(model).trace(SAMPLE + picture, longest=int(side)),)


def captioned(model: str, picture: str) -> tuple[Trace]:
    """A captioning model, in English, on a composed scene."""
    from viz_core import driver, zoo

    return (driver.run(zoo.load(model).speaking("en"), picture),)


def long_map(model: str, most: str, head: str, how: str) -> tuple[NDArray, str]:
    """One head's map of the text that the page of long inputs begins with, in blocks, and what it is a map of."""
    from viz_core import zoo
    from viz_core.explain import long_reading
    from viz_core.ui import frame

    text = " ".join((frame.PAGES.parent / "LICENSE").read_text(encoding="utf-8").split())
    reading = long_reading.read(zoo.load(model), text, int(most))
    layer, number = (int(part) for part in head.split("."))
    count = len(reading.axis)
    return reading.tile(layer, number, (0, count, 0, count), BLOCKS, how), f"{count} × {count}"


class Made(NamedTuple):
    """How a picture is made: `draw(*run(**link))`. link: what the page's address holds when it shows that very run."""

    draw: Callable[..., str]
    run: Callable[..., tuple[Any, ...]]
    link: Mapping[str, str]


PICTURES = {  # by name of the page's file
    "alignment": Made(drawings.alignment, decoded, {"task": "zh-en", "text": "他昨天没有去学校。"}),
    "beam_search": Made(drawings.beam, decoded, {"task": "zh-en", "text": "我喜欢茶。", "width": "3"}),
    "inside_the_lstm": Made(drawings.gates, decoded, {"task": "zh-en", "text": "我是中国人"}),
    "self_attention": Made(drawings.by_hand, by_hand, {"text": "Thinking Machines"}),
    "transformer": Made(drawings.cross, decoded, {"model": "zh-en-transformer", "text": "我比他高。"}),
    "patches": Made(drawings.looks, seen, {"model": "dinov2-small", "picture": "flower", "side": "24"}),
    "caption": Made(drawings.caption, captioned, {"model": "captions-cnn-lstm-attention", "picture": "scene:castle"}),
    "heads": Made(drawings.wall, decoded, {"model": "minilm", "text": "The animal did not cross the street because it was too tired."}),
    "what_if": Made(drawings.change, decoded, {"model": "g2p-lstm-general", "text": "attention", "edits": "off.cross.0.0.uniform"}),
    "ntm": Made(drawings.memory, tape, {"model": "copy-ntm-lstm", "length": "20", "seed": "0"}),
    "memory_network": Made(drawings.hops, story, {"model": "stories-memn2n-3hop", "kind": "3", "sample": "3"}),
    "long_inputs": Made(drawings.blocks, long_map, {"model": "smollm2-135m", "most": "512", "head": "17.3", "how": "max"}),
}


def main(pages: Sequence[str]) -> None:
    """Draws the pictures of these pages, or all, again from today's weights."""
    if unknown := [page for page in pages if page not in PICTURES]:
        sys.exit(f"there is no picture for {unknown[0]!r}; give pages among {', '.join(PICTURES)}, or none for all")
    FOLDER.mkdir(exist_ok=True)
    for page in pages or PICTURES:
        made = PICTURES[page]
        drawn = made.draw(*made.run(**made.link))
        (FOLDER / f"{page}.svg").write_text(drawn, encoding="utf-8")
        print(f"{page}: {drawn[drawn.index('<title>') + 7 : drawn.index('</title>')]}")


if __name__ == "__main__":
    main(sys.argv[1:])
