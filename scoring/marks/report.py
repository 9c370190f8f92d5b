"""The report of results beside marks from elsewhere: correlations, and the same participants over years. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole, Withheld
from scoring.marks.kinds import NAMES, Source
from scoring.marks.known import OtherMarks, earlier_shares
from scoring.marks.relating import Dynamics, Limits, Related, dynamics, paired, pearson, spearman
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.reports import WorkResult, natural

Words = Callable[[str], str]


def marks_report(procedure: Procedure, results: Sequence[WorkResult], known: OtherMarks) -> Report:
    """Of the district and of each school with results; nobody is named, and nothing is said of fewer than ten."""
    _ = translator(procedure.language)
    groups = {_("District"): list(results), **_by_school(results, _)}
    return Report(
        title=_("Results and marks from elsewhere"),
        lines=(procedure.title,),
        tables=(_correlations(groups, known, _), _dynamics(procedure, groups, known, _)),
    )


def _by_school(results: Sequence[WorkResult], _: Words) -> dict[str, list[WorkResult]]:
    schools = sorted({result.school for result in results}, key=natural)
    return {_("School {n}").format(n=s): [r for r in results if r.school == s] for s in schools}


def _correlations(groups: Mapping[str, Sequence[WorkResult]], known: OtherMarks, _: Words) -> Table:
    rows: list[Row] = []
    for source, values in known.by_source().items():
        other = {code: float(value) for code, value in values.items()}
        for name, some in groups.items():
            totals = {result.participant: float(result.total) for result in some}
            pairs = paired(totals, other)
            found = pearson(pairs) if source.in_points else spearman(pairs)
            rows.append((Text(_told(source, _)), Text(name), Whole(len(pairs)), *_limits(found, _)))
    return Table(
        _("Correlation of totals with marks from elsewhere"),
        (_("What"), _("Of whom"), _("Participants"), _("Coefficient"), *_span(_)),
        tuple(rows),
        (
            _("Points with points: Pearson; marks from 2 to 5: Spearman, by ranks. Limits hold 95 %."),
            _("A low coefficient tells that the two measure different things, not which of them is right."),
        ),
    )


def _span(_: Words) -> tuple[str, str]:
    return _("from"), _("to")


def _told(source: Source, _: Words) -> str:
    shown = f"{_(NAMES[source.kind])}, {source.year}"
    return _("{source}, points of {most}").format(source=shown, most=source.most) if source.in_points else shown


def _limits(found: Related, _: Words) -> tuple[Cell, Cell, Cell]:
    match found:
        case Limits(value=value, low=low, high=high):
            return Decimal(value), Decimal(low), Decimal(high)
        case NotEnoughData(needed=needed):
            why = Withheld(_("fewer than {n}").format(n=needed))
        case NoVariation():
            why = Withheld(_("all the same"))
    return why, why, why


def _dynamics(procedure: Procedure, groups: Mapping[str, Sequence[WorkResult]], known: OtherMarks, _: Words) -> Table:
    this = procedure.date.year
    earlier = {year: earlier_shares(known, year) for year in sorted({s.year for s in known.by_source()}) if year < this}
    rows: list[Row] = []
    for name, some in groups.items():
        now = {result.participant: result.total / procedure.highest for result in some}
        before = {year: {c: v for c, v in values.items() if c in now} for year, values in earlier.items()}
        rows += _rows_over_years(name, dynamics({**before, this: now}), _)
    return Table(
        _("The same participants over the years"),
        (_("Of whom"), _("Year"), _("Participants"), _("Mean share"), *_span(_), _("Change"), *_span(_)),
        tuple(rows),
        (
            _("Share of the highest score of the year's assessment; only participants with a result of this year."),
            _(
                "Change: of those with both results, since the year before in the table. Assessments differ in "
                "difficulty: a school's change says something beside those of other schools only."
            ),
        ),
    )


def _rows_over_years(name: str, found: Dynamics, _: Words) -> list[Row]:
    if len(found.years) < 2:
        return []
    changes = {change.until: change.mean for change in found.changes}
    return [
        (
            Text(name),
            Whole(year.year),
            Whole(year.mean.n),
            *_shares(year.mean, _),
            *(_shares(changes[year.year], _) if year.year in changes else (Text(""),) * 3),
        )
        for year in found.years
    ]


def _shares(found: Limits | NotEnoughData, _: Words) -> tuple[Cell, Cell, Cell]:
    if isinstance(found, NotEnoughData):
        why = Withheld(_("fewer than {n}").format(n=found.needed))
        return why, why, why
    return Share(found.value), Share(found.low), Share(found.high)
