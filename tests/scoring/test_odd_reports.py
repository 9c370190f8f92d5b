"""A school, class or expert with no data, one work, all X, all maximum, all equal: every report says "not enough data",
and none crashes or holds a NaN. Reports of experts, markers and results have such tests beside them, too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck.model import RE_MARKING, AnonymousNumber, CriterionId, Given, Marking, NotAttempted, Points, WorkId
from crosscheck.report import Report
from crosscheck.report_text import text_of
from scoring import agreement
from scoring.appeals.effects import Change, Scope, changes
from scoring.differences.kinds import MarkingSeen, ScoreSeen, WorkSeen
from scoring.discrepancies import discrepancies
from scoring.discrepancy_report import discrepancy_report
from scoring.markers.judging import markers
from scoring.markers.report import marker_report
from scoring.marks.kinds import Kind, Source
from scoring.marks.known import OtherMarks
from scoring.marks.report import marks_report
from scoring.organiser.layout import Topic
from scoring.organiser.reading import At
from scoring.organiser.report import PointSeen, district_report, point_report
from scoring.publishing import documents
from scoring.readers.judging import judged
from scoring.readers.report import own_report, reader_report
from scoring.remarks.comparing import compared
from scoring.remarks.note import remark_note
from scoring.reports import WorkResult
from scoring.verdicts import many, school_mark, standing, total
from tests.scoring import odd
from tests.scoring.markers.test_marker_report import known

P = odd.P
TOO_LITTLE = ("not enough data", "no data", "withheld: fewer than", "fewer than 10", "Too few works", "not stated")
_SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[*HealthCheck])

PointsOf = dict[CriterionId, Given]
X: PointsOf = {c.id: NotAttempted() for c in P.criteria}
MOST: PointsOf = {c.id: Points(c.maximum) for c in P.criteria}
ONES: PointsOf = {c.id: Points(1) for c in P.criteria}
STYLES = {"all X": X, "all maximum": MOST, "all equal": ONES}


def works(
    count: int,
    given: PointsOf,
    other: PointsOf,
    again: PointsOf | None = None,
) -> list[WorkSeen]:
    """Marked twice and marked again: the first one gives `given`, the second `other`, the re-marking `again`."""
    by = {Marking(1): given, Marking(2): other, RE_MARKING: other if again is None else again}
    return [
        WorkSeen(
            WorkId(f"w{n}"),
            tuple(
                MarkingSeen(m, AnonymousNumber(f"{m:02d}{n:05d}"), f"{m}", tuple(ScoreSeen(c, v) for c, v in g.items()))
                for m, g in by.items()
            ),
        )
        for n in range(count)
    ]


def results(count: int, given: PointsOf) -> list[WorkResult]:
    reached = total(given.values())
    return [WorkResult(f"{n}", "7", "5А", given, reached, school_mark(P, reached)) for n in range(count)]


def marked_again(some: Sequence[WorkSeen]) -> Report:
    stands = {w.work: standing(j.verdicts()) for w, j in zip(some, many(P, [w.scores() for w in some]), strict=True)}
    return remark_note(P, ("how",), compared(P, some, stands), 0)


def differing(some: Sequence[WorkSeen]) -> Report:
    return discrepancy_report(P, some, discrepancies(P, some), agreement.summary(P, [w.scores() for w in some]))


def from_elsewhere(some: Sequence[WorkResult]) -> Report:
    last = Source(Kind.RESULT, P.date.year - 1, 20)
    return marks_report(P, some, OtherMarks({one.participant: {last: one.total % 20} for one in some}, ()))


OF_WORKS: dict[str, Callable[[Sequence[WorkSeen]], Report]] = {
    "differences": differing,
    "re-marking": marked_again,
    "readers": lambda some: reader_report(P, judged(P, some, {})),
}
OF_RESULTS: dict[str, Callable[[Sequence[WorkResult]], Report]] = {
    "marks": from_elsewhere,
    "markers": lambda some: marker_report(P, markers(known(list(some), "varied"))),
}
PUBLISHED = ("school-7", "letter-7", "district")


def published(name: str, some: Sequence[WorkResult]) -> Report:
    return next(one for one in documents(P, some) if one.name == name).make()


def says_too_little(report: Report) -> bool:
    """It says so in words, and no figure but a nought is told."""
    return any(words in text_of(report) for words in TOO_LITTLE) and not any(odd.figures(report))


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("name", OF_WORKS)
def test_of_no_work_or_one_every_report_says_that_it_is_too_little(name: str, count: int) -> None:
    """Two experts who differ, or a re-marking that does: no mean, no share, no coefficient of one work."""
    assert says_too_little(OF_WORKS[name](works(count, MOST, ONES)))
    assert says_too_little(OF_WORKS[name](works(count, MOST, MOST, ONES)))


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("name", OF_RESULTS)
def test_of_no_result_or_one_too(name: str, count: int) -> None:
    """Beside marks from elsewhere, and for markers of bias."""
    assert says_too_little(OF_RESULTS[name](results(count, MOST)))


@pytest.mark.parametrize("name", PUBLISHED)
def test_of_one_work_published_reports_say_that_it_is_too_little(name: str) -> None:
    """Of none there are no reports."""
    assert list(documents(P, [])) == []
    assert says_too_little(published(name, results(1, MOST)))


def test_an_expert_of_one_work_is_told_that_it_is_too_little() -> None:
    """And so is one who gave nothing."""
    seen = works(1, MOST, ONES)
    silent = replace(seen[0].markings[0], expert="9", scores=())
    found = judged(P, [replace(seen[0], markings=(*seen[0].markings, silent))], {})
    assert found.experts
    assert all(says_too_little(own_report(P, found, expert)) for expert in found.experts)


def test_reports_on_organisation_say_what_was_not_stated() -> None:
    """No check point, one that was silent, one that stated a single thing."""
    silent = PointSeen("П1", 0, 0, 0, 0, {}, None)
    stated = replace(silent, entries={At(Topic.PROGRESS, "experts"): {"value": "1"}})
    for points in ([], [silent], [stated]):
        assert says_too_little(district_report(P, points))
        assert all(says_too_little(point_report(P, one)) for one in points)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("count", [4, 9, 12, 40])
def test_where_all_works_are_alike_no_report_holds_nonsense(style: str, count: int) -> None:
    """Nothing varies: coefficients are withheld with the reason, and no figure is a NaN."""
    given = STYLES[style]
    for of_works in OF_WORKS.values():
        assert odd.sound(of_works(works(count, given, given)))
    for of_results in OF_RESULTS.values():
        assert odd.sound(of_results(results(count, given)))
    for name in PUBLISHED:
        assert odd.sound(published(name, results(count, given)))
    alike = text_of(differing(works(40, given, given)))
    assert "all the same" in alike
    assert ("not enough data" in text_of(differing(works(count, given, given)))) is (count < 10)


@_SLOW
@given(odd.works())
def test_no_odd_works_make_nonsense_in_differences_or_re_markings(some: list[WorkSeen]) -> None:
    """Experts in other groups, works with one marking, hidden ones; some marked again."""
    again = [
        replace(w, markings=(*w.markings, replace(w.markings[0], marking=RE_MARKING))) if n % 2 else w
        for n, w in enumerate(some)
    ]
    assert odd.sound(differing(again))
    assert odd.sound(marked_again(again))


@_SLOW
@given(odd.results())
def test_no_odd_results_make_nonsense_beside_other_marks(some: list[WorkResult]) -> None:
    """Schools of nobody, of one, of a hundred, each in a style of its own."""
    assert odd.sound(from_elsewhere(some))


@_SLOW
@given(odd.results(), st.integers(0, 2**16), st.booleans())
def test_an_effect_has_figures_of_large_enough_groups_alone(some: list[WorkResult], at: int, there: bool) -> None:
    """Also where the work had no result before; never a NaN, and no figure of fewer works than are told."""
    if not some:
        return
    of, one = some[at % len(some)], P.criteria[0].id
    told = changes(P, some, of, {one: Points(0)} if there else None, {one: Points(1)})
    assert all(value is None or math.isfinite(value) for c in told for value in (c.before, c.after))
    sizes = {
        Scope.CLASS_SET: sum((r.school, r.class_set) == (of.school, of.class_set) for r in some),
        Scope.SCHOOL: sum(r.school == of.school for r in some),
        Scope.DISTRICT: len(some),
    }

    def figures(scope: Scope) -> list[Change]:
        return [c for c in told if c.scope is scope]

    for scope, size in sizes.items():
        few = size < P.reports.withheld_under
        assert all((c.after is None) is few for c in figures(scope))
        before = size - (0 if there else 1) < P.reports.withheld_under
        assert all((c.before is None) is before for c in figures(scope))
