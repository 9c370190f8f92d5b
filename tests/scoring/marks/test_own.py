"""Columns of a school's own marking: by criterion or in total, whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import CriterionId, NotAttempted, Points
from scoring.differences.kinds import OwnMarking
from scoring.forms.stated import NotStated, NotTaught, Stated
from scoring.marks.own import TOTAL, OwnScale, own_marking, own_scale, sum_apart
from scoring.marks.reading import TableRead
from tests.factories import procedure
from tests.scoring.marks.made import Rows, faults, found_in

SCALE = own_scale(procedure())
HEAD = ["Код участника", "Балл школы 1", "Балл школы 2", "Балл школы"]


def given_in(rows: Rows) -> dict[str, OwnMarking | None]:
    found = found_in(rows)
    assert isinstance(found, TableRead), [str(problem) for problem in found.problems]
    return {row.work: row.own for row in found.rows}


@pytest.mark.parametrize(
    ("title", "criterion"),
    [
        ("own", ""),
        ("Балл школы (11б)", ""),
        ("own 5К1", "5К1"),
        ("own 5k1 (2)", "5К1"),
        ("Баллы школы 4 (3 б.)", "4"),
        ("Проверка школы  2", "2"),
    ],
)
def test_a_column_says_which_criterion_it_holds(title: str, criterion: str) -> None:
    """On whichever keyboard its letter was typed; without one it is the total."""
    found = SCALE.column(title)
    assert found is not None
    assert found.id == criterion


@pytest.mark.parametrize("title", ["own 9", "own 4 (2)", "own (20)", "owner", "школа", "балл", "", "own 5"])
def test_a_criterion_or_a_highest_score_of_another_procedure_is_no_column(title: str) -> None:
    """Nothing is guessed: the file may be of another work."""
    assert SCALE.column(title) is None


def test_points_are_taken_by_work_and_what_is_empty_is_left_out() -> None:
    """X and not taught are no points; beside other marks in one table."""
    rows: Rows = [
        list[object]([*HEAD, "Отметка по журналу"]),
        ["00017", 1, "X", None, 4],
        ["00018", "н/п", None, 7, None],
        ["00019", None, None, None, 5],
    ]
    one, two = CriterionId("1"), CriterionId("2")
    assert given_in(rows) == {
        "W1": OwnMarking({one: Points(1), two: NotAttempted()}),
        "W2": OwnMarking({one: NotTaught()}, 7),
        "W3": None,
    }


def test_a_work_may_be_named_by_its_number() -> None:
    """As on its copies, with blanks and dashes; never by both."""
    assert given_in([["Номер работы", "own"], ["483291-5", 7], ["57 2610 3", 9]]) == {
        "W1": OwnMarking({}, 7),
        "W2": OwnMarking({}, 9),
    }
    assert faults([["Номер работы", "own"], ["483291-6", 7]]) == {"A2": "“483291-6”"}
    assert faults([["Номер работы", "own"], ["00017", 7]]) == {"A2": "“00017”"}
    assert "A1" in faults([["participant", "number", "own"], ["00017", "4832915", 7]])


@pytest.mark.parametrize(("points", "cell"), [(9, "B2"), (-1, "B2"), ("1,5", "B2"), ("да", "B2")])
def test_points_above_the_maximum_are_refused_with_their_cell(points: object, cell: str) -> None:
    """Never clamped."""
    assert list(faults([HEAD, ["00017", points, None, None]])) == [cell]


def test_a_total_is_a_number() -> None:
    """X is no total, and one that its criteria don't come to is a fault."""
    assert list(faults([["participant", "own"], ["00017", "X"]])) == ["B2"]
    every = [f"own {c.id}" for c in SCALE.criteria]
    assert given_in([["participant", *every, "own"], ["00017", 1, 2, 2, 3, 2, 1, 11]])["W1"] is not None
    assert list(faults([["participant", *every, "own"], ["00017", 1, 2, 2, 3, 2, 1, 10]])) == ["H2"]


cells = st.none() | st.just(NotAttempted()) | st.just(NotTaught()) | st.integers(0, 1).map(Points)


@given(st.lists(cells, min_size=6, max_size=6), st.none() | st.integers(0, 11))
def test_missing_is_never_nought(found: list[Stated | None], total: int | None) -> None:
    """Whatever a row says: what is left out of it is in no marking and in no sum."""
    stated: dict[CriterionId, Stated] = {
        c.id: NotStated() if one is None else one for c, one in zip(SCALE.criteria, found, strict=True)
    }
    stated[TOTAL] = NotStated() if total is None else Points(total)
    own = own_marking(stated)
    if own is None:
        assert found == [None] * 6
        assert total is None
        return
    assert own.stated == {c.id: one for c, one in zip(SCALE.criteria, found, strict=True) if one is not None}
    assert own.total == total
    right = sum(one.value for one in own.stated.values() if isinstance(one, Points))
    whole = None not in found and total is not None
    assert sum_apart(own, SCALE) == (right if whole and right != total else None)


def test_without_a_procedure_s_scale_nothing_is_a_column() -> None:
    """A register that knows no criteria refuses them all."""
    assert OwnScale().column("own") is None
