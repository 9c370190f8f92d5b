"""What a panel is held against, from ledger and vault: the school of the work, its readers, and who organised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crosscheck import facts, safe
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import WorkId
from crosscheck.schoolbook import Alias, Renaming, SchoolBook, school_book
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from scoring import looks
from scoring.appeals.panel import Beneath

# Acts that only whoever organises a check does.
_ORGANISING = (facts.ProcedureVersion, facts.Allocation, facts.PacketPrint, facts.CustodyMove, facts.PointClosed)


def beneath(station: Station, organiser: PrivateKey, coordinator: PrivateKey, work: WorkId, appeal: str) -> Beneath:
    """Two keys: one tells where the work comes from, the other what a school and its experts are called; recorded."""
    origins = safe.open_json(station, RecordKind.WORK_ORIGIN, Purpose.APPEAL, organiser, appeal)
    schools = safe.open_json(station, RecordKind.SCHOOL, Purpose.CONFLICTS, coordinator, appeal)
    names = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.CONFLICTS, coordinator, appeal)
    token = str(origins[work]["school"]) if work in origins else ""
    with station.ledger.reading() as connection:
        readers = {assignment.expert for assignment in queries.ever_assigned(connection, work=work)}
        return Beneath(
            schools[token]["school"] if token in schools else None,
            frozenset(str(names[code]["name"]) for code in readers if code in names),
            scored(connection, work),
            _organised(connection),
            _book(schools.values()),
        )


def _book(schools: Iterable[Mapping[str, Any]]) -> SchoolBook:
    """Every name under which the register knows a school."""
    rows = list(schools)
    aliases = [Alias(alias, row["school"], None, Renaming.ALIAS) for row in rows for alias in row.get("aliases", ())]
    return school_book([(row["school"], row["name"]) for row in rows], aliases)


def scored(connection: Connection, work: WorkId) -> frozenset[str]:
    """Who keyed or settled points of a work, as they signed: they would sit in judgement on their own act."""
    rows = queries.signed_rows(connection, facts.Score, work=work)
    acted = {str(row["who"]) for row in rows if row["source"] in ("review", "entry")}
    return frozenset(acted | {seen.who for seen in looks.all_seen(connection, work=work)})


def _organised(connection: Connection) -> frozenset[str]:
    rows = [row for kind in _ORGANISING for row in queries.signed_rows(connection, kind)]
    return frozenset(str(row[name]) for row in rows for name in ("who", "by") if row.get(name))
