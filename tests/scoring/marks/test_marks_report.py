"""The report of results beside marks from elsewhere: no school follows by subtraction."""

from __future__ import annotations

from dataclasses import replace

from crosscheck.report import Row, Table, Text, Whole, Withheld
from scoring.marks.kinds import Kind, Source
from scoring.marks.known import OtherMarks
from scoring.marks.report import marks_report
from scoring.reports import WorkResult
from tests import factories

RU = factories.procedure()
SIZES = {"7": 4, "9": 8, "12": 14, "30": 20}


def tables() -> tuple[Table, ...]:
    """Four schools, two of them small; all have marks of last year."""
    some = [
        WorkResult(f"{school}-{n}", school, "5А", {}, 5 + (n * 7 + int(school)) % 9, None)
        for school, size in SIZES.items()
        for n in range(size)
    ]
    source = Source(Kind.RESULT, RU.date.year - 1, 20)
    marks = {one.participant: {source: (one.total * 3 + len(one.participant)) % 20} for one in some}
    return marks_report(RU, some, OtherMarks(marks, ())).tables


def _of(table: Table, name: str) -> list[Row]:
    return [row for row in table.rows if Text(name) in row[:2]]


def _withheld(row: Row) -> bool:
    return any(isinstance(cell, Withheld) for cell in row)


def test_beside_a_small_school_another_is_withheld_in_every_figure() -> None:
    """Else its correlation, means and change would follow from the district's and those of the others."""
    for table in tables():
        for name, told in (("Район", True), ("Школа 7", False), ("Школа 12", False), ("Школа 30", True)):
            rows = _of(table, name)
            assert rows
            assert all(_withheld(row) != told for row in rows), (table.title, name)


def test_the_report_is_in_the_language_of_the_procedure() -> None:
    """Its words, and what it says of itself."""
    made = marks_report(replace(RU, language="en"), [], OtherMarks({}, ()))
    assert (made.title, made.language) == ("Results and marks from elsewhere", "en")


def _over_years(earlier: dict[str, int]) -> dict[str, bool]:
    """Schools of 30, of which so many have a result of last year; whose change is withheld."""
    some = [
        WorkResult(f"{school}-{n}", school, "5А", {}, 5 + (n * 7 + int(school)) % 9, None)
        for school in earlier
        for n in range(30)
    ]
    source = Source(Kind.RESULT, RU.date.year - 1, 20)
    marks = {
        one.participant: {source: (one.total * 3 + n) % 20}
        for n, one in enumerate(some)
        if int(one.participant.partition("-")[2]) < earlier[one.school]
    }
    rows = marks_report(RU, some, OtherMarks(marks, ())).tables[1].rows
    return {row[0].text: _withheld(row) for row in rows if row[1] == Whole(RU.date.year)}  # type: ignore[union-attr]


def test_a_single_participant_without_an_earlier_result_doesnt_follow() -> None:
    """The mean of 30 beside a mean and a change of 29 would tell the thirtieth: that school's change is withheld, and
    where it would follow from the district's, that one too, or those of two others."""
    told = {"Район": False, "Школа 1": False, "Школа 2": False, "Школа 3": False}
    assert _over_years({"1": 30, "2": 30, "3": 20}) == told
    assert _over_years({"1": 29, "2": 30, "3": 30}) == {**told, "Район": True, "Школа 1": True}
    assert _over_years({"1": 29, "2": 20, "3": 30}) == {**told, "Район": True, "Школа 1": True}
    assert _over_years({"1": 29, "2": 20, "3": 20}) == {"Район": False, **dict.fromkeys(list(told)[1:], True)}


def test_a_change_is_withheld_with_the_schools_of_that_change() -> None:
    """Both the small school's and its neighbour's three cells of change."""
    over_years = tables()[1]
    for name in ("Школа 7", "Школа 12"):
        assert all(isinstance(cell, Withheld) for cell in _of(over_years, name)[-1][3:])
