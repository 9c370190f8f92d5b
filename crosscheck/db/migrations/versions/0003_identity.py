"""Who is who: the table of decisions on which codes of experts stand for one person."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
