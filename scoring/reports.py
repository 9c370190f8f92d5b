"""Reports of results: what is in them, not how they look (`crosscheck.report_files`). Pure.

Before release a report knows works and experts by number only. Groups too small to say anything about are
said to be so: aggregates of fewer than `Settings.withheld_under` works are withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.i18n import translator
from crosscheck.model import CriterionId, Difficulty, Given, NotAttempted
from crosscheck.procedure import Criterion, Procedure, Task
from crosscheck.report import Band, Cell, Decimal, Report, Row, Share, Sign, Table, Text, Whole, Withheld
from scoring.summary import Summary, summary
from scoring.verdicts import counted

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Bands:
    """Least share for green, and the share below which it is red."""

    green: float
    red: float

    def of(self, share: float) -> Band:
        """The colour of a share 0..1."""
        if share >= self.green:
            return Band.GREEN
        return Band.RED if share < self.red else Band.YELLOW


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the reports: regional practice, not law; a district may set others."""

    basic: Bands = Bands(0.60, 0.57)
    advanced: Bands = Bands(0.30, 0.285)
    enough: int = 10
    withheld_under: int = 5

    def bands(self, difficulty: Difficulty) -> Bands:
        return self.basic if difficulty is Difficulty.BASIC else self.advanced


DEFAULT = Settings()


@dataclass(frozen=True, slots=True)
class WorkResult:
    """The settled result of one work. `participant`: participant code, or the number before release."""

    participant: str
    school: str
    class_set: str
    points: Mapping[CriterionId, Given]
    total: int
    school_mark: int | None


# --- figures -----------------------------------------------------------------------------------


def coefficient(results: Sequence[WorkResult], criteria: Iterable[Criterion]) -> float:
    """Points reached of points possible, 0..1, over one or more results."""
    wanted = tuple(criteria)
    reached = sum(counted(result.points[c.id]) for result in results for c in wanted)
    return reached / (len(results) * sum(c.maximum for c in wanted))


def full_share(results: Sequence[WorkResult], criteria: Iterable[Criterion]) -> float:
    """Share of results with all points of the criteria, 0..1."""
    wanted = tuple(criteria)
    return sum(all(counted(r.points[c.id]) == c.maximum for c in wanted) for r in results) / len(results)


def _task_share(procedure: Procedure, results: Sequence[WorkResult], task: Task, settings: Settings) -> Share:
    share = coefficient(results, procedure.all_criteria_of(task.id))
    return Share(share, settings.bands(task.difficulty).of(share))


