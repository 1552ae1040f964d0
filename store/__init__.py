"""The only room that speaks SQL: lists, cases, people with rights, and the append-only trail."""
