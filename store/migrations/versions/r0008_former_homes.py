"""Where a household lived before: told to the dong that sees it now."""

import sqlalchemy as sa
from alembic import op

from store.migrations.columns import CODE, ID, MOMENT, NAME, REF, needed

revision = "0008"
down_revision = "0007"

# As in revision 0005, of which this is one more table.
_WITHIN = (
    "coalesce((SELECT string_to_array(current_setting('app.areas', true), ',')) "
    "&& ARRAY['*', dong_code::text, left(dong_code, 5)], false)"
)


def upgrade() -> None:
    """Adds the table, its policy and its grants."""
    op.create_table(
        "former_homes",
        needed("ref", REF, sa.ForeignKey("households.ref")),
        needed("dong_code", CODE),
        needed("former_dong", CODE),
        needed("former_name", NAME),
        sa.Column("worker_id", ID, sa.ForeignKey("users.id")),
        sa.Column("last_contact_at", MOMENT),
        needed("left_at", MOMENT),
        sa.PrimaryKeyConstraint("ref", "former_dong"),
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE former_homes ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE former_homes FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY former_homes_areas ON former_homes USING ({_WITHIN}) WITH CHECK ({_WITHIN})")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON former_homes TO sagak_app")
