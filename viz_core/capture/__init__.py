"""Attention of any torch module: recorded at full speed, changed where it is made, exact maps on demand.

    with capture.record(AblateHead(layer=3, head=1)) as recording:
        model(**inputs)
    recording.calls[0].weights(heads=[0])  # f32[batch, head, query, key]
"""

from viz_core.capture.call import Call
from viz_core.capture.effect import Effect, compare
from viz_core.capture.errors import CaptureError
from viz_core.capture.recorder import Recording, record
from viz_core.layers.edits import AblateHead, BlockEdge, SetWeights, Temperature

__all__ = [
    "AblateHead",
    "BlockEdge",
    "Call",
    "CaptureError",
    "Effect",
    "Recording",
    "SetWeights",
    "Temperature",
    "compare",
    "record",
]
