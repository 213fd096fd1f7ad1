"""Data and metric of each model trained here: seeded generators and loaders, with fixed held-out sets."""
