"""Row sums on score sheets: what was read, and what people read."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
