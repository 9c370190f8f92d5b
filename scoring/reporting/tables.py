"""The tables that reports for schools and the district are made of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crosscheck.model import Difficulty
from crosscheck.procedure import Procedure
from crosscheck.report import Band, Bars, Cell, Formula, Limit, Lines, Ranges, Row, Share, Table, Text, Whole
from crosscheck.report_settings import Bands, ReportSettings, Scaled
from scoring.reporting.arrays import Ints
from scoring.reporting.figures import MARKS, trained
from scoring.reporting.formulas import formula
from scoring.reporting.groups import NONE, Group, Rows, note
from scoring.reporting.withholding import rest_is_told, withheld
from scoring.reports import Words

_NAMED_TASKS = 12


def band(bands: Bands, share: float) -> Band:
    """The colour of a share 0..1; limits belong to the better colour."""
    if share >= bands.green:
        return Band.GREEN
    return Band.RED if share < bands.red else Band.YELLOW


def level(difficulty: Difficulty, _: Words) -> str:
    return _("basic") if difficulty is Difficulty.BASIC else _("advanced")


# --- figures of groups ---------------------------------------------------------------------------


def results_table(procedure: Procedure, of: Rows, first: str, _: Words) -> Table:
    """A row of figures for each group. first: the title of the first column."""
    label, columns = _scaled_column(procedure, _), [_("Works"), _("Mean score"), _("Median"), _("Standard deviation")]
    columns += [_("Interval 95 %, from"), _("Interval 95 %, to"), _("Coefficient of the work")]
    keys = ["mean", "median", "deviation", "interval", "interval", "coefficient"]
    if label is not None:
        columns.append(label.name)
        keys.append(label.key)
    rows = [_figures_row(procedure, group, label is not None, _) for group in of.all]
    formulas = (None, None, *(formula(key, _) for key in keys), None)
    means = Ranges(_("Mean scores with intervals 95 %"), 0, 2, 5, 6, line=0)
    charts = (means,) if sum(group.told for group in of.parts) > 1 else ()
    bases = tuple(group.basis for group in of.all)
    title = (first, *columns, _("Note"))
    return Table(_("Results"), title, tuple(rows), (), formulas, bases, charts)


def _figures_row(procedure: Procedure, group: Group, scaled: bool, _: Words) -> Row:
    basics = (group.decimal("mean"), group.decimal("median", 1), group.decimal("deviation"))
    more = (group.decimal("scaled"),) if scaled else ()
    interval = group.interval(procedure.reports.enough)
    last = (*interval, group.share("coefficient"), *more, note(procedure, group, _))
    return (Text(group.name), Whole(group.n), *basics, *last)


def _scaled_column(procedure: Procedure, _: Words) -> Formula | None:
    match procedure.reports.scaled:
        case Scaled.NONE:
            return None
        case Scaled.MARK if procedure.boundaries is None:
            return None
        case one:
            return formula(f"scaled-{one.value}", _)


# --- tasks ---------------------------------------------------------------------------------------


def tasks_table(procedure: Procedure, own: Group, other: Group | None, _: Words) -> Table:
    """Coefficients of tasks, in colour, with the share of full points; beside them those of another group."""
    rows: list[Row] = []
    for place, task in enumerate(procedure.tasks):
        maximum = sum(c.maximum for c in procedure.all_criteria_of(task.id))
        head = (Text(task.id), Text(level(task.difficulty, _)), Whole(maximum))
        bands = procedure.reports.bands(task.difficulty)
        rows.append((*head, *_pair(own, other, "tasks", place, bands), *_pair(own, other, "full_tasks", place, None)))
    columns = (_("Task"), _("Level"), _("Highest points"))
    notes = (*_why_nothing(procedure, own, _), *band_notes(procedure.reports, _))
    profile = Lines(_("Profile of tasks"), 0, (3,) if other is None else (3, 4))
    return _beside(Table(_("Tasks"), columns, (), notes, charts=(profile,)), rows, own, other, "task", _)


def criteria_table(procedure: Procedure, own: Group, other: Group | None, _: Words) -> tuple[Table, ...]:
    """The same of criteria; nothing where each task has one."""
    if len(procedure.all_criteria) == len(procedure.tasks):
        return ()
    rows: list[Row] = []
    for place, criterion in enumerate(procedure.all_criteria):
        head = (Text(criterion.id), Text(criterion.task), Whole(criterion.maximum))
        pairs = (*_pair(own, other, "criteria", place, None), *_pair(own, other, "full_criteria", place, None))
        rows.append((*head, *pairs))
    columns = (_("Criterion"), _("Task"), _("Highest points"))
    notes = tuple(_why_nothing(procedure, own, _))
    return (_beside(Table(_("Criteria"), columns, (), notes), rows, own, other, "criterion", _),)


def _pair(own: Group, other: Group | None, name: str, place: int, bands: Bands | None) -> tuple[Cell, ...]:
    return tuple(_share(group, name, place, bands) for group in (own, other) if group is not None)


def _share(group: Group, name: str, place: int, bands: Bands | None) -> Cell:
    if not group.told:
        return NONE
    share = float(getattr(group.figures, name)[group.at, place])
    return Share(share) if bands is None else Share(share, band(bands, share))


def _beside(table: Table, rows: Sequence[Row], own: Group, other: Group | None, key: str, _: Words) -> Table:
    """The table with columns for one group, or for two."""
    columns: list[str] = []
    formulas: list[Formula | None] = [None] * len(table.columns)
    for name, each in ((_("Coefficient"), key), (_("Full points"), "full")):
        columns.append(name if other is None else f"{name}, {own.name}")
        formulas.append(formula(each, _))
        if other is not None:
            columns.append(f"{name}, {other.name}")
            formulas.append(formula(each, _, other.basis))
    titles = (*table.columns, *columns)
    bases = (own.basis,) * len(rows)
    return Table(table.title, titles, tuple(rows), table.notes, tuple(formulas), bases, table.charts)


def map_table(procedure: Procedure, groups: Sequence[Group], title: str, first: str, _: Words) -> Table:
    """Groups × tasks: coefficients coloured by the bands of the tasks' levels."""
    bands = [procedure.reports.bands(task.difficulty) for task in procedure.tasks]
    rows = tuple(
        (Text(g.name), Whole(g.n), *(_share(g, "tasks", place, each) for place, each in enumerate(bands)))
        for g in groups
    )
    many = len(procedure.tasks) > _NAMED_TASKS  # then numbers alone, or the type would be too small to read
    named = (task.id if many else _("Task {task}").format(task=task.id) for task in procedure.tasks)
    columns = (first, _("Works"), *named)
    formulas = (None, None, *(formula("task", _),) * len(procedure.tasks))
    bases = tuple(group.basis for group in groups)
    return Table(title, columns, rows, band_notes(procedure.reports, _), formulas, bases)


