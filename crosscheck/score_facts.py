"""Facts of the ledger about what people say of scores; `crosscheck.facts` is where all kinds are explained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """A person looked at a cell, or at the paper, and said what stands there without seeing what others said.

    `entry`: which look at the cell it is, from 0. `source`: review (the picture), entry (the paper), audit (a blind
    check of what stands), or known (a cell whose points were certain: it measures the person and counts for nothing).
    `kind`: points, not_attempted (X), struck (it isn't `proposed`), or taken_back: what this person said before is
    void. `proposed`: under which reading it was shown among look-alikes, else empty. `revision`: of the score that it
    is said for. `act`: names what was said at one blow, and is
    taken back so; or the audit."""

    work: str
    marking: int
    criterion: str
    entry: int
    source: str
    kind: str
    points: int | None
    proposed: str
    revision: int
    act: str


@dataclass(frozen=True, slots=True)
class ScoreWithdrawn:
    """A person took back what made revision `revision` of a score: it counts no more, and the cell waits again."""

    work: str
    marking: int
    criterion: str
    revision: int
    why: str


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """Rows of score sheets were drawn to be keyed again. `seed`: public; `population`: rows with all their points, of
    which `lot` were drawn by lot. `near`: works that a wrong point or so could give another mark were all drawn; the
    distance in points, 0 for none. `third`: 1 when works at the edge of a third marking were drawn too."""

    audit: str
    seed: str
    population: int
    lot: int
    near: int
    third: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row that was drawn, by its number. `how`: lot or near; `place`: its place in the lot, from 0."""

    audit: str
    number: str
    how: str
    place: int


@dataclass(frozen=True, slots=True)
class AuditCount:
    """What the audit of another procedure counted, as it was handed over: rows there are, rows keyed again by lot and
    wrong ones among them, and the same of cells."""

    procedure: str
    audit: str
    revision: int
    population: int
    rows: int
    wrong_rows: int
    cells: int
    wrong_cells: int
