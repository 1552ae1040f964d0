"""What was done for a household."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import CODE, ID, MOMENT, REF, WORD, needed

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "cases",
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, primary_key=True),
        sa.Column("dong_code", CODE, nullable=False, index=True),
        needed("version", sa.Integer),
        needed("status", WORD),
        sa.Column("worker_id", ID, sa.ForeignKey("users.id")),
        needed("attempts", sa.Integer),
        sa.Column("last_contact_at", MOMENT),
        sa.Column("outcome", WORD),
        sa.Column("next_on", sa.Date),
        needed("updated_at", MOMENT),
    )
    op.create_table(
        "contacts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("dong_code", CODE),
        needed("round", sa.String(8)),
        needed("method", WORD),
        needed("attempt", WORD),
        sa.Column("outcome", WORD),
        needed("note", sa.Text),
        sa.Column("next_on", sa.Date),
        needed("made_at", MOMENT),
        sa.Column("corrects", ID, sa.ForeignKey("contacts.id")),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
        sa.Index(None, "dong_code", "round"),
    )
    op.create_table(
        "notes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("dong_code", CODE),
        needed("note", sa.Text),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
    )
    op.create_table(
        "assignments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("dong_code", CODE),
        sa.Column("worker_id", ID, sa.ForeignKey("users.id")),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
    )
    op.create_table(
        "handovers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("dong_code", CODE),
        needed("step", WORD),
        needed("reason", sa.Text),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
    )
    op.create_table(
        "requests",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("dong_code", CODE),
        needed("kind", WORD),
        needed("made_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        needed("note", sa.Text),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
    )
    op.create_table(
        "capacities",
        sa.Column("id", ID, primary_key=True),
        sa.Column("dong_code", CODE, nullable=False, index=True),
        needed("from_round", sa.String(8)),
        needed("capacity", sa.Integer),
        needed("reason", sa.Text),
        needed("by_user", ID, sa.ForeignKey("users.id")),
        needed("at", MOMENT),
    )
