"""Pictures of everyday things with their names: emoji, clip art and the captioned stamps of a children's drawing program."""

from viz_core.tasks.everyday_pictures.labels import CLASSES
from viz_core.tasks.everyday_pictures.sources import Item
from viz_core.tasks.everyday_pictures.split import PARTS, known, others, unknown

__all__ = ["CLASSES", "PARTS", "Item", "known", "others", "unknown"]
