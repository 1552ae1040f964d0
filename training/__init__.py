"""Makes candidate bundles: cohort, labels, splits, fit, compare, card."""
