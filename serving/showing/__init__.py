"""Presenters: what the store gives, turned into what a page shows, with every word ready."""
