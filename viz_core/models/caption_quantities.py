"""Show, attend and tell as quantities with symbols, shapes and numbers (Xu et al. 2015, "soft" attention).

e_ti = f_att(a_i, h_{t−1}); α_t = softmax(e_t); β_t = σ(f_β(h_{t−1})); ẑ_t = β_t Σ_i α_ti a_i; the LSTM reads [E y_{t−1}; ẑ_t];
p(y_t) ∝ exp(L_o(E y_{t−1} + L_h h_t + L_z ẑ_t)), L_o being the embedding matrix again (see `CaptionLSTM.logits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from viz_core.trace import Axis, Quantity, numbered

if TYPE_CHECKING:
    from viz_core.models.caption import CaptionStep
    from viz_core.models.caption_reader import CaptionReader
    from viz_core.models.caption_stepper import CaptioningPrediction, CaptioningState, CaptionStepper
    from viz_core.models.protocol import Source

XU = "Xu et al. 2015"
LSTM_EQUATIONS = (  # in the order of `LSTMStep`
    ("input gate", "i_t", r"i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i),\ x_t = [E y_{t-1}; \hat{z}_t]", "eq. 1"),
    ("forget gate", "f_t", r"f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)", "eq. 1"),
    ("candidate", "g_t", r"g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)", "eq. 1"),
    ("output gate", "o_t", r"o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)", "eq. 1"),
    ("cell", "c_t", r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", "eq. 2"),
    ("decoder state", "h_t", r"h_t = o_t \odot \tanh(c_t)", "eq. 3"),
)
NAMED = r" + \tau_t \bar{E} r_t"  # Ē: for each noun, the mean embedding of its words
YAO = "after Yao et al. 2017 (there a mixture of distributions)"
LU = "after Lu et al. 2018, §3 (there a region fills the slot)"


def decoder_quantities(
    prediction: CaptioningPrediction, stepper: CaptionStepper, choice: int, source: int, hypothesis: int
) -> tuple[Quantity, ...]:
    """All tensors of one step of one hypothesis, in the order in which they are computed."""
    state, step, config = prediction.state, prediction.step, stepper.module.config

    def vector(tensor: Tensor) -> NDArray:
        return tensor[source, hypothesis].float().cpu().numpy()

    units, words = numbered("channel", config.hidden), numbered("channel", config.embedding)
    one = Axis("channel", ("",))
    previous = int(state.previous[source, hypothesis])
    out = [
        Quantity("previous output", "y_{t-1}", (Axis("channel", (stepper.labels[previous],)),), [previous],
                 r"y_{t-1} \in \{0, 1\}^K\ \text{(one-hot: the index of the 1)}", f"{XU}, §3.1"),
        Quantity("embedding", "E y_{t-1}", (words,), vector(step.embedded), r"E\,y_{t-1}", f"{XU}, §3.1.2"),
        Quantity("previous state", "h_{t-1}", (units,), vector(state.decoder.hidden), "h_{t-1}", f"{XU}, eq. 3"),
        *looking(prediction, stepper, source, hypothesis),
    ]  # fmt: skip
    lstm = {name: vector(value) for (name, *_), value in zip(LSTM_EQUATIONS, step.lstm, strict=True)}
    out += [Quantity(name, symbol, (units,), lstm[name], equation, f"{XU}, {place}") for name, symbol, equation, place in LSTM_EQUATIONS]
    kept, written = lstm["forget gate"] * vector(state.decoder.cell), lstm["input gate"] * lstm["candidate"]
    total = float(prediction.log_probs[source, hypothesis, choice])
    return (
        *out,
        Quantity("kept", r"f_t \odot c_{t-1}", (units,), kept, r"f_t \odot c_{t-1}", f"{XU}, eq. 2"),
        Quantity("written", r"i_t \odot g_t", (units,), written, r"i_t \odot g_t", f"{XU}, eq. 2"),
        *naming(prediction, stepper, source, hypothesis),
        *tinting(prediction, stepper, source, hypothesis),
        Quantity("output", "u_t", (numbered("channel", step.output.shape[-1]),), vector(step.output), _output(step), f"{XU}, eq. 7; temperature T: Guo et al. 2017, §4.2"),
        Quantity("log-probability", r"\log p(y_t \mid a, y_{<t})", (one,), [total],
                 r"p(y_t \mid a, y_{<t}) = \mathrm{softmax}(L_o u_t)", f"{XU}, eq. 7"),
    )  # fmt: skip


def _output(step: CaptionStep) -> str:
    """What the words are chosen from; with colours their evidence stands behind it."""
    said = rf"E y_{{t-1}} + L_h h_t + L_z \hat{{z}}_t{'' if step.name is None else NAMED}"
    whole = rf"({said})" if step.tint is None else rf"[{said};\ \kappa_t s_t]"
    return rf"u_t = \tfrac{{1}}{{T}} {whole}"


def naming(prediction: CaptioningPrediction, stepper: CaptionStepper, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """What the vision model's classes call the place looked at, and how far that is listened to; nothing where they are not asked."""
    step, words = prediction.step, stepper.module.config.named
    if step.trust is None or step.name is None:
        return ()
    memory = prediction.state.memory
    evidence = stepper.module.evidence(stepper.features([prediction.state.sources[source]])[0])  # (L, K)
    weights = (memory.mask / memory.mask.sum(1, keepdim=True))[source] if step.weights is None else step.weights[source, hypothesis]
    seen = weights[: len(evidence)].float() @ evidence.float()
    nouns = Axis("vocabulary", tuple(stepper.labels[names[0 if stepper.language == "en" else 2]] for names in words))
    return (
        Quantity("evidence", "r_t", (nouns,), seen.cpu().numpy(), r"r_{tk} = \sum_{i=1}^{L} \alpha_{ti} \max(0, \log(100\,p_{ik}))",
                 "p: of ImageNet's classes for noun k at patch i"),
        Quantity("trust in the evidence", r"\tau_t", (Axis("channel", ("",)),), step.trust[source, hypothesis].float().cpu().numpy(),
                 r"\tau_t = \mathrm{softplus}(f_\tau(h_t))", YAO),
    )  # fmt: skip


