"""Trained models with their cards: `names()`, `card(name)`, `load(name, device)`."""

from viz_core.zoo.cards import Card, card, names
from viz_core.zoo.device import pick_device
from viz_core.zoo.loading import load

__all__ = ["Card", "card", "load", "names", "pick_device"]
