"""The words of the field as plain Python: no frames, no SQL, no web."""
