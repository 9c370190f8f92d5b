"""The queue in the ledger: what waits for whom, what is decided and taken back, how well people see.

The terminal and the console of methodists act through these functions. Each decision is a fact beside the reading;
nothing that stands is changed but by a person who was told that it stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from crosscheck import facts, rowsums
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import CriterionId, Given, Marking, WorkId
from crosscheck.names import person
from crosscheck.procedure import CaptureStyle, Procedure
from scoring import looks, settle
from scoring.blind import Differs, Open, Said, Stands, Struck, TakenBack, Verdict, strikers, voices
from scoring.decide import Rule
from scoring.looks import Saying, Seen
from scoring.places import Place
from scoring.queue import Cell, Group, Known, Measured, Shown, Tried, doubt, given_of_sign, measured

_MOST_KNOWN = 5_000  # known cells to choose from
# Read beyond doubt, by two channels or by one cross in a row of clean boxes.
_CERTAIN = (Rule.ONE_CROSS, Rule.ONE_CROSS_SUM, Rule.DIGITS_SUM)
LOOK_ALIKES = "look-alikes, checked together"


class NothingToUndo(CrosscheckError):
    number, exit = 3085, Exit.USAGE
    sentence = "{who} decided nothing that could be taken back."
    remedy = "Only your own decisions are taken back this way; correct others with `crosscheck review set --correct`."


# --- what waits -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one person: cells, sums of rows, and known cells to mix in."""

    cells: tuple[Cell, ...]
    sums: tuple[facts.SumReading, ...]
    known: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What the queue is made of, read once."""

    procedure: Procedure
    numbers: Mapping[tuple[str, int, int], str]
    said: Mapping[Place, list[Said]]
    standing: Mapping[Place, facts.Score]

    def cell(self, reading: facts.CellReading, me: str, *, in_doubt: bool = False) -> Cell:
        place = place_of(reading)
        maximum = next(c.maximum for c in self.procedure.criteria if c.id == place.criterion)
        key = self.procedure.owners.key(*_fields(reading))
        candidates = _candidates(reading)
        score = self.standing.get(place) if in_doubt else None
        struck = strikers(self.said.get(place, ()))
        alone = me in struck or (bool(struck) and self.procedure.keying.review_people == 1)
        return Cell(
            place,
            self.numbers[key.work, int(key.marking), int(key.part)],
            maximum,
            self.procedure.style is CaptureStyle.BOXES,
            tuple(map(given_of_sign, candidates)),
            doubt(candidates, json.loads(reading.measures)),
            reading.rule,
            reading.crop,
            None if score is None else settle.given_from(score.points),
            alone,
        )


def place_of(reading: facts.CellReading) -> Place:
    """Where a reading is of."""
    return Place(WorkId(reading.work), Marking(reading.marking), CriterionId(reading.criterion))


def _fields(reading: facts.CellReading) -> tuple[str, int, str]:
    return reading.work, reading.marking, reading.criterion


def _candidates(reading: facts.CellReading) -> list[str]:
    if reading.kind == "points":
        return [str(reading.points)]
    return ["X"] if reading.kind == "not_attempted" else list(json.loads(reading.candidates))


def _read(connection: Connection, procedure: Procedure) -> _Ledger:
    numbers = {(n.work, n.marking, n.part): n.number for n in queries.all_of(connection, facts.Number)}
    scores = queries.standing_scores(connection)
    standing = {Place(WorkId(s.work), Marking(s.marking), CriterionId(s.criterion)): s for s in scores}
    return _Ledger(procedure, numbers, looks.by_cell(connection), standing)


def waiting(connection: Connection, procedure: Procedure, who: str) -> Queue:
    """What waits for a person: without what this person said already, where others must say it too."""
    me, known = person(who), _read(connection, procedure)
    doubtful = state.doubtful_cells(connection)
    cells = [
        known.cell(reading, me, in_doubt=True)
        for reading in doubtful
        if me not in voices(known.said.get(place_of(reading), ()))
    ]
    order = {criterion.id: at for at, criterion in enumerate(procedure.criteria)}
    cells.sort(key=lambda cell: (cell.number, order[cell.place.criterion]))
    sums = rowsums.waiting(connection, procedure)
    return Queue(tuple(cells), tuple(sums), _known(connection, known, {place_of(r) for r in doubtful}, me))


def _known(connection: Connection, known: _Ledger, doubtful: Collection[Place], me: str) -> tuple[Known, ...]:
    """Cells whose points are certain: read beyond doubt, or said by two people; never one that `me` decided."""
    ever = looks.ever_by_cell(looks.all_seen(connection))
    found: list[tuple[facts.CellReading, Given]] = []
    for reading in queries.all_of(connection, facts.CellReading):
        place = place_of(reading)
        score = known.standing.get(place)
        if score is None or place in doubtful:
            continue
        said, given = voices(ever.get(place, ())), settle.given_from(score.points)
        read = score.source == "reading" and reading.rule in _CERTAIN
        if me not in said and (read or list(said.values()).count(given) > 1):
            found.append((reading, given))
    # A city has a million of them, and a sitting needs some dozens: every so manyth will do.
    return tuple(Known(known.cell(reading, me), given) for reading, given in found[:: 1 + len(found) // _MOST_KNOWN])


# --- what is decided ------------------------------------------------------------------------------


def cell_of(shown: Shown) -> Cell:
    """The cell that is shown, known or not."""
    return shown.cell if isinstance(shown, Known) else shown


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision came to: cells that stand now, that need another person, that people say differently, and that
    were struck out and wait alone."""

    stand: int = 0
    second: int = 0
    differ: int = 0
    struck: int = 0

    def plus(self, verdict: Verdict) -> Decided:
        match verdict:
            case Stands():
                return Decided(self.stand + 1, self.second, self.differ, self.struck)
            case Open():
                return Decided(self.stand, self.second + 1, self.differ, self.struck)
            case Differs():
                return Decided(self.stand, self.second, self.differ + 1, self.struck)


