"""Points keyed from a paper sheet, key by key: what each key does to the row that is being keyed. Pure.

Where nobody can give ten points or more, one digit is a whole value and the next cell is asked at once. Where a digit
may be the first of two, the second completes it, or Enter does. Nothing is cut down to fit: what can't be refuses, and
from then on every key is refused until somebody acknowledges it, so that whoever types without looking doesn't shift
the rest of a row by one cell. A row ends by a key of its own: the last digit of the sum that is written there, or
Enter.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosscheck.model import CriterionId, Given, NotAttempted, Points

# --- keys -----------------------------------------------------------------------------------------


class Sign(enum.Enum):
    """Keys that are no digits."""

    CROSS = "cross"  # X: not attempted
    CONFIRM = "confirm"
    BACK = "back"
    BLANK = "blank"
    NONE_WRITTEN = "none_written"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit key."""

    value: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that means nothing here."""

    text: str


Key = Digit | Sign | Unknown
# X by one key, whichever alphabet the keyboard is switched to (the key of a Latin x gives ч, that of a Cyrillic х gives
# [), and on the block of digits too.
_SIGNS = {
    **dict.fromkeys("xXхХчЧ[{*", Sign.CROSS),
    **dict.fromkeys("\r\n", Sign.CONFIRM),
    **dict.fromkeys("\x7f\x08", Sign.BACK),
    **dict.fromkeys(" \t", Sign.BLANK),
    **dict.fromkeys("-–—", Sign.NONE_WRITTEN),
    **dict.fromkeys("\x1b\x04\x1a", Sign.LEAVE),
}


def keys(text: str) -> Iterator[Key]:
    """The keys that stand in a text, character by character."""
    for character in text:
        if character.isascii() and character.isdigit():
            yield Digit(int(character))
        else:
            yield _SIGNS.get(character) or Unknown(character)


# --- the row --------------------------------------------------------------------------------------


class Check(enum.Enum):
    """What ends a row."""

    ENTER = "enter"  # no sum is written
    LAST_DIGIT = "last_digit"  # of the sum: no single wrong digit below ten leaves it as it is
    WHOLE_SUM = "whole_sum"  # where a cell may be wrong by ten


@dataclass(frozen=True, slots=True)
class Field:
    """One cell to key."""

    criterion: CriterionId
    maximum: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row to key. `beside`: points of the row that stand already, part of its sum."""

    number: str
    fields: tuple[Field, ...]
    check: Check = Check.ENTER
    beside: int = 0

    @property
    def most(self) -> int:
        """The largest sum that is possible."""
        return self.beside + sum(field.maximum for field in self.fields)


@dataclass(frozen=True, slots=True)
class AboveMaximum:
    criterion: CriterionId
    found: str
    maximum: int


@dataclass(frozen=True, slots=True)
class RowShort:
    """Enter came before the row was full."""

    keyed: int
    fields: int


@dataclass(frozen=True, slots=True)
class RowFull:
    """A value came after the last cell."""


@dataclass(frozen=True, slots=True)
class NoSuchKey:
    text: str


@dataclass(frozen=True, slots=True)
class SumImpossible:
    found: str
    most: int


@dataclass(frozen=True, slots=True)
class SumDiffers:
    """`found` as it was keyed: the last digit, or all of it."""

    found: str
    total: int


Refusal = AboveMaximum | RowShort | RowFull | NoSuchKey | SumImpossible | SumDiffers


@dataclass(frozen=True, slots=True)
class State:
    """How far a row is. `pending`: a digit that may be the first of two. `refusal`: what must be acknowledged first.
    `doubted`: the sum that was keyed last and differs: keyed once more, it is what stands on the paper."""

    given: tuple[Given, ...] = ()
    pending: str = ""
    refusal: Refusal | None = None
    doubted: str = ""


# --- what a key does ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """The key changed nothing that must be kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The cell at `index` has its value."""

    index: int
    given: Given


@dataclass(frozen=True, slots=True)
class Back:
    """The value of the cell at `index` is taken back."""

    index: int


@dataclass(frozen=True, slots=True)
class Refused:
    why: Refusal


class Ending(enum.Enum):
    """How a row ended."""

    NO_SUM = "no_sum"  # the sheet asks for none, or none is written
    SUM_AGREES = "sum_agrees"
    SUM_DIFFERS = "sum_differs"  # and was keyed twice: so it stands there


@dataclass(frozen=True, slots=True)
class Ended:
    how: Ending


