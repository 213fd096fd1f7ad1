"""The What-if page: edits by link and by button, what they did in one sentence, and what cannot be used."""

from __future__ import annotations

import pytest
from tests.pages.test_alignment import control, link, messages, shown

from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature

MODEL = {"model": "g2p-lstm-general", "text": "cat"}


def edits(app) -> tuple:
    return app.session_state["edits"]


def button(app, key: str):
    return next(b for b in app.button if b.key == key)


def test_the_default_has_run(page):
    app = page("what_if")
    assert not app.exception and not app.error
    assert edits(app) == (AblateHead(0, 0, "uniform", "cross"),)
    assert "With equal weights in attention to the source, the model" in shown(app)
    assert link(app) == {}


def test_a_link_opens_its_edits(page):
    app = page("what_if", **MODEL, edits="edge.cross.0.0.1.2~temp.cross._._.50", tool="temperature")
    assert not app.exception and not app.error
    assert edits(app) == (BlockEdge(1, 2, 0, 0, "cross"), Temperature(0.5, site="cross"))
    assert "With these 2 changes" in shown(app)
    labels = [b.label for b in app.button if str(b.key).startswith("unedit")]
    assert len(labels) == 3 and "cannot see t (3)" in labels[0] and "temperature 0.5" in labels[1]


def test_changes_are_taken_back_one_by_one_and_all_at_once(page):
    both = "edge.cross.0.0.1.2~off.cross.0.0.uniform"
    app = page("what_if", **MODEL, edits=both)
    button(app, "unedit 0").click().run()
    assert edits(app) == (AblateHead(0, 0, "uniform", "cross"),)
    app = page("what_if", **MODEL, edits=both, force="_.4")
    button(app, "unedit all").click().run()
    assert edits(app) == () and not any(app.session_state["force"])
    assert link(app)["edits"] == "none" and "force" not in link(app)
    assert "Nothing is changed yet" in shown(app)


def test_nothing_changed_is_a_view_that_a_link_opens(page):
    app = page("what_if", **MODEL, edits="none")
    assert not app.error and edits(app) == ()
    assert "Before" in shown(app) and "After" in shown(app)


def test_a_head_is_taken_out_and_put_back(page):
    app = page("what_if", **MODEL, edits="none")
    button(app, "take out").click().run()
    assert edits(app) == (AblateHead(0, 0, "zero", "cross"),) and link(app)["edits"] == "off.cross.0.0.zero"
    assert button(app, "take out").label == "Put this head back"
    assert "Without attention to the source" in shown(app)
    button(app, "take out").click().run()
    assert edits(app) == ()


def test_another_way_of_taking_out_replaces_the_first(page):
    app = page("what_if", **MODEL, edits="off.cross.0.0.zero", how="uniform")
    button(app, "take out").click().run()
    assert edits(app) == (AblateHead(0, 0, "uniform", "cross"),)


def test_an_edge_is_blocked(page):
    app = page("what_if", **MODEL, edits="none", tool="edge")
    control(app, "edge key").set_value(1).run()
    button(app, "block").click().run()
    assert edits(app) == (BlockEdge(0, 1, 0, 0, "cross"),)
    assert "cannot see a" in shown(app)


def test_weights_of_a_row_are_set_as_they_stand(page):
    app = page("what_if", **MODEL, edits="none", tool="row")
    assert any("They sum to 1.0" in c.value or "They sum to 0.99" in c.value for c in app.caption)
    button(app, "set row").click().run()
    [edit] = edits(app)
    assert isinstance(edit, SetWeights) and len(edit.weights) == 3 and sum(edit.weights) == pytest.approx(1)
    assert not app.error and "With other weights for" in shown(app)


def test_a_temperature_is_set_and_replaced(page):
    app = page("what_if", **MODEL, edits="none", tool="temperature")
    button(app, "heat").click().run()
    assert edits(app) == (Temperature(2.0, 0, 0, "cross"),)
    control(app, "attention temperature").set_value(0.5).run()
    button(app, "heat").click().run()
    assert edits(app) == (Temperature(0.5, 0, 0, "cross"),)


def test_a_token_is_forced_and_let_go(page):
    app = page("what_if", **MODEL, edits="none", tool="token")
    button(app, "force token").click().run()
    assert len(app.session_state["force"]) == 1 and "forced at step 1, the model says" in shown(app)
    next(b for b in app.button if str(b.key).startswith("unforce")).click().run()
    assert not app.session_state["force"]


@pytest.mark.parametrize(("query", "said"), [
    ({"edits": "off.cross.0.7.zero"}, "head 7, but there are only 1"),
    ({"edits": "off.encoder.0.0.zero"}, "attends at: cross"),
    ({"edits": "nonsense"}, "the edit 'nonsense' cannot be read"),
    ({"edits": "edge.cross._._.0.0~edge.cross._._.0.1~edge.cross._._.0.2"}, "no key left"),
    ({"edits": "row.cross.0.0.0.2.0-10000"}, "2 weights but the row has 3 keys"),
    ({"force": "99999"}, "output id 99999"),
    ({"tool": "hammer"}, "kind of change 'hammer'"),
    ({"text": "c4t"}, "has '4'"),
    ({"text": " "}, "empty"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_and_nothing_is_lost(page, query, said):
    app = page("what_if", **{**MODEL, **query})
    assert not app.exception
    assert len(app.error) == 1 and said.lower() in messages(app)[0].lower()
    if "text" not in query:
        assert "Change something" in [s.value for s in app.subheader], "the page stays usable"
    if query.get("edits", "").startswith(("off", "edge", "row")):
        assert any(str(b.key).startswith("unedit") for b in app.button), "what is wrong can be taken back"


def test_edits_do_not_follow_to_another_model(page):
    app = page("what_if", **MODEL, edits="edge.cross.0.0.1.2")
    control(app, "model").set_value("zh-en-lstm-additive").run()
    assert not app.exception and not app.error
    assert edits(app) == (AblateHead(0, 0, "uniform", "cross"),)


def test_a_model_without_attention_says_so(page):
    app = page("what_if", model="g2p-lstm-none", text="cat")
    assert not app.exception and any("has no attention" in info.value for info in app.info)
