"""Runs a stepped model on one source: `run` gives a whole `Trace`, `iter_steps` its steps as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from viz_core.decoding.batch import chooser
from viz_core.decoding.beam import results
from viz_core.decoding.search import Search, search
from viz_core.decoding.interventions import with_interventions
from viz_core.decoding.keeping import Kept
from viz_core.decoding.notation import parse
from viz_core.decoding.options import Beam, Decoding, Forced, Greedy, whole
from viz_core.decoding.walk import ends_of, walk
from viz_core.layers.edits import Edit, check_edits
from viz_core.models.protocol import Identity, Prediction, Source, State, Stepper
from viz_core.models.run_facts import run_facts
from viz_core.models.searched_trace import searched
from viz_core.trace import InputError, Step, Trace

Options = Decoding | str | Mapping[str, object]


@dataclass(frozen=True)
class Job:
    """What `run` was asked for, read and checked. start: the state before the first step."""

    stepper: Stepper
    source: Source
    decoding: Decoding
    seed: int
    start: State


def run(
    model: str | Stepper,
    source: str | Source | Sequence[str],
    decoding: Options = Greedy(),  # noqa: B008 (immutable)
    interventions: Sequence[object] = (),
    seed: int = 0,
) -> Trace:
    """What a model does with one source, step by step.

    model: a name of the zoo, or what `zoo.load` gives. source: text, units (a list of words or letters), or what
    `stepper.encode` gives. decoding: options, or text such as `beam:width=4` (see `decoding.parse`). interventions:
    `ForceToken`s, and edits of attention (`layers.edits`). seed: of sampling without a seed of its own. Of a beam search the steps are the best output's and the
    trace has the tree. The first step's quantities begin with what was computed before it (embeddings, encoder states).
    Records are views of the kept predictions: numbers, and the tree, are made at first look. Raises InputError for bad input.
    """
    model = loaded(model)
    if hasattr(model, "trace"):  # an encoder: it chooses nothing
        return model.trace(source, edits=check_edits(interventions))
    job = prepare(model, source, decoding, interventions, seed)
    found: Search | None = None
    if isinstance(job.decoding, Beam):
        predictions, choices, rows, found = beam_path(job)
    else:
        kept, choices = Kept(job.stepper), []
        for prediction, choice in one_path(job):
            kept.add(prediction)
            choices.append(choice)
        predictions, rows = kept.whole(), [0] * len(choices)
    steps = records(job.stepper, predictions, choices, rows)
    steps[0] = introduced(job, steps[0])
    trace = Trace(
        run=about(job),
        source=job.source.text,
        source_axis=job.source.axis,
        output=job.stepper.text(choices),
        unit=job.stepper.unit,
        steps=tuple(steps),
        notes=notes(job, choices),
    )
    return trace if found is None else searched(trace, lambda: results(found, job.stepper, [job.source], True)[0].tree)


def iter_steps(
    model: str | Stepper,
    source: str | Source | Sequence[str],
    decoding: Options = Greedy(),  # noqa: B008 (immutable)
    interventions: Sequence[object] = (),
    seed: int = 0,
) -> Iterator[Step]:
    """The steps of `run` as they come; those of a beam search come when the search is over. Arguments as for `run`.

    Bad input raises InputError here, before the first step; an output that cannot be forced, at its step.
    """
    job = prepare(model, source, decoding, interventions, seed)
    return _steps(job)


def _steps(job: Job) -> Iterator[Step]:
    if isinstance(job.decoding, Beam):
        predictions, choices, rows, _ = beam_path(job, tree=False)
        path = iter(records(job.stepper, predictions, choices, rows))
    else:
        path = (job.stepper.record(prediction, choice) for prediction, choice in one_path(job))
    yield introduced(job, next(path))
    yield from path


def prepare(
    model: str | Stepper, source: str | Source | Sequence[str], decoding: Options, interventions: Sequence[object], seed: int
) -> Job:
    """Reads and checks everything that a run needs; InputError names what cannot be used."""
    options = with_interventions(parse(decoding), [item for item in interventions if not isinstance(item, Edit)])
    seed = whole("seed", seed, 0, 2**53)
    model = loaded(model)
    if not hasattr(model, "predict") or not hasattr(model, "commit"):
        raise InputError(f"a {type(model).__name__} cannot be decoded step by step; give a model's name or what zoo.load gives")
    if isinstance(source, getattr(model, "reads", str)):
        source = model.encode(source)
    elif not isinstance(source, Source):
        if not isinstance(source, Sequence) or not source or not all(isinstance(unit, str) and unit for unit in source):
            raise InputError(f"the source is a {type(source).__name__}; give text, or a list of words that are not empty")
        source = model.encode_units(source)
    if edits := [item for item in interventions if isinstance(item, Edit)]:
        if not hasattr(model, "intervened"):
            raise InputError(f"a {type(model).__name__} has no attention that can be edited; use ForceToken(step, choice)")
        model = model.intervened(edits)
    return Job(model, source, options, seed, model.start([source]))


def loaded(model: str | Stepper) -> Stepper:
    """A model of that name, or the one that is given."""
    if not isinstance(model, str):
        return model
    from viz_core import zoo  # here: a stepper that is loaded already needs no zoo

    return zoo.load(model)


def one_path(job: Job) -> Iterator[tuple[Prediction, int]]:
    """Predictions and choices of every method that follows one hypothesis."""
    choose, limits = chooser(job.stepper, [job.source], job.decoding, job.seed)
    for prediction, choices in walk(job.stepper, job.start, choose, limits, job.decoding.prefix):
        yield prediction, choices[0]


def beam_path(job: Job, tree: bool = True) -> tuple[list[Prediction], list[int], list[int], Search]:
    """Predictions, choices and hypotheses along the best output of a beam search, and the search. tree: one is wanted of it."""
    found = search(job.stepper, [job.source], job.decoding, weights=tree, predictions=True, start=job.start)
    best = found.finished[0][0]
    return found.predictions[: len(best.choices)], list(best.choices), list(best.rows), found


def records(stepper: Stepper, predictions: Sequence[Prediction], choices: Sequence[int], rows: Sequence[int]) -> list[Step]:
    """The records of a path, together where the stepper can do so."""
    if hasattr(stepper, "records"):
        return list(stepper.records(predictions, choices, rows))
    return [stepper.record(p, choice, 0, row) for p, choice, row in zip(predictions, choices, rows, strict=True)]


def introduced(job: Job, first: Step) -> Step:
    """The first step, which is nobody else's yet, with the quantities that were computed before it in front of its own; they
    are still made at first look."""
    details = first.details
    object.__setattr__(first, "details", lambda: (*job.stepper.introduce(job.start), *(details() if callable(details) else details)))
    return first


def about(job: Job) -> dict[str, object]:
    """Which model, which weights, which options, which seed, which versions."""
    identity = getattr(job.stepper, "identity", Identity())
    facts = {name: getattr(job.stepper, name, None) for name in ("language", "alignment")}
    return run_facts(identity, getattr(job.stepper, "edits", ()), decoding=job.decoding.to_dict(), seed=job.seed, **facts)


def notes(job: Job, choices: Sequence[int]) -> tuple[str, ...]:
    """What a person should know of a run beside its numbers."""
    out = []
    if job.source.unknown:
        words = ", ".join(dict.fromkeys(job.source.axis.labels[i] for i in job.source.unknown))
        out.append(f"never seen in training as a whole: {words}")
    ended = choices[-1] in ends_of(job.stepper)
    if not ended and not isinstance(job.decoding, Forced):
        out.append(f"cut by the length limit of {len(choices)} steps: the output has no end")
    missed = [str(i + 1) for i, choice in enumerate(job.decoding.prefix) if choice is not None and i >= len(choices)]
    if missed:
        out.append(f"the output ended at step {len(choices)}, before the forced step {', '.join(missed)}")
    return tuple(out)
