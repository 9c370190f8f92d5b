"""Custody of packets: moves, and check points that were closed."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
