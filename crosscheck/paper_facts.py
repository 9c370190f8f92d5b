"""Facts of the ledger about giving out and paper; `crosscheck.facts` is where all kinds are found and explained."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.model import Marking, MarkingKey, Part, WorkId


class _OfMarking:
    """What is about one marking of one part of a work; part 0 is the whole work."""

    __slots__ = ()
    work: str
    marking: int
    part: int

    @property
    def key(self) -> MarkingKey:
        return MarkingKey(WorkId(self.work), Marking(self.marking), Part(self.part))


@dataclass(frozen=True, slots=True)
class Allocation:
    """A verified allocation: the solver's certificate as JSON."""

    allocation: str
    seed: int
    objective: int
    certificate: str


@dataclass(frozen=True, slots=True)
class Number(_OfMarking):
    """The anonymous number of a work for one marking of one part."""

    work: str
    marking: int
    number: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class Assignment(_OfMarking):
    """An expert marks a work, or a part of it. `criteria` is a JSON list, or empty for all of them."""

    work: str
    marking: int
    expert: str
    allocation: str
    criteria: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class Reassignment(_OfMarking):
    """A marking was taken back from an expert (`withdrawn`) and given to `expert`, after it had been given out. The
    highest revision stands; 0 is the assignment itself. `packet`: where the row that is void by this lies, 0 before
    it lay in one. `reason`: absent, conflict, together, room, handed_over or lost (to the same expert again). A control
    marking is given to nobody: `expert` is empty."""

    work: str
    marking: int
    revision: int
    withdrawn: str
    packet: int
    expert: str
    allocation: str
    criteria: str
    reason: str
    why: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether an expert is there on check day (`present` 1 or 0), as a named person said; who isn't gets nothing."""

    expert: str
    revision: int
    present: int
    why: str


@dataclass(frozen=True, slots=True)
class Packet:
    """One working set for one expert: so many works, all of one kind of marking."""

    packet: int
    expert: str
    marking: int
    works: int


@dataclass(frozen=True, slots=True)
class PacketRow(_OfMarking):
    """Row `row` (from 0) of a packet's score sheets."""

    packet: int
    row: int
    work: str
    marking: int
    number: str
    criteria: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class PacketPrint:
    """A packet as it was printed: the SHA-256 of the file and its pages."""

    packet: int
    round: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class PacketFile:
    """A packet's file as it was drawn last: the highest revision lies on the disk. `settings`: how it was to be printed
    (JSON). `pages` of the file, `blank` ones among them, `papers` it needs when printed as the settings say."""

    packet: int
    round: int
    revision: int
    settings: str
    sha256: str
    pages: int
    blank: int
    papers: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Something of a packet was printed again, as print `round`, and what it replaces counts no more. `part`: `all`, a
    score sheet (`sheet 1`), or a page (`page 4832915 2`). `rows`: JSON list of the rows it holds; those of works that
    were taken back are left out."""

    packet: int
    round: int
    part: str
    rows: str
    why: str
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class CustodyMove:
    """A packet was given out, came back or was lost at a check point. `happened`: when (UTC, ISO 8601); `by`: who noted
    it there. Both can differ from when and by whom it was recorded: a check point may have no network."""

    move: str
    packet: int
    direction: str
    point: str
    happened: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class PointClosed:
    """A check point was closed (1), or opened again (0)."""

    point: str
    revision: int
    closed: int
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A score sheet as it was printed; `blank` is its picture before anybody wrote on it."""

    packet: int
    sheet: int
    round: int
    blank: str


@dataclass(frozen=True, slots=True)
class SumReading(_OfMarking):
    """What the machine saw where the expert wrote the sum of a row of sheet `sheet`. `kind`: agrees or differs, when
    all cells of the row were read; open, when not all were; unclear; empty. `points`: the sum, where it was read beyond
    doubt; what it might be, in `measures` as JSON; the crop's name."""

    page: str
    work: str
    marking: int
    part: int
    sheet: int
    kind: str
    points: int | None
    measures: str
    crop: str


@dataclass(frozen=True, slots=True)
class RowSum(_OfMarking):
    """What a person read as the sum of a row; None: none is written there."""

    work: str
    marking: int
    part: int
    sheet: int
    revision: int
    points: int | None
    why: str
