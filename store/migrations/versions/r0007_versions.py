"""Whether anything changed in a dong is asked at every look at its list: from the index alone."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the version to the index of cases by dong."""
    op.execute("CREATE INDEX ix_cases_dong_code_version ON cases (dong_code, version)")
    op.execute("DROP INDEX ix_cases_dong_code")
