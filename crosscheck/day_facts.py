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
