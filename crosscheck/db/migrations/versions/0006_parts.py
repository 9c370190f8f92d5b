"""Parts of works: who marks which part, and under which number. Whatever a ledger holds already is of whole works."""

import sqlalchemy as sa
from alembic import op

from crosscheck import facts
from crosscheck.db.engine import guard_statements
from crosscheck.db.schema import TABLES

revision = "0006"
down_revision = "0005"

_CHANGED = (facts.Expert, facts.Number, facts.Assignment, facts.Reassignment, facts.PacketRow)


def upgrade() -> None:
    connection = op.get_bind()
    for kind in _CHANGED:
        table = TABLES[kind]
        there = [column["name"] for column in sa.inspect(connection).get_columns(table.name)]
        missing = [column for column in table.columns if column.name not in there]
        if not missing:
            continue  # a ledger made by this version
        if connection.dialect.name == "sqlite":
            _make_anew(connection, table, there)
        else:
            _alter(table, missing)


def _make_anew(connection: sa.Connection, table: sa.Table, columns: list[str]) -> None:
    """SQLite can't change what is unique in a table: the rows go into a new one, as they are."""
    for verb in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER {table.name}_no_{verb}")
    connection.exec_driver_sql(f'ALTER TABLE "{table.name}" RENAME TO "before_{table.name}"')
    table.create(connection)
    named = ", ".join(f'"{name}"' for name in columns)
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({named}) SELECT {named} FROM "before_{table.name}" ORDER BY seq'
    )
    connection.exec_driver_sql(f'DROP TABLE "before_{table.name}"')
    for statement in guard_statements("sqlite", [table.name]):
        connection.exec_driver_sql(statement)


def _alter(table: sa.Table, missing: list[sa.Column[object]]) -> None:
    for column in missing:
        op.add_column(table.name, sa.Column(column.name, column.type, nullable=False, server_default="0"))
    key = table.info["key"]
    if any(column.name in key for column in missing):
        op.drop_constraint(f"{table.name}_key", table.name)
        op.create_unique_constraint(f"{table.name}_key", table.name, list(key))
    for index in table.indexes:  # it was a constraint, which no marking was exempt from
        op.drop_constraint(str(index.name), table.name)
        index.create(op.get_bind())
