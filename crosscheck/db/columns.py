"""Columns and keys that tables of the ledger are made of."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

# 64 bits in every database; in SQLite only INTEGER counts up by itself.
TEXT, WHOLE, BYTES = sa.Text, sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.LargeBinary


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """Only these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def fact(name: str, key: tuple[str, ...], *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table of facts. `later` of it: columns that earlier versions didn't have, each with what stands in rows made
    before."""
    later = {c.name: c.info["later"] for c in columns if isinstance(c, sa.Column) and "later" in c.info}
    return sa.Table(
        name,
        METADATA,
        sa.Column("seq", WHOLE, primary_key=True, autoincrement=True),
        *columns,
        sa.Column("station", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.UniqueConstraint(*key, name=f"{name}_key"),
        info={"key": key, "later": later},
    )


def text(name: str) -> sa.Column[object]:
    """A text."""
    return sa.Column(name, TEXT, nullable=False)


def whole(name: str) -> sa.Column[object]:
    """A whole number."""
    return sa.Column(name, WHOLE, nullable=False)


def later_whole(name: str) -> sa.Column[object]:
    """A whole number that earlier versions didn't have: 0 in rows made before."""
    return sa.Column(name, WHOLE, nullable=False, server_default="0", info={"later": 0})


def maybe_whole(name: str) -> sa.Column[object]:
    """A whole number, or none."""
    return sa.Column(name, WHOLE, nullable=True)


def binary(name: str) -> sa.Column[object]:
    """Bytes."""
    return sa.Column(name, BYTES, nullable=False)
