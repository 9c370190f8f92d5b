"""Declared conflicts as they are sealed: what a row says, and when it no longer holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.model import ClassToken, ExpertId, SchoolToken, WorkId
from crosscheck.procedure import Procedure

Row = Mapping[str, str]


def declared(row: Row) -> Conflict:
    """The conflict that a sealed row states."""
    return Conflict(ExpertId(row["expert"]), _target(row), Source(row["kind"]))


def _target(row: Row) -> Target:
    if "work" in row:
        return OfWork(WorkId(row["work"]))
    return OfClass(ClassToken(row["class"])) if "class" in row else OfSchool(SchoolToken(row["school"]))


def is_over(row: Row, procedure: Procedure) -> bool:
    """Did the expert leave the former school longer ago than the procedure asks? Without a year it never ends."""
    if row["kind"] != Source.FORMER_SCHOOL.value or not row.get("until"):
        return False
    return procedure.date.year - int(row["until"]) > procedure.former_school_years
