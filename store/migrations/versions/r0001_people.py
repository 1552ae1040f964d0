"""People who work with Sagak, their rights and their sessions."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import CODE, ID, MOMENT, NAME, WORD, needed

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        needed("name", NAME),
        sa.Column("password_hash", sa.Text),
        sa.Column("subject", sa.Text, unique=True),
        needed("is_active", sa.Boolean),
        needed("must_change_password", sa.Boolean),
        needed("failures", sa.Integer),
        sa.Column("locked_until", MOMENT),
        needed("created_at", MOMENT),
    )
    op.create_table(
        "grants",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False, index=True),
        needed("role", WORD),
        needed("area", CODE),
        needed("valid_from", MOMENT),
        sa.Column("valid_to", MOMENT),
        needed("granted_by", sa.Text),
        needed("reason", sa.Text),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(64), primary_key=True),
        needed("kind", WORD),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False, index=True),
        needed("csrf", sa.String(64)),
        needed("created_at", MOMENT),
        needed("seen_at", MOMENT),
        needed("expires_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        needed("origin", sa.String(64)),
    )
    op.create_table(
        "idempotency",
        needed("user_id", ID, sa.ForeignKey("users.id")),
        needed("key", sa.String(64)),
        needed("body_digest", sa.String(64)),
        needed("status", sa.Integer),
        needed("answer", sa.Text),
        needed("at", MOMENT),
        sa.PrimaryKeyConstraint("user_id", "key"),
    )
