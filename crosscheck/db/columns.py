"""Columns and checks that tables of the ledger are made of; `crosscheck.db.schema` is where the tables are."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

# 64 bits in every database; in SQLite only INTEGER counts up by itself.
TEXT, INT, BYTES = sa.Text, sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.LargeBinary


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def fact(name: str, key: tuple[str, ...], *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table of facts: its own columns between the database's counter and who, when and where."""
    return sa.Table(
        name,
        METADATA,
        sa.Column("seq", INT, primary_key=True, autoincrement=True),
        *columns,
        sa.Column("station", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.UniqueConstraint(*key, name=f"{name}_key"),
        info={"key": key},
    )


def text(name: str) -> sa.Column[object]:
    """Text, never missing."""
    return sa.Column(name, TEXT, nullable=False)


def whole(name: str) -> sa.Column[object]:
    """A whole number, never missing."""
    return sa.Column(name, INT, nullable=False)


def maybe_whole(name: str) -> sa.Column[object]:
    """A whole number that may be missing."""
    return sa.Column(name, INT, nullable=True)


def raw(name: str) -> sa.Column[object]:
    """Bytes, never missing."""
    return sa.Column(name, BYTES, nullable=False)
