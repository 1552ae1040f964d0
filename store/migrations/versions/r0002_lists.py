"""Rounds, lists and the households on them."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import CODE, ID, MOMENT, NAME, REF, WORD, needed

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "publications",
        sa.Column("id", ID, primary_key=True),
        needed("round", sa.String(8)),
        needed("as_of", sa.Date),
        needed("version", sa.String(64)),
        needed("origin", sa.Text),
        needed("state", WORD),
        needed("fence", ID),
        needed("staged_at", MOMENT),
        sa.UniqueConstraint("round", "version"),
    )
    op.create_table(
        "rounds",
        sa.Column("round", sa.String(8), primary_key=True),
        needed("as_of", sa.Date),
        needed("publication_id", ID, sa.ForeignKey("publications.id")),
        needed("published_at", MOMENT),
    )
    op.create_table("publishing_fence", sa.Column("id", sa.Integer, primary_key=True), sa.Column("fence", ID))
    op.create_table(
        "publication_dongs",
        needed("publication_id", ID, sa.ForeignKey("publications.id")),
        needed("dong_code", CODE),
        needed("sido", NAME),
        needed("sigungu", NAME),
        needed("name", NAME),
        needed("capacity", sa.Integer),
        needed("entries", sa.Integer),
        needed("digest", sa.String(64)),
        sa.PrimaryKeyConstraint("publication_id", "dong_code"),
    )
    op.create_table(
        "households",
        sa.Column("ref", REF, primary_key=True),
        sa.Column("household_id", WORD, nullable=False, unique=True),
        sa.Column("dong_code", CODE, nullable=False, index=True),
    )
    op.create_table(
        "entries",
        needed("publication_id", ID, sa.ForeignKey("publications.id")),
        needed("dong_code", CODE),
        needed("rank", sa.Integer),
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, index=True),
        needed("slot", WORD),
        needed("slot_sentence", sa.Text),
        needed("propensity", sa.Float),
        needed("raw_score", sa.Float),
        needed("probability", sa.Float),
        needed("band", WORD),
        needed("tied_with", sa.Integer),
        needed("household_type", WORD),
        needed("explanation", sa.Text),
        sa.PrimaryKeyConstraint("publication_id", "dong_code", "rank"),
        sa.UniqueConstraint("publication_id", "ref"),
    )
    op.create_table(
        "facts",
        needed("publication_id", ID, sa.ForeignKey("publications.id")),
        needed("ref", REF, sa.ForeignKey("households.ref")),
        needed("dong_code", CODE),
        needed("facts", sa.Text),
        sa.PrimaryKeyConstraint("publication_id", "ref"),
    )
    op.create_table(
        "people",
        sa.Column("ref", REF, sa.ForeignKey("households.ref"), nullable=False, primary_key=True),
        needed("dong_code", CODE),
        needed("name", NAME),
        needed("address", NAME),
        needed("phone", sa.Text),
    )
