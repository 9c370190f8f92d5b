"""The report of results beside marks from elsewhere: correlations, and the same participants over years. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole, Withheld
from scoring.marks.kinds import NAMES, Source
from scoring.marks.known import OtherMarks, earlier_shares
from scoring.marks.relating import LEAST, Dynamics, Limits, Related, dynamics, paired, pearson, spearman
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.origins import in_column, told, traced
from scoring.reporting.withholding import withheld
from scoring.reports import WorkResult, in_order

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Results of the district and of each school; nothing is said of fewer than `least` participants."""

    district: tuple[str, Sequence[WorkResult]]
    schools: Mapping[str, Sequence[WorkResult]]
    least: int

    def all(self) -> Mapping[str, Sequence[WorkResult]]:
        return {self.district[0]: self.district[1], **self.schools}

    def hidden(self, counts: Mapping[str, int]) -> frozenset[str]:
        """Schools of which a figure isn't told: a small one, and as many others as it could else be computed from.
        counts: participants by group."""
        sizes = np.array([counts.get(school, 0) for school in self.schools], dtype=np.int64)
        flags = withheld(sizes, self.least, known=True)
        return frozenset(school for school, hide in zip(self.schools, flags.tolist(), strict=True) if hide)


def marks_report(procedure: Procedure, results: Sequence[WorkResult], known: OtherMarks) -> Report:
    """Of the district and of each school with results; nobody is named, nothing is said of fewer than ten, and no
    school follows from the district and the others. For the methodist alone."""
    _ = translator(procedure.language)
    # Where the report of the district withholds more, this one must not tell it.
    least = max(LEAST, procedure.reports.withheld_under)
    groups = _Groups((_("District"), results), _by_school(results, _), least)
    return Report(
        title=_("Results and marks from elsewhere"),
        lines=(procedure.title,),
        tables=(_correlations(groups, known, _), _dynamics(procedure, groups, known, _)),
        language=procedure.language,
    )


def _by_school(results: Sequence[WorkResult], _: Words) -> dict[str, list[WorkResult]]:
    schools = sorted({result.school for result in results}, key=in_order)
    return {_("School {n}").format(n=s): [r for r in results if r.school == s] for s in schools}


def _correlations(groups: _Groups, known: OtherMarks, _: Words) -> Table:
    rows: list[Row] = []
    for source, values in known.by_source().items():
        other = {code: float(value) for code, value in values.items()}
        pairs = {name: paired(_totals(some), other) for name, some in groups.all().items()}
        hidden = groups.hidden({name: len(some) for name, some in pairs.items()})
        for name, some in pairs.items():
            found = pearson(some, groups.least) if source.in_points else spearman(some, groups.least)
            cells = _kept_back(found, _) if name in hidden else _limits(found, _)
            rows.append((Text(_told(source, _)), Text(name), Whole(len(some)), *cells))
    made = Table(
        _("Correlation of totals with marks from elsewhere"),
        (_("What"), _("Of whom"), _("Participants"), _("Correlation"), *_span(_)),
        tuple(rows),
        (
            *_nothing(rows, _),
            _("Points with points: Pearson; marks from 2 to 5: Spearman, by ranks. Limits hold 95 %."),
            _("A low coefficient tells that the two measure different things, not which of them is right."),
        ),
    )
    return traced(made, dict.fromkeys((3, 4, 5), told("correlation", _)), _files, name=1, n=in_column(2))


def _files(_group: str) -> tuple[str, ...]:
    """Where results stand one by one."""
    return ("class-*",)


def _nothing(rows: Sequence[Row], _: Words) -> tuple[str, ...]:
    return () if rows else (_("not enough data"),)


def _totals(results: Sequence[WorkResult]) -> dict[str, float]:
    return {result.participant: float(result.total) for result in results}


def _kept_back(found: Related, _: Words) -> tuple[Cell, Cell, Cell]:
    """Of a school that is withheld: that it is too small, or that a smaller one would follow."""
    if isinstance(found, NotEnoughData):
        why = Withheld(_("fewer than {n}").format(n=found.needed))
    else:
        why = Withheld(_("withheld: a smaller group would follow from it"))
    return why, why, why


def _span(_: Words) -> tuple[str, str]:
    return _("limits, from"), _("limits, to")


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


