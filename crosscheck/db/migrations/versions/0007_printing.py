"""How packets were printed, and what of them was printed again."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