def per_cent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",")


def band_notes(settings: ReportSettings, _: Words) -> tuple[str, ...]:
    text = _("{level}: green from {green} %, red under {red} %, yellow between.")
    levels = ((_("Basic tasks"), settings.basic), (_("Advanced tasks"), settings.advanced))
    return (
        *(text.format(level=n, green=per_cent(b.green), red=per_cent(b.red)) for n, b in levels),
        _("Groups of fewer than {least} works are withheld.").format(least=settings.withheld_under),
    )


def _why_nothing(procedure: Procedure, group: Group, _: Words) -> tuple[str, ...]:
    said = note(procedure, group, _).text
    return (said,) if said else ()


# --- raw scores and marks ------------------------------------------------------------------------


def distribution_table(
    procedure: Procedure, own: tuple[Group, Ints], other: tuple[Group, Ints] | None, _: Words
) -> tuple[Table, ...]:
    """How many works have each raw score, with the boundaries of marks; nothing where the group isn't told."""
    group, counts = own
    if not group.told:
        return ()
    columns = [_("Raw score"), _("Works"), f"{_('Share')}, {group.name}"]
    formulas = [None, formula("works-count", _), formula("works-share", _)]
    beside = other if other is not None and other[0].told else None
    if beside is not None:
        columns.append(f"{_('Share')}, {beside[0].name}")
        formulas.append(formula("works-share", _, beside[0].basis))
    rows: list[Row] = []
    for score, count in enumerate(counts.tolist()):
        more = () if beside is None else (Share(int(beside[1][score]) / beside[0].n),)
        rows.append((Text(str(score)), Whole(count), Share(count / group.n), *more))
    chart = Bars(_("Raw scores"), 0, (1,) if beside is None else (2, 3), _limits(procedure, _))
    bases = (group.basis,) * len(rows)
    return (Table(_("Raw scores"), tuple(columns), tuple(rows), (), tuple(formulas), bases, (chart,)),)


