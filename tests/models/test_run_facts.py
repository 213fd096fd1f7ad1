"""What a run tells of itself."""

from __future__ import annotations

import json

from viz_core.layers.edits import AblateHead
from viz_core.models.protocol import Identity
from viz_core.models.run_facts import run_facts


def test_facts_are_json_and_leave_out_what_there_is_not():
    found = run_facts(Identity("tiny", "vit", "abc"), seed=0, language="", alignment=None)
    assert list(found) == ["model", "family", "sha256", "seed", "versions"] and found["seed"] == 0
    assert json.loads(json.dumps(found)) == found and set(found["versions"]) == {"viz_core", "torch", "python"}


def test_edits_are_told_by_type_and_value():
    found = run_facts(Identity(), [AblateHead(1, 2)])["edits"]
    assert found[0]["type"] == "AblateHead" and (found[0]["layer"], found[0]["head"]) == (1, 2)
