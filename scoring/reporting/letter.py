"""The letter for a deputy head: one page that says how the school did, what went badly, what is asked by when, and
where to read on. Pure.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Band, Cell, Decimal, Report, Row, Share, Table, Text, Whole
from crosscheck.times import SHOWN
from scoring.reporting import tables
from scoring.reporting.advice import LEAST_SCHOOLS, Estimate
from scoring.reporting.district import Computed, share_cells, task_name
from scoring.reporting.groups import NONE, Group, Rows, heading, school_name
from scoring.reporting.school import advisable, school_rows
from scoring.reports import Words

_MOST_TEACHERS = 3
_MOST_TASKS, _MOST_LINES = 5, 4  # rows of a letter, which is one page


@dataclass(frozen=True, slots=True)
class Awaited:
    """Classes whose electronic forms have not come, until when they were asked for, and whether that is past."""

    until: datetime.datetime
    classes: tuple[str, ...]
    late: bool


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What schools are asked for by when. appeals: the last day on which one may come in; None before results were
    announced. forms: by school's number, in order of time."""

    appeals: datetime.date | None = None
    forms: Mapping[str, tuple[Awaited, ...]] = field(default_factory=dict)


NO_DEADLINES = Deadlines()


def letter(of: Computed, school: int, deadlines: Deadlines = NO_DEADLINES) -> Report:
    """The letter for one school."""
    procedure = of.procedure
    _ = translator(procedure.language)
    rows = school_rows(of, school, _)
    worst = _worst(of, rows)
    lines = (
        *heading(procedure, _)[:2],
        _("School {school}").format(school=school_name(of.results.schools[school])),
    )
    opening = (
        _("Dear colleagues!"),
        " ".join((_how(procedure, _), *_outcome(of, rows, _))),
        *_said(of, school, rows, _),
    )
    made = (_results(procedure, rows, _), *_tasks(of, rows, worst, _), *_advice(of, school, rows, _))
    return Report(
        _("Letter for the deputy head"),
        lines,
        made,
        procedure.language,
        opening,
        tuple(_closing(of, school, worst, deadlines, _)),
    )


# --- in words ------------------------------------------------------------------------------------


def _how(procedure: Procedure, _: Words) -> str:
    """Who marked, so that everybody trusts the figures as far as they go."""
    others = _("The works were marked without names, under numbers, by experts of other schools.")
    if procedure.markings < 2:
        return others
    twice = _("Each was marked {n} times independently; where markings differed essentially, a third one decided.")
    return f"{others} {twice.format(n=procedure.markings)}"


def _outcome(of: Computed, rows: Rows, _: Words) -> Iterator[str]:
    """How many wrote, the mean, and how it lies beside the district's."""
    own, district = rows.whole, rows.beside[0]
    if not own.told:
        yield _("Results of {n} works are in the forms of the classes; of so few no means are told.").format(n=own.n)
        return
    mean = _("Results of {n} works: mean score {mean} of {most}, {share} % of the work.")
    yield mean.format(
        n=own.n,
        mean=_decimal(_figure(own, "mean")),
        most=of.procedure.highest,
        share=tables.per_cent(_figure(own, "coefficient")),
    )
    if district.told:
        yield _beside(of, own, district, _)


def _beside(of: Computed, own: Group, district: Group, _: Words) -> str:
    share = tables.per_cent(_figure(district, "coefficient"))
    apart = _figure(own, "mean") - _figure(district, "mean")
    if own.n < of.procedure.reports.enough:
        return _("The district: {share} %. Of so few works no conclusion follows.").format(share=share)
    if abs(apart) <= _figure(own, "reach"):
        return _("The district: {share} %; the difference is within chance.").format(share=share)
    said = _("The district: {share} %; the school is above it, beyond chance.")
    if apart < 0:
        said = _("The district: {share} %; the school is below it, beyond chance.")
    return said.format(share=share)


def _figure(group: Group, name: str) -> float:
    return float(getattr(group.figures, name)[group.at])


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _said(of: Computed, school: int, rows: Rows, _: Words) -> tuple[str, ...]:
    """What can be said at all of so many works."""
    if not advisable(of, school, rows):
        few = of.advice.compared < LEAST_SCHOOLS and rows.whole.n >= of.procedure.reports.enough
        schools = _("Too few schools to compare with: nothing is advised.")
        works = _("Too few works to advise anything: look at the works themselves, in the forms of the classes.")
        return (schools if few else works,)
    found = of.advice.of_school(school)
    if not found.help and not found.learn:
        return (_("The school doesn't stand out from the others in any task, neither way."),)
    return ()


# --- tables --------------------------------------------------------------------------------------


def _results(procedure: Procedure, rows: Rows, _: Words) -> Table:
    """School and district side by side; marks where there are boundaries."""
    marked = procedure.boundaries is not None
    columns = [_("Group"), _("Works"), _("Mean score"), _("Coefficient of the work")]
    columns += [_("Quality"), _("Passed")] if marked else []
    return Table(_("Results"), tuple(columns), tuple(_row(group, marked) for group in (rows.whole, *rows.beside)))


