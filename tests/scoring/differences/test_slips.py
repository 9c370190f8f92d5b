"""Slips of whoever types points from paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import CriterionId, NotAttempted, Points, WorkId
from scoring.differences.slips import How, Row, Slip, Stands, slips, swapped
from scoring.forms.stated import NotStated

ORDER = [CriterionId(c) for c in ("1", "2", "3", "4", "5", "6")]


def row(text: str) -> dict[CriterionId, Points | NotAttempted]:
    """Points column by column, X, `.` for an empty cell."""
    pairs = zip(ORDER, text.split(), strict=True)
    return {c: NotAttempted() if word == "X" else Points(int(word)) for c, word in pairs if word != "."}


def found(stated: str, stands: str) -> list[tuple[How, str]]:
    return [(slip.how, "".join(slip.cells)) for slip in slips(ORDER, {**row(stated)}, row(stands))]


def test_cells_that_moved_by_a_column_are_one_slip() -> None:
    """From the third on each cell says what stands one to the left; the others are right."""
    assert found("1 2 2 0 3 1", "1 2 0 3 1 1")[0] == (How.SHIFTED, "345")
    assert found("1 0 3 1 2 1", "1 2 0 3 1 1")[0] == (How.SHIFTED, "234")


def test_equal_neighbours_are_no_shift() -> None:
    """Where every cell is the same, a shift says nothing."""
    assert How.SHIFTED not in [how for how, _cells in found("1 1 1 1 0 1", "1 1 1 1 1 1")]


def test_two_neighbouring_cells_may_be_exchanged() -> None:
    """Both have just the other's points."""
    assert found("1 2 3 0 1 1", "1 2 0 3 1 1") == [(How.EXCHANGED, "34")]


def test_digits_may_be_exchanged_and_keys_missed() -> None:
    """12 for 21; 5 for 2 lies above it on the number block, 9 for 1 nowhere near."""
    assert found("12 2 0 0 0 0", "21 2 0 0 0 0") == [(How.DIGITS, "1")]
    assert found("1 5 0 0 0 0", "1 2 0 0 0 0") == [(How.NEIGHBOUR_KEY, "2")]
    assert found("9 2 0 0 0 0", "1 2 0 0 0 0") == []
    assert found("X 2 0 0 0 0", "1 2 0 0 0 0") == []


def test_an_empty_cell_is_no_slip() -> None:
    """Nothing was typed, so nothing was mistyped."""
    assert found(". 2 0 0 0 0", "1 2 0 0 0 0") == []
    assert slips(ORDER, {CriterionId("1"): NotStated()}, row("1 2 0 0 0 0")) == ()


def test_two_works_may_have_each_others_rows() -> None:
    """Each is said to have exactly what stands for the other, in two cells at least."""
    right = {WorkId("a"): row("1 2 3 0 1 1"), WorkId("b"): row("0 1 3 0 1 1"), WorkId("c"): row("1 1 1 1 1 1")}
    said = {WorkId("a"): right[WorkId("b")], WorkId("b"): right[WorkId("a")], WorkId("c"): right[WorkId("c")]}
    slip = swapped({w: ({**said[w]}, right[w]) for w in right})
    assert {w: (one.other, "".join(one.cells)) for w, one in slip.items()} == {"a": ("b", "12"), "b": ("a", "12")}


def test_where_several_works_fit_none_is_named() -> None:
    """Two works with the same points: nobody knows which row was meant."""
    right = {WorkId("a"): row("1 2 3 0 1 1"), WorkId("b"): row("0 1 3 0 1 1"), WorkId("c"): row("0 1 3 0 1 1")}
    said = {WorkId("a"): right[WorkId("b")], WorkId("b"): right[WorkId("a")], WorkId("c"): right[WorkId("c")]}
    assert swapped({w: ({**said[w]}, right[w]) for w in right}) == {}


rows = st.lists(st.integers(0, 12).map(str) | st.just("X"), min_size=6, max_size=6).map(" ".join)


@given(rows, rows)
def test_a_slip_explains_cells_that_differ_and_no_others(stated: str, stands: str) -> None:
    """Whatever is typed; and what is right has no slip."""
    said, right = row(stated), row(stands)
    wrong = {c for c in ORDER if said[c] != right[c]}
    for slip in slips(ORDER, {**said}, right):
        assert slip.cells
        assert set(slip.cells) <= wrong
    assert slips(ORDER, {**right}, right) == ()


@given(st.lists(st.tuples(rows, rows), max_size=5))
def test_swapping_is_mutual(several: list[tuple[str, str]]) -> None:
    """If one work has the other's row, the other has the one's."""
    some: dict[WorkId, tuple[Row, Stands]] = {WorkId(str(n)): ({**row(a)}, row(b)) for n, (a, b) in enumerate(several)}
    for work, slip in swapped(some).items():
        assert slip.other is not None
        back = swapped(some)[slip.other]
        assert isinstance(back, Slip)
        assert back.other == work
