"""Electronic forms: until when they are asked for, sent back for correction, passed on."""

from alembic import op

from crosscheck.db.engine import add_missing_tables

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    add_missing_tables(op.get_bind())
