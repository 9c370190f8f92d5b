"""Reports of results: what stands in them, and their files."""

from __future__ import annotations

import datetime
import io
import time
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from crosscheck.model import AnonymousNumber, Marking, NotAttempted, Points, WorkId
from crosscheck.procedure import Procedure
from crosscheck.report import Band, Decimal, Report, Share, Sign, Table, Text, UnevenRow, Whole, Withheld
from crosscheck.report_files import write_pdf, write_xlsx
from crosscheck.report_settings import Bands
from scoring.agreement import summary as agreed
from scoring.discrepancies import MarkingSeen, ScoreSeen, WorkSeen, discrepancies
from scoring.discrepancy_report import discrepancy_report
from scoring.reporting.arrays import gathered
from scoring.reporting.class_form import class_set_form, f1_form
from scoring.reporting.district import Computed, computed, district_report
from scoring.reporting.letter import NO_DEADLINES, Awaited, Deadlines, letter
from scoring.reporting.school import school_report
from scoring.reporting.tables import band
from scoring.reports import WorkResult, natural
from scoring.verdicts import school_mark, total
from tests import factories
from tests.scoring.reporting import made

P = factories.procedure(language="en")


def result(i: int, words: str, school: str = "7", class_set: str = "5А") -> WorkResult:
    pairs = zip(P.criteria, words.split(), strict=True)
    points = {c.id: NotAttempted() if word == "X" else Points(int(word)) for c, word in pairs}
    reached = total(points.values())
    return WorkResult(f"{10000 + i}", school, class_set, points, reached, school_mark(P, reached))


def school(n: int, name: str, class_set: str = "5А") -> list[WorkResult]:
    return [result(i, "1 2 2 3 2 1" if i % 2 else "0 1 X 1 0 0", name, class_set) for i in range(n)]


def of(results: list[WorkResult], procedure: Procedure = P) -> Computed:
    return computed(procedure, gathered(procedure, results))


def table(report: Report, title: str) -> Table:
    return next(t for t in report.tables if t.title == title)


def written(report: Report, write: object) -> bytes:
    out: BinaryIO = io.BytesIO()
    write(report, out)  # type: ignore[operator]
    out.seek(0)
    return out.read()


def test_bands_include_their_lower_limit() -> None:
    """Green from 60 %, red under 57 %."""
    bands = Bands(0.6, 0.57)
    assert [band(bands, share) for share in (0.6, 0.599, 0.57, 0.569)] == [
        Band.GREEN,
        Band.YELLOW,
        Band.YELLOW,
        Band.RED,
    ]


# --- forms of single results -----------------------------------------------------------------------


def test_the_class_form_has_the_columns_of_the_collection_form() -> None:
    """Code, class, variant, criteria with their maxima, sum, and beside it the school mark; X stays X."""
    results = [result(2, "1 2 2 3 2 1"), replace(result(1, "0 1 X 1 0 0"), variant="2", journal_mark=3)]
    (found,) = class_set_form(P, "7", "5А", results).tables
    scores = ("1 (1p)", "2 (2p)", "3 (2p)", "4 (3p)", "5К1 (2p)", "5К2 (1p)")
    asked = ("Sex", "Mark of the last term", "Mark in the journal")
    assert found.columns == ("Participant code", "Class", "Variant", *scores, "Sum", "School mark", *asked)
    first, second = found.rows
    given = (Whole(0), Whole(1), Sign("X"), Whole(1), Whole(0), Whole(0))
    nothing = Text("")
    assert first == (Text("10001"), Text("5А"), Text("2"), *given, Whole(2), Whole(2), nothing, nothing, Whole(3))
    assert second[9:] == (Whole(11), Whole(5), nothing, nothing, nothing)


