"""What happened with a difference, from the facts: what came in, was called, said and decided; who, when, why."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING
from scoring.differences.kinds import Comparison, Discrepancy
from scoring.differences.states import Act, Note


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
    OWN_SAID = "own_said"  # the school's own marking, by a file
    JOURNAL_CAME = "journal_came"
    FILE_TAKEN_BACK = "file_taken_back"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the word or the answer, who had said it and when (ISO 8601)."""

    what: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of history. at: ISO 8601. what: the thing it is about (a marking, a criterion, an appeal, a word)."""

    at: str
    who: str
    happened: Happened
    what: str
    why: str
    undone: Undone | None = None


Row = Mapping[str, object]


def history(
    connection: Connection, found: Discrepancy, notes: tuple[Note, ...], came: str = ""
) -> tuple[Happening, ...]:
    """Everything that is recorded of a difference, the earliest first. came: the file that a mark in the journal is
    from, where it is from one."""
    criteria = frozenset(found.criteria)

    def mine(kind: type[object]) -> Iterator[Row]:
        rows = queries.signed_rows(connection, kind, work=found.work)
        return (row for row in rows if not criteria or row["criterion"] in criteria)

    told = [*_points(found, mine), *_called(mine), *_form(found, mine), *_appeals(connection, found)]
    told += [*_said(notes), *_own(connection, found), *_file(connection, came)]
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
    answered: dict[tuple[object, object], Undone] = {}
    for row in mine(facts.SchoolAnswer):
        key, what = (row["criterion"], row["stated"]), f"{row['criterion']}: {row['stands']}"
        if row["stands"]:
            answered[key] = Undone(what, str(row["who"]), str(row["at"]))
            yield _line(row, Happened.ANSWERED, what)
        else:
            undone = answered.pop(key, None)
            line = _line(row, Happened.ANSWER_TAKEN_BACK, undone.what if undone else str(row["criterion"]))
            yield replace(line, undone=undone)


def _said(notes: tuple[Note, ...]) -> Iterator[Happening]:
    """What people said; what was taken back names the word that it made void."""
    left: list[Note] = []
    for note in notes:
        line = Happening(note.at, note.who, Happened.SAID, note.act, note.why)
        if note.act is not Act.TAKEN_BACK:
            left.append(note)
        elif left:
            void = left.pop()
            line = replace(line, undone=Undone(void.act, void.who, void.at))
        yield line


def _own(connection: Connection, found: Discrepancy) -> Iterator[Happening]:
    """What the school gave itself, file by file; files that were taken back since."""
    if found.kind.comparison is not Comparison.OWN:
        return
    asked = {str(criterion) for criterion in found.criteria} or {""}
    files = dict[str, None]()
    for row in queries.signed_rows(connection, facts.OwnScore, work=found.work):
        if row["criterion"] in asked:
            files[str(row["imported"])] = None
            said = {"points": str(row["points"]), "not_attempted": "X"}.get(str(row["kind"]), "-")
            what = f"{row['criterion']}: {said}" if row["criterion"] else said
            yield Happening(str(row["at"]), str(row["who"]), Happened.OWN_SAID, f"{what} ({row['imported']})", "")
    for imported in files:
        yield from _withdrawn(connection, imported)


def _file(connection: Connection, came: str) -> Iterator[Happening]:
    """How the mark in the journal came here."""
    for row in queries.signed_rows(connection, facts.MarksFile, imported=came):
        yield Happening(str(row["at"]), str(row["who"]), Happened.JOURNAL_CAME, came, "")


def _withdrawn(connection: Connection, imported: str) -> Iterator[Happening]:
    for row in queries.signed_rows(connection, facts.MarksWithdrawn, imported=imported):
        yield _line(row, Happened.FILE_TAKEN_BACK, imported)


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
