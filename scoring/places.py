"""Where a score stands. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.model import CriterionId, Marking, WorkId


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: a work under one of its numbers, for one marking, and a criterion."""

    work: WorkId
    marking: Marking
    criterion: CriterionId
