"""The only INSERTs: facts are appended, chained per station, and never changed."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

import sqlalchemy as sa

from crosscheck.db.engine import for_writing, reachable
from crosscheck.db.errors import DiffersFromRecorded, LedgerAltered
from crosscheck.db.keeping import CHAIN, CHECKPOINT, RECORD_KEY
from crosscheck.db.schema import TABLES
from crosscheck.facts import Fact

GENESIS = "0" * 64
CHECKPOINT_EVERY = 1024
_AT_ONCE = 2000  # facts held in memory while their keys are looked up
_MOST_NAMED = 500  # values in one statement; SQLite's own limit may be as low as 999
Clock = Callable[[], str]
Row = dict[str, object]
Key = tuple[object, ...]
_Keyed = tuple[sa.Table, Key, Row]
_NAMES: Mapping[type[object], tuple[str, ...]] = MappingProxyType(
    {kind: tuple(field.name for field in dataclasses.fields(kind)) for kind in TABLES}  # type: ignore[arg-type]
)


def utc_now() -> str:
    """ISO 8601, UTC, to the millisecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def fields_of(fact: Fact) -> Row:
    """The columns of a fact by name."""
    return {name: getattr(fact, name) for name in _NAMES[type(fact)]}


def row_hash(table: sa.Table, row: Row) -> str:
    """SHA-256 of one stored row: table, all columns but the database's own counter.

    A column that came later counts only where it says something, so that rows made before it keep their hashes.
    """
    plain = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in row.items()
        if not _unsaid(table, name, value)
    }
    return hashlib.sha256(json.dumps([table.name, plain], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _unsaid(table: sa.Table, name: str, value: object) -> bool:
    later: Mapping[str, object] = table.info.get("later", {})
    return name in later and value == later[name]


def key_text(table: sa.Table, row: Row) -> str:
    """A fact's key as the chain names it."""
    named = [row[name] for name in table.info["key"] if not _unsaid(table, name, row[name])]
    return json.dumps(named, ensure_ascii=False)


def chained(previous: str, row: str) -> str:
    """The next link of a chain."""
    return hashlib.sha256(f"{previous}{row}".encode("ascii")).hexdigest()


def merkle_root(leaves: list[str]) -> str:
    """Root of a binary hash tree over `leaves` (hex digests); an odd one is carried up unchanged."""
    level = leaves or [GENESIS]
    while len(level) > 1:
        paired = [chained(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


class _Link(NamedTuple):
    """What the chain says of a fact."""

    fact: str
    key: str
    row_hash: str


def _key_of(table: sa.Table, values: Row) -> Key:
    return tuple(values[name] for name in table.info["key"])


def _keyed(fact: Fact) -> _Keyed:
    table, values = TABLES[type(fact)], fields_of(fact)
    return table, _key_of(table, values), values


def _standing_under(table: sa.Table, keys: Sequence[Key]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that together hold for the rows with one of these keys."""
    columns = [table.c[name] for name in table.info["key"]]
    if len(keys) == 1:  # the plainest question is also the quickest
        yield sa.and_(*(column == part for column, part in zip(columns, keys[0], strict=True)))
        return
    # By the first column alone: SQLite answers `(a, b) IN (...)` by reading the whole table.
    yield from _one_of(columns[0], (key[0] for key in keys))


def _one_of(column: sa.Column[object], values: Iterable[object]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that together hold for the rows with one of these values; none names more than a database takes."""
    wanted = iter(dict.fromkeys(values))
    yield from (column.in_(some) for some in iter(lambda: list(islice(wanted, _MOST_NAMED)), []))


def _stretch(connection: sa.Connection, station: str, position: int) -> list[str]:
    """The links that a checkpoint at `position` stands for."""
    links = connection.execute(
        sa.select(CHAIN.c.hash)
        .where(
            CHAIN.c.station == station,
            CHAIN.c.position > position - CHECKPOINT_EVERY,
            CHAIN.c.position <= position,
        )
        .order_by(CHAIN.c.position)
    )
    return list(links.scalars())


class Writer:
    """One write transaction. Everything appended in it is committed together or not at all."""

    def __init__(self, connection: sa.Connection, station: str, who: str, clock: Clock) -> None:
        self.connection = connection
        self._station, self._who, self._clock = station, who, clock
        # Read once: this transaction holds the write lock, so nobody else can make the chain longer.
        self._end: tuple[int, str] | None = None

    def append(self, fact: Fact) -> bool:
        """Add a fact. False when the very same fact stands already; raises DiffersFromRecorded when
        another one stands under its key."""
        return self._append_some([fact]) == 1

    def append_all(self, facts: Iterable[Fact]) -> int:
        """Add facts in the order given, as if each were appended by itself but many times faster; how many of them
        were new. Raises DiffersFromRecorded."""
        coming = iter(facts)
        return sum(self._append_some(some) for some in iter(lambda: list(islice(coming, _AT_ONCE)), []))

    def _append_some(self, facts: Sequence[Fact]) -> int:
        some = [_keyed(fact) for fact in facts]
        standing = self._standing(some)
        signed = {"station": self._station, "who": self._who, "at": self._clock()}
        rows: dict[sa.Table, list[Row]] = {}
        links: list[_Link] = []
        for table, key, values in some:
            if (known := standing.setdefault((table.name, key), values)) is values:
                row = {**values, **signed}
                rows.setdefault(table, []).append(row)
                links.append(_Link(table.name, key_text(table, row), row_hash(table, row)))
            elif any(known[name] != value for name, value in values.items()):
                raise DiffersFromRecorded(fact=table.name, key=", ".join(str(part) for part in key))
        for table, fresh in rows.items():
            self.connection.execute(table.insert(), fresh)
        self._link(links)
        return len(links)

    def _standing(self, some: Sequence[_Keyed]) -> dict[tuple[str, Key], Row]:
        """What stands under the keys of some facts (and perhaps under others), by table and key."""
        wanted: dict[sa.Table, list[Key]] = {}
        for table, key, _values in some:
            wanted.setdefault(table, []).append(key)
        return {
            (table.name, _key_of(table, row)): row
            for table, keys in wanted.items()
            for where in _standing_under(table, keys)
            for row in map(dict, self.connection.execute(sa.select(table).where(where)).mappings())
        }

    def _link(self, links: Sequence[_Link]) -> None:
        if not links:
            return
        start, last = self._end or self._read_end()
        made = []
        for position, link in enumerate(links, start + 1):
            last = chained(last, link.row_hash)
            made.append({"station": self._station, "position": position, **link._asdict(), "hash": last})
        self.connection.execute(CHAIN.insert(), made)
        self._end = start + len(made), last
        first = start // CHECKPOINT_EVERY + 1
        for number in range(first, (start + len(made)) // CHECKPOINT_EVERY + 1):
            self._checkpoint(number * CHECKPOINT_EVERY)

    def _read_end(self) -> tuple[int, str]:
        last = self.connection.execute(
            sa.select(CHAIN.c.position, CHAIN.c.hash)
            .where(CHAIN.c.station == self._station)
            .order_by(CHAIN.c.position.desc())
            .limit(1)
        ).first()
        return (last.position, last.hash) if last is not None else (0, GENESIS)

    def _checkpoint(self, position: int) -> None:
        root = merkle_root(_stretch(self.connection, self._station, position))
        self.connection.execute(CHECKPOINT.insert().values(station=self._station, position=position, root=root))

    def add_key(self, record: str, holder: str, wrapped: bytes) -> None:
        """Keep a wrapped key of a sealed record."""
        self.add_keys([(record, holder, wrapped)])

    def add_keys(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep wrapped keys of sealed records: record, holder, wrapped key. Where one is kept already, it stays."""
        coming = iter(rows)
        for some in iter(lambda: list(islice(coming, _AT_ONCE)), []):
            fresh = {(record, holder): wrapped for record, holder, wrapped in reversed(some)}
            for where in _one_of(RECORD_KEY.c.record, (record for record, _holder in fresh)):
                for kept in self.connection.execute(sa.select(RECORD_KEY.c.record, RECORD_KEY.c.holder).where(where)):
                    fresh.pop((kept.record, kept.holder), None)
            if fresh:
                made = [{"record": r, "holder": h, "wrapped": wrapped} for (r, h), wrapped in reversed(fresh.items())]
                self.connection.execute(RECORD_KEY.insert(), made)

    def erase_keys(self, records: Iterable[str], holder: str | None = None) -> int:
        """Destroy the keys of sealed records (of one holder only, when named); how many went."""
        of_holder = [RECORD_KEY.c.holder == holder] if holder else []
        return sum(
            self.connection.execute(RECORD_KEY.delete().where(where, *of_holder)).rowcount
            for where in _one_of(RECORD_KEY.c.record, records)
        )

    def erase_holder(self, holder: str) -> int:
        """Destroy every key wrapped for one holder (a batch whose working key is gone)."""
        return self.connection.execute(RECORD_KEY.delete().where(RECORD_KEY.c.holder == holder)).rowcount


class Ledger:
    """The database of facts as one station sees it."""

    def __init__(self, engine: sa.Engine, station: str, who: str, clock: Clock = utc_now) -> None:
        self.engine, self.station, self.who, self._clock = engine, station, who, clock
        self._writing = for_writing(engine)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One write transaction."""
        with reachable(), self._writing.begin() as connection:
            yield Writer(connection, self.station, self.who, self._clock)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One read transaction: a still picture of the ledger."""
        with reachable(), self.engine.begin() as connection:
            yield connection

    def verify(self) -> int:
        """Walk every station's chain against the rows it speaks of; how many facts were checked.
        Raises LedgerAltered with the first place that doesn't agree."""
        with self.reading() as connection:
            return _verify(connection)


def _verify(connection: sa.Connection) -> int:
    stored = {
        (table.name, key_text(table, row)): row_hash(table, {k: v for k, v in row.items() if k != "seq"})
        for table in TABLES.values()
        for row in map(dict, connection.execute(sa.select(table)).mappings())
    }
    last: dict[str, tuple[int, str]] = {}
    checked = 0
    for link in connection.execute(sa.select(CHAIN).order_by(CHAIN.c.station, CHAIN.c.position)):
        position, previous = last.get(link.station, (0, GENESIS))
        where = f"{link.station} {position + 1}: {link.fact} {link.key}"
        if link.position != position + 1 or link.hash != chained(previous, link.row_hash):
            raise LedgerAltered(where=where)
        if stored.pop((link.fact, link.key), None) != link.row_hash:
            raise LedgerAltered(where=where)
        last[link.station] = (link.position, link.hash)
        checked += 1
    if stored:
        raise LedgerAltered(where=f"{len(stored)} rows outside every chain, first {next(iter(stored))}")
    _verify_checkpoints(connection, {station: position for station, (position, _hash) in last.items()})
    return checked


def _verify_checkpoints(connection: sa.Connection, lengths: Mapping[str, int]) -> None:
    """`lengths`: how long each station's chain is. A checkpoint beyond the end tells that the end was cut off."""
    points = connection.execute(sa.select(CHECKPOINT).order_by(CHECKPOINT.c.station, CHECKPOINT.c.position)).all()
    due = {(s, n) for s, length in lengths.items() for n in range(CHECKPOINT_EVERY, length + 1, CHECKPOINT_EVERY)}
    if odd := due ^ {(point.station, point.position) for point in points}:
        station, position = min(odd)
        raise LedgerAltered(where=f"{station}, checkpoint {position} without its facts, or facts without it")
    for point in points:
        if merkle_root(_stretch(connection, point.station, point.position)) != point.root:
            raise LedgerAltered(where=f"{point.station}, checkpoint {point.position}")