def _by_school(results: Iterable[WorkResult]) -> list[tuple[str, list[WorkResult]]]:
    """Results by school, schools in the order of their numbers."""
    groups: dict[str, list[WorkResult]] = {}
    for result in results:
        groups.setdefault(result.school, []).append(result)
    return sorted(groups.items(), key=lambda item: natural(item[0]))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: `7` before `12`, `5А` before `10А`."""
    parts: list[str] = []
    for sign in text:
        if parts and parts[-1].isdecimal() == sign.isdecimal():
            parts[-1] += sign
        else:
            parts.append(sign)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _heading(procedure: Procedure, _: Words) -> tuple[str, ...]:
    date = procedure.date.strftime("%d.%m.%Y")
    return (
        procedure.title,
        _("Subject: {subject}, grade {grade}, {date}").format(
            subject=procedure.subject, grade=procedure.grade, date=date
        ),
        _("Highest raw score: {maximum}").format(maximum=procedure.highest),
    )


# --- class-set results -------------------------------------------------------------------------


def _header(criterion: Criterion, _: Words) -> str:
    # The suffix of the field's forms: «6К1 (3б)».
    return _("{criterion} ({maximum}p)").format(criterion=criterion.id, maximum=criterion.maximum)


def _given(given: Given) -> Cell:
    return Sign("X") if isinstance(given, NotAttempted) else Whole(given.value)


def _mark_cell(mark: int | None, _: Words) -> Cell:
    return Withheld(_("no boundaries")) if mark is None else Whole(mark)


def class_set_form(procedure: Procedure, school: str, class_set: str, results: Sequence[WorkResult]) -> Report:
    """The result form of one class-set: one row for each participant, by code."""
    _ = translator(procedure.language)
    columns = (
        _("Participant code"),
        *(_header(c, _) for c in procedure.all_criteria),
        _("Raw score"),
        _("School mark"),
    )
    rows = tuple(
        (
            Text(r.participant),
            *(_given(r.points[c.id]) for c in procedure.all_criteria),
            Whole(r.total),
            _mark_cell(r.school_mark, _),
        )
        for r in sorted(results, key=lambda r: natural(r.participant))
    )
    notes = (_("X: the task was not attempted; it counts 0 in the raw score."),)
    lines = (
        *_heading(procedure, _),
        _("School {school}, class {class_set}").format(school=school, class_set=class_set),
    )
    return Report(_("Individual results"), lines, (Table(_("Results of the class"), columns, rows, notes),))


# --- summaries ---------------------------------------------------------------------------------


def _small_note(n: int, settings: Settings, _: Words) -> str:
    if n < settings.withheld_under:
        return _("withheld: fewer than {least} works").format(least=settings.withheld_under)
    return _("not enough data") if n < settings.enough else ""


def _figures(found: Summary, share: float, settings: Settings, _: Words) -> tuple[Cell, ...]:
    """n, mean, median, deviation, interval low and high, coefficient, note."""
    note = _small_note(found.n, settings, _)
    if found.n < settings.withheld_under:
        return (Whole(found.n), *(Withheld("—") for _column in range(6)), Text(note))
    if found.n >= settings.enough:
        low, high = found.interval()
        interval: tuple[Cell, Cell] = (Decimal(low), Decimal(high))
    else:
        interval = (Withheld("—"), Withheld("—"))
    basics = (Whole(found.n), Decimal(found.mean), Decimal(found.median, 1), Decimal(found.deviation))
    return (*basics, *interval, Share(share), Text(note))


def _figure_columns(_: Words) -> tuple[str, ...]:
    return (
        _("Works"),
        _("Mean score"),
        _("Median"),
        _("Standard deviation"),
        _("Interval 95 %, from"),
        _("Interval 95 %, to"),
        _("Coefficient of the work"),
        _("Note"),
    )


def _group_row(name: str, procedure: Procedure, group: Sequence[WorkResult], settings: Settings, _: Words) -> Row:
    found = summary([r.total for r in group])
    return (Text(name), *_figures(found, coefficient(group, procedure.all_criteria), settings, _))


def _task_table(procedure: Procedure, results: Sequence[WorkResult], settings: Settings, _: Words) -> Table:
    """Coefficient of each task, with its colour, and the share of full scores."""
    columns = (_("Task"), _("Level"), _("Highest points"), _("Coefficient"), _("Full points"))
    small = len(results) < settings.withheld_under
    level = {Difficulty.BASIC: _("basic"), Difficulty.ADVANCED: _("advanced")}
    rows: list[Row] = []
    for task in procedure.tasks:
        criteria = procedure.all_criteria_of(task.id)
        figures: Row = (Withheld("—"), Withheld("—"))
        if not small:
            figures = (_task_share(procedure, results, task, settings), Share(full_share(results, criteria)))
        maximum = sum(c.maximum for c in criteria)
        rows.append((Text(task.id), Text(level[task.difficulty]), Whole(maximum), *figures))
    note = _small_note(len(results), settings, _)
    return Table(_("Tasks"), columns, tuple(rows), (note,) if note else ())


def _marks_table(results: Sequence[WorkResult], settings: Settings, _: Words) -> tuple[Table, ...]:
    """How the school marks 2-5 are spread; nothing without boundaries or for too few works."""
    marks = [r.school_mark for r in results if r.school_mark is not None]
    if len(marks) != len(results) or len(marks) < settings.withheld_under:
        return ()
    counts = [marks.count(mark) for mark in (2, 3, 4, 5)]
    n = len(marks)
    weights = (0.16, 0.36, 0.64, 1.0)  # СОУ of the field
    trained = sum(w * c for w, c in zip(weights, counts, strict=True)) / n
    columns = ("2", "3", "4", "5", _("Quality"), _("Passed"), _("Level of training"))
    row: Row = (
        *(Whole(count) for count in counts),
        Share((counts[2] + counts[3]) / n),
        Share((n - counts[0]) / n),
        Share(trained),
    )
    return (Table(_("School marks"), columns, (row,)),)


def school_report(
    procedure: Procedure, school: str, results: Sequence[WorkResult], settings: Settings = DEFAULT
) -> Report:
    """One school's results: the school, its classes, its tasks. `results`: of this school, at least one."""
    _ = translator(procedure.language)
    classes = sorted({r.class_set for r in results}, key=natural)
    rows = (
        _group_row(_("The whole school"), procedure, results, settings, _),
        *(_group_row(name, procedure, [r for r in results if r.class_set == name], settings, _) for name in classes),
    )
    figures = Table(_("Results"), (_("Group"), *_figure_columns(_)), rows)
    tables = (figures, _task_table(procedure, results, settings, _), *_marks_table(results, settings, _))
    lines = (*_heading(procedure, _), _("School {school}").format(school=school))
    return Report(_("Report for the school"), lines, tables)


def _facility(procedure: Procedure, results: Sequence[WorkResult], settings: Settings, _: Words) -> Table:
    """Task × school: coefficients coloured by the bands of the tasks' levels."""
    groups = [*_by_school(results), (_("District"), list(results))]
    rows: list[Row] = []
    for name, group in groups:
        cells: Row = tuple(Withheld("—") for _task in procedure.tasks)
        if len(group) >= settings.withheld_under:
            cells = tuple(_task_share(procedure, group, task, settings) for task in procedure.tasks)
        rows.append((Text(name), Whole(len(group)), *cells))
    columns = (_("School number"), _("Works"), *(_("Task {task}").format(task=task.id) for task in procedure.tasks))
    return Table(_("Coefficient of tasks by school"), columns, tuple(rows), _band_notes(settings, _))


def _per_cent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",")


def _band_notes(settings: Settings, _: Words) -> tuple[str, ...]:
    text = _("{level}: green from {green} %, red under {red} %, yellow between.")
    levels = ((_("Basic tasks"), settings.basic), (_("Advanced tasks"), settings.advanced))
    return (
        *(text.format(level=n, green=_per_cent(b.green), red=_per_cent(b.red)) for n, b in levels),
        _("Groups of fewer than {least} works are withheld.").format(least=settings.withheld_under),
    )


def district_summary(procedure: Procedure, results: Sequence[WorkResult], settings: Settings = DEFAULT) -> Report:
    """The whole district: figures, tasks, school marks, task × school. `results`: at least one."""
    _ = translator(procedure.language)
    rows = (
        _group_row(_("District"), procedure, results, settings, _),
        *(_group_row(name, procedure, group, settings, _) for name, group in _by_school(results)),
    )
    figures = Table(_("Results"), (_("School number"), *_figure_columns(_)), rows)
    tasks = _task_table(procedure, results, settings, _)
    tables = (figures, tasks, *_marks_table(results, settings, _), _facility(procedure, results, settings, _))
    return Report(_("Summary of the district"), _heading(procedure, _), tables)
