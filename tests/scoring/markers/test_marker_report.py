"""The report on possible markers, over odd districts and a planted case."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck.model import Points
from crosscheck.report import Withheld
from scoring.markers import journal, own, results
from scoring.markers.frame import frame
from scoring.markers.judged import Absent, Family, Kind, Why
from scoring.markers.judging import Known, Markers, markers
from scoring.markers.report import marker_report
from scoring.measures.readings import Readings
from scoring.reports import WorkResult
from tests import factories
from tests.scoring import odd

RU = factories.procedure()
_SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def known(some: list[WorkResult], own_style: str) -> Known:
    """With own marking, journal and last year's results of the odd kind."""
    found = frame(odd.P, some)
    n, totals = found.works, found.totals.astype(np.float64)
    if own_style == "nothing" or n == 0:
        return Known(found)
    work = np.arange(n)
    second = np.minimum(totals + (work % 3 == 0), found.highest)
    readers = np.concatenate([work % 4, (work + 1) % 4]) if own_style != "parts" else np.repeat([0, 1], n)
    seen = Readings(np.tile(work, 2), readers, np.concatenate([totals, second]))
    stated = np.where(work % 5 == 0, np.nan, totals + (work % 2 if own_style == "varied" else 0))
    experts = tuple(str(at) for at in range(int(readers.max()) + 1))
    marked = own.OwnMarks(found.schools, experts, seen, found.school, stated, stated == totals)
    marks = journal.Marks(found.schools, found.school, 2 + work % 4, 2 + (work // 2) % 4)
    years = results.Cohorts(found.schools, totals, found.school, totals[::-1].copy(), found.school)
    return Known(found, marked, marks, years)


@_SLOW
@given(odd.results(), st.sampled_from(("nothing", "same", "varied", "parts")))
def test_no_odd_district_crashes_or_makes_a_figure_that_is_none(some: list[WorkResult], own_style: str) -> None:
    """No data, one work, all X, all maximum, all equal: every cell is a number or says why there is none."""
    found = markers(known(some, own_style))
    assert odd.sound(marker_report(odd.P, found))
    assert [one.kind for one in found.families] == list(Kind)[:7]


@_SLOW
@given(odd.results())
def test_groups_under_ten_are_never_judged(some: list[WorkResult]) -> None:
    """Neither schools nor classes."""
    for one in markers(known(some, "varied")).families:
        assert all(tested.works >= 10 for tested in (one.tested if isinstance(one, Family) else ()))
        assert all(few.needed > few.works for few in one.few)


def district(raised: int = 0) -> list[WorkResult]:
    """Ten schools of thirty works; the first one's have more of everything."""
    dice = np.random.default_rng(5)
    found = []
    for school in range(10):
        for n in range(30):
            chance = 0.9 if school < raised else 0.5
            words = " ".join(str(dice.binomial(c.maximum, chance)) for c in RU.criteria)
            points = dict(zip((c.id for c in RU.criteria), odd_points(words), strict=True))
            total = sum(p.value for p in points.values())
            found.append(
                WorkResult(
                    f"{n}", f"{school + 1}", "5А", points, total, RU.boundaries.mark(total) if RU.boundaries else None
                )
            )
    return found


def odd_points(words: str) -> list[Points]:
    return [Points(int(word)) for word in words.split()]


def test_the_report_names_and_does_not_accuse() -> None:
    """A school that lies far above is a possible marker, in the field's words, with how many may be false."""
    report = marker_report(RU, markers(Known(frame(RU, district(1)))))
    table = next(t for t in report.tables if t.title == "Результаты выше, чем в других школах")
    texts = [getattr(cell, "text", "") for cell in table.rows[0]]
    assert texts[0] == "1"
    assert texts[-1] == "возможный маркер, требует дополнительного анализа"
    assert any("из них ложных можно ожидать: 0,05" in note for note in table.notes)
    everything = " ".join(
        [*report.lines, *(getattr(cell, "text", "") for t in report.tables for row in t.rows for cell in row)]
    )
    assert "нарушен" not in everything


def test_groups_of_experts_that_no_work_links_are_named_and_nothing_is_compared() -> None:
    """Two pairs of experts."""
    some = district()
    found = frame(RU, some)
    n, totals = found.works, found.totals.astype(np.float64)
    work = np.arange(n)
    first = 2 * (work % 2)
    seen = Readings(np.tile(work, 2), np.concatenate([first, first + 1]), np.concatenate([totals, totals + work % 3]))
    marked = own.OwnMarks(
        found.schools, ("4", "7", "11", "12"), seen, found.school, totals + 1 + work % 2, np.zeros(n, dtype=bool)
    )
    (absent,) = [one for one in markers(Known(found, marked)).families if one.kind is Kind.OWN]
    assert absent == Absent(Kind.OWN, Why.NOT_LINKED, groups=(("4", "7"), ("11", "12")))
    report = marker_report(RU, markers(Known(found, marked)))
    assert any("4, 7; 11, 12" in getattr(cell, "text", "") for row in report.tables[0].rows for cell in row)


def test_a_small_school_in_the_journal_table_does_not_follow_from_the_others() -> None:
    """The next smallest are withheld with it."""
    compared = tuple(
        (name, journal.Compared(1, n - 2, 1, 0)) for name, n in (("7", 3), ("9", 9), ("12", 12), ("30", 20))
    )
    table = next(
        one
        for one in marker_report(RU, Markers((), Absent(Kind.STEP, Why.NOTHING), compared)).tables
        if len(one.columns) == 7 and len(one.rows) == 5
    )
    assert [isinstance(row[2], Withheld) for row in table.rows] == [True, True, True, False, False]
