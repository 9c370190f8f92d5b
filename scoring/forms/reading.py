"""A workbook that came back against the form that went out: what the school states, or every fault. Pure.

Nothing is guessed: a column or row that isn't where it was is named, a code that isn't the form's is named, and of a
form with one fault nothing is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Points
from crosscheck.table_values import Place, TableProblem, cleaned
from scoring.forms.book import Book, Content, Formula, Number, Sheet, Text
from scoring.forms.layout import (
    NUMBER_PLACE,
    CodeColumn,
    Datum,
    DatumColumn,
    FixedColumn,
    Form,
    FormNumber,
    ScoreColumn,
    SumColumn,
    form_number,
)
from scoring.forms.stated import NotStated, Stated
from scoring.forms.values import Wrong, datum, found_in, score, text_of


@dataclass(frozen=True, slots=True)
class RowRead:
    """What is stated of one participant: every criterion, and what else is said."""

    code: str
    scores: Mapping[CriterionId, Stated]
    data: Mapping[Datum, str]


@dataclass(frozen=True, slots=True)
class FormRead:
    """A form without a fault: a row for each of its participants, in the form's order."""

    rows: tuple[RowRead, ...]

    @property
    def stated(self) -> int:
        """Cells in which something is stated."""
        return sum(not isinstance(one, NotStated) for row in self.rows for one in row.scores.values())

    @property
    def missing(self) -> int:
        """Empty score cells."""
        return sum(isinstance(one, NotStated) for row in self.rows for one in row.scores.values())


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that is wrong with a form, in the order of its cells."""

    problems: tuple[TableProblem, ...]


@dataclass(frozen=True, slots=True)
class NoNumber:
    """A workbook without a form's number where it stands: in this cell this was found."""

    cell: str
    found: str


def commented() -> tuple[str, str]:
    """What is found and allowed where a cell has a comment; never what it says."""
    return _("a comment"), _("no comment: say it in a letter, and clear it here")


def number_of(book: Book) -> FormNumber | NoNumber:
    """Which form a workbook says it is."""
    numbers = (_number(sheet) for sheet in book.sheets)
    found = next((number for number in numbers if number is not None), None)
    if found is not None:
        return found
    first = next(iter(book.sheets), Sheet("", False, {}))
    return NoNumber(str(NUMBER_PLACE), found_in(first.cells.get(NUMBER_PLACE)))


def _number(sheet: Sheet) -> FormNumber | None:
    return form_number(text_of(sheet.cells.get(NUMBER_PLACE)) or "")


def read(form: Form, book: Book, file: str) -> FormRead | Faults:
    """What a workbook states that says it is this form. `file` names it in messages."""
    sheet = next(sheet for sheet in book.sheets if _number(sheet) == form.number)
    reading = _Reading(form, sheet, file)
    reading.look_at_other_sheets(book)
    reading.look_at_shape()
    reading.look_at_comments()
    reading.look_at_fixed()
    rows = reading.rows()
    if reading.problems:
        return Faults(tuple(one.problem for one in sorted(reading.problems, key=lambda one: one.place)))
    return FormRead(rows)


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    problem: TableProblem


