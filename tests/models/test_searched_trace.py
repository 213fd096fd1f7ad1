import dataclasses

import numpy as np

import viz_core as vc
from tests.decoding.table_stepper import random_table
from viz_core.decoding import Beam, beam_search
from viz_core.models.searched_trace import searched
from viz_core.trace import Axis, Trace


def test_the_tree_is_made_once_at_the_first_look():
    stepper, calls = random_table(1, 5, limit=4, sharpness=1.0), []
    tree = beam_search(stepper, [stepper.encode("a b")], Beam(width=2))[0].tree
    plain = Trace({}, "a b", Axis("token", ("a", "b")), "", "token", ())
    found = searched(plain, lambda: calls.append(1) or tree)
    assert not calls and (found.source, found.steps, plain.tree) == ("a b", (), None)
    assert found.tree is tree and found.tree is tree and calls == [1]
    assert dataclasses.replace(found, notes=("x",)).tree is tree
    assert dataclasses.replace(found, tree=None).tree is None


def test_a_run_encodes_its_source_once_and_has_the_tree_of_its_search():
    stepper, starts = random_table(1, 5, limit=4, sharpness=1.0), []
    start = stepper.start
    stepper.start = lambda sources: starts.append(1) or start(sources)
    trace = vc.run(stepper, "a b", Beam(width=2))
    tree = beam_search(stepper, [stepper.encode("a b")], Beam(width=2))[0].tree
    assert trace.tree.token == tree.token and trace.tree.reason == tree.reason and np.array_equal(trace.tree.total, tree.total)
    assert len(starts) == 2, "one of the run, one of the search beside it"
