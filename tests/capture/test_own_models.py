"""Our own models under a recording: the same rows as their steppers give."""

import torch

from viz_core.capture import AblateHead, record
from viz_core.layers.attention import attend


def test_our_attention_layer_is_seen_and_edited():
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 1, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    visible = torch.tensor([[[True] * 5], [[True] * 3 + [False] * 2]])
    with record() as recording:
        output, weights = attend(q, k, v, visible)
    [call] = recording.calls
    torch.testing.assert_close(call.weights()[:, 0], weights)
    with record(AblateHead(0, 0, "uniform", site="cross")):
        output, _ = attend(q, k, v, visible)
    torch.testing.assert_close(output[1, 0], v[1, :3].mean(dim=0))
