"""What was known about a household before a date, each quantity declared once."""
