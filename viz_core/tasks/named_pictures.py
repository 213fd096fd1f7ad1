"""Every picture that comes with the program has a name that can stand where a file's path could: `sample:`, `clothing:` or
`scene:`, and which one."""

from __future__ import annotations

from viz_core.inputs.picture import Picture
from viz_core.tasks.captions import samples as scenes
from viz_core.tasks.fashion_mnist import samples as clothing
from viz_core.tasks.sample_pictures import SAMPLE, sample

PREFIXES = (SAMPLE, clothing.CLOTHING, scenes.SCENE)


def named(name: str) -> Picture:
    """The picture of that name; a name without a prefix is a sample's. InputError for an unknown one."""
    if name.startswith(clothing.CLOTHING):
        return clothing.sample(name)
    if name.startswith(scenes.SCENE):
        return scenes.sample(name).picture
    return sample(name.removeprefix(SAMPLE))
