"""`serve.py` with a tiny vision model in place of the real one, for tiny captioning models."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser import serve
from tests.pages import caption_zoo
from viz_core.zoo.packaged import captions

if __name__ == "__main__":
    tiny = caption_zoo.vision()
    captions.vision = lambda name, device: tiny  # type: ignore[assignment]
    serve.main(*sys.argv[1:])