def _row(group: Group, marked: bool) -> Row:
    basics = (Text(group.name), Whole(group.n), group.decimal("mean"), group.share("coefficient"))
    return (*basics, *_quality(group)) if marked else basics


def _quality(group: Group) -> tuple[Cell, Cell]:
    counts = group.figures.marks[group.at].tolist()
    n = sum(counts)
    if not group.told or not n:
        return NONE, NONE
    return Share((counts[2] + counts[3]) / n), Share((n - counts[0]) / n)


def _worst(of: Computed, rows: Rows) -> list[int]:
    """Tasks whose level's boundary the school stays below, the farthest from it first; none of so few works that no
    conclusion follows."""
    if not rows.whole.told or rows.whole.n < of.procedure.reports.enough:
        return []
    shares = rows.whole.figures.tasks[rows.whole.at]
    bands = [of.procedure.reports.bands(task.difficulty) for task in of.procedure.tasks]
    below = np.array([share / each.red for share, each in zip(shares, bands, strict=True)])
    return [int(n) for n in np.argsort(below, kind="stable") if below[n] < 1][:_MOST_TASKS]


def _tasks(of: Computed, rows: Rows, worst: list[int], _: Words) -> tuple[Table, ...]:
    if not worst:
        return ()
    district = rows.beside[0]
    columns = [_("Task"), _("Level"), _("Coefficient")]
    columns += [_("The district"), _("Difference in points of per cent")] if district.told else []
    made: list[Row] = []
    for n in worst:
        task, share = of.procedure.tasks[n], float(rows.whole.figures.tasks[rows.whole.at, n])
        head: Row = (Text(task.id), Text(tables.level(task.difficulty, _)), Share(share, Band.RED))
        if district.told:
            other = float(district.figures.tasks[district.at, n])
            head = (*head, Share(other), Decimal((share - other) * 100, 1))
        made.append(head)
    return (Table(_("Tasks that went badly"), tuple(columns), tuple(made)),)


def _advice(of: Computed, school: int, rows: Rows, _: Words) -> tuple[Table, ...]:
    if not advisable(of, school, rows):
        return ()
    found = of.advice.of_school(school)
    kinds = ((_("Where help is needed"), found.help), (_("What others can learn here"), found.learn))
    return tuple(_advised(of, title, kept[:_MOST_LINES], _) for title, kept in kinds if kept)


def _advised(of: Computed, title: str, found: tuple[Estimate, ...], _: Words) -> Table:
    columns = (_("Of what"), _("Coefficient"), _("The usual school"), _("Difference in points of per cent, estimate"))
    asked = any(_teachers(of, one) for one in found)
    rows = []
    for one in found:
        more = (Text(_teachers(of, one)),) if asked else ()
        rows.append((Text(task_name(of.procedure, one.task, _)), *share_cells(one)[:3], *more))
    return Table(title, (*columns, *((_("Schools to ask"),) if asked else ())), tuple(rows))


def _teachers(of: Computed, one: Estimate) -> str:
    """Numbers of the schools to ask; none for what goes well."""
    if one.difference > 0:
        return ""
    schools = [n for n in of.advice.teachers(one.task) if not of.hidden[n]]
    return ", ".join(of.results.schools[n].number for n in schools[:_MOST_TEACHERS])


# --- what is asked -------------------------------------------------------------------------------


def _closing(of: Computed, school: int, worst: list[int], deadlines: Deadlines, _: Words) -> Iterator[str]:
    number = of.results.schools[school].number
    classes = [of.results.class_sets[place].name for place in of.results.classes_of(school)]
    yield _("What is asked of the school:")
    asked = _asked(of, number, worst, deadlines, _)
    yield "\n".join(f"{n}. {one}" for n, one in enumerate(asked, start=1))
    where = _(
        "Where to read on: single works in the forms of the classes ({forms}); all figures, and how they are computed, "
        "in {report}."
    )
    yield where.format(forms=", ".join(f"class-{number}-{name}" for name in classes), report=f"school-{number}")
    yield _("The results are no judgement of a teacher, and are not used as one.")
    yield _("Methodist: ____________________   Date: ____________")


def _asked(of: Computed, number: str, worst: list[int], deadlines: Deadlines, _: Words) -> Iterator[str]:
    for one in deadlines.forms.get(number, ()):
        said = _("By {until} send back the electronic forms of {classes}.")
        if one.late:
            said = _("Send back the electronic forms of {classes} at once: they were due by {until}.")
        yield said.format(until=one.until.strftime(SHOWN), classes=", ".join(one.classes))
    if worst:
        tasks = ", ".join(of.procedure.tasks[n].id for n in worst)
        yield _("Go through tasks {tasks} and their criteria with the teachers of the subject.").format(tasks=tasks)
    else:
        yield _("Go through the works and the criteria with the teachers of the subject.")
    yield _("Tell pupils and parents their results: the school alone knows whose a code is.")
    appeals, days = _("Appeals come in until {day} ({n} working days after results)."), of.procedure.appeals.file_days
    if deadlines.appeals is None:
        yield _("Appeals come in within {n} working days after results.").format(n=days)
    else:
        yield appeals.format(day=deadlines.appeals.strftime("%d.%m.%Y"), n=days)
