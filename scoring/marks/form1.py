"""The layout «Ф1 Индивидуальные результаты» of ФИС ОКО: totals, marks and marks in the journal. Pure.

Rows with labels and values stand on top, one of them with the year; above the header may stand a row with levels of
tasks. Points of single tasks are held against the total and against their maxima, and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Points, TaskId
from crosscheck.procedure import Criterion
from crosscheck.table_values import Place, cleaned
from scoring.forms.book import Book, Sheet
from scoring.forms.reading import Faults
from scoring.forms.values import Wrong, found_in, score, text_of
from scoring.marks.kinds import MOST_POINTS, Kind, Mark, Source
from scoring.marks.reading import Known, Looking, Register, RowRead, TableRead, looking_at, people_rows

_FIRST_ROWS = 40
_CODE, _CLASS, _TOTAL, _MARK, _JOURNAL = "код участника", "класс", "первичный балл", "отметка", "отметка по журналу"
_NOT_READ = frozenset({"оо", "логин оо", "муниципалитет", "название оо", "вариант", "№", "№ п/п", "пол"})
_TASK = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})?(?:[КK][0-9]{1,2})?) ?\(([1-9][0-9]?) ?б\.?\)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20[0-9]{2})(?!\d)")
_MOST_LABEL, _SUBJECT_LABEL = "максимальный первичный балл", "предмет"


def is_form1(book: Book) -> bool:
    """Does a workbook have the header of this layout?"""
    return any(_header(sheet) is not None for sheet in book.sheets)


def _header(sheet: Sheet) -> int | None:
    """The row of the column titles."""
    rows: dict[int, set[str]] = {}
    for place, content in sheet.cells.items():
        if place.row <= _FIRST_ROWS:
            rows.setdefault(place.row, set()).add((text_of(content) or "").casefold())
    return next((row for row in sorted(rows) if {_CODE, _TOTAL} <= rows[row]), None)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns, counted from 1, by title in lower case, and those of tasks."""

    named: Mapping[str, int]
    tasks: Mapping[int, Criterion]

    @property
    def highest(self) -> int:
        return sum(task.maximum for task in self.tasks.values())


def read_form1(book: Book, file: str, register: Register) -> TableRead | Faults:
    """The totals, marks and journal marks of a workbook in this layout."""
    sheet = next(sheet for sheet in book.sheets if _header(sheet) is not None)
    looking, header = looking_at(file, sheet, register), _header(sheet) or 1
    looking.look_at_shape(book, header)
    columns = _columns(looking, header)
    year = _year(looking, header)
    _look_at_labels(looking, header, columns, year)
    if looking.problems or year is None:
        return looking.faults()
    sources = {
        _TOTAL: Source(Kind.RESULT, year, columns.highest),
        _MARK: Source(Kind.RESULT, year),
        _JOURNAL: Source(Kind.JOURNAL, year),
    }
    reading = _Rows(looking, columns, {title: sources[title] for title in sources if title in columns.named}, year)
    rows = people_rows(looking, header + 1, columns.named[_CODE], reading.row)
    if not looking.problems and not any(row.marks for row in rows):
        looking.refuse(Place(header + 1, columns.named[_TOTAL]), _("no mark at all"), _("marks"))
    if looking.problems:
        return looking.faults()
    return TableRead(tuple(sorted(reading.sources.values())), tuple(row for row in rows if row.marks))


def _columns(looking: Looking, header: int) -> _Columns:
    named: dict[str, int] = {}
    tasks: dict[int, Criterion] = {}
    for number in range(1, looking.last_column + 1):
        place = Place(header, number)
        title = text_of(looking.content(place)) or ""
        task = _TASK.fullmatch(title)
        if task is not None and all(one.id != task[1] for one in tasks.values()):
            tasks[number] = Criterion(CriterionId(task[1]), TaskId(task[1]), int(task[2]))
        elif title.casefold() in (_CODE, _CLASS, _TOTAL, _MARK, _JOURNAL) and title.casefold() not in named:
            named[title.casefold()] = number
        elif title.casefold() not in _NOT_READ and (title or _has_content(looking, header, number)):
            looking.refuse(place, found_in(looking.content(place)), _("a column of the layout Ф1, once"))
    if not tasks:
        looking.refuse(Place(header, 1), _("no column of a task"), "1 (2б)")
    return _Columns(named, tasks)


