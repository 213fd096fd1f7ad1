"""What the player receives: small, exact enough, linked."""

import base64
import json

import numpy as np
import pytest
from tests.figures import synthetic

from viz_core.figures import Plot, Reveal, Scene, pack, scene
from viz_core.figures.formula import definition, mathml
from viz_core.figures.panels import SOURCE, TARGET, Heat, Links
from viz_core.figures.player import BUDGET, payload
from viz_core.figures.words import use
from viz_core.trace import Axis, InputError, Quantity, Step, Trace, numbered
from viz_core.trace.axis import KINDS


def size(value):
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decoded(packed):
    codes = np.frombuffer(base64.b64decode(packed["data"]), f"<u{packed['bits'] // 8}")
    top = 2 ** packed["bits"] - 2
    return np.where(codes > top, np.nan, codes / top)


def strip(packed):
    codes = np.frombuffer(base64.b64decode(packed["data"]), np.uint8)
    return packed["low"] + (packed["high"] - packed["low"]) * codes / 254


def test_every_kind_of_axis_has_words():
    for kind in KINDS:
        one = definition(Quantity("x", "x", (Axis(kind, ("a",)),), [0.0]), {})["axes"][0]
        assert one["one"] and one["many"]


def test_weights_survive_the_way_and_masked_stays_masked():
    values = np.array([[0, 1, 0.123456], [np.nan, 0.5, 0.25]], np.float32)
    np.testing.assert_allclose(decoded(pack.weights(values)), values.ravel(), atol=8e-6)
    large = synthetic.alignment(200, 200)
    packed = pack.weights(large)
    assert packed["bits"] == 8
    np.testing.assert_allclose(decoded(packed), large.ravel(), atol=0.002)


def test_strip_keeps_range_and_marks_what_is_not_finite():
    packed = pack.strip(np.array([-2.0, 0.5, 3.0, np.nan, -np.inf]))
    np.testing.assert_allclose(strip(packed)[:3], [-2, 0.5, 3], atol=0.011)
    assert base64.b64decode(packed["data"])[3:] == b"\xff\xff"
    assert json.dumps(pack.strip(np.zeros(3)))


def test_map_of_40_by_40_with_40_steps_is_within_the_budget():
    assert size(payload(scene(synthetic.translation(40, 40, details=False, encoder=False)))) <= 25_000
    full = payload(scene(synthetic.translation(40, 40)))
    assert size(full) <= BUDGET
    formula = next(p for p in full["panels"] if p["kind"] == "formula")
    left_out = [q["name"] for i, q in enumerate(formula["quantities"]) if q["name"] == "encoder states"]
    assert left_out and "strip" not in formula["steps"][0][0]


def test_what_was_left_out_comes_when_wanted_or_in_the_offline_file():
    made = scene(synthetic.translation(40, 40))
    for options in ({"wanted": frozenset({"values encoder states"})}, {"everything": True}):
        formula = next(p for p in payload(made, **options)["panels"] if p["kind"] == "formula")
        assert "strip" in formula["steps"][39][0]
    full = payload(made, everything=True)
    assert all("data" in item for site in full["sites"] for item in site["maps"])


def test_heads_travel_with_their_own_weights():
    trace = synthetic.translation()
    data = payload(scene(trace, layer=1, head=2), everything=True)
    site = next(s for s in data["sites"] if s["site"] == "encoder")
    assert site["maps"][site["shown"]]["name"] == "layer 2 · head 3"
    np.testing.assert_allclose(decoded(site["maps"][site["shown"]]), trace.attention("encoder").map(1, 2).ravel(), atol=8e-6)


def test_panels_of_a_site_share_its_weights():
    data = payload(scene(synthetic.translation()))
    assert len(data["sites"]) == 2
    links, heat = data["panels"][:2]
    assert links["site"] == heat["site"] == 0
    assert set(heat) == {"kind", "title", "wide", "site"}


