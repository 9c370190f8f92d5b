"""Odd districts: every document in every format, never a crash, never a NaN."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from crosscheck.procedure import Procedure
from crosscheck.report import figure
from crosscheck.report_settings import ReportSettings, Scaled
from scoring.formats import Format
from scoring.publishing import documents
from scoring.reports import WorkResult
from scoring.written import drawn
from tests.scoring.reporting import made

P = made.procedure(3)
MAXIMA = [criterion.maximum for criterion in P.all_criteria]
_NOT_A_NUMBER = re.compile(rb"\b(nan|inf|infinity)\b", re.IGNORECASE)


def same(schools: Sequence[Sequence[int]], given: Sequence[int | None], **more: object) -> list[WorkResult]:
    """Schools with class-sets of these sizes, all works alike."""
    return [
        made.work(P, f"{s}{c}{n}", str(s), f"5{'АБВГ'[c]}", given, **more)
        for s, classes in enumerate(schools, start=1)
        for c, size in enumerate(classes)
        for n in range(size)
    ]


ODD = {
    "nothing": [],
    "one work": same([[1]], MAXIMA),
    "one school": same([[12, 13]], MAXIMA),
    "all X": same([[25], [24, 3], [1], [12], [11], [30]], [None] * 4),
    "all maximum": same([[25], [24, 3], [1], [12], [11], [30]], MAXIMA, journal_mark=2),
    "all equal": same([[25], [24], [12], [12], [11], [30]], [1, 0, None, 1], journal_mark=5),
    "few works everywhere": same([[4], [3, 1], [2], [1]], MAXIMA),
    "two schools, one tiny": same([[30], [3]], MAXIMA),
    "long names": made.district(P, [[3, 4], [25, 26, 27], [12]], seed=1),
}


def checked(procedure: Procedure, results: list[WorkResult]) -> int:
    """Draw everything in every format and look for numbers that are none; how many files there were."""
    files = 0
    for document in documents(procedure, results):
        report = document.make()
        cells = [cell for table in report.tables for row in table.rows for cell in row]
        numbers = [value for cell in cells if (value := figure(cell)) is not None]
        assert all(abs(value) < 1e6 for value in numbers)  # a NaN is less than nothing
        for form in document.formats:
            content = drawn(report, form)
            _readable(form, content)
            files += 1
    return files


def _readable(form: Format, content: bytes) -> None:
    match form:
        case Format.XLSX:
            assert load_workbook(io.BytesIO(content)).worksheets
        case Format.PDF:
            assert len(PdfReader(io.BytesIO(content)).pages) >= 1
        case Format.JSON:
            json.loads(content)
            assert not _NOT_A_NUMBER.search(content)
        case Format.HTML | Format.CSV:
            assert not _NOT_A_NUMBER.search(content)


@pytest.mark.parametrize("name", ODD)
def test_odd_districts_have_reports_without_nonsense(name: str) -> None:
    """Also with journal marks, with a scaled score, without boundaries."""
    files = checked(replace(P, reports=ReportSettings(scaled=Scaled.MARK)), ODD[name])
    assert (files > 0) is bool(ODD[name])


def test_the_same_results_give_the_same_bytes() -> None:
    """Every document, in every format."""
    first, again = (
        [drawn(one.make(), form) for one in documents(P, ODD["long names"]) for form in one.formats] for _time in "12"
    )
    assert first == again


def test_without_boundaries_there_are_no_marks_and_no_crash() -> None:
    """Marks are never inferred."""
    results = [replace(one, school_mark=None) for one in ODD["all equal"]]
    assert checked(replace(P, boundaries=None, reports=ReportSettings(scaled=Scaled.MARK)), results) > 0


POINTS = st.tuples(*(st.none() | st.integers(0, most) for most in MAXIMA))
DISTRICTS = st.lists(st.lists(st.lists(POINTS, max_size=12), min_size=1, max_size=2), min_size=1, max_size=6)


@settings(max_examples=6, deadline=None)
@given(DISTRICTS, st.sampled_from(Scaled), st.integers(0, 4))
def test_any_district_has_reports(
    schools: list[list[list[tuple[int | None, ...]]]], scaled: Scaled, journal: int
) -> None:
    """Whatever points were given to how many works."""
    scale = tuple(range(sum(MAXIMA) + 1))
    results = [
        made.work(P, f"{s}-{c}-{n}", str(s), f"5{'АБВ'[c]}", given, journal_mark=journal + 1 if journal else None)
        for s, classes in enumerate(schools, start=1)
        for c, works in enumerate(classes)
        for n, given in enumerate(works)
    ]
    checked(replace(P, reports=ReportSettings(scaled=scaled, scale=scale)), results)


def test_a_small_group_says_why_it_has_no_figures() -> None:
    """Four works: withheld; nine: not enough data."""
    for size, words in ((4, "не приводится: менее 5 работ"), (9, "недостаточно данных")):
        document = next(one for one in documents(P, same([[size]], MAXIMA)) if one.name == "school-1")
        assert words in drawn(document.make(), Format.HTML).decode()
