"""What the standardisation meeting decided: printed with the criteria, later ones alone, hidden works never."""

from __future__ import annotations

import io
import json

import pytest

from crosscheck import damm, facts, meeting
from crosscheck.errors import Exit
from crosscheck.meeting import Decision, Exemplar, Meeting
from crosscheck.model import FIRST_CONTROL_MARKING, CriterionId, NotAttempted, Points
from packets.drawing.meeting import meeting_pages, supplement_report
from packets.drawing.packet import draw_packet
from packets.meeting_noting import MeetingUnusable, NothingDecided
from tests import factories
from tests.packets.printed import packet, texts
from tests.stations import Desk, Ended

NUMBER = damm.closed("483291")
ONE, LAST = CriterionId("1"), CriterionId("5К1")
DECIDED = Meeting(
    (Decision(1, "5К1", "ответ без единиц измерения - 1 балл"), Decision(2, "", "зачёркнутое не проверяется")),
    (Exemplar(1, ((ONE, Points(1)), (LAST, NotAttempted()))),),
)
ALL = frozenset(c.id for c in factories.procedure().criteria)


def drawn(decided: Meeting, asked: frozenset[CriterionId] = ALL) -> list[str]:
    """The text of every page of a packet."""
    from dataclasses import replace

    out = io.BytesIO()
    pages = meeting_pages(factories.procedure(), decided, asked)
    draw_packet(replace(packet(), meeting=pages), out)
    return texts(out.getvalue())


# --- on paper ------------------------------------------------------------------------------------


def test_decisions_stand_behind_the_instruction_of_every_packet() -> None:
    """Those about all first; exemplar works under a number of their own."""
    bare = drawn(Meeting())
    pages = drawn(DECIDED)
    assert len(pages) == len(bare) + 1
    assert "Решения установочного совещания" in pages[2]
    assert pages[2].index("зачёркнутое") < pages[2].index("единиц измерения")
    assert "1: 1; 5К1: X" in pages[2]
    assert "Комплект 000042" in pages[2]


def test_who_marks_a_part_gets_what_is_about_it() -> None:
    """And of exemplar works the points of these criteria; nothing at all makes no page."""
    only = DECIDED.about(frozenset({ONE}))
    assert (only.decisions, only.exemplars) == (DECIDED.decisions[1:], (Exemplar(1, ((ONE, Points(1)),)),))
    assert not Meeting((DECIDED.decisions[0],)).about(frozenset({ONE})).said


def test_a_supplement_says_that_it_goes_before() -> None:
    """A decision that was taken back stands there as taken back."""
    made = supplement_report(factories.procedure(), Meeting((Decision(3, "1", ""),)))
    assert made.lines[1].startswith("Дополнение")
    assert "отменено" in str(made.tables[0].rows)


# --- at the desk ---------------------------------------------------------------------------------


def said(desk: Desk) -> Meeting:
    with desk.station().ledger.reading() as connection:
        return meeting.printed(connection)


def refused(ended: Ended, error: type[MeetingUnusable | NothingDecided], word: str = "") -> bool:
    return (ended.status, f"E{error.number}" in ended.err, word in ended.err) == (Exit.USAGE, True, True)


def numbered(desk: Desk) -> str:
    work = desk.work(11)
    desk.add(facts.Number(work, 1, NUMBER))
    return work


def printed(desk: Desk) -> None:
    desk.add(facts.PacketPrint(1, 0, "s", 5))


def test_decisions_change_until_packets_are_printed(desk: Desk) -> None:
    """Each change is a fact with who and why; the newest is printed, on whichever keyboard the criterion was typed."""
    assert desk.run("meeting", "decide", "5K1", "1 балл").status == Exit.DONE
    desk.run("meeting", "decide", "все", "зачёркнутое не проверяется", who="Орлова В. П.")
    desk.run("meeting", "decide", "5К1", "2 балла", "--change", "1", "--why", "перечитали")
    assert said(desk).decisions == (Decision(1, "5К1", "2 балла"), Decision(2, "", "зачёркнутое не проверяется"))
    desk.run("meeting", "undo", "2", "--why", "уже в критериях")
    assert said(desk).decisions == (Decision(1, "5К1", "2 балла"),)
    assert [(one.decision, one.revision) for one in desk.facts(facts.MeetingDecision)] == [
        (1, 0),
        (2, 0),
        (1, 1),
        (2, 1),
    ]
    assert desk.run("ledger", "verify").status == Exit.DONE


