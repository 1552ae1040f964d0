"""Pages: one module a family, each with its `router`."""
