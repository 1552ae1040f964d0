"""Dongs get other codes, and what was recorded in them goes along; a case knows whether anybody has tried since."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import CODE, needed

revision = "0010"
down_revision = "0009"

_ROLE = "sagak_app"
_HISTORY = ("contacts", "notes", "assignments", "handovers", "requests")


def upgrade() -> None:
    """Adds the table and the column; on PostgreSQL the service may write a new code on what was done, nothing else."""
    op.create_table(
        "renamed_dongs",
        sa.Column("former_code", CODE, nullable=False, primary_key=True),
        needed("code", CODE),
    )
    op.add_column("cases", sa.Column("is_tried", sa.Boolean, nullable=False, server_default=sa.false()))
    # Of a case with the hub nothing tells whether it was listed anew since: as it was shown until now.
    op.execute(
        "UPDATE cases SET is_tried = true WHERE status IN ('trying', 'in_touch', 'closed') "
        "OR (status = 'with_hub' AND last_contact_at IS NOT NULL)"
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _HISTORY:
        op.execute(f"GRANT UPDATE (dong_code) ON {table} TO {_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON renamed_dongs TO {_ROLE}")
