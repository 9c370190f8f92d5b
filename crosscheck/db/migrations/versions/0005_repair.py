"""Check day: what was taken back from an expert and given to another one, and who is there."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
