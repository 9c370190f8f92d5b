"""What people type about an appeal: points, reasons, days."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import click

from crosscheck.model import CriterionId, Given
from crosscheck.procedure import Procedure
from scoring import settle
from scoring.appeals.errors import NotThatDay, ReasonsMissing

DAY = click.DateTime(["%Y-%m-%d"])


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


def reasons_of(entries: Sequence[str], points: Mapping[CriterionId, Given]) -> dict[CriterionId, str]:
    """Entries as 6К1=why, of criteria that have points. Raises E3132."""
    found: dict[CriterionId, str] = {}
    for entry in entries:
        criterion, _sign, why = entry.partition("=")
        if criterion not in points or criterion in found or not why.strip():
            raise ReasonsMissing(entry=entry)
        found[CriterionId(criterion)] = why.strip()
    return found


def criterion_of(procedure: Procedure, criterion: str) -> CriterionId:
    """A criterion of experts. Raises E3071."""
    if criterion not in {c.id for c in procedure.criteria}:
        raise settle.NoSuchCriterion(criterion=criterion, known=", ".join(c.id for c in procedure.criteria))
    return CriterionId(criterion)