def _dynamics(procedure: Procedure, groups: _Groups, known: OtherMarks, _: Words) -> Table:
    this = procedure.date.year
    earlier = {year: earlier_shares(known, year) for year in sorted({s.year for s in known.by_source()}) if year < this}
    found: dict[str, Dynamics] = {}
    for name, some in groups.all().items():
        now = {result.participant: result.total / procedure.highest for result in some}
        before = {year: {c: v for c, v in values.items() if c in now} for year, values in earlier.items()}
        found[name] = dynamics({**before, this: now}, groups.least)
    hidden = _hidden(groups, found, procedure.reports.withheld_under)
    rows = [row for name, one in found.items() for row in _rows_over_years(name, one, hidden, _)]
    made = Table(
        _("The same participants over the years"),
        (
            _("Of whom"),
            _("Year"),
            _("Participants"),
            _("Mean share"),
            *_span(_),
            _("Change, points of a hundred"),
            *_span(_),
        ),
        tuple(rows),
        (
            *_nothing(rows, _),
            _("Share of the highest score of the year's assessment; only participants with a result of this year."),
            _(
                "Change: of those with both results, since the year before in the table. Assessments differ in "
                "difficulty: a school's change says something beside those of other schools only."
            ),
        ),
    )
    mean, change = told("mean-share", _), told("change", _)
    return traced(made, {**dict.fromkeys((3, 4, 5), mean), **dict.fromkeys((6, 7, 8), change)}, _files, n=in_column(2))


_Span = tuple[int, int]  # years: of a mean the same one twice, of a change since and until


def _hidden(groups: _Groups, found: Mapping[str, Dynamics], least: int) -> Mapping[_Span, frozenset[str]]:
    """Whose figures are withheld, by year and by change: each makes its own whole."""
    counts: dict[_Span, dict[str, int]] = {}
    for name, one in found.items():
        for year in one.years:
            counts.setdefault((year.year, year.year), {})[name] = year.mean.n
        for change in one.changes:
            counts.setdefault((change.since, change.until), {})[name] = change.mean.n
    hidden = {span: groups.hidden(some) for span, some in counts.items()}
    for since, until in counts:
        if since != until:
            hidden[since, until] |= _telling(groups, counts, (since, until), least)
    return hidden


def _telling(groups: _Groups, counts: Mapping[_Span, Mapping[str, int]], span: _Span, least: int) -> frozenset[str]:
    """Whose change would tell results of fewer than `least` participants who have one of the two years alone: a mean
    and a change give the other year's mean of those with both, and that beside the mean of all what the rest has."""
    telling: set[str] = set()
    schools = list(groups.schools)
    for year in span:
        alone = [counts[year, year].get(school, 0) - counts[span].get(school, 0) for school in schools]
        rest = np.array(alone, dtype=np.int64)
        small = (rest > 0) & (rest < least)
        if not small.any():
            continue
        # What one school alone leaves out would follow from the district and the others; each knows its own.
        hidden = withheld(rest, least, known=True) & (rest > 0)
        if rest[hidden].sum() - rest[hidden].max() < least:
            hidden = small
            telling.add(groups.district[0])
        telling |= {school for school, gone in zip(schools, hidden.tolist(), strict=True) if gone}
    return frozenset(telling)


def _rows_over_years(name: str, found: Dynamics, hidden: Mapping[_Span, frozenset[str]], _: Words) -> list[Row]:
    if len(found.years) < 2:
        return []

    def shares(span: _Span, mean: Limits | NotEnoughData) -> tuple[Cell, Cell, Cell]:
        return _kept_back(mean, _) if name in hidden[span] else _shares(mean, _)

    changes = {change.until: shares((change.since, change.until), change.mean) for change in found.changes}
    return [
        (
            Text(name),
            Whole(year.year),
            Whole(year.mean.n),
            *shares((year.year, year.year), year.mean),
            *changes.get(year.year, (Text(""),) * 3),
        )
        for year in found.years
    ]


def _shares(found: Limits | NotEnoughData, _: Words) -> tuple[Cell, Cell, Cell]:
    if isinstance(found, NotEnoughData):
        why = Withheld(_("fewer than {n}").format(n=found.needed))
        return why, why, why
    return Share(found.value), Share(found.low), Share(found.high)
