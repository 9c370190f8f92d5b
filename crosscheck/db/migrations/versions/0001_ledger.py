"""The ledger as it was first released: all tables, and triggers that keep facts as they were written."""

from alembic import op

from crosscheck.db.engine import guard_statements
from crosscheck.db.schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    METADATA.create_all(connection)
    for statement in guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement)
