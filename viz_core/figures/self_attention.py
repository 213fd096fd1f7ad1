"""Self-attention by hand, in the browser: what the desk is given (`payload`) and what it shows of it (`View`)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from viz_core.figures import pack, theme
from viz_core.figures.formula import mathml
from viz_core.figures.self_attention_words import desk_words
from viz_core.figures.words import _
from viz_core.models.self_attention import Numbers

STEPS = ("embed", "project", "dot", "scale", "mask", "softmax", "weigh", "sum", "concat", "output")
SCORES = ("dot", "additive", "cosine")
_VASWANI = "Vaswani et al. 2017"
EQUATIONS = {  # name → LaTeX and where it is written
    "embed": (r"x_i \in \mathbb{R}^{d_{model}}", f"{_VASWANI}, §3.4"),
    "project": (r"q_i = x_i W^Q, \quad k_i = x_i W^K, \quad v_i = x_i W^V", f"{_VASWANI}, §3.2.2"),
    "project_plain": (r"q_i = k_i = v_i = x_i", ""),
    "dot": (r"e_{ij} = q_i \cdot k_j = \sum_{c=1}^{d_k} q_{ic} \, k_{jc}", f"{_VASWANI}, §3.2.1"),
    "additive": (r"e_{ij} = v^{\top} \tanh ( W_q q_i + W_k k_j )", "Bahdanau et al. 2015, A.1.2"),
    "cosine": (r"e_{ij} = \frac{q_i \cdot k_j}{\| q_i \| \, \| k_j \|}", "Graves et al. 2014, eq. 6"),
    "scale": (r"s_{ij} = \frac{e_{ij}}{\sqrt{d_k}}", f"{_VASWANI}, eq. 1"),
    "scale_off": (r"s_{ij} = e_{ij}", ""),
    "sharpen": (r"s_{ij} = \beta \, e_{ij}", "Graves et al. 2014, eq. 5"),
    "mask": (r"m_{ij} = s_{ij} \; \text{if} \; j \le i, \quad m_{ij} = - \infty \; \text{if} \; j > i", f"{_VASWANI}, §3.2.3"),
    "mask_off": (r"m_{ij} = s_{ij}", ""),
    "softmax": (r"\alpha_{ij} = \frac{\exp(m_{ij} - \max_l m_{il})}{\sum_l \exp(m_{il} - \max_{l'} m_{il'})}", f"{_VASWANI}, eq. 1"),
    "weigh": (r"\alpha_{ij} \, v_j", f"{_VASWANI}, eq. 1"),
    "sum": (r"z_i = \sum_j \alpha_{ij} \, v_j", f"{_VASWANI}, eq. 1"),
    "concat": (r"c_i = [ z_i^{1} ; \dots ; z_i^{h} ]", f"{_VASWANI}, §3.2.2"),
    "output": (r"o_i = c_i W^O", f"{_VASWANI}, §3.2.2"),
    "output_plain": (r"o_i = z_i", ""),
}


@dataclass(frozen=True)
class View:
    """What is on show. row: the word that is followed; order: word at each position, () as written; edits: changed numbers
    as `self_attention_edits` writes them."""

    step: int = 0
    row: int = 0
    head: int = 0
    score: str = "dot"
    scaled: bool = True
    mask: bool = False
    project: bool = True
    order: tuple[int, ...] = ()
    edits: str = ""


def payload(numbers: Numbers, view: View = View()) -> dict[str, object]:  # noqa: B008 (frozen)
    """Everything the desk needs, as JSON."""
    tensors = {name: _tensor(values) for name, values in _tensors(numbers).items()}
    content = {"kind": numbers.kind, "words_read": list(numbers.words), "heads": numbers.heads, "tensors": tensors, "words": desk_words(numbers)}
    return {
        **content,
        "id": hashlib.sha1(json.dumps(content).encode()).hexdigest(),
        "title": title(numbers),
        "origin": None if numbers.origin is None else {"head": numbers.origin[2], "heads": numbers.origin[3]},
        "equations": {name: {"latex": latex, "markup": mathml(latex), "source": source} for name, (latex, source) in EQUATIONS.items()},
        "scales": {"light": theme.WEIGHTS_LIGHT, "dark": theme.WEIGHTS_DARK, "signed": {"light": theme.SIGNED_LIGHT, "dark": theme.SIGNED_DARK}},
        "view": {**asdict(view), "order": list(view.order)},
    }


def title(numbers: Numbers) -> str:
    """What is computed, in one line."""
    said = " ".join(theme.shorten(word.lstrip("▁") or word, 24) for word in numbers.words)
    if numbers.origin is None:
        return _("Self-attention of “{words}”, d_k = {d}").format(words=said, d=numbers.depth)
    name, layer, head, _count = numbers.origin
    last = (head + numbers.heads - 1) % numbers.origin[3]
    heads = str(head) if numbers.heads == 1 else f"{head}–{last}"
    return _("Self-attention of “{words}”, {model}, layer {layer}, head {head}, d_k = {d}").format(words=said, model=name, layer=layer, head=heads, d=numbers.depth)


def _tensors(numbers: Numbers) -> dict[str, NDArray]:
    """By their names in the browser, each (heads, rows, columns); a tensor that all heads share has one."""
    (aq, ak, av), (aq0, ak0, av0) = numbers.additive, numbers.additive_plain
    found = {
        "x": numbers.x[None], "wq": numbers.w_q, "wk": numbers.w_k, "wv": numbers.w_v, "wo": numbers.w_o[None],
        "aq": aq, "ak": ak, "av": av[:, None], "aq0": aq0, "ak0": ak0, "av0": av0[:, None],
    }  # fmt: skip
    biases = {} if numbers.biases is None else {f"b{name}": bias[:, None] for name, bias in zip("qkv", numbers.biases, strict=True)}
    return found | biases


def _tensor(values: NDArray) -> dict[str, object]:
    """Exact: the bytes of float32, little endian."""
    return {"shape": list(values.shape), "data": pack.text(np.asarray(values, "<f4"))}
