"""What schools gave for works themselves, before the cross-check."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