def test_later_decisions_leave_packets_as_they_are(desk: Desk) -> None:
    """They are a supplement: a new one, a changed one and one that was taken back."""
    for text in ("первое", "второе", "третье"):
        desk.run("meeting", "decide", "1", text)
    before = said(desk)
    assert refused(desk.run("meeting", "supplement", str(desk.home / "s.pdf")), NothingDecided)
    printed(desk)
    ended = desk.run("meeting", "decide", "2", "новое")
    assert "meeting supplement" in ended.out
    desk.run("meeting", "decide", "1", "иначе", "--change", "1")
    desk.run("meeting", "undo", "2", "--why", "ошибка")
    assert said(desk) == before
    assert desk.run("meeting", "supplement", str(desk.home / "s.pdf")).status == Exit.DONE
    (page,) = texts((desk.home / "s.pdf").read_bytes())
    assert all(word in page for word in ("новое", "иначе", "отменено"))
    assert "третье" not in page


def test_what_can_t_be_printed_or_is_no_criterion_is_refused(desk: Desk) -> None:
    """Nothing is recorded of it."""
    assert refused(desk.run("meeting", "decide", "9", "текст"), MeetingUnusable, "9")
    assert refused(desk.run("meeting", "decide", "1", "学"), MeetingUnusable, "U+5B66")
    assert refused(desk.run("meeting", "decide", "1", " "), MeetingUnusable)
    assert refused(desk.run("meeting", "decide", "1", "х" * 1201), MeetingUnusable)
    assert refused(desk.run("meeting", "decide", "1", "текст", "--change", "4"), NothingDecided, "4")
    assert refused(desk.run("meeting", "undo", "4", "--why", "x"), NothingDecided, "4")
    assert desk.facts(facts.MeetingDecision) == []


def test_another_text_of_a_decision_is_about_the_same_criterion(desk: Desk) -> None:
    """Whoever has the packet would lose what was decided about the first one."""
    desk.run("meeting", "decide", "5К1", "так")
    assert refused(desk.run("meeting", "decide", "5К2", "иначе", "--change", "1"), MeetingUnusable, "5К1")
    assert desk.run("meeting", "decide", "5K1", "иначе", "--change", "1").status == Exit.DONE


def test_agreed_points_of_an_exemplar_work(desk: Desk) -> None:
    """By any number of the work; only what is new is recorded, and all of it can be taken back."""
    work = numbered(desk)
    assert "2" in desk.run("meeting", "agree", NUMBER, "1=1", "5K1=Х").out
    desk.run("meeting", "agree", NUMBER, "1=1", "5К1=2")
    assert len(desk.facts(facts.AgreedPoints)) == 3
    assert said(desk).exemplars == (Exemplar(1, ((ONE, Points(1)), (LAST, Points(2)))),)
    with desk.station().ledger.reading() as connection:
        assert meeting.agreed_points(connection) == {work: {ONE: Points(1), LAST: Points(2)}}
    assert desk.run("meeting", "undo", NUMBER, "--why", "не та работа").status == Exit.DONE
    assert said(desk).exemplars == ()
    assert refused(desk.run("meeting", "undo", NUMBER, "--why", "x"), NothingDecided)


