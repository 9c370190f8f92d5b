"""What schools gave for works themselves, as the ledger holds it. Marks in journals are sealed: `scoring.marks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, NotAttempted, Points, WorkId
from scoring.differences.kinds import OwnMarking
from scoring.forms.stated import NotTaught, Stated


def own_markings(connection: Connection) -> Mapping[WorkId, OwnMarking]:
    """What stands of each work: all that the newest file says of it which counts. Files aren't mixed: a total belongs
    to the criteria beside it."""
    gone = {one.imported for one in queries.all_of(connection, facts.MarksWithdrawn)}
    newest: dict[str, list[facts.OwnScore]] = {}
    for score in queries.all_of(connection, facts.OwnScore):
        if score.imported in gone:
            continue
        said = newest.setdefault(score.work, [])
        if said and said[0].imported != score.imported:
            said.clear()
        said.append(score)
    return {WorkId(work): _marking(said) for work, said in newest.items()}


def _marking(said: list[facts.OwnScore]) -> OwnMarking:
    stated = {CriterionId(one.criterion): _stated(one) for one in said if one.criterion}
    return OwnMarking(stated, next((one.points for one in said if not one.criterion), None))


def _stated(score: facts.OwnScore) -> Stated:
    if score.points is not None:
        return Points(score.points)
    return NotAttempted() if score.kind == "not_attempted" else NotTaught()


def own_facts(imported: str, work: WorkId, own: OwnMarking) -> Iterator[facts.OwnScore]:
    """What a file says of a work, as it is recorded."""
    for criterion, stated in own.stated.items():
        match stated:
            case Points(value=value):
                yield facts.OwnScore(imported, work, criterion, "points", value)
            case NotAttempted():
                yield facts.OwnScore(imported, work, criterion, "not_attempted", None)
            case NotTaught():
                yield facts.OwnScore(imported, work, criterion, "not_taught", None)
    if own.total is not None:
        yield facts.OwnScore(imported, work, "", "points", own.total)
