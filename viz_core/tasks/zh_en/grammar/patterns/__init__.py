"""All patterns, by topic."""

from . import being, complements, doing, everyday, linking, long, more, numbers, phrases, places, questions, wanting

_TOPICS = (being, complements, doing, everyday, linking, long, more, numbers, phrases, places, questions, wanting)
PATTERNS = tuple(pattern for topic in _TOPICS for pattern in topic.PATTERNS)
