"""What happened with a difference, from the facts: what came in, was called, said and decided; who, when, why."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING
from scoring.differences.kinds import Comparison, Discrepancy
from scoring.differences.states import Note


class Happened(enum.StrEnum):
    """What happened."""

    POINTS = "points_came"
    THIRD_CALLED = "third_called"
    FORM_SAID = "form_said"
    ANSWERED = "form_answered"
    ANSWER_TAKEN_BACK = "answer_taken_back"
    APPEALED = "appealed"
    DECIDED = "appeal_decided"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of history. at: ISO 8601. what: the thing it is about (a marking, a criterion, an appeal, a word)."""

    at: str
    who: str
    happened: Happened
    what: str
    why: str


Row = Mapping[str, object]


def history(connection: Connection, found: Discrepancy, notes: tuple[Note, ...]) -> tuple[Happening, ...]:
    """Everything that is recorded of a difference, the earliest first."""
    criteria = frozenset(found.criteria)

    def mine(kind: type[object]) -> Iterator[Row]:
        rows = queries.signed_rows(connection, kind, work=found.work)
        return (row for row in rows if not criteria or row["criterion"] in criteria)

    told = [*_points(found, mine), *_called(mine), *_form(found, mine), *_appeals(connection, found)]
    told += [Happening(note.at, note.who, Happened.SAID, note.act, note.why) for note in notes]
    return tuple(sorted(told, key=lambda one: one.at))


def _points(found: Discrepancy, mine: Callable[[type[object]], Iterator[Row]]) -> Iterator[Happening]:
    """Points by marking, when the first of them came; every correction by itself."""
    # A difference between whole works has no readings of its own: all points of the work are its history.
    shown = {m.marking for m in found.readings} | {APPEAL_MARKING} if found.readings else set()
    first = set[object]()
    for row in mine(facts.Score):
        marking, later = int(str(row["marking"])), int(str(row["revision"])) > 0
        if (shown and marking not in shown) or (not later and marking in first):
            continue
        first.add(marking)
        what = f"{marking}" if not later else f"{marking}, {row['criterion']}: {_sign(row['points'])}"
        yield _line(row, Happened.POINTS, what)


def _sign(points: object) -> str:
    return "X" if points is None else str(points)


def _called(mine: Callable[[type[object]], Iterator[Row]]) -> Iterator[Happening]:
    return (
        Happening(str(row["at"]), str(row["who"]), Happened.THIRD_CALLED, str(row["criterion"]), str(row["reason"]))
        for row in mine(facts.ThirdCall)
    )


def _form(found: Discrepancy, mine: Callable[[type[object]], Iterator[Row]]) -> Iterator[Happening]:
    if found.kind.comparison is not Comparison.FORM:
        return
    for row in mine(facts.SchoolScore):
        said = {"points": str(row["points"]), "not_attempted": "X", "not_taught": "-"}.get(str(row["kind"]), "")
        yield Happening(str(row["at"]), str(row["who"]), Happened.FORM_SAID, f"{row['criterion']}: {said}", "")
    for row in mine(facts.SchoolAnswer):
        happened = Happened.ANSWERED if row["stands"] else Happened.ANSWER_TAKEN_BACK
        yield _line(row, happened, f"{row['criterion']}: {row['stands']}")


def _appeals(connection: Connection, found: Discrepancy) -> Iterator[Happening]:
    for row in queries.signed_rows(connection, facts.Appeal, work=found.work):
        yield Happening(str(row["at"]), str(row["who"]), Happened.APPEALED, str(row["appeal"]), str(row["ground"]))
        for done in queries.signed_rows(connection, facts.AppealDecision, appeal=row["appeal"]):
            what = f"{row['appeal']}: {done['outcome']}"
            yield Happening(str(done["at"]), str(done["who"]), Happened.DECIDED, what, str(done["reason"]))


def _line(row: Row, happened: Happened, what: str) -> Happening:
    return Happening(str(row["at"]), str(row["who"]), happened, what, str(row["why"]))


def is_marking(text: str) -> bool:
    """Does a line's `what` name a marking alone?"""
    return text.isdigit() and int(text) in {*range(1, 10), THIRD_MARKING, RE_MARKING, APPEAL_MARKING}
