"""Choosing outputs: greedy, sampling, beam search, teacher forcing, over any stepper."""
