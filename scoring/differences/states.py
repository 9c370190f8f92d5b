"""Where a difference stands, from what people said of it and from what decides it anyway. Pure.

What people say is never taken away: it can be taken back, which is a fact of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.differences.kinds import Discrepancy, NextStep
from scoring.undone import left


class Act(enum.StrEnum):
    """What a person says of a difference."""

    ASKED = "asked"  # somebody outside was asked
    LOOKING = "looking"  # a person looks at it
    SETTLED = "settled"
    TAKEN_BACK = "taken_back"  # the newest of the others that still stands is void


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said of a difference, about just these values. at: ISO 8601."""

    act: Act
    values: str
    why: str
    who: str
    at: str


class By(enum.StrEnum):
    """What settles a difference."""

    RULE = "by_rule"
    THIRD = "by_third"
    APPEAL = "by_appeal"
    ANSWER = "by_answer"  # a person looked at the form's value and says that what stands is right
    PERSON = "by_person"


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody has said anything that holds. changed: it had been settled, and its values are others since."""

    changed: Note | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody outside was asked."""

    note: Note


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A person looks at it."""

    note: Note


@dataclass(frozen=True, slots=True)
class Settled:
    """It is over. note: what was said, where a person settled it."""

    by: By
    note: Note | None = None


State = Open | Asked | LookedAt | Settled

# What the procedure or a decision settles needs nobody's word, and none can settle what waits for a marking.
_DECIDED = {
    NextStep.BY_RULE: By.RULE,
    NextStep.DECIDED_BY_THIRD: By.THIRD,
    NextStep.APPEAL: By.APPEAL,
    NextStep.STANDS: By.ANSWER,
}
_BY_MARKING = frozenset({NextStep.THIRD_MARKING, NextStep.ENTER_MISSING})


def standing(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes that were not taken back, in order."""
    return left(notes, lambda note: note.act is Act.TAKEN_BACK)


def state(found: Discrepancy, notes: Iterable[Note]) -> State:
    """Where it stands. notes: in the order in which they were recorded."""
    if (by := _DECIDED.get(found.next_step)) is not None:
        return Settled(by)
    said = standing(notes)
    if not said:
        return Open()
    newest = said[-1]
    match newest.act:
        case Act.ASKED:
            return Asked(newest)
        case Act.LOOKING:
            return LookedAt(newest)
        case _:
            return Settled(By.PERSON, newest) if newest.values == found.values else Open(newest)


def closable(found: Discrepancy) -> bool:
    """Can a person's word settle it? Not where points decide: those a marking has to give."""
    return found.next_step not in _BY_MARKING and found.next_step not in _DECIDED


def word(state: State) -> str:
    """The state in one word, as listings and programs have it."""
    match state:
        case Open(changed=None):
            return "open"
        case Open():
            return "open_again"
        case Asked():
            return "asked"
        case LookedAt():
            return "looking"
        case Settled(by=by):
            return f"settled_{by}"
