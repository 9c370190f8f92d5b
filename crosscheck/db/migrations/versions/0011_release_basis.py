"""By which version of the procedure results were released."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
