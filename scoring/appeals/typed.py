"""What people type about an appeal: points, reasons, days, members of a panel and their schools."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

from crosscheck import helptext
from crosscheck.model import CriterionId, Given
from crosscheck.names import folded, looking_alike
from crosscheck.procedure import Procedure
from crosscheck.schoolbook import SchoolBook
from scoring import settle
from scoring.appeals.errors import MemberUnclear, NotThatDay, ReasonsMissing, UnknownSchool

DAY = helptext.Moment("%Y-%m-%d", "%d.%m.%Y")


def day_of(given: datetime.datetime | None) -> datetime.date:
    """The day meant, today by default. Raises NotThatDay when it lies in the future."""
    today = datetime.date.today()
    day = today if given is None else given.date()
    if day > today:
        raise NotThatDay(day=day, earliest=today)
    return day


def points_of(procedure: Procedure, entries: Sequence[str]) -> dict[CriterionId, Given]:
    """Entries as 6К1=2. Raises E3071, E3072, E3132."""
    found: dict[CriterionId, Given] = {}
    for entry in entries:
        criterion, _sign, value = entry.partition("=")
        known = criterion_of(procedure, criterion)
        if known in found:
            raise ReasonsMissing(entry=entry)
        found[known] = settle.given_of(procedure, known, value)
    return found


def reasons_of(
    procedure: Procedure, entries: Sequence[str], points: Mapping[CriterionId, Given]
) -> dict[CriterionId, str]:
    """Entries as 6К1=why, of criteria that have points. Raises E3071, E3132."""
    found: dict[CriterionId, str] = {}
    for entry in entries:
        criterion, _sign, why = entry.partition("=")
        known = criterion_of(procedure, criterion)
        if known not in points or known in found or not why.strip():
            raise ReasonsMissing(entry=entry)
        found[known] = why.strip()
    return found


def criterion_of(procedure: Procedure, criterion: str) -> CriterionId:
    """A criterion of experts, on whichever keyboard its letter was typed. Raises E3071."""
    return settle.criterion_called([c.id for c in procedure.criteria], criterion)


# --- members of a panel --------------------------------------------------------------------------


def member_of(entry: str) -> tuple[str, str]:
    """Name and schools of an entry NAME=SCHOOL, as typed. Raises E3178."""
    who, equals, schools = entry.rpartition("=")
    if not equals or not who.strip() or not schools.strip():
        raise MemberUnclear(entry=entry)
    return who.strip(), schools.strip()


def schools_of(book: SchoolBook, text: str) -> frozenset[str]:
    """Numbers in the list of the schools that are meant, apart by commas, semicolons or blanks; - is none.

    Raises E3138 for the first that is in no list, or that may be several.
    """
    found: set[str] = set()
    for piece in re.split("[,;]", text):
        found.update(_schools_in(book, piece.strip()))
    return frozenset(found)


def _schools_in(book: SchoolBook, piece: str) -> set[str]:
    if piece in ("", "-"):
        return set()
    if (known := _school(book, piece)) is not None:
        return {known}
    # Blanks stand between schools and within a name; a number sign belongs to the number after it.
    words = re.sub(r"№\s+", "№", piece).split()
    each = [_school(book, word) for word in words if word != "-"]
    if len(words) < 2 or None in each:
        raise UnknownSchool(school=piece)
    return {school for school in each if school is not None}


def _school(book: SchoolBook, text: str) -> str | None:
    """One school; with several numbers only where the list has exactly this text, for a list of schools has, too."""
    several = len(set(re.findall(r"\d+", text))) > 1
    exact = folded(text) in book.spelt or folded(looking_alike(text)) in book.codes
    return None if several and not exact else book.school(text)
