"""Functions that return their internals: no module state, nothing parked for a later call."""
