"""What people say of scores, blind of each other; scores that were taken back; audits of what was read."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
