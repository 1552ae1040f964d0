"""The trail and the seals over it."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import ID, MOMENT, WORD, needed

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "trail",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
        needed("actor", sa.String(64)),
        needed("origin", sa.String(64)),
        needed("act", WORD),
        needed("subjects", sa.Text),
        needed("detail", sa.Text),
        needed("mac", sa.String(64)),
        sa.Column("written_in", sa.BigInteger),
        sa.Index(None, "actor", "at"),
        sa.Index(None, "act", "at"),
        sa.Index(None, "written_in"),
    )
    op.create_table(
        "trail_seals",
        sa.Column("position", ID, primary_key=True, autoincrement=False),
        sa.Column("trail_id", ID, nullable=False, unique=True),
        needed("mac", sa.String(64)),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Says which transaction wrote a line, so that sealing passes over none that still runs.
        op.execute("ALTER TABLE trail ALTER COLUMN written_in SET DEFAULT pg_current_xact_id()::text::bigint")
