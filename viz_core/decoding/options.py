"""How outputs are chosen: `Greedy`, `Sampling`, `Beam`, `Forced`. All immutable and checked when they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import ClassVar

from viz_core.trace.errors import InputError

MAX_WIDTH = 16  # hypotheses of a beam; a tree of more cannot be read
MAX_STEPS = 1000  # steps of any run; far beyond what a model was trained on
NORMALISATIONS = ("power", "wu")
STOPPING = ("auto", "exact", "false", "true", "never")
Prefix = tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """What every method has.

    prefix: choices that are forced at the first steps, None where the method is free to choose; a fork of a run is its
    first choices and another one. max_steps: the longest output, `end` included (None: what the model says is sensible).
    Raises InputError for a value that cannot be used.
    """

    method: ClassVar[str]
    prefix: Prefix = ()
    max_steps: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.prefix, str) or not isinstance(self.prefix, Sequence):
            raise InputError(f"prefix is {_shown(self.prefix)}; give a list of output ids, with None where any output may come")
        prefix = tuple(None if i is None else whole("an output id in prefix", i, 0, 2**31) for i in self.prefix)
        object.__setattr__(self, "prefix", prefix)
        if len(self.prefix) > MAX_STEPS:
            raise InputError(f"prefix has {len(self.prefix)} choices; at most {MAX_STEPS} steps are run, so shorten it")
        if self.max_steps is not None:
            whole("max_steps", self.max_steps, 1, MAX_STEPS)

    def to_dict(self) -> dict[str, object]:
        """The method and its options as JSON values, those that are not set left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, (), "auto")}
        return {"method": self.method, **values}


@dataclass(frozen=True)
class Greedy(Decoding):
    """The most probable output at every step."""

    method = "greedy"


@dataclass(frozen=True)
class Sampling(Decoding):
    """A random output at every step, drawn from the model's distribution after three changes, in this order.

    temperature: logits are divided by it (> 0; below 1 sharper, above 1 flatter). top_k: only the k most probable
    outputs (Fan et al. 2018, §5.1; 0: all). top_p: only the smallest set of the most probable outputs that together
    have at least this probability (nucleus sampling, Holtzman et al. 2020, §3.1; 1: all). seed: of the draws (None:
    the run's). Recorded log-probabilities stay the model's own.
    """

    method = "sampling"
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        number("temperature", self.temperature, 0, 100, open_low=True)
        whole("top_k", self.top_k, 0, 2**31)
        number("top_p", self.top_p, 0, 1, open_low=True)
        if self.seed is not None:
            whole("seed", self.seed, 0, 2**53)


@dataclass(frozen=True)
class Beam(Decoding):
    """Beam search: the `width` best partial outputs are continued together (Sutskever et al. 2014, §3.2).

    width: 1–16. length_penalty: α ≥ 0 of the score total / lp(Y), where |Y| counts `end`; 0: the total itself.
    normalisation: `power`, lp = |Y|^α (the mean log-probability at α = 1, as in transformers), or `wu`,
    lp = ((5 + |Y|) / 6)^α (Wu et al. 2016, eq. 14). n_best: how many finished outputs are wanted, at most `width`.
    early_stopping: what becomes of finished outputs, and when the search ends.
    `exact`: one keeps its place, so that the beam shrinks; the search goes on while anything can still be better.
    `false`, `true`, `never`: `width` outputs always run on, the `width` best finished ones are listed beside them, and
    outputs cut by the length limit count as finished, as `transformers.generate` has it. Once the list is full, `true`
    ends at once, `false` when the best running score is no better than the worst listed, `never` when it could not
    become so by the length limit. `auto`: `exact`, and for loaded Hugging Face models what their settings say.
    """

    method = "beam"
    width: int = 4
    length_penalty: float = 1.0
    normalisation: str = "power"
    n_best: int = 1
    early_stopping: str = "auto"

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.early_stopping, bool):
            object.__setattr__(self, "early_stopping", str(self.early_stopping).lower())
        if self.early_stopping not in STOPPING:
            raise InputError(f"early_stopping is {_shown(self.early_stopping)}; use one of {', '.join(STOPPING)}")
        whole("beam width", self.width, 1, MAX_WIDTH)
        number("length_penalty", self.length_penalty, 0, 10)
        if self.normalisation not in NORMALISATIONS:
            raise InputError(f"normalisation is {_shown(self.normalisation)}; use one of {', '.join(NORMALISATIONS)}")
        whole("n_best", self.n_best, 1, self.width)

    def penalty(self, length: float) -> float:
        """lp(Y) for an output of `length` choices, `end` included; never falls as the length grows."""
        base = length if self.normalisation == "power" else (5 + length) / 6
        return base**self.length_penalty


@dataclass(frozen=True)
class Forced(Decoding):
    """Teacher forcing: the outputs of a reference, whatever the model would choose.

    reference: text, or output ids (`end` is not added to ids). prefix replaces the reference's choices where it says so.
    """

    method = "forced"
    reference: str | tuple[int, ...] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.reference, str | Sequence):
            raise InputError(f"reference is {_shown(self.reference)}; give the output as text or as a list of output ids")
        if not self.reference or isinstance(self.reference, str) and not self.reference.strip():
            raise InputError("reference is empty; give the output that shall be forced, as text or as a list of output ids")
        if not isinstance(self.reference, str):
            object.__setattr__(self, "reference", tuple(whole("an output id in reference", i, 0, 2**31) for i in self.reference))


METHODS: dict[str, type[Decoding]] = {cls.method: cls for cls in (Greedy, Sampling, Beam, Forced)}


def whole(name: str, value: object, low: int, high: int) -> int:
    """`value` when it is a whole number in low … high; InputError otherwise."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= value <= high:
        raise InputError(f"{name} is {_shown(value)}; give a whole number {_range(low, high)}")
    return int(value)


def number(name: str, value: object, low: float, high: float, open_low: bool = False) -> float:
    """`value` when it is a finite number in [low, high], or (low, high] when `open_low`; InputError otherwise."""
    good = isinstance(value, Real) and not isinstance(value, bool) and low <= value <= high  # NaN is in no range
    if not good or (open_low and value == low):
        wanted = f"above {low:g} and at most {high:g}" if open_low else f"from {low:g} to {high:g}"
        raise InputError(f"{name} is {_shown(value)}; give a number {wanted}")
    return float(value)  # type: ignore[arg-type]


def _range(low: int, high: int) -> str:
    return f"of at least {low}" if high >= 2**31 else f"from {low} to {high}"


def _shown(value: object) -> str:
    """A value for a message, never longer than a line."""
    if isinstance(value, str):
        return repr(value[:60])
    if isinstance(value, int) and abs(value) >= 2**64:
        return "a huge number"
    return str(value)[:60] if isinstance(value, Real | None) else f"a {type(value).__name__}"