def test_f1_has_the_layout_of_the_federal_form() -> None:
    """Rows of labels, levels over tasks, the header, a row for each participant; what isn't known is a dash."""
    procedure = replace(P, language="ru")
    results = [replace(result(1, "0 1 X 1 0 0"), school_name="СОШ № 7"), result(2, "1 2 2 3 2 1", class_set="5Б")]
    book = load_workbook(io.BytesIO(written(f1_form(procedure, results), write_xlsx)))
    rows = [[cell or "" for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0][0] == "ВПР 2026 Математика 5 класс"
    assert rows[1][:2] == ["Предмет", "Математика"]
    assert rows[2][:2] == ["Максимальный первичный балл", "11"]
    assert rows[3][:2] == ["Дата", "14.04.2026"]
    assert rows[4][:2] == ["ОО", "7 СОШ № 7 (участников: 2)"]
    assert rows[5][6:12] == ["Б", "Б", "Б", "Б", "П", "П"]
    scores = ["1 (1б)", "2 (2б)", "3 (2б)", "4 (3б)", "5К1 (2б)", "5К2 (1б)"]
    head = ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант"]
    assert rows[6] == [*head, *scores, "Первичный балл", "Отметка", "Отметка по журналу"]
    first = ["7", "-", "СОШ № 7", "10001", "5А", "-", 0, 1, "X", 1, 0, 0, 2, 2, "-"]
    assert [value if value != "" else 0 for value in rows[7]] == first
    assert book.worksheets[0].freeze_panes == "A8"


# --- what is told and what is not -------------------------------------------------------------------


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
    row = table(school_report(of(school(n, "7")), 0), "Results").rows[0]
    assert row[1] == Whole(n)
    assert isinstance(row[2], Decimal) == mean
    assert isinstance(row[5], Decimal) == interval
    assert row[-1] == Text(note)


def test_small_groups_are_withheld_in_every_table() -> None:
    """Neither tasks, nor raw scores, nor school marks give away a group of four."""
    report = school_report(of([*school(4, "7"), *school(40, "8")]), 0)
    titles = ["Results", "Tasks", "Criteria", "Coefficient of tasks by class", "School marks"]
    assert [t.title for t in report.tables if len(t.rows)] == [t for t in titles if t != "School marks"]
    own = [row[3] for row in table(report, "Tasks").rows]
    assert {type(cell) for cell in own} == {Withheld}
    assert {type(cell) for cell in table(report, "Coefficient of tasks by class").rows[0][2:]} == {Withheld}


def test_a_school_doesnt_learn_of_the_few_others_from_the_district() -> None:
    """30 works of a district of 33: its figures less the school's own are those of three pupils."""
    report = school_report(of([*school(30, "7"), *school(3, "9")]), 0)
    assert isinstance(table(report, "Results").rows[-1][2], Withheld)
    assert len(table(report, "Tasks").columns) == 5  # nothing stands beside the school's own
    beside = school_report(of([*school(30, "7"), *school(5, "9")]), 0)
    assert isinstance(table(beside, "Results").rows[-1][2], Decimal)


def test_the_district_table_crosses_tasks_with_schools() -> None:
    """The district first, then schools in the order of their numbers, small ones withheld with enough others."""
    results = [*school(10, "12"), *school(6, "7"), *school(3, "9"), *school(20, "15")]
    facility = table(district_report(of(results)), "Coefficient of tasks by school")
    assert [row[0] for row in facility.rows] == [Text(name) for name in ("District", "7", "9", "12", "15")]
    assert [isinstance(row[2], Withheld) for row in facility.rows] == [False, True, True, True, False]
    assert facility.rows[4][2] == Share(0.5, Band.RED)
    assert facility.rows[4][6] == Share(0.5, Band.GREEN)  # the same share on an advanced task


def test_journal_marks_of_few_works_are_withheld_though_the_class_is_large() -> None:
    """Three of 25 works have one: they don't follow from those of the school either."""
    first = [replace(one, journal_mark=4 if n < 3 else None) for n, one in enumerate(school(25, "7"))]
    second, third = ([replace(one, journal_mark=4) for one in school(20, "7", class_set=name)] for name in ("5Б", "5В"))
    rows = table(school_report(of([*first, *second, *third]), 0), "Comparison with journal marks").rows
    assert [row[1] for row in rows] == [Whole(43), Whole(3), Whole(20), Whole(20), Whole(43)]
    assert [isinstance(row[2], Withheld) for row in rows] == [False, True, True, True, False]


# --- where figures come from ------------------------------------------------------------------------


def test_every_figure_says_where_it_comes_from() -> None:
    """Formula, works and files; figures of the district beside a school's are those of the district."""
    results = [*school(12, "7"), *school(13, "7", "5Б"), *school(40, "8")]
    report = school_report(of(results), 0)
    plain = {"Task", "Level", "Highest points", "Works", "Works with both marks", "Criterion", "Raw score"}
    for one in report.tables:
        for y, row in enumerate(one.rows):
            for x, cell in enumerate(row):
                if isinstance(cell, Decimal | Share):
                    assert one.origin(y, x) is not None, (one.title, one.columns[x])
                else:
                    assert isinstance(cell, Text | Withheld) or one.columns[x] in plain
    tasks = table(report, "Tasks")
    own, district = tasks.origin(0, 3), tasks.origin(0, 4)
    assert own is not None
    assert district is not None
    assert (own.basis.n, own.basis.files) == (25, ("class-7-5А", "class-7-5Б"))
    assert (district.basis.n, district.basis.files) == (65, ("class-*",))


# --- the letter -------------------------------------------------------------------------------------


def test_the_letter_is_one_page_however_much_there_is_to_say() -> None:
    """A district of very unequal schools with long names and 29 tasks."""
    procedure = made.procedure(29)
    results = made.district(procedure, [[26, 25, 24], [25], *[[30]] * 6], seed=2)
    ready = of(results, procedure)
    advised = 0
    for place in range(len(ready.results.schools)):
        report = letter(ready, place)
        advised += len(report.tables) > 1
        assert len(PdfReader(io.BytesIO(written(report, write_pdf))).pages) == 1
    assert advised > 0


def test_the_letter_names_schools_to_ask() -> None:
    """The best in the task, at most three, never one whose figures are withheld."""
    procedure = replace(made.procedure(10), language="en")
    ready = of(made.district(procedure, [[25, 24]] * 17, seed=3), procedure)
    tasks = {"the whole work": -1, **{f"task {task.id}": n for n, task in enumerate(procedure.tasks)}}
    asked = [
        (row[0].text, row[-1].text)
        for place in range(len(ready.results.schools))
        for one in letter(ready, place).tables
        if "Schools to ask" in one.columns
        for row in one.rows
        if isinstance(row[0], Text) and isinstance(row[-1], Text)
    ]
    assert any(names for _task, names in asked)
    for task, names in asked:
        best = [ready.results.schools[n].number for n in ready.advice.teachers(tasks[task])]
        assert names == ", ".join(best[:3])
    first = next(iter(ready.advice.learn)).school
    hidden = np.arange(len(ready.results.schools)) == first
    said = [letter(replace(ready, hidden=hidden), place) for place in range(len(ready.results.schools))]
    cells = [row[-1] for one in said for each in one.tables if "Schools to ask" in each.columns for row in each.rows]
    named = {name for cell in cells if isinstance(cell, Text) for name in cell.text.split(", ")}
    assert len(named) > 1
    assert ready.results.schools[first].number not in named


def _letters(sizes: list[list[int]], deadlines: Deadlines = NO_DEADLINES, **changes: object) -> list[Report]:
    procedure = replace(made.procedure(10), language="en", **changes)  # type: ignore[arg-type]
    ready = of(made.district(procedure, sizes, seed=3), procedure)
    return [letter(ready, place, deadlines) for place in range(len(ready.results.schools))]


def _text(report: Report) -> str:
    return "\n".join((*report.lines, *report.opening, *report.closing))


def test_the_letter_says_how_the_school_did_beside_the_district() -> None:
    """In words and in a table; a difference is above, below or within chance, never more than its interval says."""
    said = [_text(one) for one in _letters([[25, 24]] * 17)]
    words = ("within chance", "above it, beyond chance", "below it, beyond chance")
    assert {word for one in said for word in words if word in one} == set(words)
    assert all(sum(word in one for word in words) == 1 for one in said)
    assert [row[0] for row in table(_letters([[25, 24]] * 17)[0], "Results").rows] == [
        Text("The whole school"), Text("District"),
    ]  # fmt: skip


def test_the_letter_names_the_tasks_that_went_badly() -> None:
    """Those under the red boundary of their level, the farthest below it first, and asks to go through just these."""
    procedure = replace(made.procedure(10), language="en")
    ready = of(made.district(procedure, [[25, 24]] * 17, seed=3), procedure)
    for place, one in enumerate(letter(ready, n) for n in range(17)):
        shares = ready.schools.tasks[place]
        bands = [procedure.reports.bands(task.difficulty).red for task in procedure.tasks]
        below = sorted(
            (share / red, task.id)
            for share, red, task in zip(shares, bands, procedure.tasks, strict=True)
            if share < red
        )
        named = [row[0] for t in one.tables if t.title == "Tasks that went badly" for row in t.rows]
        assert named == [Text(task) for _share, task in below[:5]]
        asked = ", ".join(task for _share, task in below[:5])
        assert (f"Go through tasks {asked} and" in _text(one)) == bool(below)


def test_the_letter_says_what_is_asked_by_when() -> None:
    """Forms that are still awaited, the last day of appeals, where to read on."""
    until = datetime.datetime(2026, 4, 20, 18, 0)
    asked = Deadlines(datetime.date(2026, 4, 23), {"2": (Awaited(until, ("5А", "5Б"), late=False),)})
    late = replace(asked, forms={"2": (Awaited(until, ("5А", "5Б"), late=True),)})
    first, second = (_text(one) for one in _letters([[25], [24, 20]], asked))
    assert "1. By 20.04.2026 18:00 send back the electronic forms of 5А, 5Б." in second
    assert "By 20.04.2026" not in first
    assert "1. Send back the electronic forms of 5А, 5Б at once: they were due by 20.04.2026 18:00." in _text(
        _letters([[25], [24, 20]], late)[1]
    )
    assert "Appeals come in until 23.04.2026" in first
    assert "class-2-5А, class-2-5Б" in second
    assert "Appeals come in within 2 working days" in _text(_letters([[25]])[0])


def test_a_letter_about_few_works_tells_no_figure_of_them() -> None:
    """How many there are, and where they stand one by one."""
    (small, _large) = _letters([[4], [30]])
    assert "of so few no means are told" in _text(small)
    assert not any(isinstance(cell, Decimal | Share) for t in small.tables for row in t.rows[:1] for cell in row)
    assert "Tasks that went badly" not in [t.title for t in small.tables]


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
    assert sheet.auto_filter.ref == f"A{header}:N{header + 3}"
    assert [cell.value for cell in sheet[header + 2]][3:11] == [1, 2, 2, 3, 2, 1, 11, 5]


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    """A name that begins with = is never run."""
    report = Report(text, (text,), (Table(text, (text,), ((Text(text),),)),), "ru")
    sheet = load_workbook(io.BytesIO(written(report, write_xlsx))).worksheets[0]
    for row in range(1, 6):
        assert (sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) == (text, "s")
        assert sheet.cell(row, 1).quotePrefix


@pytest.mark.parametrize("write", [write_xlsx, write_pdf])
def test_the_same_report_gives_the_same_bytes(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day too: no clock gets into a file."""
    report = methodists_report()
    first = written(report, write)

    class AnyDay(type):
        def __instancecheck__(cls, other: object) -> bool:
            return isinstance(other, datetime.datetime)

    class Later(metaclass=AnyDay):
        @staticmethod
        def now(tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr("xlsxwriter.core.datetime", Later)
    monkeypatch.setattr(time, "time", lambda: Later.now().timestamp())
    monkeypatch.setattr(time, "localtime", lambda *_at: Later.now().timetuple())
    assert written(report, write) == first


def test_paper_holds_russian_text_and_all_rows() -> None:
    """The text of the PDF can be searched; every participant is there; control characters are not."""
    report = class_set_form(P, "7", "5А", [replace(r, participant=f"1\x00{i}") for i, r in enumerate(school(70, "7"))])
    pages = PdfReader(io.BytesIO(written(report, write_pdf))).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert len(pages) > 1
    assert "ВПР 2026. Математика. 5 класс" in text
    assert text.count("Participant") == len(pages)  # the header repeats
    assert all(f"1 {i}" in text for i in range(70))


def test_many_columns_fit_on_paper() -> None:
    """Twenty-nine tasks, as in biology: nothing runs out of the page."""
    tasks = tuple(factories.task(str(n), 1, 5) for n in range(1, 30))
    criteria = tuple(factories.criterion(str(n), str(n), 2) for n in range(1, 30))
    procedure = replace(P, tasks=tasks, criteria=criteria)
    points = {c.id: Points(2) for c in criteria}
    results = [WorkResult("10001", "7", "5А", points, 58, 5)] * 12
    for report in (class_set_form(procedure, "7", "5А", results), district_report(of(results, procedure))):
        assert len(PdfReader(io.BytesIO(written(report, write_pdf))).pages) >= 1
