"""Reports: their figures, and their files."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from typing import BinaryIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from scoring.summary import summary, t_quantile

from crosscheck.model import AnonymousNumber, Marking, NotAttempted, Points, WorkId
from crosscheck.report import Band, Decimal, Report, Share, Sign, Table, Text, UnevenRow, Whole, Withheld
from crosscheck.report_files import write_pdf, write_xlsx
from scoring.agreement import summary as agreed
from scoring.discrepancies import MarkingSeen, ScoreSeen, WorkSeen, discrepancies
from scoring.discrepancy_report import discrepancy_report
from scoring.reports import (
    DEFAULT,
    Bands,
    WorkResult,
    class_set_form,
    coefficient,
    district_summary,
    natural,
    school_report,
)
from scoring.verdicts import school_mark, total
from tests import factories

P = factories.procedure(language="en")


def result(i: int, words: str, school: str = "7", class_set: str = "5А") -> WorkResult:
    pairs = zip(P.criteria, words.split(), strict=True)
    points = {c.id: NotAttempted() if word == "X" else Points(int(word)) for c, word in pairs}
    reached = total(points.values())
    return WorkResult(f"{10000 + i}", school, class_set, points, reached, school_mark(P, reached))


def school(n: int, name: str) -> list[WorkResult]:
    return [result(i, "1 2 2 3 2 1" if i % 2 else "0 1 X 1 0 0", name) for i in range(n)]


def table(report: Report, title: str) -> Table:
    return next(t for t in report.tables if t.title == title)


def written(report: Report, write: object) -> bytes:
    out: BinaryIO = io.BytesIO()
    write(report, out)  # type: ignore[operator]
    out.seek(0)
    return out.read()


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.7062), (2, 4.3027), (9, 2.2622), (30, 2.0423), (120, 1.9799)])
def test_students_t_gives_the_tabled_values(degrees: int, t: float) -> None:
    """Two-sided 95 %."""
    assert t_quantile(degrees) == pytest.approx(t, abs=5e-5)


def test_summary_figures_follow_the_fields_formulas() -> None:
    """Mean, median, sample deviation (n-1) and the interval of the mean."""
    found = summary([2, 4, 4, 4, 5, 5, 7, 9, 0, 10])
    assert (found.mean, found.median) == (5.0, 4.5)
    assert found.deviation == pytest.approx(3.018, abs=1e-3)
    assert list(found.interval()) == pytest.approx([2.841, 7.159], abs=1e-3)


def test_the_coefficient_is_points_reached_of_points_possible() -> None:
    """Two works of 11 and 2 points of 11 each: 13 of 22."""
    assert coefficient(school(2, "7"), P.criteria) == pytest.approx(13 / 22)


def test_bands_include_their_lower_limit() -> None:
    """Green from 60 %, red under 57 %."""
    bands = Bands(0.6, 0.57)
    assert [bands.of(share) for share in (0.6, 0.599, 0.57, 0.569)] == [Band.GREEN, Band.YELLOW, Band.YELLOW, Band.RED]


def test_the_class_form_has_the_fields_columns() -> None:
    """Code, criteria with their maxima, raw score, school mark; X stays X."""
    (found,) = class_set_form(P, "7", "5А", [result(2, "1 2 2 3 2 1"), result(1, "0 1 X 1 0 0")]).tables
    assert found.columns == (
        "Participant code",
        "1 (1p)",
        "2 (2p)",
        "3 (2p)",
        "4 (3p)",
        "5К1 (2p)",
        "5К2 (1p)",
        "Raw score",
        "School mark",
    )
    assert found.rows[0] == (
        Text("10001"),
        Whole(0),
        Whole(1),
        Sign("X"),
        Whole(1),
        Whole(0),
        Whole(0),
        Whole(2),
        Whole(2),
    )
    assert found.rows[1][-2:] == (Whole(11), Whole(5))


@pytest.mark.parametrize(
    ("n", "mean", "interval", "note"),
    [
        (4, False, False, "withheld: fewer than 5 works"),
        (5, True, False, "not enough data"),
        (9, True, False, "not enough data"),
        (10, True, True, ""),
    ],
)
def test_small_groups_are_withheld_or_said_to_be_too_few(n: int, mean: bool, interval: bool, note: str) -> None:
    """Under 5 no aggregate at all, under 10 no interval and a note."""
    row = table(school_report(P, "7", school(n, "7")), "Results").rows[0]
    assert row[1] == Whole(n)
    assert isinstance(row[2], Decimal) == mean
    assert isinstance(row[5], Decimal) == interval
    assert row[-1] == Text(note)


def test_small_groups_are_withheld_in_every_table() -> None:
    """Neither tasks nor school marks give away a group of four."""
    report = school_report(P, "7", school(4, "7"))
    assert [t.title for t in report.tables] == ["Results", "Tasks"]
    assert {type(cell) for row in table(report, "Tasks").rows for cell in row[3:]} == {Withheld}


def test_the_district_table_crosses_tasks_with_schools() -> None:
    """Schools in the order of their numbers, the district last; small schools withheld."""
    report = district_summary(P, [*school(10, "12"), *school(6, "7"), *school(3, "9")])
    facility = table(report, "Coefficient of tasks by school")
    assert [row[0] for row in facility.rows] == [Text("7"), Text("9"), Text("12"), Text("District")]
    assert facility.rows[0][2] == Share(0.5, Band.RED)
    assert facility.rows[0][6] == Share(0.5, Band.GREEN)  # the same share on an advanced task
    assert isinstance(facility.rows[1][2], Withheld)


def test_class_names_sort_as_people_sort_them() -> None:
    """5А before 5Б before 10А."""
    assert sorted(["10А", "5Б", "5А"], key=natural) == ["5А", "5Б", "10А"]


def test_a_table_with_an_uneven_row_is_refused() -> None:
    """A cell too few would move scores into other columns."""
    with pytest.raises(UnevenRow, match="E3065"):
        Table("T", ("a", "b"), ((Whole(1),),))


def works() -> list[WorkSeen]:
    made = []
    for i in range(12):
        first = {c.id: Points(c.maximum) for c in P.criteria}
        second = {c: (Points(0) if c == P.criteria[i % 6].id else value) for c, value in first.items()}
        markings = tuple(
            MarkingSeen(
                Marking(n),
                AnonymousNumber(f"{1000000 + 10 * i + n}"),
                f"Э{n + i % 2}",
                tuple(ScoreSeen(c, g) for c, g in scores.items()),
            )
            for n, scores in ((1, first), (2, second))
        )
        made.append(WorkSeen(WorkId(f"w{i}"), markings))
    return made


def methodists_report() -> Report:
    seen = works()
    return discrepancy_report(P, seen, discrepancies(P, seen), agreed(P, [w.scores() for w in seen]))


def test_the_methodists_report_lists_differences_agreement_and_experts() -> None:
    """Each of twelve works differs on one criterion; numbers are as printed on the packets."""
    differences, agreement, experts = methodists_report().tables
    assert len(differences.rows) == 12
    assert Text("3\nexpert Э2\n№ 100 003-1") in differences.rows[3]
    assert agreement.rows[-1][0] == Text("Total")
    assert agreement.rows[0][3] == Share(10 / 12)
    assert [row[0] for row in experts.rows] == [Text("Э1"), Text("Э2"), Text("Э3")]
    assert [row[1] for row in experts.rows] == [Whole(6), Whole(12), Whole(6)]


def test_a_workbook_holds_the_numbers_as_numbers() -> None:
    """It opens, is frozen under its header and filtered; figures are numbers with formats."""
    book = load_workbook(io.BytesIO(written(class_set_form(P, "7", "5А", school(3, "7")), write_xlsx)))
    sheet = book.worksheets[0]
    header = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Participant code")
    assert sheet.freeze_panes == f"A{header + 1}"
    assert sheet.auto_filter.ref == f"A{header}:I{header + 3}"
    assert [cell.value for cell in sheet[header + 2]] == ["10001", 1, 2, 2, 3, 2, 1, 11, 5]


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    """A name that begins with = is never run."""
    report = Report(text, (text,), (Table(text, (text,), ((Text(text),),)),))
    sheet = load_workbook(io.BytesIO(written(report, write_xlsx))).worksheets[0]
    for row in range(1, 6):
        assert (sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) == (text, "s")
        assert sheet.cell(row, 1).quotePrefix


@pytest.mark.parametrize("write", [write_xlsx, write_pdf])
def test_the_same_report_gives_the_same_bytes(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day too: no clock gets into a file."""
    report = methodists_report()
    first = written(report, write)

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Later:
            return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr("openpyxl.writer.excel.datetime.datetime", Later)
    monkeypatch.setattr("openpyxl.packaging.core.datetime.datetime", Later)
    assert written(report, write) == first


