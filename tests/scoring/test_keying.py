"""Keys to points: exactly what was typed, or a refusal; as few keys as can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from scoring.keying import (
    AboveMaximum,
    Back,
    Check,
    Ended,
    Ending,
    Event,
    Field,
    Kept,
    NoSuchKey,
    Refused,
    Row,
    RowFull,
    RowShort,
    State,
    SumDiffers,
    SumImpossible,
    keys,
    press,
)

X = NotAttempted()


def row(*maxima: int, check: Check = Check.ENTER, beside: int = 0) -> Row:
    return Row("4832915", tuple(Field(CriterionId(str(n)), most) for n, most in enumerate(maxima, 1)), check, beside)


def typed(asked: Row, text: str) -> tuple[State, list[Event]]:
    """The state after these characters, and what each did; keys after the end of the row are not pressed."""
    state, events = State(), list[Event]()
    for key in keys(text):
        state, event = press(asked, state, key)
        events.append(event)
        if isinstance(event, Ended):
            break
    return state, events


def points(*values: int | None) -> tuple[Given, ...]:
    return tuple(X if value is None else Points(value) for value in values)


def spelled(value: Given, maximum: int) -> str:
    """The fewest keys that say a value."""
    if isinstance(value, NotAttempted):
        return "x"
    return f"{value.value}\r" if value.value > 0 and value.value * 10 <= maximum else str(value.value)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Row, tuple[Given, ...]]:
    """A row of any form, and what stands in it."""
    maxima = draw(st.lists(st.integers(1, 20), min_size=1, max_size=30))
    values = tuple(draw(st.one_of(st.just(X), st.integers(0, most).map(Points))) for most in maxima)
    check = draw(st.sampled_from(Check))
    if check is Check.LAST_DIGIT:
        maxima = [min(most, 9) for most in maxima]
        values = tuple(
            v if isinstance(v, NotAttempted) else Points(min(v.value, m)) for v, m in zip(values, maxima, strict=True)
        )
    return row(*maxima, check=check), values


def total(values: tuple[Given, ...]) -> int:
    return sum(value.value for value in values if isinstance(value, Points))


def ending(asked: Row, values: tuple[Given, ...]) -> str:
    """The keys that end a row whose sum is written right."""
    if asked.check is Check.ENTER:
        return "\r"
    confirmed = "\r" if all(value == Points(0) for value in values) else ""
    return the_sum(asked, values) + confirmed


def the_sum(asked: Row, values: tuple[Given, ...]) -> str:
    """The keys of the sum alone."""
    if asked.check is Check.LAST_DIGIT:
        return str(total(values) % 10)
    return spelled(Points(total(values)), asked.most)


@given(filled())
def test_what_is_typed_is_what_is_recorded(case: tuple[Row, tuple[Given, ...]]) -> None:
    """Any row of any form: keyed without a slip it ends with exactly its values, nothing refused."""
    asked, values = case
    cells = "".join(spelled(value, field.maximum) for value, field in zip(values, asked.fields, strict=True))
    state, events = typed(asked, cells + ending(asked, values))
    assert state.given == values
    assert [event.given for event in events if isinstance(event, Kept)] == list(values)
    assert isinstance(events[-1], Ended)
    assert not any(isinstance(event, Refused) for event in events)


@given(filled())
def test_a_cell_costs_one_key_and_two_at_most(case: tuple[Row, tuple[Given, ...]]) -> None:
    """One below ten; where a second digit may follow, two."""
    asked, values = case
    for value, field in zip(values, asked.fields, strict=True):
        cost = len(spelled(value, field.maximum))
        assert cost == 1 or (cost == 2 and field.maximum >= 10)


def understood(asked: Row, text: str) -> tuple[Given, ...] | None:
    """An own reading of typed characters, apart from the one that is tested: the values of a row whose end was
    reached, or None. Only digits, x, blanks and Enter, none of them refused."""
    values: list[Given] = []
    rest = text
    for field in asked.fields:
        rest = rest.lstrip(" ") if values else rest.lstrip(" \r")
        if rest.startswith("x"):
            values.append(X)
            rest = rest[1:]
            continue
        longest = next((n for n in (2, 1) if rest[:n].isdigit() and len(rest[:n]) == n), 0)
        if not longest:
            return None
        if longest == 2 and (field.maximum < 10 or rest[0] == "0" or int(rest[0]) * 10 > field.maximum):
            longest = 1
        if int(rest[:longest]) > field.maximum:
            return None
        if longest == 1 and 0 < int(rest[0]) * 10 <= field.maximum:
            if not rest[1:].startswith((" ", "\r")):
                return None
            rest = rest[:1] + rest[2:]
        values.append(Points(int(rest[:longest])))
        rest = rest[longest:]
    return tuple(values) if rest.lstrip(" ").startswith("\r") else None


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4), st.text("0123459x \r", max_size=14))
def test_any_keys_end_in_exactly_the_typed_points_or_in_a_refusal(maxima: list[int], text: str) -> None:
    """Whatever is typed: a row that ended without a refusal says what the keys say, as read by other means."""
    asked = row(*maxima)
    state, events = typed(asked, text)
    refused = any(isinstance(event, Refused) for event in events)
    if events and isinstance(events[-1], Ended) and not refused:
        assert state.given == understood(asked, text)
    elif not refused:
        assert understood(asked, text) is None


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4), st.text("0123459xq-\x7f \r", max_size=20))
def test_a_refusal_lets_nothing_through_until_it_is_acknowledged(maxima: list[int], text: str) -> None:
    """Who types on without looking changes nothing: the row isn't shifted by a cell."""
    asked, state = row(*maxima), State()
    for key, character in zip(keys(text), text, strict=True):
        before = state
        state, event = press(asked, state, key)
        if isinstance(event, Ended):
            break
        if before.refusal is not None and character not in "\r\x7f":
            assert (state, event) == (before, Refused(before.refusal))


