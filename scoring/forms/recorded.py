"""What schools state, as the ledger holds it: by work, the newest of each criterion."""

from __future__ import annotations

from collections.abc import Mapping

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, NotAttempted, Points, WorkId
from scoring.forms.stated import NotStated, NotTaught, SchoolSaid, Stated

TAKEN_BACK = ""  # in place of what stands, which is never nothing


def school_said(connection: Connection) -> Mapping[WorkId, SchoolSaid]:
    """What each work's school says of it, with the answers that people gave; works that no form named are left out."""
    stated: dict[WorkId, dict[CriterionId, Stated]] = {}
    for score in queries.latest_of(connection, facts.SchoolScore):
        stated.setdefault(WorkId(score.work), {})[CriterionId(score.criterion)] = stated_of(score)
    answers: dict[WorkId, set[tuple[CriterionId, str, str]]] = {}
    for answer in queries.all_of(connection, facts.SchoolAnswer):
        said, criterion = answers.setdefault(WorkId(answer.work), set()), CriterionId(answer.criterion)
        if answer.stands == TAKEN_BACK:
            said -= {key for key in said if key[:2] == (criterion, answer.stated)}
        else:
            said.add((criterion, answer.stated, answer.stands))
    return {work: SchoolSaid(found, frozenset(answers.get(work, ()))) for work, found in stated.items()}


def stated_of(score: facts.SchoolScore) -> Stated:
    """What a recorded statement says."""
    match score.kind:
        case "points" if score.points is not None:
            return Points(score.points)
        case "not_attempted":
            return NotAttempted()
        case "not_taught":
            return NotTaught()
        case _:
            return NotStated()


def fact(work: WorkId, criterion: CriterionId, revision: int, stated: Stated) -> facts.SchoolScore:
    """A statement as it is recorded."""
    match stated:
        case Points(value=value):
            return facts.SchoolScore(work, criterion, revision, "points", value)
        case NotAttempted():
            return facts.SchoolScore(work, criterion, revision, "not_attempted", None)
        case NotTaught():
            return facts.SchoolScore(work, criterion, revision, "not_taught", None)
        case NotStated():
            return facts.SchoolScore(work, criterion, revision, "missing", None)