def test_paper_holds_russian_text_and_all_rows() -> None:
    """The text of the PDF can be searched; every participant is there; control characters are not."""
    report = class_set_form(P, "7", "5А", [replace(r, participant=f"1\x00{i}") for i, r in enumerate(school(80, "7"))])
    pages = PdfReader(io.BytesIO(written(report, write_pdf))).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert len(pages) > 1
    assert "ВПР 2026. Математика. 5 класс" in text
    assert text.count("Participant") == len(pages)  # the header repeats
    assert all(f"1 {i}" in text for i in range(80))


def test_many_columns_fit_on_paper() -> None:
    """Twenty-nine tasks, as in biology: nothing runs out of the page."""
    tasks = tuple(factories.task(str(n), 1, 5) for n in range(1, 30))
    criteria = tuple(factories.criterion(str(n), str(n), 2) for n in range(1, 30))
    procedure = replace(P, tasks=tasks, criteria=criteria)
    points = {c.id: Points(2) for c in criteria}
    results = [WorkResult("10001", "7", "5А", points, 58, 5)] * 12
    for report in (class_set_form(procedure, "7", "5А", results), district_summary(procedure, results, DEFAULT)):
        assert len(PdfReader(io.BytesIO(written(report, write_pdf))).pages) >= 1
