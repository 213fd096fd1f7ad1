"""Weights files: a round trip in half precision gives the same outputs."""

import torch

from tests.models.tiny import tiny
from viz_core.models import registry
from viz_core.models.recurrent_file import store


def test_round_trip():
    stepper = tiny("additive", parts=True)
    stepper.module.half().float()  # weights that half precision can hold
    tensors, metadata = store(stepper)
    again = registry.restore(metadata, tensors)
    source = ("我", "是", "中国人")
    one = stepper.predict(stepper.start([stepper.encode_units(source)]))
    two = again.predict(again.start([again.encode_units(source)]))
    assert torch.equal(one.log_probs, two.log_probs)
    assert again.labels == stepper.labels and again.reader == "chinese"