@dataclass(frozen=True, slots=True)
class _Reading:
    """One sheet against one form; faults gather in `problems`."""

    form: Form
    sheet: Sheet
    file: str
    problems: list[_Found] = field(default_factory=list)

    def refuse(self, place: Place, found: str, allowed: str, cell: str | None = None) -> None:
        shown = str(place) if cell is None else cell
        self.problems.append(_Found(place, TableProblem(self.file, cleaned(self.sheet.title), shown, found, allowed)))

    def content(self, place: Place) -> Content | None:
        """What a cell holds; blanks alone are nothing."""
        found = self.sheet.cells.get(place)
        return None if isinstance(found, Text) and not cleaned(found.text) else found

    # --- the sheet as a whole ---

    def look_at_other_sheets(self, book: Book) -> None:
        for sheet in book.sheets:
            if sheet is not self.sheet and sheet.cells:
                place = min(sheet.cells)
                found = TableProblem(self.file, cleaned(sheet.title), str(place), _("another sheet"), _("one sheet"))
                self.problems.append(_Found(Place(0, 0), found))

    def look_at_shape(self) -> None:
        if self.sheet.hidden:
            self.refuse(Place(1, 1), _("a hidden sheet"), _("a sheet that is shown"))
        for area in self.sheet.merged:
            self.refuse(area.first, _("merged cells {area}").format(area=area), _("single cells"))
        for row in self.sheet.hidden_rows:
            self.refuse(Place(row, 1), _("a hidden row"), _("a row that is shown"))
        for column in self.sheet.hidden_columns:
            self.refuse(Place(1, column), _("a hidden column"), _("a column that is shown"))

    def look_at_comments(self) -> None:
        """Whoever wrote one means something by it, and nobody would read it."""
        for place in self.sheet.commented:
            self.refuse(place, *commented())

    def look_at_fixed(self) -> None:
        """Texts above the table and titles of columns stand as they were; nothing stands beside them."""
        fixed = {place: cleaned(text) for place, text in self.form.fixed()}
        for place, text in fixed.items():
            content = self.content(place)
            if text_of(content) != text:
                self.refuse(place, found_in(content), f"“{text}”")
        for place in self.sheet.cells:
            above = place.row <= self.form.header and place not in fixed
            beside = place.row > self.form.header and place.column > len(self.form.columns)
            if (above or beside) and (content := self.content(place)) is not None:
                self.refuse(place, found_in(content), _("nothing in this cell"))

    # --- the rows ---

    def rows(self) -> tuple[RowRead, ...]:
        """Every row of a participant, in the form's order."""
        last = max((place.row for place in self.sheet.cells), default=0)
        by_code: dict[str, tuple[int, RowRead]] = {}
        for row in range(self.form.header + 1, last + 1):
            if all(self.content(Place(row, n)) is None for n in range(1, len(self.form.columns) + 1)):
                continue
            code = self._code(row)
            read = self._row(row, code or "")
            if code is None:
                continue
            self._look_at_shut(row, read)
            if code in by_code:
                first = Place(by_code[code][0], self._code_column)
                allowed = _("each participant once (row {row} is the same)").format(row=first.row)
                self.refuse(Place(row, self._code_column), f"“{code}”", allowed)
            by_code.setdefault(code, (row, read))
        self._look_at_missing(by_code)
        found = tuple(by_code[code][1] for code in self.form.participants if code in by_code)
        if not self.problems and not FormRead(found).stated:
            self.refuse(Place(self.form.header + 1, self.form.scores[0]), _("no score at all"), _("scores"))
        return found

    @property
    def _code_column(self) -> int:
        return next(n for n, column in enumerate(self.form.columns, start=1) if isinstance(column, CodeColumn))

    def _look_at_missing(self, by_code: Mapping[str, object]) -> None:
        below = Place(self.form.header + 1, self._code_column)
        for code in self.form.participants:
            if code not in by_code:
                self.refuse(below, _("no row of participant {code}").format(code=code), _("a row"))

    def _code(self, row: int) -> str | None:
        """The participant of a row; a fault, and None, when it is none of the form's."""
        place = Place(row, self._code_column)
        content = self.content(place)
        code = text_of(content)
        if code in self.form.participants:
            return code
        # A program that took the codes for numbers dropped their zeros: taken when only one code can be meant.
        if isinstance(content, Number) and code is not None:
            meant = [one for one in self.form.participants if one.isdecimal() and int(one) == int(code)]
            if len(meant) == 1:
                return meant[0]
        self.refuse(place, found_in(content), _("a participant code of this form"))
        return None

    def _row(self, row: int, code: str) -> RowRead:
        scores: dict[CriterionId, Stated] = {}
        data: dict[Datum, str] = {}
        for number, column in enumerate(self.form.columns, start=1):
            place = Place(row, number)
            match column:
                case ScoreColumn(criterion=criterion, marked_by=marked_by):
                    match score(self.content(place), criterion, marked_by):
                        case Wrong() as wrong:
                            self.refuse(place, wrong.found, wrong.allowed)
                        case stated:
                            scores[criterion.id] = stated
                case DatumColumn(datum=wanted):
                    match datum(self.content(place), wanted):
                        case Wrong() as wrong:
                            self.refuse(place, wrong.found, wrong.allowed)
                        case said:
                            data[wanted] = said
        return RowRead(code, scores, data)

    def _look_at_shut(self, row: int, read: RowRead) -> None:
        """The cells of a participant's row in which nothing is typed."""
        for number, column in enumerate(self.form.columns, start=1):
            match column:
                case FixedColumn(text=text):
                    self._fixed(Place(row, number), text)
                case SumColumn():
                    self._sum(Place(row, number), read.scores.values())

    def _fixed(self, place: Place, text: str) -> None:
        content = self.content(place)
        if text_of(content) != cleaned(text):
            self.refuse(place, found_in(content), f"“{text}”")

    def _sum(self, place: Place, stated: Iterable[Stated]) -> None:
        """The sum is the form's formula, or a number that agrees: never read, but never left to contradict."""
        points = sum(one.value for one in stated if isinstance(one, Points))
        match self.content(place):
            case None:
                return
            case Formula(text=text) if _plain(text) == _plain(self.form.sum_of(place.row)):
                return
            case Number(value=value) if math.isfinite(value) and value == points:
                return
            case content:
                allowed = _("{sum}, or the formula of the form").format(sum=points)
                self.refuse(place, found_in(content), allowed)


def _plain(formula: str) -> str:
    return "".join(formula.split()).replace("$", "").upper()
