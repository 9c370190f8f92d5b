"""The scanning station: tables of batches that are closed, of covers and of codes keyed by people."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
