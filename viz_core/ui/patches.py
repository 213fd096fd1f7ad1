"""The patches page: a picture, the model's view of it, four map methods beside each other, and whether to trust them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from viz_core.figures import patch_charts, patches_export
from viz_core.figures import words as figure_words
from viz_core.figures.patch_words import method_name
from viz_core.figures.patches import MethodMaps, Patches
from viz_core.models.protocol import Source
from viz_core.tasks.sample_pictures import SAMPLE
from viz_core.trace import Trace
from viz_core.ui import about, address, downloads, patch_quality, patch_trust, patch_view, picture_input, vision_models
from viz_core.ui.charts import chart
from viz_core.ui.class_names import class_name
from viz_core.ui.errors import plain, sentence
from viz_core.ui.select_box import select
from viz_core.ui.sentences import translated
from viz_core.ui.words import _, language, translation
from viz_core.zoo.cards import Card

SIDE = 24  # patches along the longer side to begin with
MOST_SIDE = 64


def show(model: Card | str) -> None:
    """The page below its model. InputError when something cannot be used."""
    stepper = vision_models.load(model)
    side = _side(stepper)
    examples = () if isinstance(model, str) else tuple(name for name in model.examples if not name.startswith(SAMPLE))
    picture = picture_input.choose(examples)
    source, trace = vision_models.looked(stepper, picture, side)
    _notes(trace)
    seen = f"{stepper.identity.sha256}:{vision_models.fingerprint(picture)}:{side}"
    cut = stepper.backbone
    shown = Patches(trace, stepper.shown(source).numpy(), cut.patch, cut.stem, cut.sight)
    figure_words.use(_)
    patch_view.take(trace)
    target = _classes(stepper, trace)
    address.take("maps", False, lambda text: text == "four", lambda _value: "four")
    found = _maps(stepper, source, seen, target) if st.session_state["maps"] else None
    methods = MethodMaps(found.rows, int(st.session_state["token"]), _explained(stepper, source, found.target)) if found else None
    patch_view.show(shown, methods, f"patches {stepper.identity.name}")
    st.toggle(_("Compare four maps of the chosen token: raw attention, rollout, gradient rollout, class-specific relevance"), key="maps")
    _formula(shown)
    _distances(trace, seen)
    _filters(stepper)
    patch_trust.show(stepper, source, seen, int(st.session_state["token"]), target)
    _buttons(shown, methods)
    if not isinstance(model, str):
        patch_quality.show(model)
        about.show(model)


def _notes(trace: Trace) -> None:
    """What is to be said of the run; that the picture is none the model can judge, so that nobody overlooks it."""
    from viz_core.models.vision_head import UNFAMILIAR

    for note in trace.notes:
        told = plain(sentence(translated(note)))
        if note.startswith(UNFAMILIAR):
            st.warning(told, icon=":material/help:")
        else:
            st.caption(told)


def _side(stepper: Any) -> int:
    """Patches along the longer side; fixed for a model that reads one grid only."""
    fixed = stepper.backbone.fixed
    if fixed:
        return max(fixed)
    usual = min(SIDE, stepper.backbone.longest)
    address.take("side", usual, address.whole(_("patches along the longer side"), 1, MOST_SIDE))
    help_text = _("More patches show smaller things and take longer: attention grows with the square of their number. This model is meant for up to {n}.").format(n=stepper.backbone.longest)
    st.slider(_("Patches along the longer side"), 1, MOST_SIDE, key="side", help=help_text)
    return int(st.session_state["side"])


def _classes(stepper: Any, trace: Trace) -> int | None:
    """The class to explain, chosen among all, the most probable to begin with; None for a model without."""
    best = trace.steps[-1].candidates
    if not stepper.class_names or best is None:
        return None
    names = stepper.class_names
    top = int(best.choices[0])
    chart(patch_charts.classes([class_name(label) for label in best.labels], np.exp(best.log_probs)), "classes")
    address.take("class", top, address.whole(_("class"), 0, len(names) - 1))
    return select(_("Class to explain"), range(len(names)), lambda i: class_name(names[i]), "class", top, width=360)


def _maps(stepper: Any, source: Source, seen: str, target: int | None) -> Any:
    """The four maps of the token on show, kept."""
    with st.spinner(_("Following the output back to the patches …"), show_time=False):
        return maps_of(seen, int(st.session_state["token"]), target, int(st.session_state["layer"]), stepper, source)


@st.cache_resource(max_entries=24, show_spinner=False)
def maps_of(seen: str, query: int, target: int | None, layer: int, _stepper: Any, _source: Source) -> Any:
    """`vision_maps.maps`. seen: names model, picture and grid."""
    from viz_core.explain.vision_maps import maps

    return maps(_stepper, _source, query, target, layer)


def _explained(stepper: Any, source: Source, target: int | None) -> str:
    if target is not None:
        return _("the logit of the class “{name}”").format(name=class_name(stepper.class_names[target]))
    return _("its own last state (this model has no classes)")


def _formula(shown: Patches) -> None:
    """Equations 1 and the attention of one head, with this picture's sizes."""
    (rows, cols), p, c, d = shown.grid, shown.patch, shown.pixels.shape[-1], shown.width
    n, heads = rows * cols, len(shown.trace.steps[0].attention[0].heads)
    with st.expander(_("The formulas with the sizes of this picture"), icon=":material/function:"):
        picture, flat = rf"x \in \mathbb{{R}}^{{{rows * p} \times {cols * p} \times {c}}}", rf"\mathbb{{R}}^{{{n} \times ({p}^2 \cdot {c})}} = \mathbb{{R}}^{{{n} \times {p * p * c}}}"
        st.latex(rf"{picture} \;\to\; g(x) \in \mathbb{{R}}^{{{n} \times {d}}}" if shown.stem else rf"{picture} \;\to\; x_p \in {flat}")
        st.latex(rf"z^{{(0)}} = [\,x_{{class}};\, {'g(x)' if shown.stem else 'x_p E'}\,] + E_{{pos}} \in \mathbb{{R}}^{{{n + shown.prefix} \times {d}}}")
        if shown.stem:
            st.markdown(_("g: {count} convolutions of 3 × 3, each but the last followed by a normalisation and GELU (Xiao et al. 2021, “Early convolutions help transformers see better”).").format(count=len(shown.stem)))
        st.latex(rf"A = \mathrm{{softmax}}\!\left(Q K^\top / \sqrt{{{d // heads}}}\right) \in \mathbb{{R}}^{{{n + shown.prefix} \times {n + shown.prefix}}}")
        st.markdown(_("There is one A in each of {heads} heads of each of {layers} layers.").format(heads=heads, layers=len(shown.trace)))
        st.caption(_("Dosovitskiy et al. 2021, equations 1 and 5–6; the number under the pointer is one entry of A."))