def _limits(procedure: Procedure, _: Words) -> tuple[Limit, ...]:
    given = procedure.boundaries
    if given is None:
        return ()
    named = zip((given.three, given.four, given.five), (3, 4, 5), strict=True)
    return tuple(Limit(row, _("from here {mark}").format(mark=mark)) for row, mark in named)


def marks_table(of: Rows, first: str, _: Words) -> tuple[Table, ...]:
    """How marks 2-5 are spread, quality, success and level of training; nothing without boundaries."""
    if not of.whole.told or not of.whole.figures.marks[of.whole.at].any():
        return ()
    rows = tuple(_marks_row(group) for group in of.all)
    columns = (first, _("Works"), *(str(mark) for mark in MARKS), _("Quality"), _("Passed"), _("Level of training"))
    keys = (*("marks",) * len(MARKS), "quality", "passed", "trained")
    formulas = (None, None, *(formula(key, _) for key in keys))
    bases = tuple(group.basis for group in of.all)
    return (Table(_("School marks"), columns, rows, (), formulas, bases),)


def _marks_row(group: Group) -> Row:
    counts = group.figures.marks[group.at].tolist()
    n = sum(counts)
    if not group.told or not n:
        return (Text(group.name), Whole(group.n), *(NONE,) * (len(MARKS) + 3))
    shares = (Share(count / n) for count in counts)
    quality, passed = Share((counts[2] + counts[3]) / n), Share((n - counts[0]) / n)
    return (Text(group.name), Whole(group.n), *shares, quality, passed, Share(trained(counts)))


def journal_table(procedure: Procedure, of: Rows, first: str, _: Words) -> tuple[Table, ...]:
    """Marks against those of the journal; nothing where hardly any journal marks are known."""
    if not any(_compared(group) for group in of.all):
        return ()
    told = _journal_told(of, procedure.reports.withheld_under)
    rows = tuple(_journal_row(group, said) for group, said in zip(of.all, told, strict=True))
    apart = _("Apart by {gap} or more").format(gap=procedure.reports.gap)
    columns = (first, _("Works with both marks"), _("Lowered"), _("Confirmed"), _("Raised"), apart)
    keys = ("lowered", "confirmed", "raised", "gap")
    formulas = (None, None, *(formula(key, _) for key in keys))
    notes = (_("Marks differ for many reasons: a test on one day and the work of a term are not the same."),)
    bases = tuple(replace(group.basis, n=_compared(group)) for group in of.all)
    return (Table(_("Comparison with journal marks"), columns, rows, notes, formulas, bases),)


def _compared(group: Group) -> int:
    return int(group.figures.compared[group.at])


def _journal_told(of: Rows, least: int) -> tuple[bool, ...]:
    """Fewer works have both marks than have results: which rows are withheld is asked anew, of these alone."""
    whole = of.whole.told and _compared(of.whole) >= least
    counts = np.array([_compared(group) for group in of.parts], dtype=np.int64)
    hidden = withheld(counts, least, known=True)
    beside = (group.told and rest_is_told(_compared(of.whole), _compared(group), least) for group in of.beside)
    return (whole, *(whole and not part for part in hidden.tolist()), *beside)


def _journal_row(group: Group, told: bool) -> Row:
    figures, compared = group.figures, _compared(group)
    head = (Text(group.name), Whole(compared))
    if not told:
        return (*head, *(NONE,) * 4)
    kinds = (figures.lowered, figures.confirmed, figures.raised, figures.apart)
    return (*head, *(Share(int(kind[group.at]) / compared) for kind in kinds))
