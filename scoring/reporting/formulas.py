"""How figures of reports are computed, in words. Pure.

Keys are for programs (`from` in JSON) and never change; N is the number of works, M the highest points.
"""

from __future__ import annotations

from crosscheck.i18n import N_
from crosscheck.report import Basis, Formula
from scoring.reports import Words

_ALL = {
    "mean": (N_("Mean score"), N_("sum of raw scores / N; X counts 0")),
    "median": (N_("Median"), N_("the middle one of all raw scores in order; of two middle ones the mean")),
    "deviation": (N_("Standard deviation"), N_("root of (sum of squared distances from the mean / (N - 1))")),
    "interval": (
        N_("Interval 95 %"),
        N_("mean ± t(0.975; N - 1) · standard deviation / √N; not printed where there are too few works"),
    ),
    "coefficient": (N_("Coefficient of the work"), N_("sum of raw scores / (N · highest raw score)")),
    "task": (N_("Coefficient of the task"), N_("sum of points of the task / (N · its highest points); X counts 0")),
    "criterion": (N_("Coefficient of the criterion"), N_("sum of points / (N · highest points); X counts 0")),
    "full": (N_("Full points"), N_("works with all points of the task / N")),
    "works-share": (N_("Share of works"), N_("works with this raw score / N")),
    "works-count": (N_("Works"), N_("works with this raw score")),
    "marks": (N_("Marks"), N_("works whose raw score lies within the boundaries of the mark / works with a mark")),
    "quality": (N_("Quality"), N_("(marks 4 + marks 5) / works with a mark")),
    "passed": (N_("Passed"), N_("(marks 3 + marks 4 + marks 5) / works with a mark")),
    "trained": (
        N_("Level of training"),
        N_("(marks 5 + 0.64 · marks 4 + 0.36 · marks 3 + 0.16 · marks 2) / works with a mark"),
    ),
    "lowered": (N_("Lowered"), N_("works whose mark is below that in the journal / works with both marks")),
    "confirmed": (N_("Confirmed"), N_("works whose mark is that in the journal / works with both marks")),
    "raised": (N_("Raised"), N_("works whose mark is above that in the journal / works with both marks")),
    "gap": (N_("Far apart"), N_("works whose mark is so far from that in the journal / works with both marks")),
    "scaled-percent": (N_("Scaled score: per cent of the highest"), N_("mean score / highest raw score · 100")),
    "scaled-mark": (N_("Scaled score: mean mark"), N_("sum of marks 2 to 5 / works with a mark")),
    "scaled-scale": (N_("Scaled score of the official scale"), N_("sum of scaled scores of the raw scores / N")),
    "usual": (
        N_("The usual school"),
        N_("mean of the coefficients of schools, each weighted by how well it is known"),
    ),
    "shrunk": (
        N_("Estimate"),
        N_(
            "the difference from the usual school, drawn towards it the more, the fewer works there are: "
            "spread² / (spread² + error²) of it"
        ),
    ),
    "chance": (
        N_("Interval of the estimate"),
        N_("estimate ± 1.96 · its error; the spread of schools is estimated from all of them (DerSimonian and Laird)"),
    ),
}


def formula(key: str, _: Words, basis: Basis | None = None) -> Formula:
    """A formula by its key; with a basis of its own it is another one, of that basis."""
    name, text = _ALL[key]
    if basis is None:
        return Formula(key, _(name), _(text))
    return Formula(f"{key}-other", f"{_(name)} ({basis.name})", _(text), basis)
