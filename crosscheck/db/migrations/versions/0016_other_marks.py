"""Marks from elsewhere: which files of them were taken in."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0016"
down_revision = "0011"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
