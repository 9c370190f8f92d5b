"""Facts of the ledger about what is brought in beside paper: marks from elsewhere. `crosscheck.facts` is where all
kinds are found and explained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarksFile:
    """A file of other marks was taken in. `imported`: M001 and on; `content`: a keyed hash of its bytes; `columns`:
    what it holds, in words of the ledger; of how many participants, and how many marks. The marks are sealed."""

    imported: str
    content: str
    columns: str
    participants: int
    marks: int


@dataclass(frozen=True, slots=True)
class MarksWithdrawn:
    """A file of other marks counts no more: what stood before it stands again."""

    imported: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnScore:
    """What a school gave for a work itself, before the cross-check, as the file `imported` says it: for a criterion, or
    in total where `criterion` is empty. `kind`: points, not_attempted (X) or not_taught; `points` when it is points. An
    empty cell is no fact."""

    imported: str
    work: str
    criterion: str
    kind: str
    points: int | None


@dataclass(frozen=True, slots=True)
class MeetingDecision:
    """How the standardisation meeting decided to read a criterion, or all of them where `criterion` is empty. An empty
    `text`: no such decision any more. `supplement`: 1 when packets were printed already, 0 when it goes into them."""

    decision: int
    revision: int
    criterion: str
    text: str
    supplement: int
    why: str


@dataclass(frozen=True, slots=True)
class AgreedPoints:
    """What the standardisation meeting agreed on for a criterion of an exemplar work. `kind`: points, not_attempted (X)
    or withdrawn. `supplement` as with decisions."""

    work: str
    criterion: str
    revision: int
    kind: str
    points: int | None
    supplement: int
    why: str


@dataclass(frozen=True, slots=True)
class PointNote:
    """What an organiser entered about a check point. `topic`: progress, observer, difficulty or incident; `place`:
    which one (a field of progress, a row of the form, or a note); `said`: JSON of its fields, empty: taken back."""

    point: str
    topic: str
    place: str
    revision: int
    said: str
    why: str
