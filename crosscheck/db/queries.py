"""The only SELECTs: rows become typed facts at this edge."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.keeping import CHAIN, RECORD_KEY
from crosscheck.db.schema import TABLES

F = TypeVar("F")

Connection = sa.Connection
_MOST_NAMED = 500  # values in one statement; SQLite's own limit may be as low as 999


def _columns(table: sa.Table) -> list[sa.ColumnElement[object]]:
    return [column for column in table.columns if column.name not in ("seq", "station", "who", "at")]


def _typed(kind: type[F], row: Iterable[object]) -> F:
    return kind(*row)  # the columns are the fields, in their order: a test holds the two together


def all_of(connection: Connection, kind: type[F], /, **equals: object) -> list[F]:
    """Every fact of a kind whose fields equal the given ones, in order of arrival."""
    table = TABLES[kind]
    where = [table.c[name] == value for name, value in equals.items()]
    found = connection.execute(sa.select(*_columns(table)).where(*where).order_by(table.c.seq))
    return [_typed(kind, row) for row in found]


def one_of(connection: Connection, kind: type[F], /, **equals: object) -> F | None:
    """The only such fact, or None."""
    return next(iter(all_of(connection, kind, **equals)), None)


def count_of(connection: Connection, kind: type[object], /, **equals: object) -> int:
    """How many facts of a kind there are."""
    table = TABLES[kind]
    where = [table.c[name] == value for name, value in equals.items()]
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())


def latest_of(connection: Connection, kind: type[F]) -> list[F]:
    """Of every fact with a revision, the highest one."""
    table = TABLES[kind]
    key = [table.c[name] for name in table.info["key"] if name != "revision"]
    newest = sa.select(*key, sa.func.max(table.c.revision).label("revision")).group_by(*key).subquery()
    on = sa.and_(
        *(table.c[column.name] == newest.c[column.name] for column in key), table.c.revision == newest.c.revision
    )
    found = connection.execute(sa.select(*_columns(table)).select_from(table.join(newest, on)).order_by(table.c.seq))
    return [_typed(kind, row) for row in found]


def standing_scores(connection: Connection, /, **equals: object) -> list[facts.Score]:
    """The scores that stand: of each cell the highest revision that was not taken back, in order of arrival.

    Everything that asks which points stand asks here; `facts.Score` alone is what was ever recorded.
    """
    taken = {(t.work, t.marking, t.criterion, t.revision) for t in all_of(connection, facts.ScoreWithdrawn, **equals)}
    standing: dict[tuple[str, int, str], facts.Score] = {}
    for score in all_of(connection, facts.Score, **equals):
        cell = (score.work, score.marking, score.criterion)
        if (*cell, score.revision) in taken:
            continue
        known = standing.pop(cell, None)
        standing[cell] = score if known is None or known.revision < score.revision else known
    return list(standing.values())


def next_revision(connection: Connection, kind: type[object], /, **equals: object) -> int:
    """The revision after the highest one that stands under the given key."""
    table = TABLES[kind]
    where = [table.c[name] == value for name, value in equals.items()]
    highest = connection.execute(sa.select(sa.func.max(table.c.revision)).where(*where)).scalar_one()
    return 0 if highest is None else int(highest) + 1


def lacking(
    connection: Connection, kind: type[F], other: type[object], /, on: str, limit: int | None = None, **equals: object
) -> list[F]:
    """Facts of `kind` for which there is no fact of `other` with the same field `on`: what waits."""
    table, done = TABLES[kind], TABLES[other]
    where = [table.c[name] == value for name, value in equals.items()]
    missing = ~sa.exists().where(done.c[on] == table.c[on])
    found = connection.execute(sa.select(*_columns(table)).where(*where, missing).order_by(table.c.seq).limit(limit))
    return [_typed(kind, row) for row in found]


def standing_assignments(connection: Connection, /, **equals: object) -> list[facts.Assignment]:
    """Who marks what, as it stands: each assignment with whoever has it now, in the order in which they were made.

    Everything that asks who marks a work asks here; `facts.Assignment` alone is how it was at first. A control marking
    that was given back to nobody isn't there any more.
    """
    now = {new.key: new for new in latest_of(connection, facts.Reassignment)}
    found = (
        _as_given(new) if (new := now.get(first.key)) is not None else first
        for first in all_of(connection, facts.Assignment)
    )
    return [one for one in found if one.expert and all(getattr(one, n) == value for n, value in equals.items())]


def ever_assigned(connection: Connection, /, **equals: object) -> list[facts.Assignment]:
    """Whoever was to mark a work at any time: nobody who had it in hand marks it again."""
    later = all_of(connection, facts.Reassignment)
    found = (*all_of(connection, facts.Assignment), *map(_as_given, later))
    return [one for one in found if one.expert and all(getattr(one, n) == value for n, value in equals.items())]


def _as_given(new: facts.Reassignment) -> facts.Assignment:
    return facts.Assignment(new.work, new.marking, new.expert, new.allocation, new.criteria, new.part)


def numbered_works(connection: Connection) -> list[str]:
    """Every work that has numbers, sorted."""
    table = TABLES[facts.Number]
    return list(connection.execute(sa.select(table.c.work).distinct().order_by(table.c.work)).scalars())


def void_rows(connection: Connection) -> dict[tuple[int, int], facts.Reassignment]:
    """Rows of packets, as (packet, row), that were taken back: what is written there counts for nothing."""
    row, taken = TABLES[facts.PacketRow], TABLES[facts.Reassignment]
    on = sa.and_(*(row.c[name] == taken.c[name] for name in ("packet", "work", "marking", "part")))
    found = connection.execute(sa.select(row.c.packet, row.c.row, *_columns(taken)).select_from(row.join(taken, on)))
    return {(int(packet), int(at)): _typed(facts.Reassignment, fields) for packet, at, *fields in found}


def given_up(connection: Connection) -> frozenset[int]:
    """Packets that are never printed, because a row was taken back before they were."""
    void = {packet for packet, _row in void_rows(connection)}
    return frozenset(void - {done.packet for done in all_of(connection, facts.PacketPrint)}) if void else frozenset()


def standing_rows(connection: Connection, /, **equals: object) -> list[facts.PacketRow]:
    """Rows of packets that count: neither taken back nor in a packet that is never printed."""
    void, never = void_rows(connection), given_up(connection)
    rows = all_of(connection, facts.PacketRow, **equals)
    return [row for row in rows if (row.packet, row.row) not in void and row.packet not in never]


def packets_to_print(connection: Connection, limit: int | None = None) -> list[facts.Packet]:
    """Packets that were composed and not printed yet."""
    never = given_up(connection)
    found = [p for p in lacking(connection, facts.Packet, facts.PacketPrint, on="packet") if p.packet not in never]
    return found[:limit]


def absent_experts(connection: Connection) -> frozenset[str]:
    """Codes of experts who are not there, as it was said last."""
    return frozenset(one.expert for one in latest_of(connection, facts.Attendance) if not one.present)


def procedure_text(connection: Connection) -> facts.ProcedureVersion | None:
    """The procedure in force: its newest version."""
    found = all_of(connection, facts.ProcedureVersion)
    return max(found, key=lambda version: version.version, default=None)


def pages_of_purpose(connection: Connection, purpose: str) -> list[facts.ScanPage]:
    """Scanned pages of batches with this purpose."""
    page, file, batch = (TABLES[kind] for kind in (facts.ScanPage, facts.ScanFile, facts.Batch))
    joined = page.join(file, page.c.file == file.c.file).join(batch, file.c.batch == batch.c.batch)
    found = connection.execute(
        sa.select(*_columns(page)).select_from(joined).where(batch.c.purpose == purpose).order_by(page.c.seq)
    )
    return [_typed(facts.ScanPage, row) for row in found]


def unread_pages(
    connection: Connection, purpose: str, limit: int, batches: Collection[str] | None = None
) -> list[tuple[facts.ScanPage, str]]:
    """Pages with a picture that were not read yet, each with its batch; of these batches only, where they are named."""
    page, batch = TABLES[facts.ScanPage], TABLES[facts.Batch]
    joined, waits = _unread(purpose)
    wanted = [] if batches is None else [batch.c.batch.in_(list(batches))]
    found = connection.execute(
        sa.select(*_columns(page), batch.c.batch)
        .select_from(joined)
        .where(waits, *wanted)
        .order_by(page.c.seq)
        .limit(limit)
    )
    return [(_typed(facts.ScanPage, tuple(row)[:-1]), str(tuple(row)[-1])) for row in found]


def unread_by_batch(connection: Connection, purpose: str) -> dict[str, int]:
    """How many pages with a picture were not read yet, by batch."""
    batch = TABLES[facts.Batch]
    joined, waits = _unread(purpose)
    counted = sa.select(batch.c.batch, sa.func.count()).select_from(joined).where(waits).group_by(batch.c.batch)
    return {str(name): int(number) for name, number in connection.execute(counted)}


def _unread(purpose: str) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    page, file, batch = (TABLES[kind] for kind in (facts.ScanPage, facts.ScanFile, facts.Batch))
    done = TABLES[facts.PageReading if purpose == "works" else facts.SheetReading]
    joined = page.join(file, page.c.file == file.c.file).join(batch, file.c.batch == batch.c.batch)
    read = sa.exists().where(done.c.page == page.c.page)
    return joined, sa.and_(batch.c.purpose == purpose, page.c.fault == "", ~read)


def open_findings(connection: Connection) -> list[facts.Finding]:
    """Findings that nobody closed yet."""
    return lacking(connection, facts.Finding, facts.FindingClosed, "finding")


def sealed_of(connection: Connection, kind: str) -> list[facts.SealedRecord]:
    """Sealed records of a kind, in order of arrival; a later one of the same subject replaces the earlier."""
    return all_of(connection, facts.SealedRecord, kind=kind)


def sealed_names(connection: Connection) -> list[str]:
    """Names of all sealed records, in order of arrival."""
    table = TABLES[facts.SealedRecord]
    return list(connection.execute(sa.select(table.c.record).order_by(table.c.seq)).scalars())


def keys_of(connection: Connection, records: Iterable[str], holder: str) -> dict[str, bytes]:
    """Wrapped keys by record, for one holder; erased ones are simply not there."""
    wanted = list(records)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _MOST_NAMED):
        names = wanted[start : start + _MOST_NAMED]
        where = (RECORD_KEY.c.holder == holder, RECORD_KEY.c.record.in_(names))
        rows = connection.execute(sa.select(RECORD_KEY.c.record, RECORD_KEY.c.wrapped).where(*where))
        found |= {row.record: row.wrapped for row in rows}
    return found


def keys_held(connection: Connection, holder: str) -> dict[str, bytes]:
    """Every key that one holder has, by record."""
    rows = connection.execute(
        sa.select(RECORD_KEY.c.record, RECORD_KEY.c.wrapped)
        .where(RECORD_KEY.c.holder == holder)
        .order_by(RECORD_KEY.c.record)
    )
    return {row.record: row.wrapped for row in rows}


def position(connection: Connection) -> int:
    """How many facts the ledger holds: the position that reports are computed at."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(CHAIN)).scalar_one())


