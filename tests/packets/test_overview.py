"""An allocation at a glance, and its report."""

from __future__ import annotations

import io
from dataclasses import replace

from hypothesis import given, settings
from openpyxl import load_workbook

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, WorkOrigin, index_conflicts
from crosscheck.model import ClassToken, ExpertId, Marking, WorkId
from crosscheck.report import Band, Report, Sign, Whole
from crosscheck.report_files import text_of, write_xlsx
from packets.allocation_report import allocation_report
from packets.calling import Calling
from packets.overview import Overview, overview
from packets.prices import Prices, Step
from packets.problem import Assignment, Infeasible, Problem, Solution, Unproven
from packets.solve import solve
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, problems, work

EXPERTS = (expert("a", 0, capacity=9), expert("b", 1, capacity=9), expert("c", 2, capacity=9, load=2))
PROBLEM = Problem(
    (work("w1", 0), work("w2", 0), work("w3", 1), work("w4", 2)),
    EXPERTS,
    markings(1),
    conflicts=own_schools(EXPERTS) | {Conflict(ExpertId("c"), OfWork(WorkId("w3")), Source.RELATIVE)},
)
GIVEN = {"w1": "b", "w2": "c", "w3": "a", "w4": "a"}
SOLUTION = Solution(
    tuple(Assignment(WorkId(name), Marking(1), ExpertId(who)) for name, who in GIVEN.items()),
    (),
    0,
    Unproven("by hand"),
    0,
)
PAGES = {WorkId("w1"): 4, WorkId("w2"): 2, WorkId("w3"): 6}


def seen() -> Overview:
    return overview(PROBLEM, SOLUTION, PAGES)


def report() -> Report:
    return allocation_report("Made up", seen(), Calling(), str, language="en")


def test_loads_count_what_was_given_before() -> None:
    """New works, all works, pages of the new ones, schools they are from."""
    assert [(s.expert, s.new, s.total, s.pages, s.schools) for s in seen().shares] == [
        ("a", 2, 2, 6, 2),
        ("b", 1, 1, 4, 1),
        ("c", 1, 3, 2, 1),
    ]
    assert (seen().load_gap, seen().page_gap) == (2, 4)


def test_schools_that_mark_each_other_are_named_once() -> None:
    """With how many works go there and back."""
    (first, second) = seen().mutual
    assert (first.one, first.other, first.there, first.back) == (SCHOOLS[0], SCHOOLS[1], 1, 1)
    assert (second.one, second.other, second.there, second.back) == (SCHOOLS[0], SCHOOLS[2], 1, 1)


def test_conflicts_avoided_are_counted_by_source() -> None:
    """Own school: two works for a, one for b, one for c; and the relative's work."""
    assert seen().avoided == {Source.OWN_SCHOOL: 4, Source.RELATIVE: 1}


@settings(max_examples=60, deadline=None)
@given(problems(most_works=12, most_experts=6))
def test_what_is_counted_is_what_stands_in_the_problem(problem: Problem) -> None:
    """Each figure again, the slow way."""
    problem = replace(
        problem,
        conflicts=problem.conflicts
        | {Conflict(e.expert, OfClass(ClassToken(f"{SCHOOLS[0]}-a")), Source.CLASS_TAUGHT) for e in problem.experts[:1]}
        | {Conflict(ExpertId("nobody"), OfSchool(SCHOOLS[0]), Source.PANEL)},
    )
    solution = solve(problem)
    if isinstance(solution, Infeasible):
        return
    found = overview(problem, solution, {})
    index = index_conflicts(problem.conflicts)
    slow = [
        source
        for w in problem.works
        for e in problem.experts
        for source in index.sources(e.expert, WorkOrigin(w.work, w.school, w.class_set))
    ]
    assert found.avoided == {source: slow.count(source) for source in Source if source in slow}
    assert sum(share.new for share in found.shares) == problem.reads
    assert all(found.between.get((m.one, m.other)) == m.there for m in found.mutual)


def test_the_report_has_a_table_for_each_question() -> None:
    """Readable as a workbook; the matrix has a row a school of works and a column a school of experts."""
    book = io.BytesIO()
    write_xlsx(report(), book)
    assert len(load_workbook(book).sheetnames) == len(report().tables) == 6
    matrix = report().tables[1]
    assert len(matrix.rows) == 3
    assert len(matrix.columns) == 4
    assert sum(cell.value for row in matrix.rows for cell in row if isinstance(cell, Whole)) == 4


def test_readers_that_cannot_be_compared_are_said() -> None:
    """One marking links nobody."""
    assert any("can't be compared" in line for line in report().lines)


def test_mutual_pairs_are_coloured_in_the_table() -> None:
    """Both cells of a pair, and no other; the own school has a dash."""
    rows = report().tables[1].rows
    coloured = [[isinstance(cell, Whole) and cell.band is Band.YELLOW for cell in row[1:]] for row in rows]
    assert coloured == [[False, True, True], [True, False, False], [True, False, False]]
    assert [rows[n][n + 1] for n in range(3)] == [Sign("-")] * 3
    book = io.BytesIO()
    write_xlsx(report(), book)
    sheet = load_workbook(book)["Who marks whom"]
    fills = [cell.fill.fgColor.rgb[2:] for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int)]
    assert fills == ["FFF0A8"] * 4


def test_on_paper_the_square_is_a_picture() -> None:
    """And the table with as many columns as schools is left out."""
    drawn = allocation_report("Made up", seen(), Calling(), str, language="en", drawn=True)
    assert "Who marks whom" not in [table.title for table in drawn.tables]


def test_the_report_can_be_read_at_a_terminal() -> None:
    """Columns under each other, every table with its title."""
    told = text_of(report()).splitlines()
    assert told[0] == "Made up"
    assert all(table.title in told for table in report().tables)
    at = told.index("Experts")
    assert told[at + 1].index("works") + 5 == told[at + 2].index("2") + 1


def test_what_each_level_costs_is_a_table() -> None:
    """A row for each step, a column for each level and one for mutual pairs; what isn't proven says so."""
    steps = (Step(("balance",), (4, 2), 1, True), Step(("balance", "spread"), (4, 0), 2, False))
    made = allocation_report(
        "Made up", seen(), Calling(), str, Prices(("balance", "spread"), steps, steps[0]), language="en"
    )
    table = made.tables[-1]
    assert [[getattr(cell, "value", None) for cell in row[1:]] for row in table.rows] == [
        [4, 2, 1],
        [4, 0, 2],
        [4, 2, 1],
    ]
    assert "(not proven)" in str(table.rows[1][0])
