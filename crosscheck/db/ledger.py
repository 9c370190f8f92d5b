"""The only INSERTs: facts are appended, chained per station, and never changed."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from crosscheck.db.engine import for_writing, reachable
from crosscheck.db.errors import DiffersFromRecorded, LedgerAltered
from crosscheck.db.schema import CHAIN, CHECKPOINT, RECORD_KEY, TABLES
from crosscheck.facts import Fact

GENESIS = "0" * 64
CHECKPOINT_EVERY = 1024
Clock = Callable[[], str]


def utc_now() -> str:
    """ISO 8601, UTC, to the millisecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def fields_of(fact: object) -> dict[str, object]:
    """The columns of a fact by name."""
    return {field.name: getattr(fact, field.name) for field in dataclasses.fields(fact)}  # type: ignore[arg-type]


def row_hash(table: str, row: dict[str, object]) -> str:
    """SHA-256 of one stored row: table, all columns but the database's own counter."""
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    return hashlib.sha256(json.dumps([table, plain], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


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


class Writer:
    """One write transaction. Everything appended in it is committed together or not at all."""

    def __init__(self, connection: sa.Connection, station: str, who: str, clock: Clock) -> None:
        self.connection = connection
        self._station, self._who, self._clock = station, who, clock

    def append(self, fact: Fact) -> bool:
        """Add a fact. False when the very same fact stands already; raises DiffersFromRecorded when
        another one stands under its key."""
        table = TABLES[type(fact)]
        values = fields_of(fact)
        key = {name: values[name] for name in table.info["key"]}
        if (known := self._known(table, key)) is not None:
            if all(known[name] == value for name, value in values.items()):
                return False
            raise DiffersFromRecorded(fact=table.name, key=", ".join(str(part) for part in key.values()))
        row = {**values, "station": self._station, "who": self._who, "at": self._clock()}
        self.connection.execute(table.insert().values(**row))
        self._link(table.name, json.dumps(list(key.values()), ensure_ascii=False), row_hash(table.name, row))
        return True

    def append_all(self, facts: Iterable[Fact]) -> int:
        """Add several facts; how many of them were new."""
        return sum(self.append(fact) for fact in facts)

    def _known(self, table: sa.Table, key: dict[str, object]) -> dict[str, object] | None:
        found = self.connection.execute(sa.select(table).where(*(table.c[name] == part for name, part in key.items())))
        row = found.mappings().first()
        return dict(row) if row is not None else None

    def _link(self, fact: str, key: str, row: str) -> None:
        last = self.connection.execute(
            sa.select(CHAIN.c.position, CHAIN.c.hash)
            .where(CHAIN.c.station == self._station)
            .order_by(CHAIN.c.position.desc())
            .limit(1)
        ).first()
        position, previous = (last.position + 1, last.hash) if last is not None else (1, GENESIS)
        link = {"fact": fact, "key": key, "row_hash": row, "hash": chained(previous, row)}
        self.connection.execute(CHAIN.insert().values(station=self._station, position=position, **link))
        if position % CHECKPOINT_EVERY == 0:
            self._checkpoint(position)

    def _checkpoint(self, position: int) -> None:
        hashes = self.connection.execute(
            sa.select(CHAIN.c.hash)
            .where(CHAIN.c.station == self._station, CHAIN.c.position > position - CHECKPOINT_EVERY)
            .order_by(CHAIN.c.position)
        ).scalars()
        root = merkle_root(list(hashes))
        self.connection.execute(CHECKPOINT.insert().values(station=self._station, position=position, root=root))

    def add_key(self, record: str, holder: str, wrapped: bytes) -> None:
        """Keep a wrapped key of a sealed record."""
        where = (RECORD_KEY.c.record == record, RECORD_KEY.c.holder == holder)
        if self.connection.execute(sa.select(RECORD_KEY.c.record).where(*where)).first() is None:
            self.connection.execute(RECORD_KEY.insert().values(record=record, holder=holder, wrapped=wrapped))

    def erase_keys(self, records: Iterable[str], holder: str | None = None) -> int:
        """Destroy the keys of sealed records (of one holder only, when named); how many went."""
        erased = 0
        for record in records:
            where = [RECORD_KEY.c.record == record] + ([RECORD_KEY.c.holder == holder] if holder else [])
            erased += self.connection.execute(RECORD_KEY.delete().where(*where)).rowcount
        return erased

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
        (table.name, _key_text(table, row)): row_hash(table.name, {k: v for k, v in row.items() if k != "seq"})
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


def _key_text(table: sa.Table, row: dict[str, object]) -> str:
    return json.dumps([row[name] for name in table.info["key"]], ensure_ascii=False)


def _verify_checkpoints(connection: sa.Connection, lengths: Mapping[str, int]) -> None:
    """`lengths`: how long each station's chain is. A checkpoint beyond the end tells that the end was cut off."""
    points = connection.execute(sa.select(CHECKPOINT).order_by(CHECKPOINT.c.station, CHECKPOINT.c.position)).all()
    due = {(s, n) for s, length in lengths.items() for n in range(CHECKPOINT_EVERY, length + 1, CHECKPOINT_EVERY)}
    if odd := due ^ {(point.station, point.position) for point in points}:
        station, position = min(odd)
        raise LedgerAltered(where=f"{station}, checkpoint {position} without its facts, or facts without it")
    for point in points:
        hashes = connection.execute(
            sa.select(CHAIN.c.hash)
            .where(
                CHAIN.c.station == point.station,
                CHAIN.c.position > point.position - CHECKPOINT_EVERY,
                CHAIN.c.position <= point.position,
            )
            .order_by(CHAIN.c.position)
        ).scalars()
        if merkle_root(list(hashes)) != point.root:
            raise LedgerAltered(where=f"{point.station}, checkpoint {point.position}")
