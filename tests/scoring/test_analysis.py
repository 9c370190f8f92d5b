"""Commands that write what is said of experts and of schools: what stands where, and who is named when."""

from __future__ import annotations

import math
from pathlib import Path

import openpyxl
import pytest

from crosscheck import damm, facts
from crosscheck.errors import Exit
from crosscheck.model import AnonymousNumber, ClassToken, Points, SchoolToken, WorkId
from crosscheck.release import Links, Person
from scoring import analysis, results
from scoring.differences.beside import own_markings
from scoring.differences.kinds import OwnMarking
from scoring.errors import NoSuchExpert
from scoring.forms.stated import NotStated
from scoring.marks.kinds import Kind, Source
from scoring.marks.known import OtherMarks
from tests.scoring.test_reports import P, school
from tests.stations import Desk

CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
FORMS = (11, 12)


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """Two works, each marked by the same two experts, in packets whose rows go the other way."""
    experts = [one.expert for one in desk.facts(facts.Expert)][:2]
    for marking, expert in enumerate(experts, start=1):
        desk.add(facts.Packet(marking, expert, marking, len(FORMS)))
        for row, form in enumerate(reversed(FORMS)):
            work, number = desk.work(form), damm.closed(f"{marking}483{form}")
            desk.add(
                facts.Assignment(work, marking, expert, "a", ""),
                facts.Number(work, marking, number),
                facts.PacketRow(marking, row, work, marking, number, ""),
                *(facts.Score(work, marking, c, 0, 1, "entry", "", "") for c in CRITERIA),
            )
    return desk


def cells(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value]


def test_before_release_experts_stand_in_the_report_by_number(marked: Desk) -> None:
    """Beside the discrepancies; no name, no code, no school."""
    assert marked.run("report").status == Exit.DONE
    out = marked.station().out / "reports"
    said = cells(out / "readers.xlsx")
    assert "Строгость экспертов" in said
    assert (out / "readers.pdf").is_file()
    experts = {one.expert for one in marked.facts(facts.Expert)}
    assert not [text for text in said if any(expert in text for expert in experts)]


def test_an_experts_own_report_is_written_alone(marked: Desk) -> None:
    """Nothing else is made with it, and a number that nobody has is refused."""
    assert marked.run("report", "--expert", "2").status == Exit.DONE
    out = marked.station().out
    assert sorted(path.name for path in (out / "experts").iterdir()) == ["expert-2.pdf", "expert-2.xlsx"]
    assert not (out / "reports" / "readers.xlsx").exists()
    assert any("Эксперт 2." in text for text in cells(out / "experts" / "expert-2.xlsx"))
    ended = marked.run("report", "--expert", "77")
    assert (ended.status, f"E{NoSuchExpert.number}" in ended.err) == (Exit.USAGE, True)


def test_names_and_markers_come_after_release_only(marked: Desk) -> None:
    """For the methodist, apart from what schools get."""
    refused = marked.run("publish")
    assert refused.status == Exit.KEY
    folder = marked.station().out / "analysis"
    assert not folder.exists()
    marked.run("release", "--partial", "--why", "протокол 4")
    assert marked.run("publish").status == Exit.DONE
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{name}.{form}" for name in ("markers", "readers") for form in ("csv", "html", "json", "pdf", "xlsx")
    ]
    assert any(text.startswith("1 · ") for text in cells(folder / "readers.xlsx"))
    assert "Возможные маркеры необъективности" in cells(folder / "markers.xlsx")
    assert not [path for path in (marked.station().out / "results").iterdir() if "markers" in path.name]


def test_markings_are_in_the_order_of_packets_and_rows(marked: Desk) -> None:
    """Nobody notes when a row was filled in; the paper's order is what there is."""
    with marked.station().ledger.reading() as connection:
        order = analysis.order(connection)
    numbers = sorted(order, key=lambda number: order[number])
    expected = [damm.closed(f"{marking}483{form}") for marking in (1, 2) for form in reversed(FORMS)]
    assert numbers == [AnonymousNumber(number) for number in expected]


def test_journal_and_last_year_are_read_from_marks_from_elsewhere() -> None:
    """By code: the journal of this year; results of the last year there are any of, as shares of the highest score."""
    year = P.date.year
    journal, old, newer = (
        Source(Kind.JOURNAL, year),
        Source(Kind.RESULT, year - 2, 20),
        Source(Kind.RESULT, year - 1, 10),
    )
    other = OtherMarks(
        {"10000": {journal: 3, newer: 4}, "10001": {journal: 5, old: 20}, "10002": {Source(Kind.TERM, year): 5}}, ()
    )
    joined = [*school(2, "7"), *school(3, "12")[2:]]
    marks = analysis._journal(P, joined, other)
    assert marks is not None
    assert (marks.names, marks.school.tolist(), marks.journal.tolist()) == (("7",), [0, 0], [3, 5])
    assert marks.result.tolist() == [one.school_mark for one in joined[:2]]
    pupils = analysis._pupils(P, joined, other)
    assert pupils is not None
    assert (pupils.names, pupils.before.tolist()) == (("7",), [0.4])
    assert pupils.now.tolist() == [joined[0].total / P.highest]
    nothing = OtherMarks({}, ())
    assert (analysis._journal(P, joined, nothing), analysis._pupils(P, joined, nothing)) == (None, None)


def test_own_marking_is_what_a_form_states_in_full() -> None:
    """A form that leaves a criterion out states no total; one that says what stands is known to repeat it."""
    said = OwnMarking({c.id: Points(1) for c in P.criteria})
    criteria = tuple(c.id for c in P.criteria)
    stands = {c: Points(1) for c in criteria}
    assert analysis._stated(P, said, criteria) == len(criteria)
    assert analysis._same(said, stands, criteria)
    assert not analysis._same(said, {**stands, criteria[0]: Points(0)}, criteria)
    assert not analysis._same(said, {}, criteria)
    partly = OwnMarking({**said.stated, criteria[0]: NotStated()})
    assert math.isnan(analysis._stated(P, partly, criteria))


def test_a_school_s_own_total_counts_where_experts_mark_the_whole_work() -> None:
    """Of a part of a work nothing is known by it."""
    criteria = tuple(c.id for c in P.criteria)
    assert analysis._stated(P, OwnMarking({}, 7), criteria) == 7
    assert math.isnan(analysis._stated(P, OwnMarking({}, 7), criteria[:3]))
    assert math.isnan(analysis._stated(P, OwnMarking({}), criteria))


def test_what_schools_gave_themselves_goes_before_what_their_forms_state(marked: Desk) -> None:
    """Where any school sent its own marking, forms say nothing of it: they may be copies."""
    one, two = marked.work(11), marked.work(12)
    marked.add(*(facts.SchoolScore(one, c, 0, "points", 1) for c in CRITERIA))
    its_school, its_class = SchoolToken("s"), ClassToken("c")
    people = {WorkId(work): Person("00017", its_school, its_class) for work in (one, two)}
    links = Links(people, {its_school: ("7", "Школа №7")}, {its_class: (its_school, "5А")})

    def found() -> list[float]:
        with marked.station().ledger.reading() as connection:
            seen, order = results.works_seen(connection, P), analysis.order(connection)
            marks = analysis._own(P, seen, order, links, own_markings(connection))
        assert marks is not None
        return sorted(marks.own.tolist(), key=str)

    assert str(found()) == "[6.0, nan]"
    marked.add(facts.OwnScore("M001", two, "", "points", 3))
    assert str(found()) == "[3.0, nan]"
