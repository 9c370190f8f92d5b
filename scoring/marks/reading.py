"""A table of marks from elsewhere: every row, or every fault. Pure.

One row for each participant, known by code. A column that isn't known is refused, a column of names above all: names
never leave the school.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, WorkId
from crosscheck.procedure import Criterion
from crosscheck.register_rows import class_name
from crosscheck.schoolbook import SchoolBook
from crosscheck.table_values import Place, TableProblem, cleaned
from scoring.differences.kinds import OwnMarking
from scoring.forms.book import Book, Content, Number, Sheet, Text
from scoring.forms.layout import Datum
from scoring.forms.reading import Faults, commented
from scoring.forms.stated import Stated
from scoring.forms.values import Wrong, datum, found_in, text_of
from scoring.marks.kinds import Mark, Source, source_of
from scoring.marks.own import NO_SCALE, TOTAL, OwnScale, own_cell, own_marking, sum_apart

_CODES = frozenset({"participant", "participant code", "code", "участник", "код участника", "код"})
_NUMBERS = frozenset({"number", "number of the work", "номер работы", "№ работы"})
_SCHOOLS = frozenset({"school", "школа", "оо"})
_CLASSES = frozenset({"class", "класс"})
_NONE = frozenset({"нет", "нет отметки", "нет результата", "н/а", "none", "-", "–", "—"})
_WHOLE = re.compile(r"([0-9]{1,3})(?:[.,]0{1,9})?")
_EXAMPLES = (
    "participant, school, class, journal, term, oge 2025, oge 2025 (31), ege 2025 (100), result 2025 (20), own, own 6К1"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a code means: the work, the school's number, the class."""

    work: WorkId
    school: str
    class_set: str


