"""Applies a bundle: score, calibration, reasons, baselines, metrics."""
