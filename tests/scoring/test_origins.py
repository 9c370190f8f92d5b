"""Figures beside results say what they were computed from."""

from __future__ import annotations

from crosscheck.i18n import translator
from crosscheck.report import Decimal, Table, Text, Whole, Withheld
from scoring.origins import in_column, told, traced

_ = translator("en")


def test_a_figure_leads_to_its_formula_and_to_what_its_row_is_of() -> None:
    """So many works, and the file in which they stand; what is withheld or is no figure leads nowhere."""
    table = Table("T", ("Expert", "Works", "Severity"), (
        (Text("Э01"), Whole(12), Decimal(0.5)),
        (Text("Э02"), Whole(3), Withheld("-")),
    ))  # fmt: skip
    made = traced(table, {2: told("severity", _)}, lambda name: (f"expert-{name}",))
    origin = made.origin(0, 2)
    assert origin is not None
    assert (origin.formula.key, origin.basis.name, origin.basis.n, origin.basis.files) == (
        "severity", "Э01", 12, ("expert-Э01",),
    )  # fmt: skip
    assert (made.origin(1, 2), made.origin(0, 0), made.origin(0, 1)) == (None, None, None)


def test_names_and_counts_may_stand_anywhere() -> None:
    """A table whose first column says what, and the third how many."""
    table = Table("T", ("What", "Of whom", "Works", "r"), ((Text("x"), Text("Школа 7"), Whole(20), Decimal(0.5)),))
    origin = traced(table, {3: told("correlation", _)}, lambda _name: (), name=1, n=in_column(2)).origin(0, 3)
    assert origin is not None
    assert (origin.basis.name, origin.basis.n) == ("Школа 7", 20)
