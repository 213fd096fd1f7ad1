"""Sentences of the core (errors, notes of a run) in the reader's language. The core itself knows no language: what it
says is matched with the patterns below, and what matches none is shown as it is."""

from __future__ import annotations

import re
from functools import lru_cache

from viz_core.ui.words import N_, _

PATTERNS = (
    N_("the input is empty; type at least one character"),
    N_("the input has {n} characters; at most {most} are read, so shorten it"),
    N_("{text} has no Chinese character; this model reads Chinese, for example 我是中国人"),
    N_("{text} has no letter; this model reads one word of the letters a–z and the apostrophe"),
    N_("{text} has a space; this model reads one word of the letters a–z and the apostrophe"),
    N_("{text} has {found}; this model reads one word of the letters a–z and the apostrophe"),
    N_("The text {text} holds no word; expected a Chinese sentence such as '我是中国人。'; type one."),
    N_("there is no model {name}; did you mean {known}? `models` lists all"),
    N_("the weights of {name} have SHA-256 {found} but its card says {expected}; "
       "the file is damaged or another version: check the repository out again"),
    N_("the weights of {name} are missing ({file}); check the repository out again"),
    N_("the weights of {name} ({file}) are no safetensors file; restore the file"),
    N_("reference is empty; give the output that shall be forced, as text or as a list of output ids"),
    N_("{symbol} is not an output of this model; write these, with spaces between: {known}"),
    N_("{token} has probability 0 at step {n} and cannot be forced there; force another output"),
    N_("prefix has the output id {id}; this model's outputs are 0 … {last}"),
    N_("prefix is {value}; give a list of output ids, with None where any output may come"),
    N_("the reference has {n} outputs; at most {most} are forced, so shorten it"),
    N_("prefix has {n} choices; at most {most} steps are run, so shorten it"),
    N_("the text is empty; type at least one character"),
    N_("the text has {n} characters; at most {most} are read, so shorten it"),
    N_("the text has {n} tokens; this model reads at most {most}, so shorten it"),
    N_("the text {text} has no token that this model can read; type at least one word"),
    N_("the text {text} has no letter and no digit; type a sentence to translate"),
    N_("the model has positions for {n} outputs after this source and all are taken; shorten the source or set max_steps"),
    N_("the output id {id} is none of this model's; give one from 0 to {last}"),
    N_("a head of {name} cannot be ablated by its mean at query {n}: the queries before it were not seen, or the rows of the "
       "batch have changed since (beam search); run all steps of greedy decoding in one record block, hand on "
       "past=recording.past, or ablate with how='zero' or 'uniform'"),
    N_("there is no layer {layer}, head {head}; use layer 0 … {layers} and head 0 … {heads}"),
    N_("this trace has no attention, so there is no map to test; choose a model with attention"),
    N_("never seen in training as a whole: {words}"),
    N_("cut by the length limit of {n} steps: the output has no end"),
    N_("the output ended at step {n}, before the forced step {missed}"),
    N_("this model does not read a text by itself; choose a decoder or an encoder such as smollm2-135m"),
    N_("{what} is for attention at {site}, but this model attends at: {known}"),
    N_("{what} names layer {value}, but there are only {count} here; give a layer from 0 to {last}"),
    N_("{what} names head {value}, but there are only {count} here; give a head from 0 to {last}"),
    N_("at step {n} a query has no key left that it may see; allow it at least one key again"),
    N_("the edit {text} cannot be read; write {forms}"),
    N_("the weights sum to {total}; give numbers that are not negative, at least one above 0"),
    N_("SetWeights gives {n} weights but the row has {keys} keys; give one for each key"),
    N_("a row of {n} weights cannot be set; give 1 to {most}"),
    N_("this model has no attention, so it has no heads to take out; choose another model"),
    N_("the layers of {name} cannot be run one after another, so its heads are not taken out in turn"),
    N_("the picture {name} is empty (0 bytes); choose another file"),
    N_("the picture {name} has {found} MB; give a file of at most {most} MB, saved smaller or as JPEG"),
    N_("the picture {name} says that it has {size} pixels; give one of 1 to {most} million pixels"),
    N_("the picture {name} says that it has more pixels than fit; give one of at most {most} million pixels"),
    N_("the picture {name} is cut off or damaged ({reason}); save it again as PNG or JPEG"),
    N_("the file {name} is {what}; give a picture as PNG, JPEG, WebP, GIF, BMP or TIFF"),
    N_("there is no sample picture {name}; use one of {known}, or a file's path"),
    N_("the grid has {n} patches along its longer side; give a whole number from 1 to {most}"),
    N_("this model reads a grid of {size} patches only; leave the number of patches as it is"),
    N_("animated or of several pages: this is the first"),
    N_("turned upright as its camera noted"),
    N_("transparent parts are shown on white"),
    N_("16 bits a pixel, shown with 8"),
    N_("colours converted from CMYK (print) to RGB without a colour profile"),
    N_("named .{ending} but it is a {kind} picture"),
    N_("shown at {shown} of its {size} pixels"),
    N_("values from {low} to {high}, shown from black to white"),
    N_("read as its negative: this model learned from bright things on black"),
    N_("unlike anything I was trained on: log-odds {found} of the nearest class against none of them; from {least} on a picture counts as familiar"),
    N_("there is no piece of clothing {name}; use one of {known}, or a file's path"),
    N_("the tape is empty; write vectors of up to {width} bits with spaces between, for example {example}"),
    N_("the tape has {n} vectors; at most {most} are read, so shorten it"),
    N_("vector {place} of the tape has {sign}, which is neither 0 nor 1; write vectors of up to {width} bits with "
       "spaces between, for example {example}"),
    N_("vector {place} of the tape has {n} bits but this machine's tape is {width} wide; write vectors of up to "
       "{most} bits with spaces between, for example {example}"),
    N_("the tape ends in {last}; end with how often to say it, for example {example}"),
    N_("{rows} vectors {times} times are {n}; at most {most} can be said: ask for fewer"),
    N_("the tape asks for nothing; write ? and one of the items at the end, for example {example}"),
    N_("the tape has {n} items; at most {most} are read, so leave some out"),
    N_("the item asked for, {item}, is the last item, which none follows; ask for one that another follows"),
    N_("the item asked for, {item}, is not on the tape; ask for one that another follows"),
    N_("the item {item} has {n} vectors; an item has {rows}, for example {example}"),
    N_("{cells} cells for {ticks} ticks are too many numbers to keep; use at most {most} cells, or a shorter tape"),
    N_("{wrong} of {all} bits wrong"),
    N_("the story is empty; {remedy}"),
    N_("the text has no question, no sentence ends in a question mark; {remedy}"),
    N_("the text has {n} questions; ask one question, after the story"),
    N_("the question {question} has no story before it; {remedy}"),
    N_("the question {question} stands before {sentence}; put the question last"),
    N_("sentence {n} has {count} words; at most {most} are read, so shorten it"),
    N_("the model never saw {words}; use the {n} words it knows; did you mean {known}?"),
    N_("the model never saw {words}; use the {n} words it knows"),
    N_("the story has {n} sentences; this model's memory holds {most}, so shorten it"),
    N_("the story has one sentence only, and nothing is left without it; write another one first"),
    N_("the story has one sentence only, so its weight is 1 and cannot be {weight}; write another one first"),
    N_("there is no sentence {i} in a story of {n}; give 1 … {last}"),
    N_("the text has {n} tokens; give at most {most}, so that every number can be shown"),
    N_("{name} has no layer {layer}, head {head}; it has {layers} layers of {count} heads"),
    N_("{name} is not built like BERT; choose another model"),
)  # fmt: skip


def translated(text: str) -> str:
    """A sentence of the core in the reader's language."""
    for pattern in PATTERNS:
        found = _expression(pattern).fullmatch(text)
        if found:
            return _(pattern).format(**found.groupdict())
    return _(text)


@lru_cache(maxsize=len(PATTERNS))
def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern)
    return re.compile("".join(f"(?P<{part}>.*?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)), re.DOTALL)
