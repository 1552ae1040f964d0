"""Files to take along: what a document shows, and one writer for each format that offices open."""
