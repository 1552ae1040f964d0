"""What machines ask for and send, under /api/v1: bearer tokens, JSON, problem+json."""
