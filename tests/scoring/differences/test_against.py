"""What stands against every other account of a work."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, NotAttempted, Points, WorkId
from crosscheck.procedure import Rules
from scoring.differences.kinds import (
    NOTHING_BESIDE,
    WHOLE_WORK,
    Beside,
    Comparison,
    Discrepancy,
    JournalMark,
    Kind,
    Name,
    NextStep,
    OwnMarking,
    WorkSeen,
)
from scoring.discrepancies import discrepancies
from scoring.forms.stated import NOTHING_SAID, NotStated, SchoolSaid, Stated
from scoring.verdicts import verdicts
from tests.scoring.test_discrepancies import FULL, P, marking, said, texts

W = WorkId("w1")


def listed(
    first: str,
    second: str,
    *later: tuple[int, str],
    school: SchoolSaid = NOTHING_SAID,
    own: str = "",
    journal: int | None = None,
) -> dict[tuple[Comparison, str], Discrepancy]:
    """Every difference, by what it is between and its task."""
    markings = (marking(1, first), marking(2, second), *(marking(n, text) for n, text in later))
    beside = Beside(
        {W: OwnMarking(stated(own))} if own else {}, {W: JournalMark(journal)} if journal is not None else {}
    )
    found = discrepancies(P, [WorkSeen(W, markings, school)], beside)
    named = {(one.kind.comparison, str(one.task)): one for one in found}
    assert len(named) == len(found), "two differences of one name"
    return named


def stated(text: str) -> dict[CriterionId, Stated]:
    pairs = zip(P.criteria, text.split(), strict=True)
    signs: dict[str, Stated] = {"X": NotAttempted(), ".": NotStated()}
    return {c.id: signs.get(word) or Points(int(word)) for c, word in pairs}


def test_what_the_school_gave_itself_is_held_against_what_stands() -> None:
    """Task by task; where the school says nothing, nothing differs."""
    found = listed(FULL, FULL, own="0 2 2 . 1 0")
    own = {task: one for (between, task), one in found.items() if between is Comparison.OWN}
    assert {task: (one.size, one.next_step) for task, one in own.items()} == {
        "1": (1, NextStep.LOOK),
        "5": (2, NextStep.LOOK),
    }
    assert own["5"].criteria == ("5К1", "5К2")


@pytest.mark.parametrize(("own", "size", "marks"), [(4, 7, (3, 5)), (11, None, None), (10, 1, (5, 5))])
def test_a_school_s_own_total_is_held_against_the_total_that_stands(
    own: int, size: int | None, marks: tuple[int, int] | None
) -> None:
    """Where it gave no points of criteria: one difference of the whole work, in points, with both marks."""
    work = WorkSeen(W, (marking(1, FULL), marking(2, FULL)))
    found = discrepancies(P, [work], Beside({W: OwnMarking({}, own)}))
    mine = [one for one in found if one.kind is Kind.OWN_MARKING]
    assert [(one.task, one.size, one.next_step) for one in mine] == (
        [] if size is None else [(WHOLE_WORK, size, NextStep.LOOK)]
    )
    assert [tuple(a.mark for a in one.accounts) for one in mine] == ([] if marks is None else [marks])
    bare = discrepancies(replace(P, boundaries=None), [work], Beside({W: OwnMarking({}, own)}))
    assert [(one.size, {a.mark for a in one.accounts}) for one in bare] == ([] if size is None else [(size, {None})])


def test_a_total_beside_every_criterion_says_nothing_of_its_own() -> None:
    """The tasks say all of it; beside some criteria it does."""
    work = WorkSeen(W, (marking(1, FULL), marking(2, FULL)))
    every, some = OwnMarking(stated("0 2 2 3 2 1"), 10), OwnMarking({CriterionId("1"): Points(0)}, 10)
    assert [d.task for d in discrepancies(P, [work], Beside({W: every}))] == ["1"]
    assert [d.task for d in discrepancies(P, [work], Beside({W: some}))] == ["1", ""]


def test_a_sealed_mark_stands_in_no_value() -> None:
    """What people say is kept under a work and values that nobody can find: which work differs tells its mark."""
    work = WorkSeen(W, (marking(1, FULL), marking(2, FULL)))
    (one,) = discrepancies(P, [work], Beside(journal={W: JournalMark(2, secret="a81f")}))
    (other,) = discrepancies(P, [work], Beside(journal={W: JournalMark(3, secret="a81f")}))
    (plain,) = discrepancies(P, [work], Beside(journal={W: JournalMark(2)}))
    assert plain.values == "journal:=2 mark:11=5"
    assert (one.name.work, one.kept_as.work == W, plain.kept_as.work) == (W, False, W)
    assert len({one.values, other.values, plain.values}) == 3
    assert one.kept_as == other.kept_as
    assert not {"5", "11=5", "11"} & set(one.values.replace(":", " ").split())


def test_from_which_gap_a_journal_is_named_is_the_procedure_s() -> None:
    """One mark, where it says so."""
    work = WorkSeen(W, (marking(1, FULL), marking(2, FULL)))
    close = replace(P, reports=replace(P.reports, gap=1))
    assert [one.size for one in discrepancies(close, [work], Beside(journal={W: JournalMark(4)}))] == [1]


def test_a_re_marking_is_held_against_what_stands_and_changes_nothing() -> None:
    """The re-marking gives other points; the verdicts are those without it."""
    found = listed(FULL, FULL, (RE_MARKING, "1 0 2 3 2 1"))
    one = found[Comparison.REMARK, "2"]
    assert (one.kind, one.size, one.next_step) == (Kind.RE_MARKED, 2, NextStep.LOOK)
    assert one.readings[-1].marking == RE_MARKING
    plain = WorkSeen(W, (marking(1, FULL), marking(2, FULL)))
    again = replace(plain, markings=(*plain.markings, marking(RE_MARKING, "1 0 2 3 2 1")))
    assert verdicts(P, again.scores()) == verdicts(P, plain.scores())


def test_a_third_marking_that_nobody_is_near_is_a_difference_of_its_own() -> None:
    """By the distance to the nearest of the earlier ones; an appeal ends it."""
    third = (THIRD_MARKING, ". . . . 2 1")
    far = listed("1 2 2 3 X 0", "1 2 2 3 1 0", third)[Comparison.THIRD, "5"]
    assert (far.size, far.next_step) == (2, NextStep.RE_MARK)
    near = listed("1 2 2 3 X 1", "1 2 2 3 1 1", third)
    assert (Comparison.THIRD, "5") not in near
    over = listed("1 2 2 3 X 0", "1 2 2 3 1 0", third, (APPEAL_MARKING, ". . . . 1 0"))
    assert over[Comparison.THIRD, "5"].next_step is NextStep.APPEAL


def test_totals_on_two_sides_of_a_boundary_are_named() -> None:
    """Between experts alone the rule has settled it; the mark that stands is named beside the other one."""
    crossing = listed("1 2 2 3 2 0", "1 2 2 3 1 0")  # 10 and 9 points: 5 and 4; the mean rounded up stands
    (one,) = [d for d in crossing.values() if d.kind is Kind.MARK_CROSSED]
    assert (one.task, one.size, one.next_step) == (WHOLE_WORK, 1, NextStep.BY_RULE)
    assert [(a.whose, a.marking, a.total, a.mark) for a in one.accounts] == [
        (Comparison.EXPERTS, 2, 9, 4),
        (Comparison.MARK, None, 10, 5),
    ]
    assert one.numbers == ("1000001",)


def test_a_mark_that_a_re_marking_or_a_form_would_change_is_looked_at() -> None:
    """The weightiest account says what happens next; one that lacks a criterion says nothing of the total."""
    again = listed(FULL, FULL, (RE_MARKING, "1 0 0 3 2 1"), school=said("1 2 2 0 2 1"))
    assert again[Comparison.MARK, ""].next_step is NextStep.LOOK
    assert again[Comparison.MARK, ""].size == 1
    form = listed(FULL, FULL, school=said("1 2 2 0 2 1"))
    assert form[Comparison.MARK, ""].next_step is NextStep.ASK_SCHOOL
    answered = listed(FULL, FULL, school=said("1 2 2 0 2 1", ("4", "0", "3")))
    assert answered[Comparison.MARK, ""].next_step is NextStep.STANDS
    lacking = listed(FULL, FULL, school=said("1 2 2 0 2 ."))
    assert (Comparison.MARK, "") not in lacking


@pytest.mark.parametrize(("journal", "size"), [(5, None), (4, None), (3, 2), (2, 3)])
def test_a_journal_mark_is_named_from_two_marks_away(journal: int, size: int | None) -> None:
    """One mark away is everyday."""
    found = listed(FULL, FULL, journal=journal).get((Comparison.JOURNAL, ""))
    assert (found and found.size) == size


def test_a_mark_is_two_to_five() -> None:
    """Anything else is no mark, and refused before it is compared."""
    with pytest.raises(ValueError, match="2 to 5"):
        JournalMark(1)


def test_without_boundaries_there_are_no_marks() -> None:
    """Nothing is inferred from points."""
    work = WorkSeen(W, (marking(1, "1 2 2 3 2 0"), marking(2, "1 2 2 3 1 0")))
    found = discrepancies(replace(P, boundaries=None), [work], Beside(journal={W: JournalMark(2)}))
    assert {one.kind.comparison for one in found} == {Comparison.EXPERTS}


def test_a_name_says_what_a_difference_is_between_and_not_what_it_is() -> None:
    """An essential difference that a correction makes a minor one is still the same difference."""
    one, other = listed(FULL, "1 0 2 3 2 1"), listed(FULL, "1 1 2 3 2 1")
    essential, minor = one[Comparison.EXPERTS, "2"], other[Comparison.EXPERTS, "2"]
    assert (essential.kind, minor.kind) == (Kind.TASK_DIFFERENCE, Kind.MINOR)
    assert essential.name == minor.name == Name(W, Comparison.EXPERTS, essential.task)
    assert essential.values != minor.values


rules = st.builds(Rules, task_difference=st.integers(1, 3), x_against_points=st.booleans())


@given(texts(), texts(), st.none() | texts(), st.none() | texts(), st.none() | texts(), rules)
def test_experts_are_interchangeable_in_every_difference(
    first: str, second: str, third: str | None, again: str | None, own: str | None, asked: Rules
) -> None:
    """Swapping the two experts changes neither what differs nor by how much nor what happens next."""
    procedure = replace(P, rules=asked)
    later = [marking(n, text) for n, text in ((THIRD_MARKING, third), (RE_MARKING, again)) if text]
    beside = Beside({W: OwnMarking(stated(own))}, {W: JournalMark(2)}) if own else NOTHING_BESIDE

    def told(one: str, other: str) -> list[tuple[object, ...]]:
        work = WorkSeen(W, (marking(1, one), marking(2, other), *later))
        found = discrepancies(procedure, [work], beside)
        return [
            (d.name, d.criteria, d.kind, d.size, d.next_step, d.stated, sorted(_nameless(a) for a in d.accounts))
            for d in found
        ]

    def _nameless(account: object) -> str:
        return re.sub(r"marking=\d+", "", repr(account))

    assert told(first, second) == told(second, first)


@given(texts(), texts(), st.none() | texts(), texts(), texts())
def test_names_are_one_to_one_and_values_tell_when_something_changed(
    first: str, second: str, third: str | None, form: str, own: str
) -> None:
    """No two differences share a name; computed anew, name and values are the same."""
    later = [marking(THIRD_MARKING, third)] if third else []
    work = WorkSeen(W, (marking(1, first), marking(2, second), *later), said(form))
    beside = Beside({W: OwnMarking(stated(own))}, {W: JournalMark(2)})
    found = discrepancies(P, [work], beside)
    assert len({one.name for one in found}) == len(found)
    again = discrepancies(P, [replace(work, markings=tuple(reversed(work.markings)))], beside)
    assert {d.name: d.values for d in again} == {d.name: d.values for d in found}
