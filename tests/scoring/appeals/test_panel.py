"""Who may sit, when a panel can decide, what votes come to, and how working days are counted."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.appeal_rules import AppealRules, last_day
from scoring.appeals.panel import Barred, Beneath, Member, Objection, Vote, may_be, objections, quorate, voted

BENEATH = Beneath(
    "7", frozenset({"Иванова Анна Петровна"}), frozenset({"Орлова В. П."}), frozenset({"Петрова А. И.", "организатор"})
)


def member(name: str, *schools: str) -> Member:
    return Member(name, frozenset(schools))


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (member("Седова С. С.", "12"), None),
        (member("Седова С. С."), None),
        (member("Седова С. С.", "12", "7"), Objection.OWN_SCHOOL),
        (member("Иванова А. П."), Objection.READ_IT),
        (member("А. П. Иванова", "12"), Objection.READ_IT),
        (member("Иванова Б. П."), None),
        (member("орлова в п"), Objection.READ_IT),
        (member("Организатор"), Objection.ORGANISED),
        (member("Петрова Анна Ивановна"), Objection.ORGANISED),
    ],
)
def test_whoever_is_of_the_school_read_the_work_or_organised_cannot_sit(who: Member, why: Objection | None) -> None:
    """Names are compared as written and by initials: a doubt speaks against sitting."""
    assert [(one.name, one.why) for one in objections([who], BENEATH)] == ([] if why is None else [(who.name, why)])


@pytest.mark.parametrize("known", ["Яковлева Елена Юрьевна", "Яковлева Е. Ю.", "Е. Ю. Яковлева"])
@pytest.mark.parametrize(
    "written",
    [
        *("Елена Юрьевна Я.", "Я. Е. Ю.", "Е. Ю. Я.", "Яковлева", "Яковлева Елена", "Елена Яковлева", "Яковлева Е."),
        *("Елена Юрьевна Яковлева", "ЯКОВЛЕВА Е.Ю.", "Елена Я."),
    ],
)
def test_a_reader_is_known_in_whatever_order_the_name_is_written(written: str, known: str) -> None:
    """With initials or without some part; said with the name of the one that it may be."""
    found = objections([member(written, "12")], replace(BENEATH, experts=frozenset({known})))
    assert found == (Barred(written, Objection.READ_IT, known),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Седова С. С.", "Сидорова С. С."),
        ("Седова Светлана Сергеевна", "Сидорова Светлана Сергеевна"),
        ("Котов К. К.", "Сидорова В. В."),
        ("Яковлева Ирина Юрьевна", "Яковлева Елена Юрьевна"),
        ("Седова С. С.", "организатор"),
    ],
)
def test_other_people_are_other_people(one: str, other: str) -> None:
    """Family names that begin alike, the same given name: nobody is barred for that."""
    assert not may_be(one, other)
    assert not may_be(other, one)


def test_nobody_sits_twice() -> None:
    """Written otherwise, it is still the same person."""
    assert objections([member("Седова С. С."), member("СЕДОВА СС")], BENEATH) == (Barred("СЕДОВА СС", Objection.TWICE),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Семёнова Алёна Сергеевна", "Семенова Алена Сергеевна"),
        ("Седова С. С.", "  седова   с.с. "),
        ("Седова Светлана Сергеевна", "Седова С. С."),
        ("Седова С. С.", "Светлана Сергеевна Седова"),
        ("Седова Светлана", "С. С. Седова"),
    ],
)
def test_one_person_under_two_spellings_sits_once(one: str, other: str) -> None:
    """ё or е, blanks, case, initials, another order; said with the other spelling unless it is the same to the eye."""
    for first, second in ((one, other), (other, one)):
        (barred,) = objections([member(first, "12"), member(second)], BENEATH)
        assert (barred.name, barred.why, barred.other in (first, "")) == (second, Objection.TWICE, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Котова Алина Ивановна", "Котова Арина Ивановна"),
        ("Котов К. К.", "Котова К. К."),
        ("Котов К. К.", "Котов П. К."),
        ("Седова С. С.", "Сидорова С. С."),
    ],
)
def test_two_people_with_like_names_sit_both(one: str, other: str) -> None:
    """A letter that differs in a name written out is another name: sisters may sit on one panel."""
    assert objections([member(one, "12"), member(other)], BENEATH) == ()


def test_a_work_of_which_nobody_knows_the_school_bars_nobody_by_school() -> None:
    """Its record was erased; everything else is still looked at."""
    found = objections([member("Седова С. С.", "7"), member("Орлова В. П.")], replace(BENEATH, school=None))
    assert found == (Barred("Орлова В. П.", Objection.READ_IT, "Орлова В. П."),)


@pytest.mark.parametrize(
    ("there", "size", "enough"), [(1, 3, True), (2, 8, False), (3, 8, True), (3, 9, True), (0, 1, False)]
)
def test_a_third_is_counted_exactly(there: int, size: int, enough: bool) -> None:
    """A third of 8 is 3: nothing is rounded down."""
    assert quorate(AppealRules(), there, size) is enough


def test_a_procedure_may_do_without_a_panel() -> None:
    """Then one person decides, as signed."""
    assert quorate(AppealRules(quorum=0), 0, 0)


@given(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["", "for", "against"]))
def test_votes_are_symmetric(votes_for: int, votes_against: int, chair: str) -> None:
    """With for and against exchanged the outcome is the other one; only in a tie does the chair's voice count."""
    other = {Vote.FOR: Vote.AGAINST, Vote.AGAINST: Vote.FOR, Vote.TIE: Vote.TIE}
    swapped = {"for": "against", "against": "for", "": ""}[chair]
    one = voted(AppealRules(), votes_for, votes_against, chair)
    assert voted(AppealRules(), votes_against, votes_for, swapped) is other[one]
    if votes_for != votes_against:
        assert one is voted(AppealRules(), votes_for, votes_against, "")
    else:
        assert one is (Vote(chair) if chair else Vote.TIE)
        assert voted(AppealRules(chair_breaks_tie=False), votes_for, votes_against, chair) is Vote.TIE


def test_working_days_leave_out_weekends_and_holidays() -> None:
    """From Thursday, 30 April 2026, with 1 May off, two working days end on Tuesday."""
    thursday = datetime.date(2026, 4, 30)
    assert last_day(thursday, 2, frozenset()) == datetime.date(2026, 5, 4)
    assert last_day(thursday, 2, {datetime.date(2026, 5, 1)}) == datetime.date(2026, 5, 5)
    assert last_day(thursday, 0, frozenset()) == thursday


days = st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 1, 1))


@given(days, st.integers(1, 20), st.frozensets(days, max_size=10))
def test_the_last_day_is_a_working_day_and_the_right_one(
    start: datetime.date, n: int, off: frozenset[datetime.date]
) -> None:
    """Exactly so many working days lie after the start, up to it."""
    last = last_day(start, n, off)
    after = [start + datetime.timedelta(days=k) for k in range(1, (last - start).days + 1)]
    working = [day for day in after if day.weekday() < 5 and day not in off]
    assert len(working) == n
    assert working[-1] == last
