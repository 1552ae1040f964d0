"""The front door: command line, settings, wiring, the weekly run."""
