"""What the standardisation meeting decided, and what organisers enter on the day."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
