"""Odd districts: schools, classes and experts with no data, one work, all X, all maximum, all equal."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from crosscheck.model import (
    FIRST_CONTROL_MARKING,
    AnonymousNumber,
    CriterionId,
    Given,
    Marking,
    NotAttempted,
    Points,
    WorkId,
)
from crosscheck.report import Decimal, Report, Share
from scoring.discrepancies import MarkingSeen, ScoreSeen, WorkSeen
from scoring.forms.stated import NOTHING_SAID, SchoolSaid, Stated
from scoring.reports import WorkResult
from scoring.verdicts import school_mark, total
from tests import factories

P = factories.procedure(language="en")
_STYLES = ("none", "all", "x", "same", "any")


@st.composite
def points(draw: st.DrawFn, style: str) -> dict[CriterionId, Given]:
    """Of one work."""
    match style:
        case "none":
            return {c.id: Points(0) for c in P.criteria}
        case "all":
            return {c.id: Points(c.maximum) for c in P.criteria}
        case "x":
            return {c.id: NotAttempted() for c in P.criteria}
        case "same":
            return {c.id: Points(1) for c in P.criteria}
        case _:
            return {c.id: Points(draw(st.integers(0, c.maximum))) for c in P.criteria}


@st.composite
def results(draw: st.DrawFn) -> list[WorkResult]:
    """Settled results of up to seven schools, each in a style of its own."""
    found: list[WorkResult] = []
    for school in range(draw(st.integers(0, 7))):
        style = draw(st.sampled_from(_STYLES))
        count = draw(st.sampled_from((0, 1, 9, 26, 110)))
        some = [draw(points(style)) for _n in range(min(count, 12))]
        for n in range(count):
            given = some[n % len(some)]
            reached = total(given.values())
            name = f"{n}"
            found.append(WorkResult(name, f"{school}", f"5{'АБ'[n % 2]}", given, reached, school_mark(P, reached)))
    return found


@st.composite
def works(draw: st.DrawFn) -> list[WorkSeen]:
    """Markings by up to five experts, some in other groups, some works with one marking or hidden ones."""
    experts, style = draw(st.integers(1, 5)), draw(st.sampled_from(_STYLES))
    second = draw(st.sampled_from(_STYLES))
    some = [(draw(points(style)), draw(points(second))) for _n in range(6)]
    found = []
    for n in range(draw(st.sampled_from((0, 1, 12, 30, 70)))):
        one, other = some[n % len(some)]
        markings = [_marking(1, n, n % experts, one)]
        if draw(st.booleans()) or n % 3:
            markings.append(_marking(2, n, (n + 1) % experts, other))
        if n % 7 == 0:
            markings.append(_marking(FIRST_CONTROL_MARKING, n, (n + 2) % experts, one))
        stated: dict[CriterionId, Stated] = dict(other)
        said = SchoolSaid(stated) if n % 2 else NOTHING_SAID
        found.append(WorkSeen(WorkId(f"w{n}"), tuple(markings), said))
    return found


def _marking(marking: int, n: int, expert: int, given: dict[CriterionId, Given]) -> MarkingSeen:
    scores = tuple(ScoreSeen(criterion, value) for criterion, value in given.items())
    return MarkingSeen(Marking(marking), AnonymousNumber(f"{marking:02d}{n:05d}"), f"{expert + 1}", scores)


def figures(report: Report) -> list[float]:
    """Every figure in it."""
    return [
        cell.value for table in report.tables for row in table.rows for cell in row if isinstance(cell, Decimal | Share)
    ]


def sound(report: Report) -> bool:
    """No figure is a NaN or infinite."""
    return all(math.isfinite(figure) for figure in figures(report))
