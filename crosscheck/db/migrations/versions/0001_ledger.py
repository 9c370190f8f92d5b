"""The ledger: all tables, and triggers that keep facts as they were written."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    add_missing_tables(op.get_bind())
