"""PostgreSQL: whose rows a transaction may see, and what the service's role may do. SQLite has neither.

Row-level security is forced, because without FORCE a table's owner passes it by; the policy is of every role and both
directions. A setting that was never made, or ended with its transaction (then it is ``''``), shows nothing.

What was done is only ever added: on those tables, and on the trail, the service's role may neither update nor delete.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

_ROLE = "sagak_app"
_NARROWED = ("households", "entries", "facts", "people", "cases", "contacts", "notes", "assignments", "handovers",
             "requests")  # fmt: skip
_CHANGED = ("publications", "rounds", "publishing_fence", "publication_dongs", "households", "entries", "facts",
            "people", "cases", "idempotency", "users", "sessions")  # fmt: skip
_ADDED = ("contacts", "notes", "assignments", "handovers", "requests", "capacities", "grants", "trail_seals")
# An area is everywhere, a dong's ten digits or a district's five: domain/people.py. The setting is read once a query.
_WITHIN = (
    "coalesce((SELECT string_to_array(current_setting('app.areas', true), ',')) "
    "&& ARRAY['*', dong_code::text, left(dong_code, 5)], false)"
)


def upgrade() -> None:
    """Adds the policies and the grants."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _NARROWED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_areas ON {table} USING ({_WITHIN}) WITH CHECK ({_WITHIN})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(_CHANGED)} TO {_ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(_ADDED)} TO {_ROLE}")
    # A right ends by its date; what it was stays.
    op.execute(f"GRANT UPDATE (valid_to) ON grants TO {_ROLE}")
    # The transaction of a line is PostgreSQL's to say.
    op.execute(f"GRANT SELECT, INSERT (id, at, actor, origin, act, subjects, detail, mac) ON trail TO {_ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {_ROLE}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {_ROLE}")
