"""The report for a school. Pure."""

from __future__ import annotations

from crosscheck.i18n import translator
from crosscheck.report import Formula, Report, Row, Table, Text
from scoring.reporting import tables
from scoring.reporting.advice import LEAST_SCHOOLS, Estimate
from scoring.reporting.district import (
    Computed,
    advice_notes,
    district_group,
    estimate_cells,
    estimate_columns,
    estimate_formulas,
    task_name,
)
from scoring.reporting.groups import Group, Rows, class_file, heading, school_files, school_name
from scoring.reporting.withholding import rest_is_told, withheld
from scoring.reports import Words


def school_rows(of: Computed, school: int, _: Words) -> Rows:
    """A school, its class-sets, and the district beside it, with what may be told of them."""
    results, least = of.results, of.procedure.reports.withheld_under
    n = int(of.schools.n[school])
    whole = Group(_("The whole school"), of.schools, school, n >= least, school_files(results, school))
    places = results.classes_of(school)
    # A school has the forms of all its classes: nobody there knows more of one than of the others.
    hidden = withheld(of.classes.n[list(places)], least, known=False)
    here = results.schools[school]
    classes = tuple(
        Group(
            results.class_sets[place].name,
            of.classes,
            place,
            whole.told and not bool(gone),
            (class_file(here, results.class_sets[place]),),
        )
        for place, gone in zip(places, hidden, strict=True)
    )
    return Rows(whole, classes, (district_group(of, rest_is_told(n, results.works, least), _),))


def school_report(of: Computed, school: int) -> Report:
    """One school's results beside the district's: the school, its class-sets, its tasks, its marks."""
    procedure = of.procedure
    _ = translator(procedure.language)
    rows, first = school_rows(of, school, _), _("Group")
    district = rows.beside[0]
    beside = district if district.told else None
    made = (
        tables.results_table(procedure, rows, first, _),
        tables.tasks_table(procedure, rows.whole, beside, _),
        *tables.criteria_table(procedure, rows.whole, beside, _),
        tables.map_table(procedure, rows.all, _("Coefficient of tasks by class"), first, _),
        *tables.distribution_table(procedure, (rows.whole, of.distributions[school]), (district, of.distribution), _),
        *tables.marks_table(rows, first, _),
        *tables.journal_table(procedure, rows, first, _),
        *_advice(of, school, rows, _),
    )
    return Report(_("Report for the school"), _lines(of, school, _), made, procedure.language)


def _lines(of: Computed, school: int, _: Words) -> tuple[str, ...]:
    name = school_name(of.results.schools[school])
    return (*heading(of.procedure, _), _("School {school}").format(school=name))


# --- advice --------------------------------------------------------------------------------------


def advisable(of: Computed, school: int, rows: Rows) -> bool:
    """Are there enough works and schools to compare?"""
    enough = int(of.schools.n[school]) >= of.procedure.reports.enough
    return enough and rows.beside[0].told and of.advice.compared >= LEAST_SCHOOLS


def _advice(of: Computed, school: int, rows: Rows, _: Words) -> tuple[Table, ...]:
    if not advisable(of, school, rows):
        return ()
    found = of.advice.of_school(school)
    columns = (_("Of what"), *estimate_columns(_))
    formulas: tuple[Formula | None, ...] = (None, *estimate_formulas(_))
    kinds = ((_("Where help is needed"), found.help), (_("What others can learn here"), found.learn))
    return tuple(_advice_table(of, title, columns, formulas, kept, rows, _) for title, kept in kinds)


def _advice_table(
    of: Computed,
    title: str,
    columns: tuple[str, ...],
    formulas: tuple[Formula | None, ...],
    found: tuple[Estimate, ...],
    rows: Rows,
    _: Words,
) -> Table:
    made: tuple[Row, ...] = tuple((Text(task_name(of.procedure, one.task, _)), *estimate_cells(one)) for one in found)
    notes = advice_notes(of, _) if found else (_("None stands out."), *advice_notes(of, _))
    return Table(title, columns, made, notes, formulas, (rows.whole.basis,) * len(found))