@pytest.mark.parametrize("typed", ["1=2", "1=-1", "1", "1=", "9=1", "1=1,5"])
def test_points_that_can_t_be_are_refused(desk: Desk, typed: str) -> None:
    """Above the maximum, no number, no criterion."""
    numbered(desk)
    assert refused(desk.run("meeting", "agree", NUMBER, typed), MeetingUnusable)
    assert refused(desk.run("meeting", "agree", damm.closed("111111"), "1=1"), MeetingUnusable)
    assert refused(desk.run("meeting", "agree", NUMBER, "1=1", "1=0"), MeetingUnusable)


def test_points_of_hidden_works_are_never_printed(desk: Desk) -> None:
    """Whoever has the work hidden among others would know the answer, and a gap in the numbers would tell that there is
    one."""
    work, other = numbered(desk), desk.work(12)
    desk.add(facts.Number(other, 1, damm.closed("572610")))
    desk.run("meeting", "agree", NUMBER, "1=1")
    desk.run("meeting", "agree", damm.closed("572610"), "1=0")
    desk.add(facts.Assignment(work, FIRST_CONTROL_MARKING, "E1", "K1", ""))
    assert said(desk).exemplars == (Exemplar(1, ((ONE, Points(0)),)),)
    printed(desk)
    desk.run("meeting", "agree", NUMBER, "2=1")
    with desk.station().ledger.reading() as connection:
        assert meeting.supplement(connection) == Meeting()
    listed = desk.run("meeting", "list").out
    assert ("hidden among works, not printed (483 291" in listed, "exemplar 1 (572 610" in listed) == (True, True)


def test_exemplar_works_are_numbered_without_a_gap(desk: Desk) -> None:
    """One that was taken back before printing leaves none; what comes after printing is numbered after what stands in
    packets, whatever is taken back meanwhile."""
    numbers = [damm.closed(number) for number in ("483291", "572610", "661302")]
    for form, number in zip((11, 12, 13), numbers, strict=True):
        desk.add(facts.Number(desk.work(form), 1, number))
    desk.run("meeting", "agree", numbers[0], "1=1")
    desk.run("meeting", "agree", numbers[1], "1=0")
    desk.run("meeting", "undo", numbers[0], "--why", "не та работа")
    assert said(desk).exemplars == (Exemplar(1, ((ONE, Points(0)),)),)
    printed(desk)
    desk.run("meeting", "agree", numbers[2], "1=1")
    desk.run("meeting", "agree", numbers[0], "1=0")
    desk.run("meeting", "undo", numbers[1], "--why", "ошибка")
    assert said(desk).exemplars == (Exemplar(1, ((ONE, Points(0)),)),)
    with desk.station().ledger.reading() as connection:
        assert [(one.number, bool(one.points)) for one in meeting.supplement(connection).exemplars] == [
            (1, False), (2, True), (3, True),
        ]  # fmt: skip


def test_agreed_points_that_are_taken_back_after_printing_are_told(desk: Desk) -> None:
    """Else experts would go on marking by what stands in their packets."""
    numbered(desk)
    desk.run("meeting", "agree", NUMBER, "1=1")
    printed(desk)
    desk.run("meeting", "undo", NUMBER, "--why", "не та работа")
    assert said(desk).exemplars == (Exemplar(1, ((ONE, Points(1)),)),)
    assert desk.run("meeting", "supplement", str(desk.home / "s.pdf")).status == Exit.DONE
    (page,) = texts((desk.home / "s.pdf").read_bytes())
    assert "отменено" in page
    with desk.station().ledger.reading() as connection:
        assert meeting.agreed_points(connection) == {}


def test_the_list_tells_what_stands(desk: Desk) -> None:
    """For people with the works' numbers, in local time; as JSON by exemplar."""
    numbered(desk)
    desk.run("meeting", "decide", "1", "текст")
    desk.run("meeting", "agree", NUMBER, "1=1")
    told = desk.run("meeting", "list").out
    assert ("текст" in told, "483 291" in told, "+00:00" in told) == (True, True, False)
    (found,) = json.loads(desk.run("meeting", "list", "--json").out)
    assert (found["decisions"][0]["text"], found["exemplars"]) == ("текст", [{"exemplar": 1, "points": "1: 1"}])
