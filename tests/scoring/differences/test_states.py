"""Where a difference stands: by rule, by points, by what people said; nothing said is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import THIRD_MARKING
from scoring.differences.kinds import Comparison, Discrepancy, NextStep
from scoring.differences.states import Act, Asked, By, LookedAt, Note, Open, Settled, closable, standing, state, word
from tests.scoring.differences.test_against import listed
from tests.scoring.test_discrepancies import FULL, said

FAR: Discrepancy = listed("1 2 2 3 X 0", "1 2 2 3 1 0", (THIRD_MARKING, ". . . . 2 1"))[Comparison.THIRD, "5"]


def note(act: Act, values: str = FAR.values) -> Note:
    return Note(act, values, "протокол 5", "Орлова В. П.", "2026-04-15T10:00:00+00:00")


ASKED, LOOKING, SETTLED, BACK = (note(act) for act in (Act.ASKED, Act.LOOKING, Act.SETTLED, Act.TAKEN_BACK))


def test_the_newest_word_stands() -> None:
    """Asked, then looked at, then settled."""
    assert state(FAR, []) == Open()
    assert state(FAR, [ASKED]) == Asked(ASKED)
    assert state(FAR, [ASKED, LOOKING]) == LookedAt(LOOKING)
    assert state(FAR, [ASKED, LOOKING, SETTLED]) == Settled(By.PERSON, SETTLED)


def test_taking_back_makes_the_newest_word_void_and_no_other() -> None:
    """One by one; with nothing left there is nothing to take back."""
    assert state(FAR, [ASKED, SETTLED, BACK]) == Asked(ASKED)
    assert state(FAR, [ASKED, SETTLED, BACK, BACK]) == Open()
    assert state(FAR, [ASKED, BACK, SETTLED]) == Settled(By.PERSON, SETTLED)


def test_when_the_values_change_after_it_was_settled_it_is_open_again() -> None:
    """And says who had settled it; what was asked stays asked."""
    changed = replace(FAR, readings=tuple(replace(m, scores=m.scores[:1]) for m in FAR.readings))
    assert state(changed, [SETTLED]) == Open(changed=SETTLED)
    assert word(state(changed, [SETTLED])) == "open_again"
    assert state(changed, [ASKED]) == Asked(ASKED)


@pytest.mark.parametrize(
    ("found", "by"),
    [
        (listed(FULL, "1 1 2 3 2 1")[Comparison.EXPERTS, "2"], By.RULE),
        (listed(FULL, "1 0 2 3 2 1", (THIRD_MARKING, ". 1 . . . ."))[Comparison.EXPERTS, "2"], By.THIRD),
        (listed(FULL, FULL, school=said("0 2 2 3 2 1", ("1", "0", "1")))[Comparison.FORM, "1"], By.ANSWER),
    ],
)
def test_what_a_rule_or_a_marking_decided_is_over(found: Discrepancy, by: By) -> None:
    """Nobody has to say so, and nobody can say otherwise."""
    assert state(found, []) == Settled(by)
    assert not closable(found)


@pytest.mark.parametrize(
    "found",
    [listed(FULL, "1 0 2 3 2 1")[Comparison.EXPERTS, "2"], listed(FULL, "1 . 2 3 2 1")[Comparison.EXPERTS, "2"]],
)
def test_nobodys_word_replaces_points(found: Discrepancy) -> None:
    """What waits for a third marking, or for points that have not come, can't be settled by hand."""
    assert found.next_step in (NextStep.THIRD_MARKING, NextStep.ENTER_MISSING)
    assert not closable(found)


acts = st.lists(st.sampled_from(list(Act)).map(note), max_size=8)


@given(acts)
def test_every_word_can_be_taken_back_until_none_is_left(notes: list[Note]) -> None:
    """As many times as there are words that stand; the record of both only grows."""
    left = len(standing(notes))
    assert state(FAR, [*notes, *[BACK] * left]) == Open()
    assert left <= len(notes)
    if left:
        assert len(standing([*notes, BACK])) == left - 1