def decide_group(writer: Writer, procedure: Procedure, group: Group, struck: Collection[int]) -> Decided:
    """A person saw a group and struck out some of its cells (numbers from 1): all others are what was proposed. A cell
    that somebody else decided in the meantime stays as it is."""
    done = Decided()
    proposed = settle.spelled(group.given)
    act = looks.act_of(writer.connection, cell_of(group.shown[0]).place)
    for number, shown in enumerate(group.shown, start=1):
        cell = cell_of(shown)
        what = Struck() if number in struck else group.given
        source: looks.Source = "known" if isinstance(shown, Known) else "review"
        if source == "review" and not _waits(writer.connection, cell):
            continue
        looks.say(writer, cell.place, what, Saying(source, act, proposed))
        if source == "known":
            continue
        if isinstance(what, Struck):
            done = Decided(done.stand, done.second, done.differ, done.struck + 1)
        else:
            done = done.plus(looks.conclude(writer, procedure, cell.place, "review", LOOK_ALIKES))
    return done


def _waits(connection: Connection, cell: Cell) -> bool:
    """Whether a cell is still as it was when it was shown."""
    standing = queries.standing_scores(connection, **looks.where(cell.place))
    return [settle.given_from(score.points) for score in standing] == ([] if cell.stands is None else [cell.stands])


def decide_single(writer: Writer, procedure: Procedure, shown: Shown, given: Given) -> Decided:
    """A person saw one cell and said what it is. Where a score in doubt stands, theirs replaces it, with the reason."""
    act = looks.act_of(writer.connection, cell_of(shown).place)
    if isinstance(shown, Known):
        looks.say(writer, shown.cell.place, given, Saying("known", act))
        return Decided()
    if not _waits(writer.connection, shown):
        return Decided()
    looks.say(writer, shown.place, given, Saying("review", act))
    why = "" if shown.stands is None else "the score was in doubt, and a person looked at the picture"
    verdict = looks.conclude(writer, procedure, shown.place, "review", why, correct=shown.stands is not None)
    return Decided().plus(verdict)


def undo(writer: Writer, who: str) -> tuple[Place, ...]:
    """Take back what a person decided last, all of it: further facts; the cells wait again. Raises NothingToUndo."""
    last = _last_act(looks.all_seen(writer.connection), person(who))
    if not last:
        raise NothingToUndo(who=who)
    for one in last:
        source: looks.Source = "known" if one.look.source == "known" else "review"
        looks.say(writer, one.place, TakenBack(), Saying(source, ""))
        if source == "review":
            _withdraw(writer, one)
    return tuple(one.place for one in last if one.look.source == "review")


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back led to: so many cells wait again; of the others, what stood before stands again or nothing."""

    waits: int
    others: int


def undone(connection: Connection, places: Sequence[Place]) -> Undone:
    """Of cells that were just taken back."""
    waiting = {(cell.work, cell.marking, cell.criterion) for cell in state.doubtful_cells(connection)}
    again = sum((place.work, int(place.marking), place.criterion) in waiting for place in places)
    return Undone(again, len(places) - again)


def _last_act(seen: Sequence[Seen], me: str) -> list[Seen]:
    newest: dict[tuple[Place, str], Seen] = {}
    for one in seen:
        if person(one.who) == me and one.look.source in ("review", "known"):
            newest[one.place, one.look.source] = one
    mine = [one for one in seen if newest.get((one.place, one.look.source)) is one and one.look.kind != "taken_back"]
    return [one for one in mine if one.look.act == mine[-1].look.act]


def _withdraw(writer: Writer, one: Seen) -> None:
    where = looks.where(one.place)
    for score in queries.standing_scores(writer.connection, **where):
        if score.revision == one.look.revision and score.source == "review":
            fields = (score.work, score.marking, score.criterion, score.revision)
            writer.append(facts.ScoreWithdrawn(*fields, "taken back by a person who had said it"))


# --- how well people see --------------------------------------------------------------------------


def measure(connection: Connection) -> tuple[Measured, ...]:
    """How every person did with known cells, and how often others overruled them."""
    standing = {
        Place(WorkId(s.work), Marking(s.marking), CriterionId(s.criterion)): settle.given_from(s.points)
        for s in queries.standing_scores(connection)
    }
    seen = looks.all_seen(connection)
    tried = [
        Tried(
            one.who,
            standing[one.place],
            None if one.look.kind == "struck" else settle.given_from(one.look.points),
            given_of_sign(one.look.proposed) if one.look.proposed else None,
        )
        for one in seen
        if one.look.source == "known" and one.look.kind != "taken_back" and one.place in standing
    ]
    return measured(tried, _double(seen, standing))


def _double(seen: Sequence[Seen], standing: Mapping[Place, Given]) -> dict[str, tuple[int, int]]:
    """Of each person: cells that somebody else said too, and those of them where something else came to stand."""
    names = {person(one.who): one.who for one in seen}
    counted: dict[str, tuple[int, int]] = {}
    for place, said in looks.ever_by_cell(seen).items():
        spoken = voices(said)
        if len(spoken) < 2 or place not in standing:
            continue
        for who, given in spoken.items():
            cells, overruled = counted.get(names[who], (0, 0))
            counted[names[who]] = cells + 1, overruled + (given != standing[place])
    return counted