Event = Nothing | Kept | Back | Refused | Ended


def press(row: Row, state: State, key: Key) -> tuple[State, Event]:
    """What a key does. `Sign.LEAVE` is for whoever calls; here it does nothing."""
    if key is Sign.LEAVE:
        return state, Nothing()
    if state.refusal is not None:
        if key in (Sign.CONFIRM, Sign.BACK):
            return replace(state, refusal=None), Nothing()
        return state, Refused(state.refusal)
    if isinstance(key, Unknown):
        return _refused(state, NoSuchKey(key.text))
    if len(state.given) < len(row.fields):
        return _in_cell(row, state, key)
    return _at_end(row, state, key)


def _refused(state: State, why: Refusal) -> tuple[State, Event]:
    return replace(state, pending="", refusal=why), Refused(why)


def _in_cell(row: Row, state: State, key: Digit | Sign) -> tuple[State, Event]:
    field = row.fields[len(state.given)]
    match key:
        case Digit(value):
            return _digit(field, state, f"{state.pending}{value}")
        case Sign.CROSS if not state.pending:
            return _kept(state, NotAttempted())
        case Sign.CROSS:
            return _refused(state, AboveMaximum(field.criterion, f"{state.pending}X", field.maximum))
        case Sign.CONFIRM | Sign.BLANK if state.pending:
            return _kept(state, Points(int(state.pending)))
        case Sign.CONFIRM if state.given:
            return _refused(state, RowShort(len(state.given), len(row.fields)))
        case Sign.BACK:
            return _back(state)
        case Sign.NONE_WRITTEN:
            return _refused(state, NoSuchKey("-"))
        case _:
            return state, Nothing()


def _digit(field: Field, state: State, typed: str) -> tuple[State, Event]:
    if int(typed) > field.maximum:
        return _refused(state, AboveMaximum(field.criterion, typed, field.maximum))
    if _complete(typed, field.maximum):
        return _kept(state, Points(int(typed)))
    return replace(state, pending=typed), Nothing()


def _complete(typed: str, most: int) -> bool:
    """Whether no further digit could follow."""
    return int(typed) == 0 or int(typed) * 10 > most


def _kept(state: State, given: Given) -> tuple[State, Event]:
    return State((*state.given, given)), Kept(len(state.given), given)


def _back(state: State) -> tuple[State, Event]:
    if state.pending:
        return replace(state, pending=""), Nothing()
    if not state.given:
        return state, Nothing()
    return State(state.given[:-1]), Back(len(state.given) - 1)


def _at_end(row: Row, state: State, key: Digit | Sign) -> tuple[State, Event]:
    if key is Sign.BACK:
        return _back(state)
    if row.check is Check.ENTER:
        if key is Sign.CONFIRM:
            return state, Ended(Ending.NO_SUM)
        return (state, Nothing()) if key is Sign.BLANK else _refused(state, RowFull())
    match key:
        case Digit(value):
            return _sum(row, state, f"{state.pending}{value}")
        case Sign.CONFIRM | Sign.BLANK if state.pending:
            return _compared(row, state, state.pending)
        case Sign.NONE_WRITTEN if not state.pending:
            return state, Ended(Ending.NO_SUM)
        case Sign.CONFIRM | Sign.BLANK:
            return state, Nothing()
        case _:
            return _refused(state, RowFull())


def _sum(row: Row, state: State, typed: str) -> tuple[State, Event]:
    if state.pending and int(state.pending) == 0:
        return _refused(state, RowFull())
    if row.check is not Check.LAST_DIGIT:
        if int(typed) > row.most:
            return _refused(state, SumImpossible(typed, row.most))
        if not _complete(typed, row.most):
            return replace(state, pending=typed), Nothing()
    # Zeros add up by themselves, as those of a code do that is scanned at the wrong moment: Enter must say so.
    if int(typed) == 0 and all(given == Points(0) for given in state.given):
        return replace(state, pending=typed), Nothing()
    return _compared(row, state, typed)


def _compared(row: Row, state: State, typed: str) -> tuple[State, Event]:
    total = row.beside + sum(given.value for given in state.given if isinstance(given, Points))
    right = int(typed) == (total % 10 if row.check is Check.LAST_DIGIT else total)
    if right:
        return replace(state, pending=""), Ended(Ending.SUM_AGREES)
    if state.doubted == typed:
        return replace(state, pending=""), Ended(Ending.SUM_DIFFERS)
    return _refused(replace(state, doubted=typed), SumDiffers(typed, total))
