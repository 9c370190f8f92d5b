"""Electronic forms of schools: which were made, which came back, what they state."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
