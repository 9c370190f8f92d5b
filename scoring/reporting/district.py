"""The report for the district, and figures that reports for schools share with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Decimal, Formula, Report, Row, Share, Table, Text, Whole
from scoring.reporting import tables
from scoring.reporting.advice import LEAST_SCHOOLS, WHOLE, WRONG, Advice, Estimate, advice
from scoring.reporting.arrays import Flags, Ints, Results
from scoring.reporting.figures import Figures, distributions, figures
from scoring.reporting.formulas import formula
from scoring.reporting.groups import Group, Rows, heading, school_files, school_name
from scoring.reporting.withholding import withheld
from scoring.reports import Words

_ALL_FORMS = "class-*"


@dataclass(frozen=True, slots=True)
class Computed:
    """Everything that reports print, of the district (one row), its schools and class-sets, computed once."""

    procedure: Procedure
    results: Results
    whole: Figures
    schools: Figures
    classes: Figures
    advice: Advice
    hidden: Flags  # schools of which nothing is told beside others
    distributions: Ints  # schools × raw scores from 0 to the highest: how many works
    distribution: Ints  # the same of the district


def computed(procedure: Procedure, results: Results) -> Computed:
    """All figures of one set of results."""
    schools = figures(procedure, results, results.school, len(results.schools))
    spread = distributions(results.total, procedure.highest, results.school, len(results.schools))
    return Computed(
        procedure,
        results,
        figures(procedure, results, np.zeros(results.works, dtype=np.int64), 1),
        schools,
        figures(procedure, results, results.class_set, len(results.class_sets)),
        advice(procedure, results),
        withheld(schools.n, procedure.reports.withheld_under, known=True),
        spread,
        np.asarray(spread.sum(axis=0)),
    )


def district_group(of: Computed, told: bool, _: Words) -> Group:
    return Group(_("District"), of.whole, 0, told, (_ALL_FORMS,))


def district_rows(of: Computed, _: Words) -> Rows:
    """The district and its schools, with what may be told of them."""
    least = of.procedure.reports.withheld_under
    whole = district_group(of, of.results.works >= least, _)
    schools = tuple(
        Group(school_name(school), of.schools, n, whole.told and not bool(of.hidden[n]), school_files(of.results, n))
        for n, school in enumerate(of.results.schools)
    )
    return Rows(whole, schools)


def district_report(of: Computed) -> Report:
    """The whole district: figures, tasks, raw scores, marks, task × school, and where help is needed."""
    procedure = of.procedure
    _ = translator(procedure.language)
    rows, first = district_rows(of, _), _("School")
    made = (
        tables.results_table(procedure, rows, first, _),
        tables.tasks_table(procedure, rows.whole, None, _),
        *tables.criteria_table(procedure, rows.whole, None, _),
        *tables.distribution_table(procedure, (rows.whole, of.distribution), None, _),
        *tables.marks_table(rows, first, _),
        *tables.journal_table(procedure, rows, first, _),
        tables.map_table(procedure, rows.all, _("Coefficient of tasks by school"), first, _),
        *advice_tables(of, rows, _),
    )
    return Report(_("Summary of the district"), heading(procedure, _), made, procedure.language)


# --- advice --------------------------------------------------------------------------------------


def task_name(procedure: Procedure, task: int, _: Words) -> str:
    return _("the whole work") if task == WHOLE else _("task {task}").format(task=procedure.tasks[task].id)


def advice_tables(of: Computed, rows: Rows, _: Words) -> tuple[Table, ...]:
    """Where help is needed and of whom to learn; of schools whose figures are withheld nothing is told."""
    if of.advice.compared < LEAST_SCHOOLS:
        return ()
    help_, learn = (
        tuple(one for one in each if rows.parts[one.school].told) for each in (of.advice.help, of.advice.learn)
    )
    notes = advice_notes(of, _)
    return (
        _advice_table(of, rows, _("Schools and tasks where help is needed"), help_, notes, _),
        _advice_table(of, rows, _("Schools to learn from"), learn, notes, _),
    )


def advice_notes(of: Computed, _: Words) -> tuple[str, ...]:
    compared = _("Schools compared: {schools}, each with {enough} works or more.")
    wrong = _(
        "Estimates, not single numbers: of all lines together about {wrong} % at most are expected to be on the wrong "
        "side. A reason to look and to help, not a judgement of a school or a teacher."
    )
    return (
        compared.format(schools=of.advice.compared, enough=of.procedure.reports.enough),
        wrong.format(wrong=f"{WRONG * 100:g}".replace(".", ",")),
    )


def _advice_table(
    of: Computed, rows: Rows, title: str, found: tuple[Estimate, ...], notes: tuple[str, ...], _: Words
) -> Table:
    columns = (_("School"), _("Of what"), *estimate_columns(_))
    formulas = (None, None, *estimate_formulas(_))
    made: list[Row] = [
        (Text(rows.parts[one.school].name), Text(task_name(of.procedure, one.task, _)), *estimate_cells(one))
        for one in found
    ]
    bases = tuple(rows.parts[one.school].basis for one in found)
    said = notes if found else (_("None stands out."), *notes)
    return Table(title, columns, tuple(made), said, formulas, bases)


def estimate_columns(_: Words) -> tuple[str, ...]:
    return (
        _("Works"),
        _("Coefficient"),
        _("The usual school"),
        *difference_columns(_),
    )


def difference_columns(_: Words) -> tuple[str, ...]:
    return _("Difference in points of per cent, estimate"), _("Interval 95 %, from"), _("Interval 95 %, to")


def estimate_formulas(_: Words) -> tuple[Formula | None, ...]:
    chance = formula("chance", _)
    return None, formula("task", _), formula("usual", _), formula("shrunk", _), chance, chance


def estimate_cells(one: Estimate) -> Row:
    """An estimate as cells: the works, the shares, and their difference."""
    return (Whole(one.works), *share_cells(one))


def share_cells(one: Estimate) -> Row:
    differences = (Decimal(each * 100, 1) for each in (one.difference, one.low, one.high))
    return (Share(one.value), Share(one.usual), *differences)
