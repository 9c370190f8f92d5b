"""Sums of rows that experts wrote on score sheets: which of them wait for a person."""

from __future__ import annotations

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, Part
from crosscheck.procedure import Procedure
from crosscheck.sheetform import sheet_forms

KIND = "sum_differs"
_UNREAD = ("unclear", "empty")


def finding_name(work: str, marking: int, criterion: str) -> str:
    """The name of the finding that the sum of its row puts a cell in doubt."""
    return f"sum-{work}-{marking}-{criterion}"


def criteria_of(procedure: Procedure, part: Part, sheet: int) -> frozenset[CriterionId]:
    """The criteria that stand on a sheet of a packet: those that its row sums are of."""
    return sheet_forms(procedure, part)[sheet - 1].criteria


def waiting(connection: Connection, procedure: Procedure) -> list[facts.SumReading]:
    """Sums that could not be read and that nobody keyed, of rows in which the machine read a score: it is a check on
    that. Where people settled all cells, nothing is left to check."""
    keyed = {(one.work, one.marking, one.part, one.sheet) for one in queries.all_of(connection, facts.RowSum)}
    scores = queries.standing_scores(connection)
    read = {(score.work, score.marking, score.criterion) for score in scores if score.source == "reading"}
    unread = [one for one in queries.all_of(connection, facts.SumReading) if one.kind in _UNREAD]
    found = {(one.work, one.marking, one.part, one.sheet): one for one in unread}
    sheets = {(part, sheet): criteria_of(procedure, Part(part), sheet) for _work, _marking, part, sheet in found}
    return [
        one
        for place, one in found.items()
        if place not in keyed
        and any((one.work, one.marking, criterion) in read for criterion in sheets[one.part, one.sheet])
    ]
