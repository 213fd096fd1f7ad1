"""What a map means: alignments drawn from it, maps over the input, and whether to trust them."""
