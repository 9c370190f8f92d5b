"""What people type about an appeal is understood in every way they write it, or refused."""

from __future__ import annotations

import pytest

from crosscheck.schoolbook import school_book
from scoring.appeals.errors import ReasonsMissing, UnknownSchool
from scoring.appeals.typed import criterion_of, points_of, reasons_of, schools_of
from scoring.settle import NoSuchCriterion
from tests import factories

BOOK = school_book([("12", "Школа № 12"), ("24", "Гимназия № 24"), ("31", "ГБОУ СОШ № 31 имени 50-летия Победы")])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((text, {"24"}) for text in ("24", "024", "№24", "№ 24", "школа 24", "гимназия 24", "24;24", "Гимназия №24")),
        *((text, {"12", "24"}) for text in ("12,24", "12;24", "12 24", "12, школа 24", "№12 24", "№ 12 № 24")),
        ("ГБОУ СОШ № 31 имени 50-летия Победы", {"31"}),
        ("-", set()),
        ("-, 24", {"24"}),
    ],
)
def test_a_school_is_understood_however_it_is_written(typed: str, meant: set[str]) -> None:
    """By number, name or kind; several apart by commas, semicolons or blanks."""
    assert schools_of(BOOK, typed) == meant


@pytest.mark.parametrize("typed", ["77", "лицей 24", "12,77", "12 77", "школа 12 24", "№12/24", "12 и 24", "школа"])
def test_a_school_that_nobody_knows_is_refused(typed: str) -> None:
    """Never dropped in silence: it may be the one of the work."""
    with pytest.raises(UnknownSchool) as refused:
        schools_of(BOOK, typed)
    assert typed.rpartition(",")[2] in str(refused.value)


def test_a_criterion_is_understood_on_either_keyboard() -> None:
    """With a Latin K, for points and for reasons; once all the same."""
    procedure = factories.procedure()
    assert criterion_of(procedure, "5K1") == "5К1"
    points = points_of(procedure, ["5K1=1", "3=0"])
    assert set(points) == {"5К1", "3"}
    assert reasons_of(procedure, ["5k1=why"], points) == {"5К1": "why"}
    with pytest.raises(ReasonsMissing):
        points_of(procedure, ["5K1=1", "5К1=0"])
    with pytest.raises(NoSuchCriterion):
        criterion_of(procedure, "9K1")
