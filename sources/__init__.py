"""Brings data in: what providers deliver becomes checked, pseudonymous core tables."""
