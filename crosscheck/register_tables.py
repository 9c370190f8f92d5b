"""The district's register from its tables: every row typed, every reference checked, or nothing at all.

Tables (CSV files so named, or sheets so named of a workbook), columns in any order:

    schools       school;name
    class_sets    school;class;declared
    participants  school;class;participant;form;status;variant;sex
                  (the last two columns may be missing)
    experts       expert;name;schools;subjects;status;capacity;check_point;classes;minutes;comes_to
                  (the last two columns may be missing)
    conflicts       expert;kind;school;class;participant;note;until  (may be missing; so may its column until)
    manifest        file;pages;school;class;participant;template     (may be missing)
    school_aliases  alias;school;from;reason                         (may be missing)
    school_pairs    school;marked_by                                 (may be missing)
    last_year       school;marked_by                                 (may be missing)
    distances       school;to;distance                               (may be missing)
    marked_at       school;check_point                               (may be missing)

A school may be written in any way that `crosscheck.schoolbook` understands; the rows hold its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import ClassVar, TypeVar

from crosscheck import labels, register_checks
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.register_checks import Placed
from crosscheck.register_files import TABLES, tables_of
from crosscheck.register_rows import (
    MOST_VARIANTS,
    SEXES,
    STATUS_WORDS,
    ClassRef,
    ClassSetRow,
    ConflictKind,
    ConflictRow,
    ConflictTarget,
    DistanceRow,
    ExpertRow,
    ManifestRow,
    OneParticipant,
    ParticipantRow,
    PlaceRow,
    Presence,
    Register,
    SchoolPairRow,
    SchoolRow,
    WholeClass,
    WholeSchool,
    class_name,
)
from crosscheck.schoolbook import Alias, Renaming, SchoolBook, school_book
from crosscheck.table_values import Cell, Place, Table, TableProblem, quoted
from crosscheck.toml_reading import nearest

R = TypeVar("R")

MOST_CAPACITY = 500
_COLUMNS = {
    "schools": ("school", "name"),
    "class_sets": ("school", "class", "declared"),
    "participants": ("school", "class", "participant", "form", "status", "variant", "sex"),
    "experts": (
        "expert",
        "name",
        "schools",
        "subjects",
        "status",
        "capacity",
        "check_point",
        "classes",
        "minutes",
        "comes_to",
    ),
    "conflicts": ("expert", "kind", "school", "class", "participant", "note", "until"),
    "manifest": ("file", "pages", "school", "class", "participant", "template"),
    "school_aliases": ("alias", "school", "from", "reason"),
    "school_pairs": ("school", "marked_by"),
    "last_year": ("school", "marked_by"),
    "distances": ("school", "to", "distance"),
    "marked_at": ("school", "check_point"),
}
_MAY_BE_MISSING = {
    "conflicts": ("until",),
    "experts": ("minutes", "comes_to"),
    "participants": ("variant", "sex"),
}
_RENAMINGS = {
    **{renaming.value: renaming for renaming in Renaming},
    "переименована": Renaming.RENAMED,
    "присоединена": Renaming.MERGED,
    "другое название": Renaming.ALIAS,
}
_MOST_LISTED = 200
_FARTHEST, _MOST_MINUTES = 100_000, 10_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class RegisterProblems(CrosscheckError):
    """The district's tables contradict their rules or each other; `problems` lists every fault."""

    number: ClassVar[int] = 3004
    exit: ClassVar[Exit] = Exit.INPUT
    sentence: ClassVar[str] = "The register can't be used; problems: {count}.\n{listing}\n"
    remedy: ClassVar[str] = "Correct the cells named above and run the command again; nothing was recorded."

    @property
    def problems(self) -> tuple[TableProblem, ...]:
        found = self.fields["problems"]
        assert isinstance(found, tuple)
        return found


def read_register(source: Path | Sequence[Path], year: int | None = None) -> Register:
    """The register from a folder or from given files; aliases of schools that are in force in `year` (None: all).

    Raises RegisterProblems with all faults of all tables, or a numbered error of crosscheck.tables
    when a file can't be opened or is no table.
    """
    problems: list[TableProblem] = []
    tables = tables_of(source, problems)
    parts = {name: _records(name, tables, problems) for name in TABLES}
    listed = _typed(parts["schools"], _school, SchoolBook())
    schools = [(placed.row.school, placed.row.name) for placed in listed]
    aliases = _typed(parts["school_aliases"], _alias, school_book(schools))
    book = school_book(schools, (placed.row for placed in aliases), year)
    placed = register_checks.PlacedRegister(
        schools=listed,
        class_sets=_typed(parts["class_sets"], _class_set, book),
        participants=_typed(parts["participants"], _participant, book),
        experts=_typed(parts["experts"], _expert, book),
        conflicts=_typed(parts["conflicts"], _conflict, book),
        manifest=_typed(parts["manifest"], _manifest, book),
        aliases=aliases,
        pairs=_typed(parts["school_pairs"], _pair, book),
        last_year=_typed(parts["last_year"], _pair, book),
        distances=_typed(parts["distances"], _distance, book),
        marked_at=_typed(parts["marked_at"], _place, book),
    )
    if not problems:
        problems.extend(register_checks.check(placed, book))
    if problems:
        raise _error(problems)
    return placed.register()


