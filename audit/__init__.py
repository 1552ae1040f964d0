"""Looks back and never writes: comparison of models, drift."""
