"""Individual results: the form of a class-set in the layout of the collection form, and «Ф1 Индивидуальные
результаты» of a school. Always issued, however few works there are. Pure; columns are data.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.i18n import translator
from crosscheck.model import CriterionId, Difficulty, Given, NotAttempted
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Report, Row, Sign, Table, Text, Whole, Withheld
from scoring.forms.layout import (
    SEX_WORDS,
    CodeColumn,
    Column,
    Datum,
    DatumColumn,
    FixedColumn,
    ScoreColumn,
    SumColumn,
    columns,
)
from scoring.reporting.groups import heading
from scoring.reports import Words, WorkResult, natural

_NOTHING = Text("")


def class_set_form(procedure: Procedure, school: str, class_set: str, results: Sequence[WorkResult]) -> Report:
    """The result form of one class-set: a row for each participant, by code. What the collection form asks of the
    school stands where the school said it; nothing stands where it didn't."""
    _ = translator(procedure.language)
    layout = columns(procedure, class_set, _)
    titles = [column.title for column in layout]
    place = 1 + next(n for n, column in enumerate(layout) if isinstance(column, SumColumn))
    titles.insert(place, _("School mark"))
    rows = []
    for result in _ordered(results):
        cells = [_cell(column, result, procedure.language, _) for column in layout]
        cells.insert(place, _mark(result.school_mark, _))
        rows.append(tuple(cells))
    notes = (_("X: the task was not attempted; it counts 0 in the sum."), *_unknown(layout, results, _))
    lines = (*heading(procedure, _), _("School {school}, class {class_set}").format(school=school, class_set=class_set))
    table = Table(_("Results of the class"), tuple(titles), tuple(rows), notes)
    return Report(_("Individual results"), lines, (table,), procedure.language)


def _ordered(results: Sequence[WorkResult]) -> list[WorkResult]:
    return sorted(results, key=lambda r: (natural(r.class_set), natural(r.participant)))


def _unknown(layout: Sequence[Column], results: Sequence[WorkResult], _: Words) -> tuple[str, ...]:
    """Which columns beside scores have empty cells: nobody said what stands there, and the school fills it in."""
    wanted = [column for column in layout if isinstance(column, DatumColumn)]
    titles = [c.title for c in wanted if any(_said(c.datum, one) is None for one in results)]
    if not titles:
        return ()
    said = _("Empty cells under {columns}: not known to the district; the school fills them in.")
    return (said.format(columns=", ".join(f"«{title}»" for title in titles)),)


def _said(datum: Datum, result: WorkResult) -> str | int | None:
    """What is known of a participant beside scores."""
    match datum:
        case Datum.VARIANT:
            return result.variant
        case Datum.SEX:
            return result.sex
        case Datum.TERM_MARK:
            return result.term_mark
        case Datum.JOURNAL_MARK:
            return result.journal_mark


def _aside(datum: Datum, result: WorkResult, language: str, _: Words) -> Cell:
    match _said(datum, result):
        case None:
            return Withheld(_("sources differ")) if datum.value in result.unclear else _NOTHING
        case int() as mark:
            return Whole(mark)
        case ("m" | "f") as sex if datum is Datum.SEX:
            return Text(SEX_WORDS[language]["mf".index(sex)])
        case text:
            return Text(text)


def _cell(column: Column, result: WorkResult, language: str, _: Words) -> Cell:
    match column:
        case CodeColumn():
            return Text(result.participant)
        case FixedColumn(text=text):
            return Text(text)
        case ScoreColumn(criterion=criterion):
            return _given(result.points[criterion.id])
        case SumColumn():
            return Whole(result.total)
        case DatumColumn(datum=datum):
            return _aside(datum, result, language, _)


def _given(given: Given) -> Cell:
    return Sign("X") if isinstance(given, NotAttempted) else Whole(given.value)


def _mark(mark: int | None, _: Words) -> Cell:
    return Withheld(_("no boundaries")) if mark is None else Whole(mark)


# --- Ф1 ------------------------------------------------------------------------------------------


