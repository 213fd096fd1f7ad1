"""All patterns, by topic."""

from . import being, complements, doing, linking, numbers, places, wanting

PATTERNS = tuple(pattern for topic in (being, complements, doing, linking, numbers, places, wanting) for pattern in topic.PATTERNS)
