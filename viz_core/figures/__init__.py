"""Figures: pure functions `Trace → plotly.graph_objects.Figure`, and the scene that the player steps through.

`heatmap`, `links`, `candidates`, `tree`, `quantity` are static figures (notebooks, reports); `scene` chooses the panels
of the interactive player for any trace; `export.html` writes that player into one offline file.
"""

from viz_core.figures import export
from viz_core.figures.candidates import candidates
from viz_core.figures.heatmap import heatmap
from viz_core.figures.links import links
from viz_core.figures.panels import Bars, ContactSheet, Formula, Heat, Links, Places, Plot, Points, Reveal, Scene, Weights
from viz_core.figures.picture_uri import picture_uri
from viz_core.figures.quantity import quantity
from viz_core.figures.scene import scene
from viz_core.figures.tree import tree

__all__ = [
    "Bars", "ContactSheet", "Formula", "Heat", "Links", "Places", "Plot", "Points", "Reveal", "Scene", "Weights",
    "candidates", "export", "heatmap", "links", "picture_uri", "quantity", "scene", "tree",
]