def known_reports(connection: Connection, asked: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Which of these reports are recorded; each is a kind and a SHA-256."""
    table, hashes = TABLES[facts.Report], sorted({sha256 for _kind, sha256 in asked})
    of_kind = table.c.kind.in_(sorted({kind for kind, _sha256 in asked}))
    found: set[tuple[str, str]] = set()
    for start in range(0, len(hashes), _MOST_NAMED):
        some = table.c.sha256.in_(hashes[start : start + _MOST_NAMED])
        rows = connection.execute(sa.select(table.c.kind, table.c.sha256).where(of_kind, some))
        found.update((row.kind, row.sha256) for row in rows)
    return frozenset(found)


def heads(connection: Connection) -> list[tuple[str, int, str]]:
    """The end of every station's chain: station, position, hash. Kept elsewhere, it shows a chain cut or made anew."""
    last = (
        sa.select(CHAIN.c.station, sa.func.max(CHAIN.c.position).label("position")).group_by(CHAIN.c.station).subquery()
    )
    on = sa.and_(CHAIN.c.station == last.c.station, CHAIN.c.position == last.c.position)
    found = connection.execute(
        sa.select(CHAIN.c.station, CHAIN.c.position, CHAIN.c.hash).select_from(CHAIN.join(last, on))
    )
    return sorted((row.station, int(row.position), row.hash) for row in found)


def signed_rows(connection: Connection, kind: type[object], /, **equals: object) -> list[dict[str, object]]:
    """Facts of a kind as plain rows, with who recorded them, when and where."""
    table = TABLES[kind]
    where = [table.c[name] == value for name, value in equals.items()]
    columns = [column for column in table.columns if column.name != "seq"]
    return [dict(row) for row in connection.execute(sa.select(*columns).where(*where).order_by(table.c.seq)).mappings()]
