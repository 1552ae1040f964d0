"""The schema's history, forward only: each revision stands as it was released and knows nothing of today's tables."""