@dataclass(frozen=True, slots=True)
class Register:
    """Whom marks may be of: participants by code; schools by all their names; the procedure's year and subject; what a
    school may have given itself; works by their numbers, where a file may name them so."""

    people: Mapping[str, Known]
    schools: SchoolBook
    year: int
    subject: str
    own: OwnScale = NO_SCALE
    numbers: Mapping[str, Known] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowRead:
    """Marks of one participant, known by work; what the school gave for the work itself, where it said so."""

    work: WorkId
    marks: tuple[Mark, ...]
    own: OwnMarking | None = None

    @property
    def count(self) -> int:
        """How many cells of it say something."""
        return len(self.marks) + (0 if self.own is None else self.own.cells)


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table without a fault: what it holds, and a row for each participant with a mark in it. own: the criteria of
    the school's own marking, `own.TOTAL` for its total."""

    sources: tuple[Source, ...]
    rows: tuple[RowRead, ...]
    own: tuple[CriterionId, ...] = ()

    @property
    def marks(self) -> int:
        return sum(row.count for row in self.rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """What it holds, as the ledger says it."""
        return (*map(str, self.sources), *(f"own {criterion}".strip() for criterion in self.own))


@dataclass(frozen=True, slots=True)
class Looking:
    """One sheet that is read, made by `looking_at`; faults gather in `problems`. filled: rows that hold something."""

    file: str
    sheet: Sheet
    register: Register
    last_row: int
    last_column: int
    filled: frozenset[int]
    problems: list[tuple[Place, TableProblem]] = field(default_factory=list)

    def content(self, place: Place) -> Content | None:
        """What a cell holds; blanks alone are nothing."""
        found = self.sheet.cells.get(place)
        return None if isinstance(found, Text) and not cleaned(found.text) else found

    def refuse(self, place: Place, found: str, allowed: str) -> None:
        title = cleaned(self.sheet.title) or None
        self.problems.append((place, TableProblem(self.file, title, str(place), found, allowed)))

    def faults(self) -> Faults:
        return Faults(tuple(problem for _place, problem in sorted(self.problems, key=lambda one: one[0])))

    # --- the sheet as a whole ---

    def look_at_shape(self, book: Book, from_row: int) -> None:
        """Nothing in other sheets, nothing hidden or merged where participants stand."""
        for other in book.sheets:
            if other is not self.sheet and other.cells:
                found = TableProblem(self.file, cleaned(other.title), "", _("another sheet"), _("one sheet"))
                self.problems.append((Place(0, 0), found))
        if self.sheet.hidden:
            self.refuse(Place(1, 1), _("a hidden sheet"), _("a sheet that is shown"))
        for area in self.sheet.merged:
            if area.last.row >= from_row:
                self.refuse(area.first, _("merged cells {area}").format(area=area), _("single cells"))
        for row in self.sheet.hidden_rows:
            if row >= from_row:
                self.refuse(Place(row, 1), _("a hidden row"), _("a row that is shown"))
        for place in self.sheet.commented:
            self.refuse(place, *commented())
        for column in self.sheet.hidden_columns:
            self.refuse(Place(1, column), _("a hidden column"), _("a column that is shown"))

    # --- one row ---

    def person(self, place: Place, *, by_number: bool = False) -> Known | None:
        """Whom the code in a cell means, or the number of a work; a fault, and None, when nobody has it."""
        content = self.content(place)
        code = text_of(content)
        if by_number:
            known = self.register.numbers.get(_digits(code or ""))
            if known is None:
                self.refuse(place, found_in(content), _("a number of a work, as on its copies"))
            return known
        if code and code in self.register.people:
            return self.register.people[code]
        # A program that took the codes for numbers dropped their zeros: taken when only one code can be meant.
        if isinstance(content, Number) and code:
            meant = [one for one in self.register.people if one.isdecimal() and int(one) == int(code)]
            if len(meant) == 1:
                return self.register.people[meant[0]]
        self.refuse(place, found_in(content), _("the code of a registered participant"))
        return None

    def look_at_school(self, place: Place, person: Known) -> None:
        text = text_of(self.content(place))
        if text is None or self.register.schools.school(text) != person.school:
            allowed = _("the participant's school, {school}").format(school=person.school)
            self.refuse(place, found_in(self.content(place)), allowed)

    def look_at_class(self, place: Place, person: Known) -> None:
        text = text_of(self.content(place))
        if text is None or class_name(text) != person.class_set:
            allowed = _("the participant's class, {class_set}").format(class_set=person.class_set)
            self.refuse(place, found_in(self.content(place)), allowed)

    def mark(self, place: Place, source: Source) -> Mark | None:
        """The mark in a cell; None where there is none, or it is a fault."""
        value = mark_in(self.content(place), source)
        if isinstance(value, Wrong):
            self.refuse(place, value.found, value.allowed)
            return None
        return None if value is None else Mark(source, value)


def _digits(text: str) -> str:
    """A number of a work without the blanks and dashes that people type into it."""
    return re.sub(r"[\s‐‑‒–—−-]", "", text).removeprefix("№")


def looking_at(file: str, sheet: Sheet, register: Register) -> Looking:
    """What is asked of the sheet as a whole is found out once: a district's table has thousands of rows."""
    filled = frozenset(
        place.row for place, found in sheet.cells.items() if not isinstance(found, Text) or cleaned(found.text)
    )
    last_column = max((place.column for place in sheet.cells), default=0)
    return Looking(file, sheet, register, max(filled, default=0), last_column, filled)


def mark_in(content: Content | None, source: Source) -> int | Wrong | None:
    """One cell as a mark; an empty cell, a dash or "no mark" is none, and never 0."""
    text = text_of(content)
    if text == "" or (text is not None and text.casefold() in _NONE):
        return None
    if source.in_points:
        whole = None if text is None or _in_per_cent(content) else _WHOLE.fullmatch(text)
        if whole is None or not source.possible(int(whole[1])):
            allowed = _("a whole number from 0 to {maximum}, or nothing").format(maximum=source.most)
            return Wrong(found_in(content), allowed)
        return int(whole[1])
    said = datum(content, Datum.JOURNAL_MARK)
    if isinstance(said, Wrong):
        return said
    return int(said) if said else None


def _in_per_cent(content: Content | None) -> bool:
    return isinstance(content, Number) and "%" in content.shown_as


# --- the table -----------------------------------------------------------------------------------


def is_code_title(text: str) -> bool:
    return text.casefold() in _CODES


def read_table(book: Book, file: str, register: Register) -> TableRead | Faults:
    """The marks of a workbook with one table; its first row that isn't empty names the columns."""
    sheet = next((sheet for sheet in book.sheets if sheet.cells), Sheet("", False, {}))
    looking = looking_at(file, sheet, register)
    header = min(looking.filled, default=1)
    looking.look_at_shape(book, header)
    columns = _columns(looking, header)
    if looking.problems:
        return looking.faults()
    rows = people_rows(
        looking,
        header + 1,
        columns.code,
        lambda row, person: _row(looking, row, person, columns),
        by_number=columns.by_number,
    )
    if not looking.problems and not any(row.count for row in rows):
        looking.refuse(Place(header + 1, 1), _("no mark at all"), _("marks"))
    if looking.problems:
        return looking.faults()
    own = tuple(criterion.id for criterion in columns.own.values())
    return TableRead(tuple(sorted(columns.sources.values())), tuple(row for row in rows if row.count), own)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column, counted from 1, holds what. by_number: the column of codes holds numbers of works instead."""

    code: int
    by_number: bool
    school: int | None
    class_set: int | None
    sources: Mapping[int, Source]
    own: Mapping[int, Criterion]


def _columns(looking: Looking, header: int) -> _Columns:
    plain: dict[str, int] = {}
    sources: dict[int, Source] = {}
    own: dict[int, Criterion] = {}
    for number in range(1, looking.last_column + 1):
        place = Place(header, number)
        title = text_of(looking.content(place)) or ""
        what = _plain_column(title)
        source, given = source_of(title, looking.register.year), looking.register.own.column(title)
        if what is not None and what not in plain:
            plain[what] = number
        elif source is not None and source not in sources.values():
            sources[number] = source
        elif given is not None and given not in own.values():
            own[number] = given
        elif title or any(looking.content(Place(row, number)) for row in range(header, looking.last_row + 1)):
            allowed = _("a column that is known, once: {columns}").format(columns=_EXAMPLES)
            looking.refuse(place, found_in(looking.content(place)), allowed)
    coded, numbered = plain.get("code"), plain.get("number")
    if (coded is None) is (numbered is None):
        found = _("no column of codes") if coded is None else _("codes and numbers of works at once")
        looking.refuse(Place(header, 1), found, "participant")
    if not sources and not own and not looking.problems:
        looking.refuse(Place(header, 1), _("no column of marks"), _EXAMPLES)
    of_whom = coded or numbered or 1
    return _Columns(of_whom, coded is None, plain.get("school"), plain.get("class"), sources, own)


def _plain_column(title: str) -> str | None:
    words = {"code": _CODES, "number": _NUMBERS, "school": _SCHOOLS, "class": _CLASSES}
    return next((what for what, known in words.items() if title.casefold() in known), None)


def people_rows(
    looking: Looking, first: int, code_column: int, read: Callable[[int, Known], RowRead], *, by_number: bool = False
) -> list[RowRead]:
    """A row for each participant from row `first` on, in the file's order; nobody twice."""
    found: dict[WorkId, tuple[int, RowRead]] = {}
    for row in sorted(row for row in looking.filled if row >= first):
        place = Place(row, code_column)
        person = looking.person(place, by_number=by_number)
        if person is None:
            continue
        read_there = read(row, person)
        if person.work in found:
            allowed = _("each participant once (row {row} is the same)").format(row=found[person.work][0])
            looking.refuse(place, found_in(looking.content(place)), allowed)
        found.setdefault(person.work, (row, read_there))
    return [row for _number, row in found.values()]


def _row(looking: Looking, row: int, person: Known, columns: _Columns) -> RowRead:
    if columns.school is not None:
        looking.look_at_school(Place(row, columns.school), person)
    if columns.class_set is not None:
        looking.look_at_class(Place(row, columns.class_set), person)
    found = (looking.mark(Place(row, number), source) for number, source in columns.sources.items())
    marks = tuple(mark for mark in found if mark is not None)
    return RowRead(person.work, marks, _own(looking, row, columns.own))


def _own(looking: Looking, row: int, columns: Mapping[int, Criterion]) -> OwnMarking | None:
    """What the school gave itself; a total beside every criterion is their sum."""
    stated: dict[CriterionId, Stated] = {}
    for number, criterion in columns.items():
        place = Place(row, number)
        match own_cell(looking.content(place), criterion):
            case Wrong() as wrong:
                looking.refuse(place, wrong.found, wrong.allowed)
            case said:
                stated[criterion.id] = said
    own = own_marking(stated)
    if own is not None and (found := sum_apart(own, looking.register.own)) is not None:
        place = Place(row, next(number for number, criterion in columns.items() if criterion.id == TOTAL))
        looking.refuse(place, found_in(looking.content(place)), _("{sum}, the sum of the row").format(sum=found))
    return own
