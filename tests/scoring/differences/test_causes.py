"""Likely causes, each only with what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from crosscheck.model import FIRST_MARKING, THIRD_MARKING, CriterionId, Given, Marking, NotAttempted, Points, WorkId
from scoring.differences.causes import (
    Cause,
    Disagreement,
    Doubted,
    EarlierValue,
    Follows,
    Misread,
    NotCome,
    NotTold,
    OtherMeasure,
    SeverityExplains,
    Typing,
    Untried,
    cause,
    known,
)
from scoring.differences.kinds import Beside, Comparison, JournalMark, Kind, OwnMarking, WorkSeen
from scoring.differences.slips import How, Slip
from scoring.differences.words import cause_word
from scoring.discrepancies import discrepancies
from scoring.places import Place
from scoring.severities import Severe, Severity, TooFew
from scoring.verdicts import standing, verdicts
from tests.scoring.differences.test_against import stated
from tests.scoring.test_discrepancies import FULL, P, marking, said

W = WorkId("w1")


def causes(
    *works: WorkSeen,
    beside: Beside | None = None,
    severe: Mapping[str, Severity] | None = None,
    doubted: Sequence[Doubted] = (),
) -> dict[tuple[str, Comparison, str], Cause]:
    """The cause of every difference, by work, what it is between, and task."""
    given = beside or Beside()
    stands = {w.work: standing(verdicts(P, w.scores())) for w in works}
    own = {work: one.stated for work, one in given.own.items()}
    there = known(P, works, stands, severe or {}, doubted, own)
    found = discrepancies(P, works, given)
    return {(one.work, one.kind.comparison, str(one.task)): cause(there, one) for one in found}


def work(first: str, second: str, *later: tuple[int, str], form: str = "", name: str = "w1") -> WorkSeen:
    markings = (marking(1, first), marking(2, second), *(marking(n, text) for n, text in later))
    seen = WorkSeen(WorkId(name), markings)
    return replace(seen, school=said(form)) if form else seen


def cell(criterion: str, *might_be: Given, marking: Marking = FIRST_MARKING, still: bool = False) -> Doubted:
    return Doubted(Place(W, marking, CriterionId(criterion)), might_be, still, decided=not still)


def test_a_cell_that_a_machine_took_for_what_the_other_expert_gave_may_be_misread() -> None:
    """It names the cell; a doubtful cell that could not be the other value explains nothing."""
    doubtful = cell("2", Points(0), Points(2))
    assert causes(work("1 0 2 3 2 1", FULL), doubted=[doubtful])["w1", Comparison.EXPERTS, "2"] == Misread((doubtful,))
    other = cell("2", Points(0), Points(1))
    assert causes(work("1 0 2 3 2 1", FULL), doubted=[other])["w1", Comparison.EXPERTS, "2"] == Disagreement(False)


def test_a_cell_that_still_waits_for_a_person_comes_before_any_other_cause() -> None:
    """Whatever it might be: it was keyed otherwise than it was read, or its row doesn't add up."""
    waits = cell("2", still=True)
    assert causes(work("1 0 2 3 2 1", FULL), doubted=[waits])["w1", Comparison.EXPERTS, "2"] == Misread((waits,))
    elsewhere = replace(waits, place=Place(WorkId("w2"), FIRST_MARKING, CriterionId("2")))
    assert causes(work("1 0 2 3 2 1", FULL), doubted=[elsewhere])["w1", Comparison.EXPERTS, "2"] == Disagreement(False)


def _severe(points: float, margin: float = 0.8, group: int = 1) -> Severe:
    return Severe(group, 40, points, margin)


def test_severities_explain_a_difference_that_they_lead_to_expect() -> None:
    """Totals 8 and 11: the first expert is 2.6 points more severe than the second, give or take 1.1."""
    severe = {"Э01": _severe(1.5), "Э02": _severe(-1.1)}
    found = causes(work("1 0 1 3 2 1", FULL), severe=severe)["w1", Comparison.EXPERTS, "2"]
    assert isinstance(found, SeverityExplains)
    assert (found.higher, found.lower, found.observed) == ("Э02", "Э01", 3)
    assert found.expected == pytest.approx(2.6)
    assert found.margin == pytest.approx(0.8 * 2**0.5)


@pytest.mark.parametrize(
    "severe",
    [
        {"Э01": _severe(-1.5), "Э02": _severe(1.1)},  # the other way round
        {"Э01": _severe(0.3), "Э02": _severe(-0.2)},  # within the margin: may be chance
        {"Э01": _severe(0.7, 0.1), "Э02": _severe(-0.5, 0.1)},  # sure, and much less than the difference
    ],
)
def test_severities_that_lead_to_expect_something_else_don_t_explain_it(severe: Mapping[str, Severity]) -> None:
    """Then experts judged differently, and it is said that severities were looked at."""
    found = causes(work("1 0 1 3 2 1", FULL), severe=severe)["w1", Comparison.EXPERTS, "2"]
    assert found == Disagreement(severities=True)


@pytest.mark.parametrize("other", [_severe(-1.1, group=2), TooFew(1, 3)])
def test_experts_that_nothing_links_are_not_compared(other: Severity) -> None:
    """Of different groups, or with too few works."""
    found = causes(work("1 0 1 3 2 1", FULL), severe={"Э01": _severe(1.5), "Э02": other})
    assert found["w1", Comparison.EXPERTS, "2"] == Disagreement(severities=False)


def test_points_that_have_not_come_are_no_disagreement() -> None:
    """Whose points are awaited is named."""
    assert causes(work("1 . 2 3 2 1", FULL))["w1", Comparison.EXPERTS, "2"] == NotCome((Marking(1),))