def _distances(trace: Trace, seen: str) -> None:
    """How far each head looks."""
    with st.expander(_("How far each head looks, layer by layer"), icon=":material/straighten:"):
        st.markdown(_("Each dot is one head: the mean distance between a patch and the patches it attends to. In the first layers some heads look around the corner and others across the picture; a convolution could only do the first."))
        chart(patch_charts.distances(distances_of(seen, trace), int(st.session_state["layer"])), "distances")


@st.cache_resource(max_entries=8, show_spinner=False)
def distances_of(seen: str, _trace: Trace) -> Any:
    """`attention_distance` of a trace. seen: names model, picture and grid."""
    from viz_core.explain.vision_summary import attention_distance

    return attention_distance(_trace)


def _filters(stepper: Any) -> None:
    """What the patch embedding looks for."""
    kernel = stepper.backbone.kernel()
    if kernel is None or kernel.shape[1] not in (1, 3):
        return
    values = kernel.detach().float().cpu().numpy()
    with st.expander(_("What the patch embedding looks for"), icon=":material/grid_on:"):
        st.markdown(_("A patch becomes a token by {d} products with filters of {p} × {p} pixels. On the left the principal components of all filters (the first {n}), on the right the filters with the largest norm; each is scaled to its own range.").format(d=len(values), p=values.shape[-1], n=min(patch_charts.COMPONENTS, values[0].size, len(values))))
        left, right = st.columns(2, gap="medium")
        left.image(_enlarged(patch_charts.components(values)), caption=_("principal components"), width="content")
        right.image(_enlarged(patch_charts.filters(values)), caption=_("filters"), width="content")


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """Two pixels for one, so that single numbers can be seen."""
    return picture.repeat(2, 0).repeat(2, 1)


def _buttons(shown: Patches, methods: MethodMaps | None) -> None:
    """Downloads of what is on show, made when they are asked for."""
    translate = translation(language())
    stem = re.sub(r"[^\w-]+", "-", f"{shown.trace.run.get('model', 'trace')}-{shown.trace.source[:20]}").strip("-")

    def html() -> bytes:
        figure_words.use(translate)
        return patches_export.html(shown, methods).encode("utf-8")

    def csv() -> str:
        assert methods is not None
        lines = [",".join(["token", *(method_name(name) for name in methods.rows)])]
        lines += [",".join([f'"{label}"', *(f"{row[i]:.6g}" for row in methods.rows.values())]) for i, label in enumerate(shown.axis.labels)]
        return "\n".join(lines)

    kinds: list[tuple[str, Callable[[], bytes | str], str, str, str]] = [
        (_("Offline page (HTML)"), html, "html", "text/html", _("The view with every layer in one file; opens without the program.")),
        (_("Trace (NPZ)"), lambda: downloads.npz(shown.trace), "npz", "application/octet-stream", _("Every number; `viz_core.trace.load` opens it.")),
    ]  # fmt: skip
    if methods:
        kinds.append((_("Four maps (CSV)"), csv, "csv", "text/csv", plain(_("One line a token."))))
    with st.container(horizontal=True, gap="small"):
        for label, make, ending, mime, text in kinds:
            st.download_button(label, make, f"patches-{stem}.{ending}", mime, key=f"patches {ending}", help=text, on_click="ignore", icon=":material/download:")
