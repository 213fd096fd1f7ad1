"""Ten kinds of clothing in grey pictures of 28 × 28 pixels (Fashion-MNIST, Xiao et al. 2017; MIT)."""

from viz_core.tasks.fashion_mnist.split import CLASSES, SIDE, Pictures, held_out, training, validation

__all__ = ["CLASSES", "SIDE", "Pictures", "held_out", "training", "validation"]
