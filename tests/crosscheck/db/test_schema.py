"""Tables and facts are the same thing said twice: these tests hold the two together."""

from __future__ import annotations

import dataclasses
from typing import get_type_hints

import pytest
import sqlalchemy as sa

from crosscheck.db.columns import METADATA
from crosscheck.db.schema import APPEND_ONLY, TABLES
from crosscheck.facts import Fact
from tests.crosscheck.db.samples import KINDS

OF_THE_LEDGER = ("station", "who", "at")
CHANGEABLE = {"record_key", "lease"}
_TYPES: dict[object, tuple[str, bool]] = {
    int: ("integer", False),
    str: ("text", False),
    bytes: ("bytes", False),
    int | None: ("integer", True),
}


def _word(column: sa.Column[object]) -> str:
    if isinstance(column.type, sa.Integer):
        return "integer"
    return "bytes" if isinstance(column.type, sa.LargeBinary) else "text"


def test_every_kind_of_fact_has_a_table() -> None:
    """The union of facts and the tables name the same kinds, each table once."""
    assert set(KINDS) == set(TABLES)
    assert len({table.name for table in TABLES.values()}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_columns_are_the_fields_in_their_order(kind: type[Fact]) -> None:
    """Rows become facts by position: names, order, types and what may be missing agree."""
    columns = list(TABLES[kind].columns)
    fields = [field.name for field in dataclasses.fields(kind)]
    assert [column.name for column in columns] == ["seq", *fields, *OF_THE_LEDGER]
    hints = get_type_hints(kind)
    told = {column.name: (_word(column), bool(column.nullable)) for column in columns[1:-3]}
    assert told == {name: _TYPES[hints[name]] for name in fields}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_key_is_made_of_fields(kind: type[Fact]) -> None:
    """A fact's key is unique in the database, and none of its parts may be missing."""
    table = TABLES[kind]
    key = table.info["key"]
    assert set(key) <= {field.name for field in dataclasses.fields(kind)}
    assert not any(table.c[name].nullable for name in key)
    uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    assert tuple(key) in {tuple(column.name for column in unique.columns) for unique in uniques}


def test_only_keys_and_leases_may_change() -> None:
    """Every other table is guarded; a new table is guarded too unless this test is changed."""
    assert set(METADATA.tables) - {table.name for table in APPEND_ONLY} == CHANGEABLE
