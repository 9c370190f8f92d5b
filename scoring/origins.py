"""Where figures of reports beside results come from: how a column is computed, and of what each row is. Pure.

Reports of results have their own (`scoring.reporting.formulas`). Keys are for programs and never change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from crosscheck.i18n import N_
from crosscheck.report import Basis, Formula, Row, Table, Text, Whole
from scoring.reports import Words

_ALL = {
    "severity": (
        N_("Severity in points"),
        N_(
            "linear model of differences between experts on the same works, whoever else marked them; margin: 1.96 · "
            "error (HC3)"
        ),
    ),
    "logits": (N_("Rasch model"), N_("many-facet Rasch model by marginal likelihood: severity, error, fit, fair mean")),
    "again": (
        N_("Hidden works"),
        N_("mean over works that came twice, or that others marked too; margin by Student's t"),
    ),
    "same": (N_("The same points"), N_("criteria with the same points both times / criteria")),
    "kappa": (N_("Weighted kappa"), N_("quadratic weights; limits by drawing works again")),
    "correlation": (
        N_("Correlation coefficient"),
        N_("Pearson of points, Spearman of marks; limits by Fisher's transformation (Bonett and Wright for ranks)"),
    ),
    "mean-share": (N_("Mean share"), N_("mean of points / highest score; limits by Student's t")),
    "change": (N_("Change"), N_("mean of the differences of those with both results; limits by Student's t")),
    "entered": (N_("Stated by the organiser"), N_("as it stands in the newest form or note of the check point")),
    "noted": (N_("Noted one by one"), N_("moves of packets by `crosscheck custody`, the newest of each packet")),
    "listed": (N_("Listed"), N_("experts of the table of experts with this check point who may get works")),
    "counted": (N_("Counted"), N_("entries of the newest forms and notes")),
    "apart": (N_("Mean difference"), N_("sum of (points of the re-marking - points that stand) / works")),
    "alike": (N_("The same points"), N_("works with the same points of the task / works")),
}
Files = Callable[[str], tuple[str, ...]]


def told(key: str, _: Words) -> Formula:
    """A formula by its key."""
    name, text = _ALL[key]
    return Formula(key, _(name), _(text))


def in_column(place: int) -> Callable[[Row], int]:
    """Of so many works as stand in this column."""

    def works(row: Row) -> int:
        cell = row[place]
        return cell.value if isinstance(cell, Whole) else 0

    return works


def traced(
    table: Table, columns: Mapping[int, Formula], files: Files, *, name: int = 0, n: Callable[[Row], int] | None = None
) -> Table:
    """The table with these columns computed so, each row of what stands under `name`. n: of how many works, or entries;
    as stands in the second column where it isn't given. files: where they stand, by that name."""
    counted = in_column(1) if n is None else n

    def basis(row: Row) -> Basis:
        of = row[name]
        text = of.text if isinstance(of, Text) else ""
        return Basis(text, counted(row), files(text))

    formulas = tuple(columns.get(place) for place in range(len(table.columns)))
    return replace(table, formulas=formulas, bases=tuple(basis(row) for row in table.rows))
