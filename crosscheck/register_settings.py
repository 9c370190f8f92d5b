"""Tables that only some settings of a procedure look at: refused without them, and recorded for allocation.

A table without its setting would change nothing, and a setting without its table would be guessed at: both are refused.
"""

from __future__ import annotations

from collections.abc import Callable

from crosscheck import safe
from crosscheck.db.ledger import Writer
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.procedure import Procedure, Wished
from crosscheck.register_rows import ExpertRow, Register, to_check_points
from crosscheck.station import Station
from crosscheck.vault import RecordKind


class WishTableMissing(CrosscheckError):
    number, exit = 2039, Exit.PROCEDURE
    sentence = "The procedure wishes for '{wish}', but there is no table {table}."
    remedy = "Add {table}.csv, or take '{wish}' out of wishes in [marking]."


class WishTableUnused(CrosscheckError):
    number, exit = 2048, Exit.PROCEDURE
    sentence = "There is a table {table}, but the procedure does not wish for '{wish}'."
    remedy = "Add '{wish}' to wishes in [marking], where its importance wants it, or take the table away."


class MinutesHaveNoPrice(CrosscheckError):
    number, exit = 2049, Exit.PROCEDURE
    sentence = "Expert {expert} states minutes, but the procedure doesn't say how many a work takes."
    remedy = "Set minutes_per_page or minutes_per_task in [marking], or state works in the column capacity."


class PlacesMissing(CrosscheckError):
    number, exit = 2050, Exit.PROCEDURE
    sentence = "The procedure gives works out by check point, but there is no table marked_at."
    remedy = "Add marked_at.csv (columns school and check_point), or set by_check_point = false in [marking]."


class PlacesUnused(CrosscheckError):
    number, exit = 2051, Exit.PROCEDURE
    sentence = "Tables say where works are marked ({what}), but the procedure does not give works out by check point."
    remedy = "Set by_check_point = true in [marking], or take the table marked_at and the column comes_to away."


def refuse_other_settings(procedure: Procedure, register: Register) -> None:
    """Raise what is wrong between settings and tables."""
    tables = {Wished.LAST_YEAR: ("last_year", register.last_year), Wished.TRAVEL: ("distances", register.distances)}
    for wished, (table, rows) in tables.items():
        if wished in procedure.wishes and not rows:
            raise WishTableMissing(wish=wished.value, table=table)
        if rows and wished not in procedure.wishes:
            raise WishTableUnused(wish=wished.value, table=table)
    if procedure.by_check_point and not register.marked_at:
        raise PlacesMissing
    if register.marked_at and not procedure.by_check_point:
        raise PlacesUnused(what="marked_at")
    if not procedure.by_check_point and any(row.comes_to for row in register.experts):
        raise PlacesUnused(what="comes_to")


def capacity_in_works(procedure: Procedure, row: ExpertRow) -> int:
    """Works an expert can take: those stated, or as many whole ones as the minutes stated are enough for. Raises
    MinutesHaveNoPrice."""
    if row.minutes is None:
        return row.capacity
    if not procedure.minutes_per_work:
        raise MinutesHaveNoPrice(expert=row.expert)
    return row.minutes // procedure.minutes_per_work


def record_settings(
    writer: Writer, station: Station, index: safe.Index, school: Callable[[str], str], register: Register
) -> None:
    """Keep what allocation looks at, sealed: schools as tokens, by `school`; check points stand in the open anyway."""
    if register.last_year:
        met = sorted([school(row.school), school(row.marked_by)] for row in register.last_year)
        safe.keep(writer, station, index, RecordKind.LAST_YEAR, "all", met)
    if register.distances:
        by_point = to_check_points(register.distances, {row.check_point for row in register.experts})
        ways = sorted(
            [school(row.school), row.to if by_point else school(row.to_school or row.to), row.distance]
            for row in register.distances
        )
        value = {"to": "check_points" if by_point else "schools", "ways": ways}
        safe.keep(writer, station, index, RecordKind.DISTANCES, "all", value)
    if register.marked_at:
        places = sorted([school(row.school), row.check_point] for row in register.marked_at)
        safe.keep(writer, station, index, RecordKind.MARKED_AT, "all", places)