def test_default_scene_follows_the_records():
    kinds = [panel.kind for panel in scene(synthetic.translation()).panels]
    assert kinds == ["links", "heatmap", "bars", "plot", "links", "heatmap", "formula"]
    assert [panel.kind for panel in scene(synthetic.patches()).panels] == ["places", "heatmap"]
    assert [panel.kind for panel in scene(synthetic.hull()).panels] == ["places", "heatmap", "links"]
    assert [panel.kind for panel in scene(synthetic.translation(), formula=False).panels][-1] == "heatmap"


def test_position_ids_link_source_and_target():
    panels = scene(synthetic.translation()).panels
    cross, encoder = panels[0], panels[4]
    assert isinstance(cross, Links) and (cross.weights.key, cross.weights.query) == (SOURCE, TARGET)
    assert isinstance(encoder, Links) and (encoder.weights.key, encoder.weights.query) == (SOURCE, SOURCE)
    formula = payload(scene(synthetic.translation()))["panels"][-1]
    assert formula["quantities"][2]["axes"][0]["id"] == SOURCE


def test_hypotheses_appear_with_their_step_and_bring_their_attention():
    trace = synthetic.translation()
    panel = scene(trace).panels[3]
    assert isinstance(panel, Plot)
    assert all(panel.reveal.edges[s] > s for s in range(3)) and panel.reveal.edges[0] < 1
    sent = payload(scene(trace))["panels"][3]["points"]
    np.testing.assert_allclose(decoded(sent["attention"]).reshape(9, -1)[sent["of"]][1:], trace.tree.attention[1:], atol=8e-6)
    assert sent["text"][8].startswith("I 'm Chinese\nlog p = -0.300 nats, total -1.800")


def test_scene_refuses_panels_of_another_length():
    panel = scene(synthetic.translation()).panels[0]
    with pytest.raises(InputError, match="has 13 steps but the scene has 2"):
        Scene("x", ("a", "b"), (panel,))
    with pytest.raises(InputError, match="at least one step"):
        Scene("x", (), ())
    with pytest.raises(InputError, match="has 3 steps"):
        Scene("x", ("a", "b"), (Plot("p", scene(synthetic.translation()).panels[3].figure, reveal=Reveal("x", (1.0, 2.0, 3.0))),))


def test_id_is_that_of_the_content():
    first, same, other = (payload(scene(synthetic.translation(*s)))["id"] for s in ((5, 5), (5, 5), (5, 6)))
    assert first == same != other


def test_tensor_of_changing_size_is_one_tensor_with_the_shape_of_the_step():
    def step(i):
        keys = numbered("token", i + 1, "t")
        return Step(i, f"s{i}", details=(Quantity("keys", "K", (keys, numbered("channel", 4)), np.ones((i + 1, 4))),))

    trace = Trace({}, "x", Axis("token", ("x",)), "", "token", (step(0), step(1)))
    panel = payload(scene(trace))["panels"][0]
    assert len(panel["quantities"]) == 1
    assert [entries[0]["shape"] for entries in panel["steps"]] == [[1, 4], [2, 4]]


def test_latex_becomes_mathml_and_nothing_else():
    assert mathml(r"\alpha_{ij}").startswith("<math") and "<msub>" in mathml(r"\alpha_{ij}")
    for hostile in (r"\begin{matrix} a", r"\text{<script>x</script>}", r"\text{<b}", r"\text{<svg xmlns='http://www.w3.org/2000/svg'/>}"):
        assert mathml(hostile) == ""


def test_words_follow_the_language_of_the_context():
    use(lambda message: f"«{message}»")
    try:
        data = payload(scene(synthetic.translation()))
    finally:
        use(None)
    assert data["words"]["save"] == "«Save»"
    assert isinstance(scene(synthetic.translation()).panels[1], Heat)
    assert payload(scene(synthetic.translation()))["words"]["save"] == "Save"
