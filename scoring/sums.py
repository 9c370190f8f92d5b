"""Sums of rows against the scores of their cells, whoever read either: what a sum puts in doubt goes to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts, rowsums
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import CriterionId, Marking, MarkingKey, WorkId
from crosscheck.procedure import Procedure

_PREFIX = "sum:"


class NoSumThere(CrosscheckError):
    number, exit = 3081, Exit.USAGE
    sentence = "No sum was read on sheet {sheet} for this work."
    remedy = "Sums that wait are named in `crosscheck review list`, as sum:1 for the first sheet."


class NotASum(CrosscheckError):
    number, exit = 3082, Exit.USAGE
    sentence = "{found} is no sum of this row: it takes 0 to {most}, or - when none is written."
    remedy = "Look at the sheet again; nothing was recorded."


@dataclass(frozen=True, slots=True)
class SumPlace:
    """The sum of a row: whose row, and the sheet of the packet."""

    key: MarkingKey
    sheet: int

    def where(self) -> dict[str, object]:
        """The fields of its facts."""
        key = self.key
        return {"work": key.work, "marking": int(key.marking), "part": int(key.part), "sheet": self.sheet}


def place_name(sheet: int) -> str:
    """How the sum on a sheet is called where criteria are listed. No criterion can have that name."""
    return f"{_PREFIX}{sheet}"


def sheet_named(name: str) -> int | None:
    """The sheet whose sum is called so; None when it is no name of a sum."""
    number = name.removeprefix(_PREFIX)
    return int(number) if name != number and number.isascii() and number.isdigit() else None


def reading_of(connection: Connection, place: SumPlace) -> facts.SumReading:
    """What was read as that sum. Raises NoSumThere."""
    found = queries.all_of(connection, facts.SumReading, **place.where())
    if not found:
        raise NoSumThere(sheet=place.sheet)
    return found[-1]


def key(writer: Writer, procedure: Procedure, place: SumPlace, typed: str, why: str) -> None:
    """Record what a person read as the sum of a row, `-` for none. Raises NoSumThere, NotASum."""
    reading_of(writer.connection, place)
    maxima = {criterion.id: criterion.maximum for criterion in procedure.criteria}
    most = sum(maxima[criterion] for criterion in _criteria(writer.connection, procedure, place))
    points, where = _points(typed.strip(), most), place.where()
    revision = queries.next_revision(writer.connection, facts.RowSum, **where)
    row = place.key
    writer.append(facts.RowSum(row.work, int(row.marking), int(row.part), place.sheet, revision, points, why))
    check(writer, procedure, place)


def _points(typed: str, most: int) -> int | None:
    if typed in ("-", "—", "–"):
        return None
    if not (typed.isascii() and typed.isdigit()) or int(typed) > most:
        raise NotASum(found=typed, most=most)
    return int(typed)


def check_all(writer: Writer, procedure: Procedure, work: WorkId, marking: Marking) -> None:
    """Check the sums of a work on all sheets, after one of its scores was settled."""
    read = queries.all_of(writer.connection, facts.SumReading, work=work, marking=int(marking))
    for place in sorted(
        {SumPlace(one.key, one.sheet) for one in read}, key=lambda place: (place.key.part, place.sheet)
    ):
        check(writer, procedure, place)


def check(writer: Writer, procedure: Procedure, place: SumPlace) -> None:
    """Compare a sum with the scores of its row. Where they differ, each score that only the machine read goes to a
    person; where they have come to agree, none of the row has to any more."""
    connection, row = writer.connection, place.key
    known, criteria = _known(connection, place), _criteria(connection, procedure, place)
    scores = _scores(connection, place)
    if known is None or not criteria <= scores.keys():
        return
    names = {criterion: rowsums.finding_name(row.work, int(row.marking), criterion) for criterion in criteria}
    if sum(scores[criterion].points or 0 for criterion in criteria) == known:
        still = {finding.finding for finding in queries.open_findings(connection)} & set(names.values())
        writer.append_all(facts.FindingClosed(name, "the sum of the row is right now") for name in sorted(still))
        return
    told = {finding.finding for finding in queries.all_of(connection, facts.Finding)}
    for criterion in sorted(criteria):
        if scores[criterion].source == "reading" and names[criterion] not in told:
            detail = f"criterion {criterion}: the sum of the row differs"
            writer.append(facts.Finding(names[criterion], rowsums.KIND, row.work, detail))


def _known(connection: Connection, place: SumPlace) -> int | None:
    """The sum as a person read it last, else as the machine did; None when neither did."""
    keyed = queries.all_of(connection, facts.RowSum, **place.where())
    if keyed:
        return max(keyed, key=lambda one: one.revision).points
    return reading_of(connection, place).points


def _criteria(connection: Connection, procedure: Procedure, place: SumPlace) -> frozenset[CriterionId]:
    row = place.key
    rows = queries.standing_rows(connection, work=row.work, marking=row.marking, part=row.part)
    asked = frozenset[CriterionId]().union(*(state.asked(each, procedure) for each in rows))
    return asked & rowsums.criteria_of(procedure, row.part, place.sheet)


def _scores(connection: Connection, place: SumPlace) -> Mapping[CriterionId, facts.Score]:
    found = queries.standing_scores(connection, work=place.key.work, marking=int(place.key.marking))
    return {CriterionId(score.criterion): score for score in found}