def _error(problems: list[TableProblem]) -> RegisterProblems:
    lines = [f"  {problem}" for problem in problems[:_MOST_LISTED]]
    if len(problems) > _MOST_LISTED:
        lines.append(_("  and {more} more").format(more=len(problems) - _MOST_LISTED))
    return RegisterProblems(count=len(problems), listing="\n".join(lines), problems=tuple(problems))


# --- one row -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    """A row by column names; faults go to the list that the whole register shares."""

    table: Table
    cells: Mapping[str, Cell]
    problems: list[TableProblem]
    book: SchoolBook = field(default_factory=SchoolBook)

    def text(self, column: str) -> str:
        return self.cells[column].text

    def refuse(self, column: str, allowed: str) -> None:
        cell = self.cells[column]
        found = quoted(cell.text)
        self.problems.append(TableProblem(self.table.source, self.table.sheet, str(cell.place), found, allowed))

    def filled(self, column: str) -> str:
        if not self.text(column):
            self.refuse(column, _("a text"))
        return self.text(column)

    def printed(self, column: str) -> str:
        """A text that stands on papers: with signs that can be printed."""
        from crosscheck.typeset import missing_signs  # loads a library, which only registering needs

        if missing := missing_signs(text := self.filled(column)):
            self.refuse(column, _("letters that can be printed; these can't: {signs}").format(signs=missing))
        return text

    def shaped(self, column: str, pattern: str, allowed: str) -> str:
        if not re.fullmatch(pattern, self.text(column)):
            self.refuse(column, allowed)
        return self.text(column)

    def whole(self, column: str, low: int, high: int) -> int:
        text = self.text(column)
        if re.fullmatch(r"[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        self.refuse(column, _("a whole number from {low} to {high}").format(low=low, high=high))
        return low

    def one_of(self, column: str, words: Mapping[str, R]) -> R:
        text = self.text(column).lower()
        if text not in words:
            self.refuse(column, nearest(text, words) if text else ", ".join(words))
        return words.get(text, next(iter(words.values())))

    def items(self, column: str) -> tuple[str, ...]:
        """The entries of a list with commas, each once."""
        entries = tuple(part.strip() for part in self.text(column).split(",")) if self.text(column) else ()
        if not all(entries) or len(set(entries)) != len(entries):
            self.refuse(column, _("entries between commas, each once"))
        return entries

    def school(self, column: str = "school") -> str:
        """The number of the school that is meant; what is not in the book is left for the checks to refuse."""
        text = self.text(column)
        return self.book.school(text) or (text or self.shaped(column, _SCHOOL, _("the number of a school")))

    def class_ref(self) -> ClassRef:
        name = class_name(self.text("class"))
        if name is None:
            self.refuse("class", _("a class, as 5А"))
        return ClassRef(self.school(), name or "")


_SCHOOL = r"[0-9A-Za-zА-Яа-яЁё][0-9A-Za-zА-Яа-яЁё№.-]{0,19}"
_CODE = r"[0-9A-Za-zА-Яа-яЁё][0-9A-Za-zА-Яа-яЁё._/-]{0,31}"
_Records = list[_Record]


def _records(name: str, tables: Mapping[str, Table], problems: list[TableProblem]) -> _Records:
    if name not in tables:
        return []
    table = tables[name]
    columns = {cell.text.lower(): n for n, cell in enumerate(table.header)}
    missing = [c for c in _COLUMNS[name] if c not in columns and c not in _MAY_BE_MISSING.get(name, ())]
    for cell in table.header:
        if cell.text.lower() not in _COLUMNS[name]:
            allowed = nearest(cell.text.lower(), missing or _COLUMNS[name])
            problems.append(TableProblem(table.source, table.sheet, str(cell.place), quoted(cell.text), allowed))
    for column in missing:
        problems.append(TableProblem(table.source, table.sheet, "", _("no such column"), column))
    if missing:
        return []
    wanted = {column: columns[column] for column in _COLUMNS[name] if column in columns}
    empty = {column: Cell("", Place(1, 1)) for column in _MAY_BE_MISSING.get(name, ()) if column not in columns}
    return [_Record(table, {**{c: row.cells[n] for c, n in wanted.items()}, **empty}, problems) for row in table.rows]


def _typed(records: _Records, make: Callable[[_Record], R], book: SchoolBook) -> tuple[Placed[R], ...]:
    return tuple(
        Placed(make(replace(record, book=book)), record.table.source, record.table.sheet, record.cells)
        for record in records
    )


def _school(record: _Record) -> SchoolRow:
    return SchoolRow(record.shaped("school", _SCHOOL, _("the number of a school")), record.printed("name"))


def _alias(record: _Record) -> Alias:
    since = record.whole("from", _FIRST_YEAR, _LAST_YEAR) if record.text("from") else None
    return Alias(record.filled("alias"), record.school(), since, record.one_of("reason", _RENAMINGS))


def _distance(record: _Record) -> DistanceRow:
    to = record.filled("to")
    return DistanceRow(record.school(), to, record.book.school(to), record.whole("distance", 0, _FARTHEST))


def _place(record: _Record) -> PlaceRow:
    return PlaceRow(record.school(), record.filled("check_point"))


def _pair(record: _Record) -> SchoolPairRow:
    return SchoolPairRow(record.school(), record.school("marked_by"))


def _class_set(record: _Record) -> ClassSetRow:
    return ClassSetRow(record.class_ref(), record.whole("declared", 0, 1000))


def _code(record: _Record, column: str) -> str:
    return record.shaped(column, _CODE, _("a code of letters and digits, without spaces"))


def _participant(record: _Record) -> ParticipantRow:
    form = record.whole("form", 1, labels.MAX_NUMBER) if record.text("form") else None
    presence = record.one_of("status", {presence.value: presence for presence in Presence})
    variant = str(record.whole("variant", 1, MOST_VARIANTS)) if record.text("variant") else ""
    sex = record.one_of("sex", SEXES) if record.text("sex") else ""
    return ParticipantRow(record.class_ref(), _code(record, "participant"), form, presence, variant, sex)


def _expert(record: _Record) -> ExpertRow:
    schools = record.items("schools")
    if not schools:
        record.refuse("schools", _("the numbers of the expert's schools, as 7 or 7,12"))
    if not record.items("subjects"):
        record.refuse("subjects", _("the expert's subjects, as Математика"))
    minutes = _minutes(record)
    return ExpertRow(
        expert=_code(record, "expert"),
        name=record.printed("name"),
        # Two names of one school are one school.
        schools=tuple(dict.fromkeys(record.book.school(school) or school for school in schools)),
        subjects=record.items("subjects"),
        status=record.one_of("status", STATUS_WORDS),
        capacity=0 if minutes is not None else record.whole("capacity", 0, MOST_CAPACITY),
        check_point=record.printed("check_point"),
        classes=_classes(record),
        minutes=minutes,
        comes_to=record.items("comes_to"),
    )


def _minutes(record: _Record) -> int | None:
    """Minutes instead of works: never both, or nobody knew which holds."""
    if not record.text("minutes"):
        return None
    if record.text("capacity"):
        record.refuse("minutes", _("works in capacity, or minutes here, and the other one empty"))
    return record.whole("minutes", 0, _MOST_MINUTES)


def _classes(record: _Record) -> tuple[ClassRef, ...]:
    refs = []
    for item in record.items("classes"):
        school, colon, name = item.partition(":")
        spelt = class_name(name)
        if not colon or spelt is None or not school.strip():
            record.refuse("classes", _("classes with their schools, as 7:5А,7:5Б"))
            return ()
        refs.append(ClassRef(record.book.school(school) or school.strip(), spelt))
    return tuple(dict.fromkeys(refs))


def _conflict(record: _Record) -> ConflictRow:
    kind = record.one_of("kind", {kind.value: kind for kind in ConflictKind})
    until = record.whole("until", _FIRST_YEAR, _LAST_YEAR) if record.text("until") else None
    return ConflictRow(_code(record, "expert"), kind, _target(record), record.text("note"), until)


def _target(record: _Record) -> ConflictTarget:
    if record.text("participant"):
        return OneParticipant(_code(record, "participant"))
    if record.text("class"):
        return WholeClass(record.class_ref())
    if not record.text("school"):
        record.refuse("school", _("a school, a school with a class, or a participant"))
        return WholeSchool("")
    return WholeSchool(record.school())


def _manifest(record: _Record) -> ManifestRow:
    first, last = _pages(record)
    file = record.filled("file")
    if ".." in PureWindowsPath(file).parts or PureWindowsPath(file).anchor:
        record.refuse("file", _("the name of a file in the folder of scans"))
    template = record.text("template") or None
    return ManifestRow(file, first, last, record.class_ref(), _code(record, "participant"), template)


def _pages(record: _Record) -> tuple[int, int]:
    # Russian typing turns the hyphen into a dash of any length.
    found = re.fullmatch(r"([0-9]{1,5})(?: ?[-–—] ?([0-9]{1,5}))?", record.text("pages"))
    first = int(found[1]) if found else 0
    last = int(found[2] or found[1]) if found else 0
    if not 1 <= first <= last:
        record.refuse("pages", _("pages counted from 1, as 3 or 1-2"))
    return first, last