class Field(enum.Enum):
    """What stands in a column of Ф1."""

    SCHOOL = "school"
    MUNICIPALITY = "municipality"
    NAME = "name"
    CODE = "code"
    CLASS = "class"
    VARIANT = "variant"
    SCORES = "scores"  # a column for each criterion
    TOTAL = "total"
    MARK = "mark"
    JOURNAL = "journal"


# The federal form is Russian whatever the language of a procedure is: words as they stand in it, not translated.
_COLUMNS: tuple[tuple[str, Field], ...] = (
    ("ОО", Field.SCHOOL),
    ("Муниципалитет", Field.MUNICIPALITY),
    ("Название ОО", Field.NAME),
    ("Код участника", Field.CODE),
    ("Класс", Field.CLASS),
    ("Вариант", Field.VARIANT),
    ("{criterion} ({maximum}б)", Field.SCORES),
    ("Первичный балл", Field.TOTAL),
    ("Отметка", Field.MARK),
    ("Отметка по журналу", Field.JOURNAL),
)
_TITLE, _SHEET = "{kind} {year} {subject} {grade} класс", "Ф1 Индивидуальные результаты"
_SUBJECT, _HIGHEST, _DATE, _WHO = "Предмет", "Максимальный первичный балл", "Дата", "ОО"
_PARTICIPANTS = "{number} {name} (участников: {n})"
_LEVELS = {Difficulty.BASIC: "Б", Difficulty.ADVANCED: "П"}
_NOT_KNOWN = Sign("-")


@dataclass(frozen=True, slots=True)
class _Place:
    """One column: what stands in it, of which criterion where it is of one."""

    title: str
    field: Field
    criterion: CriterionId | None = None
    level: str = ""


def f1_form(procedure: Procedure, results: Sequence[WorkResult]) -> Report:
    """«Ф1 Индивидуальные результаты» of a school. results: of this school, at least one."""
    places = tuple(_places(procedure))
    rows = tuple(tuple(_f1_cell(place, result, procedure) for place in places) for result in _ordered(results))
    width, first = len(places), results[0]
    who = _PARTICIPANTS.format(number=first.school, name=first.school_name, n=len(results))
    said = (
        (_SUBJECT, procedure.subject),
        (_HIGHEST, str(procedure.highest)),
        (_DATE, procedure.date.strftime("%d.%m.%Y")),
        (_WHO, " ".join(who.split())),
    )
    above = (*(_row((label, value), width) for label, value in said), tuple(Text(place.level) for place in places))
    title = _TITLE.format(
        kind=procedure.kind, year=procedure.date.year, subject=procedure.subject, grade=procedure.grade
    )
    table = Table(_SHEET, tuple(place.title for place in places), rows, above=above)
    return Report(title, (), (table,), procedure.language)


def _row(texts: tuple[str, ...], width: int) -> Row:
    return tuple(Text(texts[n]) if n < len(texts) else _NOTHING for n in range(width))


def _places(procedure: Procedure) -> list[_Place]:
    levels = {task.id: _LEVELS[task.difficulty] for task in procedure.tasks}
    found: list[_Place] = []
    for title, field in _COLUMNS:
        if field is not Field.SCORES:
            found.append(_Place(title, field))
            continue
        found += [
            _Place(title.format(criterion=c.id, maximum=c.maximum), field, c.id, levels[c.task])
            for c in procedure.all_criteria
        ]
    return found


def _f1_cell(place: _Place, result: WorkResult, procedure: Procedure) -> Cell:
    if place.criterion is not None:
        return _given(result.points[place.criterion])
    texts = {
        Field.SCHOOL: result.school,
        Field.MUNICIPALITY: procedure.reports.municipality,
        Field.NAME: result.school_name,
        Field.CODE: result.participant,
        Field.CLASS: result.class_set,
        Field.VARIANT: result.variant,
    }
    if place.field in texts:
        text = texts[place.field]
        return Text(text) if text else _NOT_KNOWN
    figures = {Field.TOTAL: result.total, Field.MARK: result.school_mark, Field.JOURNAL: result.journal_mark}
    number = figures[place.field]
    return _NOT_KNOWN if number is None else Whole(number)
