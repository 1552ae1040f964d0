"""Answers to what households ask: a row of its own that names the request."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the column."""
    # SQLite adds a column together with its foreign key, and a foreign key alone never.
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE requests ADD COLUMN answers {kind} CONSTRAINT fk_requests_answers REFERENCES requests (id)"
    )