def test_a_form_may_have_what_was_given_before_it_was_decided() -> None:
    """The third marking decided 1; the form has the first marking's 2."""
    seen = work(FULL, "1 0 2 3 2 1", (THIRD_MARKING, ". 1 . . . ."), form=FULL)
    assert causes(seen)["w1", Comparison.FORM, "2"] == EarlierValue(Marking(1))


def test_a_form_may_have_a_slip_of_typing() -> None:
    """A run of cells that moved by a column; a key beside the right one; or nothing known."""
    shifted = causes(work("1 0 2 3 1 1", "1 0 2 3 1 1", form="1 2 3 1 1 1"))["w1", Comparison.FORM, "3"]
    assert isinstance(shifted, Typing)
    assert (shifted.slip.how, shifted.slip.cells) == (How.SHIFTED, ("2", "3", "4"))
    key = causes(work(FULL, FULL, form="1 1 2 3 2 1"))["w1", Comparison.FORM, "2"]
    assert isinstance(key, Typing)
    assert key.slip.how is How.NEIGHBOUR_KEY
    assert causes(work(FULL, FULL, form="X 2 2 3 2 1"))["w1", Comparison.FORM, "1"] == NotTold()


def test_rows_of_a_form_may_be_swapped() -> None:
    """The other work is named by its number."""
    one, other = work(FULL, FULL, form="0 1 1 0 0 0"), work("0 1 1 0 0 0", "0 1 1 0 0 0", form=FULL, name="w2")
    found = causes(one, other)
    assert len(found) > 4
    for (_work, between, _task), why in found.items():
        if between is Comparison.FORM:
            assert isinstance(why, Typing)
            assert (why.slip.how, why.other) == (How.ROWS_SWAPPED, "1000001")


def test_what_a_school_gave_itself_is_its_judgement_unless_rows_or_columns_moved() -> None:
    """A key beside the right one is no evidence there: the school didn't copy."""
    beside = Beside({W: OwnMarking(stated("1 1 2 3 2 1"))})
    assert causes(work(FULL, FULL), beside=beside)["w1", Comparison.OWN, "2"] == Disagreement(False)
    moved = Beside({W: OwnMarking(stated("1 2 3 1 1 1"))})
    found = causes(work("1 0 2 3 1 1", "1 0 2 3 1 1"), beside=moved)["w1", Comparison.OWN, "3"]
    assert isinstance(found, Typing)


def test_a_mark_follows_from_other_differences() -> None:
    """Which ones is said."""
    found = causes(work("1 2 2 3 2 0", "1 2 2 3 1 0"))
    assert found["w1", Comparison.MARK, ""] == Follows((Comparison.EXPERTS,))


def test_a_journal_is_explained_by_an_account_of_the_work_or_by_what_was_not_tried() -> None:
    """An expert whose points make a mark nearer to the journal's; many X under a good mark; else nothing in it."""

    def why(first: str, second: str, journal: int) -> Cause:
        beside = Beside(journal={W: JournalMark(journal)})
        return causes(work(first, second), beside=beside)["w1", Comparison.JOURNAL, ""]

    assert why("1 2 2 3 2 0", "1 2 2 3 1 0", 2) == Follows((Comparison.EXPERTS,))
    assert why(FULL, FULL, 2) == OtherMeasure()
    assert why("1 X X X X 0", "1 X X X X 0", 5) == Untried(4, 6)
    assert why("1 0 0 0 0 0", "1 0 0 0 0 0", 5) == OtherMeasure()


def test_a_cell_that_a_machine_took_for_what_the_school_gave_may_be_misread() -> None:
    """For the school's own marking and for its form; a doubtful cell that could not be its value explains nothing."""
    beside = Beside({W: OwnMarking(stated("1 0 2 3 2 1"))})
    there, other = cell("2", Points(0), Points(2)), cell("2", Points(1), Points(2))
    own = ("w1", Comparison.OWN, "2")
    assert causes(work(FULL, FULL), beside=beside, doubted=[there])[own] == Misread((there,))
    assert causes(work(FULL, FULL), beside=beside, doubted=[other])[own] == Disagreement(False)
    form = ("w1", Comparison.FORM, "2")
    assert causes(work(FULL, FULL, form="1 0 2 3 2 1"), doubted=[there])[form] == Misread((there,))


def test_a_total_with_exchanged_digits_is_a_slip() -> None:
    """21 for 12; any other total was judged."""
    big = replace(P, criteria=tuple(replace(c, maximum=4) for c in P.criteria))
    seen = work("2 2 2 2 2 2", "2 2 2 2 2 2")
    there = known(big, [seen], {W: standing(verdicts(big, seen.scores()))}, {}, (), {})

    def why(total: int) -> Cause:
        found = discrepancies(big, [seen], Beside({W: OwnMarking({}, total)}))
        return cause(there, next(one for one in found if one.kind is Kind.OWN_MARKING))

    assert why(21) == Typing(Slip(How.DIGITS, ()))
    assert why(20) == Disagreement(severities=False)


def test_every_cause_is_told_without_a_name_or_an_accusation() -> None:
    """In plain words, with the evidence in them."""
    told = [
        cause_word(Misread((cell("2", Points(0), NotAttempted()),)), str),
        cause_word(SeverityExplains("3", "7", 3, 2.6, 1.13), str),
        cause_word(EarlierValue(Marking(1)), str),
        cause_word(NotCome((Marking(2),)), str),
    ]
    assert told == [
        "misread: Marking 1, 2 could be read as 0, X, a person decided",
        "severity: totals differ by 3; from experts 3 and 7 2,6 ± 1,1 is to be expected",
        "copied from an earlier marking: it says what this one gave: Marking 1",
        "points have not come in: Marking 2",
    ]
