"""The report for a school, and the letter for its deputy head. Pure."""

from __future__ import annotations

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Formula, Report, Row, Table, Text, Whole
from scoring.reporting import tables
from scoring.reporting.advice import LEAST_SCHOOLS, Estimate
from scoring.reporting.district import (
    Computed,
    advice_notes,
    difference_columns,
    district_group,
    estimate_cells,
    estimate_columns,
    estimate_formulas,
    share_cells,
    task_name,
)
from scoring.reporting.groups import Group, Rows, class_file, heading, school_files, school_name
from scoring.reporting.withholding import rest_is_told, withheld
from scoring.reports import Words

_MOST_TEACHERS = 3
_MOST_LINES = 6  # of a letter, which is one page


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


def _advisable(of: Computed, school: int, rows: Rows) -> bool:
    """Are there enough works and schools to compare?"""
    enough = int(of.schools.n[school]) >= of.procedure.reports.enough
    return enough and rows.beside[0].told and of.advice.compared >= LEAST_SCHOOLS


def _advice(of: Computed, school: int, rows: Rows, _: Words) -> tuple[Table, ...]:
    if not _advisable(of, school, rows):
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


# --- the letter ----------------------------------------------------------------------------------


def letter(of: Computed, school: int) -> Report:
    """One page for the deputy head: how the school did, where help is needed, whom to ask, where to read on."""
    procedure = of.procedure
    _ = translator(procedure.language)
    rows = school_rows(of, school, _)
    last = _("All figures and how they are computed: the report for the school, file {file}.")
    lines = (
        *_lines(of, school, _),
        *_said(of, school, rows, _),
        last.format(file=f"school-{of.results.schools[school].number}"),
    )
    made = (_letter_results(procedure, rows, _), *_letter_advice(of, school, rows, _))
    return Report(_("Letter for the deputy head"), lines, made, procedure.language)


def _letter_results(procedure: Procedure, rows: Rows, _: Words) -> Table:
    columns = (_("Group"), _("Works"), _("Mean score"), _("Interval 95 %, from"), _("Interval 95 %, to"))
    made = tuple(
        (
            Text(group.name),
            Whole(group.n),
            group.decimal("mean"),
            *group.interval(procedure.reports.enough),
            group.share("coefficient"),
        )
        for group in (rows.whole, *rows.beside)
    )
    return Table(_("Results"), (*columns, _("Coefficient of the work")), made)


def _said(of: Computed, school: int, rows: Rows, _: Words) -> tuple[str, ...]:
    """What can be said at all of so many works."""
    if not _advisable(of, school, rows):
        few = of.advice.compared < LEAST_SCHOOLS and rows.whole.n >= of.procedure.reports.enough
        schools = _("Too few schools to compare with: nothing is advised.")
        works = _("Too few works to advise anything: look at the works themselves, in the forms of the classes.")
        return (schools if few else works,)
    found = of.advice.of_school(school)
    if not found.help and not found.learn:
        return (_("The school doesn't stand out from the others in any task, neither way."),)
    return ()


def _letter_advice(of: Computed, school: int, rows: Rows, _: Words) -> tuple[Table, ...]:
    if not _advisable(of, school, rows):
        return ()
    found = of.advice.of_school(school)
    kinds = ((_("Where help is needed"), found.help), (_("What others can learn here"), found.learn))
    return tuple(_letter_table(of, title, kept[:_MOST_LINES], _) for title, kept in kinds if kept)


def _letter_table(of: Computed, title: str, found: tuple[Estimate, ...], _: Words) -> Table:
    columns = (_("Of what"), _("Coefficient"), _("The usual school"), *difference_columns(_))
    asked = any(_teachers(of, one) for one in found)
    rows = []
    for one in found:
        more = (Text(_teachers(of, one)),) if asked else ()
        rows.append((Text(task_name(of.procedure, one.task, _)), *share_cells(one), *more))
    return Table(title, (*columns, *((_("Schools to ask"),) if asked else ())), tuple(rows))


def _teachers(of: Computed, one: Estimate) -> str:
    """Numbers of the schools to ask; none for what goes well."""
    if one.difference > 0:
        return ""
    schools = [n for n in of.advice.teachers(one.task) if not of.hidden[n]]
    return ", ".join(of.results.schools[n].number for n in schools[:_MOST_TEACHERS])
