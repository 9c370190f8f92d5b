"""The analytical note on a re-marking: what differs, how much, and what it doesn't prove. Works by number. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from crosscheck.i18n import translator
from crosscheck.numbering import spaced
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Share, Table, Text, Whole, Withheld
from crosscheck.report_settings import ReportSettings
from scoring.measures.limits import of_mean
from scoring.origins import told, traced
from scoring.remarks.comparing import Again
from scoring.reports import Words


def remark_note(procedure: Procedure, how: Sequence[str], found: Sequence[Again], waiting: int) -> Report:
    """how: lines that tell how the works were named. waiting: works of which the re-marking hasn't come."""
    _ = translator(procedure.language)
    same = sum(not one.apart for one in found)
    lines = (
        procedure.title,
        *how,
        _(
            "Works marked again: {n}; with the same points: {same}, with other points: {other}, still to come: {wait}."
        ).format(n=len(found), same=same, other=len(found) - same, wait=waiting),
        _("A difference is a possible marker and needs a closer look; it proves no breach."),
        _("A re-marking changes no result by itself: points change by a correction or an appeal alone."),
    )
    return Report(
        _("Note on the re-marking"),
        lines,
        (_works(found, _), _tasks(procedure, found, _), _whole(found, procedure.reports, _)),
        procedure.language,
    )


def _works(found: Sequence[Again], _: Words) -> Table:
    columns = (
        _("Number"),
        _("Points that stand"),
        _("Points of the re-marking"),
        _("Difference"),
        _("Mark that stands"),
        _("Mark by the re-marking"),
        _("Tasks with other points"),
    )
    rows = tuple(
        (
            Text(spaced(one.number)),
            Whole(one.stands),
            Whole(one.again),
            Whole(one.again - one.stands),
            *(_mark(mark) for mark in one.marks),
            Text(", ".join(one.apart) or "—"),
        )
        for one in sorted(found, key=lambda one: -abs(one.again - one.stands))
    )
    return Table(_("Re-marked works"), columns, rows)


def _mark(mark: int | None) -> Cell:
    return Withheld("—") if mark is None else Whole(mark)


def _tasks(procedure: Procedure, found: Sequence[Again], _: Words) -> Table:
    columns = (_("Task"), _("Works with the same points"), _("Mean difference, points"), _("Largest difference"))
    rows = []
    for task in procedure.marked_tasks:
        apart = [again - before for one in found for before, again in [one.tasks[task.id]]]
        rows.append((Text(task.id), *_of_task(apart, procedure.reports.withheld_under, _)))
    apart_ = told("apart", _)
    made = Table(_("Tasks"), columns, tuple(rows))
    return traced(made, {1: told("alike", _), 2: apart_, 3: apart_}, _files, n=lambda _row: len(found))


def _files(_task: str) -> tuple[str, ...]:
    """Where single works of a re-marking stand."""
    return ("discrepancies",)


def _of_task(apart: Sequence[int], least: int, _: Words) -> tuple[Cell, Cell, Cell]:
    """What stands in the row of a task; of a few works a mean says nothing."""
    if len(apart) < least:
        few = Withheld(_("not enough data"))
        return few, few, few
    return Share(apart.count(0) / len(apart)), Decimal(fmean(apart)), Whole(max(map(abs, apart)))


def _whole(found: Sequence[Again], settings: ReportSettings, _: Words) -> Table:
    """Mean difference of totals; with its interval from enough works on."""
    columns = (_("Works"), _("Mean difference, points"), _("Interval 95 %, from"), _("Interval 95 %, to"), _("Note"))
    apart = [one.again - one.stands for one in found]
    if len(apart) < settings.withheld_under:
        note = _("withheld: fewer than {least} works").format(least=settings.withheld_under)
        return Table(_("Totals"), columns, ((Whole(len(apart)), *(Withheld("—") for _n in range(3)), Text(note)),))
    n, mean, enough = len(apart), fmean(apart), len(apart) >= settings.enough
    reach = float(of_mean(stdev(apart), n))
    bounds: tuple[Cell, ...] = (
        (Decimal(mean - reach), Decimal(mean + reach)) if enough else (Withheld("—"), Withheld("—"))
    )
    note = "" if enough else _("not enough data")
    return Table(_("Totals"), columns, ((Whole(n), Decimal(mean), *bounds, Text(note)),))
