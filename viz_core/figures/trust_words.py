"""What a `TrustReport` says, in sentences: the verdict, then one sentence a test."""

from __future__ import annotations

import math

from viz_core.figures.trust import rival_name, unit
from viz_core.figures.words import _
from viz_core.trace.trust_report import Rival, TrustReport

HARDLY = 0.1  # nats: a change smaller than this is none


def verdict(report: TrustReport) -> str:
    """The one sentence that answers “can I trust this map?”."""
    found = {
        "supported": _("Yes, as far as this test goes: the map ranks the {places} better than {p} % of {n} random orders."),
        "weak": _("Perhaps: the map ranks the {places} better than {p} % of {n} random orders, which chance does too often to prove anything."),
        "chance": _("No evidence for it: the map ranks the {places} no better than chance (above {p} % of {n} random orders)."),
        "contrary": _("No: the map ranks last what matters most; {q} % of {n} random orders are better."),
        "indifferent": _("There is nothing to explain: removing {places} hardly moves this output (by less than {h} {unit}), so no map over them can be tested on it."),
        "few": _("Too few {places} to tell: even a random order is often right."),
    }[report.verdict]  # fmt: skip
    place, hardly = report.percentile, 0.01 if report.quantity == "similarity" else HARDLY
    return found.format(
        p=f"{math.floor(place)}", q=f"{math.ceil(100 - place)}", n=len(report.random_gaps), h=hardly, unit=unit(report), places=_places(report)
    )


def _places(report: TrustReport) -> str:
    """What the map is over, as it stands inside a sentence."""
    if report.removal in ("blur", "grey"):  # a picture's patches are too small to be taken out one by one
        return _("cells of the picture")
    names = {"patch": _("patches of the picture"), "cell": _("memory cells"), "sentence": _("sentences of the story"), "frame": _("moments of the recording")}
    return names.get(report.positions.kind, _("source positions"))


def removal(report: TrustReport) -> str:
    """What “removed” means."""
    return {
        "delete": _("“Removed” means: the position is taken out of the input, and what follows moves up."),
        "block": _("“Removed” means: the position is read, but the decoder may not look at it; the states of its neighbours still know of it."),
        "mask": _("“Removed” means: the position stays in the input, but no attention of the model may fall on it."),
        "blur": _("“Removed” means: the cell of the picture is blurred until nothing in it can be told."),
        "grey": _("“Removed” means: the cell of the picture turns into the mean grey of the pictures that the model learned from."),
        "blank": _("“Removed” means: for the read of this tick alone the memory cell holds what it held before the first tick, 0.1 in every channel; where the heads look at this tick, and all that happened before, stay as they were."),
    }[report.removal]


def sentences(report: TrustReport) -> list[str]:
    """One sentence a test, most telling first: removal, area, agreement, other weights."""
    found = [_removed(report), _area(report)]
    found += [_agreement(rival) for rival in report.rivals if not math.isnan(rival.correlation)]
    if report.controls is not None:
        found.append(_controls(report))
    return found


def limits() -> str:
    """What the test cannot show."""
    return _(
        "What has holes is unlike what the model was trained on, so part of the fall is surprise; the random orders suffer from it in the same way. "
        "The test says whether the ranking fits the output, not whether the size of each weight is right."
    )


def _removed(report: TrustReport) -> str:
    count, drop, mean, spread = report.removed_few()
    text = {
        (True, True): _("Removing the most attended position lowers {value} by {a} {unit}; removing a random one by {b} ± {s}."),
        (True, False): _("Removing the {k} most attended positions lowers {value} by {a} {unit}; removing {k} random ones by {b} ± {s}."),
        (False, True): _("Removing for every row its most attended position lowers {value} by {a} {unit} each; removing a random one by {b} ± {s}."),
        (False, False): _("Removing for every row its {k} most attended positions lowers {value} by {a} {unit} each; removing {k} random ones by {b} ± {s}."),
    }[report.step is not None, count == 1]  # fmt: skip
    return text.format(k=count, a=_number(drop), b=_number(mean), s=_number(spread), unit=unit(report), value=_value(report))


def _area(report: TrustReport) -> str:
    text = _("Between the curve that keeps only the top positions and the one that removes them lie {gap} {unit}; random orders and a uniform map give 0, the best order that was found {best}.")
    return text.format(gap=_number(report.gap), best=_number(report.best_gap), unit=unit(report))


def _agreement(rival: Rival) -> str:
    rho = rival.correlation
    text = (
        _("The map agrees well with {name}: rank correlation ρ = {rho}, {n} of the {k} largest positions are shared.") if rho >= 0.6
        else _("The map agrees partly with {name}: rank correlation ρ = {rho}, {n} of the {k} largest positions are shared.") if rho >= 0.3
        else _("The map hardly agrees with {name}: rank correlation ρ = {rho}, {n} of the {k} largest positions are shared.") if rho > -0.3
        else _("The map disagrees with {name}: rank correlation ρ = {rho}, {n} of the {k} largest positions are shared.")
    )  # fmt: skip
    return text.format(name=_described(rival.name), rho=_number(rho), n=f"{rival.overlap * rival.top:.2g}", k=rival.top)


def _described(name: str) -> str:
    """A way to rank positions inside a sentence."""
    return {
        "shapley": _("what each position adds (Shapley value: averaged over all orders of adding them)"),
        "leave_one_out": _("the fall when each position alone is removed"),
        "gradient_input": _("gradient × input (how strongly each embedding acts on the output, to first order)"),
        "gradient_norm": _("the gradient's size (how sensitive the output is to each embedding)"),
        "rollout": _("attention rollout (the weights of all layers multiplied through)"),
    }.get(name, rival_name(name))


def _controls(report: TrustReport) -> str:
    found = report.controls
    uniform, shuffled, spread = found.uniform - found.own, float(found.permuted.mean()) - found.own, float(found.permuted.std())
    text = (
        _("With equal weights in place of the model's own, {value} changes by {u} {unit}; with its weights shuffled by {p} ± {s}: it matters where the model looks.")
        if max(abs(uniform), abs(shuffled)) >= HARDLY
        else _("With equal weights in place of the model's own, {value} changes by {u} {unit}; with its weights shuffled by {p} ± {s}: here it hardly matters where the model looks.")
    )  # fmt: skip
    return text.format(u=_number(uniform, "+"), p=_number(shuffled, "+"), s=_number(spread), unit=unit(report), value=_value(report))


def _value(report: TrustReport) -> str:
    return _("the similarity of the token's state to what it is in the whole input") if report.quantity == "similarity" else _("log p")


def _number(value: float, sign: str = "") -> str:
    text = format(value, f"{sign}.2f")
    return "0.00" if text.strip("+-") == "0.00" else text.replace("-", "−")
