"""What people say of differences; appeals with panel and protocol; works that are marked again."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
