"""Figures of captions, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from viz_core.figures.caption_coverage import LEAST, coverage, coverage_curves, coverage_maps
from viz_core.figures.caption_evidence import COLOURS, MOST, NOUNS, evidence, evidence_panel, has_evidence
from viz_core.figures.caption_gate import gate, gate_panel, has_gate
from viz_core.figures.caption_quality import Stated, calibration
from viz_core.inputs.picture_grid import patch_axis
from viz_core.trace import AttentionMap, Axis, Dense, InputError, Quantity, Step, Trace

ROWS = np.array([[[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]], [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]])  # step, head, patch
BETA = (0.25, 1.0)


WORDS, SAID, TRUST = tuple(f"noun {k}" for k in range(10)), np.zeros((2, 10)), (0.5, 2.0)
TINTS = np.array([[-1.0, 4.0], [0.5, 0.0]])  # step, colour
SAID[0, 3], SAID[1, 3], SAID[1, 7] = 4.0, 0.5, 3.0


def trace(gated: bool = True, attending: bool = True, named: bool = False, every: bool = False) -> Trace:
    """Two words over 2 × 2 patches, two heads."""
    axis, steps = patch_axis(2, 2, (28, 28), prefix=()), []
    for index, (word, rows) in enumerate(zip(("a", "cat"), ROWS, strict=True)):
        maps = (AttentionMap("cross", Axis("token", (word,)), axis, Dense(rows[None, :, None].astype(np.float32)), heads=("0", "1")),)
        beta = (Quantity("gate", r"\beta_t", (Axis("channel", ("",)),), [BETA[index]], "", ""),)
        said = (Quantity("evidence", "r", (Axis("vocabulary", WORDS),), SAID[index] + every, "", ""),
                Quantity("trust in the evidence", r"\tau_t", (Axis("channel", ("",)),), [TRUST[index]], "", ""),
                Quantity("colour evidence", "s", (Axis("vocabulary", ("red", "blue")),), TINTS[index], "", ""),
                Quantity("trust in the colours", r"\kappa_t", (Axis("channel", ("",)),), [TRUST[index]], "", ""))  # fmt: skip
        details = (*(beta if gated else ()), *(said if named else ()))
        steps.append(Step(index=index, label=word, emitted=word, choice=index, attention=maps if attending else (), details=details))
    return Trace({"model": "m"}, "picture", axis, "a cat", "token", tuple(steps))


def test_coverage_sums_words_and_averages_heads():
    found = coverage(trace())
    np.testing.assert_allclose(found.looked, [[1.25, 0.25], [0.25, 0.25]])
    assert (found.words, found.mean) == (2, 0.5)
    assert found.penalty == pytest.approx(0.0625 + 3 * 0.5625)  # (1 − 1.25)² + 3 (1 − 0.25)²
    assert found.least == pytest.approx(4 * 0.25) and found.variance == pytest.approx((0.75**2 + 3 * 0.25**2) / 4)
    assert found.penalty == pytest.approx(found.least + found.looked.size * found.variance)


def test_coverage_needs_attention_to_patches():
    with pytest.raises(InputError, match="patches"):
        coverage(trace(attending=False))


def test_coverage_maps_share_one_absolute_scale_over_the_picture():
    found = coverage(trace())
    figure = coverage_maps({"with": found, "<b>": found}, "data:image/png;base64,")
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 1.25)
    assert [heat.coloraxis for heat in figure.data] == ["coloraxis"] * 2 and len(figure.layout.images) == 2
    assert figure.layout.annotations[1].text == "&lt;b&gt;", "names are text"


def test_coverage_curves_begin_with_the_most_looked_at():
    curve = coverage_curves({"a": coverage(trace())}).data[0]
    np.testing.assert_allclose(curve.y, [1.25, 0.25, 0.25, 0.25])
    assert min(curve.y) >= LEAST


def test_gate_has_words_as_ticks_and_the_whole_scale():
    figure = gate(trace())
    assert list(figure.data[0].y) == list(BETA) and list(figure.layout.xaxis.ticktext) == ["a", "cat"] and figure.layout.yaxis.range[0] == 0
    panel = gate_panel(trace())
    assert panel.cursor == (0.0, 1.0) and panel.span == 1.0


def test_names_are_what_the_classes_say_times_how_far_it_counts_the_strongest_on_top():
    figure = evidence(trace(named=True), NOUNS)
    shown = figure.layout.yaxis.ticktext
    assert shown == ("noun 3", "noun 7"), "the other nouns have nothing that speaks for them"
    np.testing.assert_allclose(figure.data[0].z[-1], [0, 6.0])
    np.testing.assert_allclose(figure.data[0].z[-2], [2.0, 1.0])
    assert figure.layout.xaxis.ticktext == ("a", "cat") and len(evidence(trace(named=True, every=True), NOUNS).layout.yaxis.ticktext) == MOST
    panel = evidence_panel(trace(named=True), NOUNS)
    assert panel.cursor == (0.0, 1.0) and panel.span == 1.0  # a frame as wide as a cell: a line would cross its number
    assert not has_evidence(trace(), NOUNS)
    with pytest.raises(InputError, match="'evidence'; run a captioning model that reads an ImageNet"):
        evidence(trace(), NOUNS)


def test_colours_speak_for_and_against_a_word_on_one_scale():
    figure = evidence(trace(named=True), COLOURS)
    assert figure.layout.yaxis.ticktext == ("red", "blue"), "blue has the most at any word, so it is on top"
    heat = figure.data[0]
    np.testing.assert_allclose(heat.z, [[-0.5, 1.0], [2.0, 0.0]])
    assert [list(row) for row in heat.text] == [["−0.5", "1.0"], ["2.0", ""]]
    assert (heat.zmin, heat.zmax) == (-2.0, 2.0) and evidence_panel(trace(named=True), COLOURS).title == COLOURS.title
    with pytest.raises(InputError, match="'colour evidence'; run a captioning model that takes colours"):
        evidence(trace(), COLOURS)


def test_without_attention_the_evidence_is_of_the_whole_picture():
    named, blind = trace(named=True), trace(named=True, attending=False)
    assert "place looked at" in evidence_panel(named, NOUNS).title and "place looked at" in evidence_panel(named, COLOURS).title
    assert "whole picture" in evidence_panel(blind, NOUNS).title and "whole picture" in evidence_panel(blind, COLOURS).title


def test_a_trace_without_gate_is_told():
    assert not has_gate(trace(gated=False))
    with pytest.raises(InputError, match="gate"):
        gate(trace(gated=False))


def test_calibration_draws_what_is_right_and_what_was_stated():
    figure = calibration({"scenes": Stated(0.9, 0.8), "photographs": Stated(0.7, 0.5)})
    right, sure = figure.data[-2:]
    assert list(right.x) == [0.8, 0.5] and list(sure.x) == [0.9, 0.7] and list(sure.y) == ["scenes", "photographs"]