def _has_content(looking: Looking, header: int, column: int) -> bool:
    return any(looking.content(Place(row, column)) is not None for row in range(header, looking.last_row + 1))


def _texts_above(looking: Looking, header: int) -> list[tuple[Place, str]]:
    """Texts above the header, row by row."""
    places = sorted(place for place in looking.sheet.cells if place.row < header)
    return [(place, cleaned(text_of(looking.content(place)) or "")) for place in places]


def _year(looking: Looking, header: int) -> int | None:
    """The year that the rows on top name; a fault, and None, when they name none, several or one to come."""
    years = {int(year) for _place, text in _texts_above(looking, header) for year in _YEAR.findall(text)}
    if len(years) == 1 and max(years) <= looking.register.year:
        return max(years)
    found = ", ".join(map(str, sorted(years))) or _("no year")
    looking.refuse(
        Place(1, 1), found, _("one year above the table, {year} or earlier").format(year=looking.register.year)
    )
    return None


def _look_at_labels(looking: Looking, header: int, columns: _Columns, year: int | None) -> None:
    """Where the rows on top state the highest score and the subject, they are those of the table and the procedure."""
    texts = _texts_above(looking, header)
    for at, (place, text) in enumerate(texts[:-1]):
        value_place, value = texts[at + 1]
        label = text.rstrip(" :").casefold()
        if value_place.row != place.row:
            continue
        if label == _MOST_LABEL and value != str(columns.highest):
            allowed = _("{sum}, the sum of the tasks' maxima").format(sum=columns.highest)
            looking.refuse(value_place, found_in(looking.content(value_place)), allowed)
        if label == _SUBJECT_LABEL and year == looking.register.year:
            _look_at_subject(looking, value_place, value)
    if columns.highest > MOST_POINTS:
        looking.refuse(Place(header, 1), str(columns.highest), _("at most {most} points").format(most=MOST_POINTS))


def _look_at_subject(looking: Looking, place: Place, value: str) -> None:
    if value.casefold() != looking.register.subject.casefold():
        looking.refuse(place, found_in(looking.content(place)), f"“{looking.register.subject}”")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Reads one participant's row after another."""

    looking: Looking
    columns: _Columns
    sources: Mapping[str, Source]
    year: int

    def row(self, row: int, person: Known) -> RowRead:
        # In an earlier year the class was another one.
        if _CLASS in self.columns.named and self.year == self.looking.register.year:
            self.looking.look_at_class(Place(row, self.columns.named[_CLASS]), person)
        found = {title: self.looking.mark(self._place(row, title), source) for title, source in self.sources.items()}
        self._look_at_points(row, found.get(_TOTAL))
        return RowRead(person.work, tuple(mark for mark in found.values() if mark is not None))

    def _place(self, row: int, title: str) -> Place:
        return Place(row, self.columns.named[title])

    def _look_at_points(self, row: int, total: Mark | None) -> None:
        """Points of tasks are possible ones, and come to the total."""
        points, sound = 0, True
        for number, task in self.columns.tasks.items():
            place = Place(row, number)
            match score(self.looking.content(place), task):
                case Wrong() as wrong:
                    self.looking.refuse(place, wrong.found, wrong.allowed)
                    sound = False
                case Points(value=value):
                    points += value
        place = self._place(row, _TOTAL)
        if not sound or any(at == place for at, _problem in self.looking.problems):
            return
        if (total.value if total is not None else 0) != points:
            allowed = _("{sum}, the sum of the row").format(sum=points)
            self.looking.refuse(place, found_in(self.looking.content(place)), allowed)
