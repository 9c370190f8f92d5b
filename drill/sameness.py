"""Whether two stations ended in the same state: facts, keys, pictures, what was printed; not when or in which order."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.schema import TABLES
from crosscheck.station import open_station

# What differs between two runs that ended in the same state.
_CHANGING = frozenset({"seq", "station", "who", "at", "ciphertext", "nonce"})
_FOLDERS = ("blobs", "out", "keys")
State = Mapping[str, int]


def state(home: Path) -> State:
    """All that a station holds, as lines with how often they stand there. What a killed process left under a temporary
    name, and how often the vault was opened, is no part of it."""
    return Counter([*_facts(home), *_wrapped_keys(home), *_files(home)])


def differences(one: State, other: State) -> list[str]:
    """Lines that stand more often in one of the two."""
    return sorted([*(f"+ {line}" for line in Counter(one) - Counter(other))]) + sorted(
        f"- {line}" for line in Counter(other) - Counter(one)
    )


def _facts(home: Path) -> Iterator[str]:
    with open_station(home, "drill", os.environ).ledger.reading() as connection:
        for kind, table in TABLES.items():
            if kind is not facts.Opening:
                for row in queries.signed_rows(connection, kind):
                    yield f"{table.name} {sorted((k, v) for k, v in row.items() if k not in _CHANGING)!r}"


def _wrapped_keys(home: Path) -> Iterator[str]:
    """Who can open which record: the wrapped keys themselves are different every time."""
    with contextlib.closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        for record, holder in ledger.execute("SELECT record, holder FROM record_key"):
            yield f"key of {record} for {holder}"


def _files(home: Path) -> Iterator[str]:
    for folder in _FOLDERS:
        for path in (home / folder).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                # A working key is new in every run.
                said = "" if "working" in path.parts else hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"file {path.relative_to(home).as_posix()} {said}"
