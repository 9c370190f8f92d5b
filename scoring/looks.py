"""What people said of cells, in the ledger: each thing a fact, taken back by another fact, counted blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, Given, Marking, NotAttempted, Points, WorkId
from crosscheck.names import person
from crosscheck.procedure import Procedure
from scoring import settle, sums
from scoring.blind import Said, Stands, Struck, TakenBack, Verdict, verdict
from scoring.settle import Place

Source = Literal["review", "entry", "audit", "known"]
_COUNTED = ("review", "entry")  # what makes a score; the others only measure


def act_of(connection: Connection, place: Place) -> str:
    """A name for what is said at one blow, beginning with this cell: no other act begins with the same look at it."""
    entry = queries.count_of(connection, facts.Look, **where(place))
    return f"{place.work}-{place.marking}-{place.criterion}-{entry}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A look with whoever it was."""

    who: str
    look: facts.Look

    @property
    def place(self) -> Place:
        return Place(WorkId(self.look.work), Marking(self.look.marking), CriterionId(self.look.criterion))

    @property
    def said(self) -> Said:
        return Said(person(self.who), _what(self.look))


def _what(look: facts.Look) -> Given | Struck | TakenBack:
    match look.kind:
        case "points":
            assert look.points is not None
            return Points(look.points)
        case "not_attempted":
            return NotAttempted()
        case "struck":
            return Struck()
        case _:
            return TakenBack()


def _kind(what: Given | Struck | TakenBack) -> str:
    match what:
        case Points():
            return "points"
        case NotAttempted():
            return "not_attempted"
        case Struck():
            return "struck"
        case TakenBack():
            return "taken_back"


def all_seen(connection: Connection, /, **equals: object) -> list[Seen]:
    """Every look, in order."""
    rows = queries.signed_rows(connection, facts.Look, **equals)
    unsigned = ("who", "at", "station")
    return [
        Seen(str(row["who"]), facts.Look(**{k: v for k, v in row.items() if k not in unsigned}))  # type: ignore[arg-type]
        for row in rows
    ]


def where(place: Place) -> dict[str, object]:
    """The fields of a cell's facts."""
    return {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}


def live(seen: Iterable[Seen], standing: facts.Score | None) -> list[Said]:
    """What counts for the next score of a cell: said for what came after the score that stands."""
    since = 0 if standing is None else standing.revision + 1
    return [one.said for one in seen if one.look.source in _COUNTED and one.look.revision >= since]


def live_of(connection: Connection, place: Place) -> list[Said]:
    """The same for one cell of the ledger."""
    standing = next(iter(queries.standing_scores(connection, **where(place))), None)
    return live(all_seen(connection, **where(place)), standing)


def by_cell(connection: Connection, works: Sequence[WorkId] | None = None) -> Mapping[Place, list[Said]]:
    """What counts for the next score of every cell of these works, or of all."""
    named: list[dict[str, object]] = [{}] if works is None else [{"work": work} for work in works]
    seen: dict[Place, list[Seen]] = {}
    standing: dict[Place, facts.Score] = {}
    for equals in named:
        for one in all_seen(connection, **equals):
            seen.setdefault(one.place, []).append(one)
        for score in queries.standing_scores(connection, **equals):
            standing[Place(WorkId(score.work), Marking(score.marking), CriterionId(score.criterion))] = score
    return {place: live(found, standing.get(place)) for place, found in seen.items()}


def ever_by_cell(seen: Iterable[Seen]) -> Mapping[Place, list[Said]]:
    """Everything that was ever said for a score, by cell."""
    found: dict[Place, list[Said]] = {}
    for one in seen:
        if one.look.source in _COUNTED:
            found.setdefault(one.place, []).append(one.said)
    return found


@dataclass(frozen=True, slots=True)
class Saying:
    """How something is said: from where, under which reading it was shown, at which blow."""

    source: Source
    act: str
    proposed: str = ""


def say(writer: Writer, place: Place, what: Given | Struck | TakenBack, how: Saying) -> None:
    """Record what the person at work says of a cell."""
    entry = queries.count_of(writer.connection, facts.Look, **where(place))
    revision = queries.next_revision(writer.connection, facts.Score, **where(place))
    points = what.value if isinstance(what, Points) else None
    fields = (place.work, int(place.marking), place.criterion, entry, how.source, _kind(what), points, how.proposed)
    writer.append(facts.Look(*fields, revision, how.act))


def conclude(
    writer: Writer, procedure: Procedure, place: Place, source: Source, why: str = "", *, correct: bool = False
) -> Verdict:
    """Make a score of what was said of a cell, if enough people said the same. Raises StandsAlready when another score
    stands and `correct` isn't said."""
    keying = procedure.keying
    needed = keying.entry_people if source == "entry" else keying.review_people
    found = verdict(live_of(writer.connection, place), needed)
    if isinstance(found, Stands):
        settle.record(writer, place, found.given, source, why, correct=correct)
        if source == "review":
            settle.close_doubts(writer, place, f"settled: {settle.spelled(found.given)}")
        else:
            settle.compare_with_reading(writer, place)
        sums.check_all(writer, procedure, place.work, place.marking)
    return found