@given(filled(), st.data())
def test_every_single_slip_is_caught_by_the_sum(case: tuple[Row, tuple[Given, ...]], data: st.DataObject) -> None:
    """One cell keyed as another number of points: the last digit of the sum, or the sum, never agrees."""
    asked, values = case
    if asked.check is Check.ENTER:
        return
    at = data.draw(st.integers(0, len(values) - 1))
    worth = total((values[at],))
    other = data.draw(st.integers(0, asked.fields[at].maximum).filter(lambda n: n != worth))
    slipped = (*values[:at], Points(other), *values[at + 1 :])
    cells = "".join(spelled(value, field.maximum) for value, field in zip(slipped, asked.fields, strict=True))
    _state, events = typed(asked, cells + the_sum(asked, values))
    assert isinstance(events[-1], Refused)
    assert isinstance(events[-1].why, SumDiffers)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.sampled_from(Check), st.integers(1, 9))
def test_a_code_scanned_into_a_row_ends_no_row(maxima: list[int], check: Check, packet: int) -> None:
    """Codes begin with zeros, and zeros add up to their sum: a short row isn't ended by that."""
    for code in (f"{packet:06d}-7\r", f"{packet:08d}-01-7\r"):
        _state, events = typed(row(*maxima, check=check), code)
        assert not any(isinstance(event, Ended) for event in events)


def test_a_large_sheet_takes_one_key_for_a_cell_and_one_for_a_row() -> None:
    """20 rows of 15 criteria: 320 keys, with sums and without."""
    for check in (Check.ENTER, Check.LAST_DIGIT):
        asked, values = row(*[3] * 15, check=check), points(*[2, 0, None] * 5)
        keyed = "".join(spelled(value, 3) for value in values) + ending(asked, values)
        assert isinstance(typed(asked, keyed)[1][-1], Ended)
        assert 20 * len(keyed) == 320


def test_two_digits_come_where_they_may() -> None:
    """Of 12: a 1 waits for a second digit or Enter, 0 and 2 to 9 do not; 13 is refused, and is not 1 and 3."""
    asked = row(12, 12)
    assert typed(asked, "1\r12\r")[0].given == points(1, 12)
    assert typed(asked, "1 0")[0].given == points(1, 0)
    assert typed(asked, "21")[0].given == points(2)
    state, events = typed(asked, "13")
    assert (state.given, events[-1]) == ((), Refused(AboveMaximum(CriterionId("1"), "13", 12)))
    assert typed(asked, "1x")[1][-1] == Refused(AboveMaximum(CriterionId("1"), "1X", 12))


@pytest.mark.parametrize("character", list("xXхХчЧ[{*"))
def test_one_key_says_not_attempted(character: str) -> None:
    """Latin or Cyrillic, the keyboard switched either way, or on the block of digits."""
    assert typed(row(3), character)[0].given == (X,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("4", AboveMaximum(CriterionId("1"), "4", 3)),
        ("1\r", RowShort(1, 2)),
        ("123", RowFull()),
        ("1q", NoSuchKey("q")),
        ("-", NoSuchKey("-")),
        ("12x", RowFull()),
    ],
)
def test_what_can_not_be_is_refused(text: str, why: object) -> None:
    """Above the maximum, a row that ends early or goes on, keys that mean nothing."""
    assert typed(row(3, 3), text)[1][-1] == Refused(why)  # type: ignore[arg-type]


def test_backspace_takes_back_one_thing_at_a_time() -> None:
    """A digit that waits, then the cell before; at the start of a row nothing."""
    state, events = typed(row(12, 12), "21\x7f\x7f\x7f12")
    assert state.given == points(12)
    assert [event for event in events if isinstance(event, Back)] == [Back(0)]


def test_a_sum_that_differs_counts_when_it_is_keyed_again() -> None:
    """The expert may have added wrongly: the points stay as they are written, and the row says so."""
    asked = row(3, 3, check=Check.LAST_DIGIT, beside=2)
    assert typed(asked, "325")[1][-1] == Refused(SumDiffers("5", 7))
    assert typed(asked, "327")[1][-1] == Ended(Ending.SUM_AGREES)
    assert typed(asked, "325\r5")[1][-1] == Ended(Ending.SUM_DIFFERS)
    assert typed(asked, "325\r4")[1][-1] == Refused(SumDiffers("4", 7))
    assert typed(asked, "32-")[1][-1] == Ended(Ending.NO_SUM)
    # Going back to a cell forgets the doubt: the sum is keyed anew.
    assert typed(asked, "325\r\x7f25")[1][-1] == Refused(SumDiffers("5", 7))


def test_a_sum_of_cells_of_ten_or_more_is_keyed_whole() -> None:
    """A 1 read as 11 leaves the last digit as it is."""
    asked = row(12, 12, check=Check.WHOLE_SUM)
    assert typed(asked, "12" + "12" + "24")[1][-1] == Ended(Ending.SUM_AGREES)
    assert typed(asked, "0" + "1\r" + "1\r")[1][-1] == Ended(Ending.SUM_AGREES)
    assert typed(asked, "12" + "0" + "25")[1][-1] == Refused(SumImpossible("25", 24))