def tinting(prediction: CaptioningPrediction, stepper: CaptionStepper, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """What the colours of the place looked at are called, and how far that is listened to; nothing where they are not asked."""
    step, language = prediction.step, 0 if stepper.language == "en" else 1
    if step.tint_trust is None or step.tint is None:
        return ()
    colours = Axis("vocabulary", tuple(stepper.labels[words[language]] for words in stepper.module.config.tinted))
    return (
        Quantity("colour evidence", "s_t", (colours,), step.tint[source, hypothesis].float().cpu().numpy(),
                 r"s_t = \sum_{i=1}^{L} \alpha_{ti} W_s\, \mathrm{GELU}(W_q\, \mathrm{colour}_i)", LU),
        Quantity("trust in the colours", r"\kappa_t", (Axis("channel", ("",)),), step.tint_trust[source, hypothesis].float().cpu().numpy(),
                 r"\kappa_t = \mathrm{softplus}(f_\kappa(h_t))", LU),
    )  # fmt: skip


def looking(prediction: CaptioningPrediction, stepper: CaptionStepper, source: int, hypothesis: int) -> tuple[Quantity, ...]:
    """From the scores to ẑ_t; of the decoder without attention the one image vector."""
    step, config = prediction.step, stepper.module.config
    keys, channels = prediction.state.sources[source].axis, numbered("channel", config.annotation)

    def vector(tensor: Tensor) -> NDArray:
        return tensor[source, hypothesis].float().cpu().numpy()

    if step.scores is None or step.weights is None or step.gate is None:
        return (
            Quantity("context", r"\hat{z}_t", (channels,), vector(step.gated), r"\hat{z}_t = v\ \text{(the same image vector at every step)}",
                     "Mao et al. 2015"),
        )  # fmt: skip
    return (
        Quantity("scores", "e_{ti}", (keys,), vector(step.scores)[: len(keys)],
                 r"e_{ti} = f_{att}(a_i, h_{t-1}) = w^\top \tanh(U a_i + W h_{t-1})", f"{XU}, eq. 4"),
        Quantity("weights", r"\alpha_{ti}", (keys,), vector(step.weights)[: len(keys)],
                 r"\alpha_{ti} = \frac{\exp(e_{ti})}{\sum_k \exp(e_{tk})}", f"{XU}, eq. 5"),
        Quantity("weighted sum", r"\sum_i \alpha_{ti} a_i", (channels,), vector(step.context), r"\sum_{i=1}^{L} \alpha_{ti} a_i", f"{XU}, eq. 13"),
        Quantity("gate", r"\beta_t", (Axis("channel", ("",)),), vector(step.gate), r"\beta_t = \sigma(f_\beta(h_{t-1}))", f"{XU}, §4.2.1"),
        Quantity("context", r"\hat{z}_t", (channels,), vector(step.gated), r"\hat{z}_t = \beta_t \sum_{i=1}^{L} \alpha_{ti} a_i", f"{XU}, §4.2.1"),
    )  # fmt: skip


@torch.inference_mode()
def picture_quantities(stepper: CaptionStepper, state: CaptioningState, source: int) -> tuple[Quantity, ...]:
    """What was computed before the first step: states of the vision model, annotations, the image vector, h_0 and c_0."""
    config, memory = stepper.module.config, state.memory
    units, channels = numbered("channel", config.hidden), numbered("channel", config.annotation)
    begin = stepper.module.begin(memory)

    def row(tensor: Tensor) -> NDArray:
        return tensor[source].float().cpu().numpy()

    first = r"[h_0; c_0] = \tanh(f_{init}(v))"
    return (
        *seen_quantities(stepper, state.sources[source], memory.vectors[source]),
        Quantity("image vector", "v", (channels,), row(memory.image),
                 rf"v = \tanh(W_v [{_whole(stepper)}; \tfrac{{1}}{{L}} \textstyle\sum_i \mathrm{{GELU}}(W_m a_i)] + b_v)", f"{XU}, §3.1.2 (there the mean of the annotations alone)"),
        Quantity("first decoder state", "h_0", (units,), row(begin.hidden)[0], first, f"{XU}, §3.1.2"),
        Quantity("first cell", "c_0", (units,), row(begin.cell)[0], first, f"{XU}, §3.1.2"),
    )  # fmt: skip


def seen_quantities(reader: CaptionReader, source: Source, vectors: Tensor) -> tuple[Quantity, ...]:
    """What the frozen vision model made of the picture, and the annotations of its patches, f32[≥ L, A]."""
    features = reader.features([source])[0].float().cpu().numpy()
    keys, width = source.axis, numbered("channel", features.shape[1])
    annotation = vectors[: len(keys)].float().cpu().numpy()
    whole, told, source_of_states = _whole(reader), r"\ \text{with } z \text{ of the vision model}", "Tan & Le 2019, table 1" if _convolutional(reader) else "Oquab et al. 2024"
    first = r"\tfrac{1}{L} \textstyle\sum_i z_i" if _convolutional(reader) else "z_{CLS}"
    known = _known(reader.module.config)
    return (
        Quantity("picture state", whole, (width,), features[0], rf"{whole} = [{first};\, \text{{mean colour of the picture}}]" + told, source_of_states),
        Quantity("patch states", "x_i", (keys, width), features[1:], r"x_i = [z_i;\, \text{mean colour of the patch}]" + told, source_of_states),
        Quantity("annotations", "a_i", (keys, numbered("channel", annotation.shape[1])), annotation,
                 rf"a_i = \mathrm{{LayerNorm}}(\mathrm{{near}}(\mathrm{{alike}}(\mathrm{{near}}({known} + W_p\, \mathrm{{place}}_i))))", f"{XU}, §3.1.1"),
    )  # fmt: skip


def _known(config: Any) -> str:
    """What of a patch its annotation begins with."""
    if config.hues:
        return r"W_a z_i + W_c\, \mathrm{GELU}(W_h\, \mathrm{colour}_i)"
    return "W_a z_i" if getattr(config, "tinted", ()) else "W_a x_i"


def _convolutional(reader: CaptionReader) -> bool:
    """Does the vision model's first vector stand for the mean of all cells, where a transformer has [CLS]?"""
    return reader.backbone.backbone.prefix[:1] == ("mean",)


def _whole(reader: CaptionReader) -> str:
    """Symbol of the vision model's vector of the whole picture."""
    return r"\bar{x}" if _convolutional(reader) else "x_{CLS}"
