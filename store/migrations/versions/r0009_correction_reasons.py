"""Why an attempt was put right stands in a column of its own; it was the last line of the note, behind a "※"."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MARK = "※ "


def upgrade() -> None:
    """Adds the column and moves the reasons there that stand in notes."""
    op.add_column("contacts", sa.Column("reason", sa.Text()))
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT id, note FROM contacts WHERE corrects IS NOT NULL")).all()
    for number, text in rows:
        note, _, last = text.rpartition("\n")
        if last.startswith(_MARK):
            moved = {"of": number, "note": note, "reason": last.removeprefix(_MARK)}
            bind.execute(sa.text("UPDATE contacts SET note = :note, reason = :reason WHERE id = :of"), moved)
