"""What the district's tables must say together: pure checks over typed rows, all faults at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from crosscheck.i18n import gettext as _
from crosscheck.names import folded
from crosscheck.register_rows import (
    ClassRef,
    ClassSetRow,
    ConflictKind,
    ConflictRow,
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
    to_check_points,
)
from crosscheck.schoolbook import Alias, SchoolBook, closest, school_book
from crosscheck.table_values import Cell, TableProblem, quoted

T = TypeVar("T")
_CODE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A typed row with the cells it was read from, so that a fault can be shown where it stands."""

    row: T
    file: str
    sheet: str | None
    cells: Mapping[str, Cell]

    def problem(self, column: str, allowed: str, found: str | None = None) -> TableProblem:
        cell = self.cells[column]
        return TableProblem(
            self.file, self.sheet, str(cell.place), quoted(cell.text) if found is None else found, allowed
        )


@dataclass(frozen=True, slots=True)
class PlacedRegister:
    """The rows of all tables with their places."""

    schools: tuple[Placed[SchoolRow], ...]
    class_sets: tuple[Placed[ClassSetRow], ...]
    participants: tuple[Placed[ParticipantRow], ...]
    experts: tuple[Placed[ExpertRow], ...]
    conflicts: tuple[Placed[ConflictRow], ...]
    manifest: tuple[Placed[ManifestRow], ...]
    aliases: tuple[Placed[Alias], ...] = ()
    pairs: tuple[Placed[SchoolPairRow], ...] = ()
    last_year: tuple[Placed[SchoolPairRow], ...] = ()
    distances: tuple[Placed[DistanceRow], ...] = ()
    marked_at: tuple[Placed[PlaceRow], ...] = ()

    def register(self) -> Register:
        """The rows alone. That an expert is a relative of another expert bars nobody from any work."""
        participants = {placed.row.participant for placed in self.participants}
        experts = {placed.row.expert for placed in self.experts}
        return Register(
            tuple(placed.row for placed in self.schools),
            tuple(placed.row for placed in self.class_sets),
            tuple(placed.row for placed in self.participants),
            tuple(placed.row for placed in self.experts),
            tuple(p.row for p in self.conflicts if not _names_an_expert(p.row, participants, experts)),
            tuple(placed.row for placed in self.manifest),
            tuple(placed.row for placed in self.aliases),
            tuple(placed.row for placed in self.pairs),
            tuple(placed.row for placed in self.last_year),
            tuple(placed.row for placed in self.distances),
            tuple(placed.row for placed in self.marked_at),
        )


def _names_an_expert(row: ConflictRow, participants: Container[str], experts: Container[str]) -> bool:
    """Is the relative an expert and no participant?"""
    match row:
        case ConflictRow(kind=ConflictKind.RELATIVE, target=OneParticipant(code)):
            return code not in participants and code in experts
    return False


def check(tables: PlacedRegister, book: SchoolBook) -> Iterator[TableProblem]:
    """Every contradiction between rows, in the order of the tables. `book` names the nearest school."""
    schools = {placed.row.school for placed in tables.schools}
    classes = {placed.row.class_ref for placed in tables.class_sets}
    participants = {placed.row.participant: placed.row for placed in tables.participants}
    yield from _once(tables.schools, "school", lambda row: row.school.casefold())
    known = _Known(schools, classes, book)
    yield from _aliases(tables, known)
    yield from _class_sets(tables, known)
    yield from _participants(tables.participants, known)
    yield from _experts(tables.experts, known)
    yield from _conflicts(tables, known, participants)
    yield from _manifest(tables.manifest, participants)
    yield from _pairs(tables, known)
    yield from _two_schools(tables.last_year, known)
    if tables.distances:
        yield from _distances(tables, known)
    if tables.marked_at:
        yield from _places(tables, known)


@dataclass(frozen=True, slots=True)
class _Known:
    """Schools and classes that there are, and words for what is allowed instead of others."""

    schools: set[str]
    classes: set[ClassRef]
    book: SchoolBook

    def a_school(self, text: str) -> str:
        return _("a school of the table schools; the nearest is {nearest}").format(nearest=self.book.nearest(text))

    def a_class(self, ref: ClassRef) -> str:
        names = (known.class_name for known in self.classes if known.school == ref.school)
        return _("a class of the table class_sets for school {school}; the nearest is {nearest}").format(
            school=ref.school, nearest=_nearest(ref.class_name, names)
        )


def _nearest(text: str, known: Iterable[str]) -> str:
    return closest(text, known) or "-"


def _aliases(tables: PlacedRegister, known: _Known) -> Iterator[TableProblem]:
    yield from _once(tables.aliases, "alias", lambda row: folded(row.alias))
    # Without the aliases: what is a school of the list already must not become another one.
    own = school_book((placed.row.school, placed.row.name) for placed in tables.schools)
    for placed in tables.aliases:
        if placed.row.school not in known.schools:
            yield placed.problem("school", known.a_school(placed.row.school))
        elif own.school(placed.row.alias) not in (None, placed.row.school):
            allowed = _("a name that is not that of school {school}").format(school=own.school(placed.row.alias))
            yield placed.problem("alias", allowed)


def _two_schools(rows: tuple[Placed[SchoolPairRow], ...], known: _Known) -> Iterator[TableProblem]:
    """Pairs of known schools, each once, and nobody with the own one."""
    yield from _once(rows, "marked_by", lambda row: (row.school, row.marked_by))
    for placed in rows:
        for column, school in (("school", placed.row.school), ("marked_by", placed.row.marked_by)):
            if school not in known.schools:
                yield placed.problem(column, known.a_school(school))
        if placed.row.school == placed.row.marked_by:
            yield placed.problem("marked_by", _("another school: nobody marks the works of the own one"))


def _pairs(tables: PlacedRegister, known: _Known) -> Iterator[TableProblem]:
    """Whose experts mark whose works: two other schools; and works of a school that the table forgets had nobody."""
    yield from _two_schools(tables.pairs, known)
    given = {placed.row.school for placed in tables.pairs}
    for written in tables.class_sets if tables.pairs else ():
        if written.row.declared and written.row.class_ref.school not in given:
            yield written.problem("school", _("a school of the table school_pairs, which says who marks its works"))


def _distances(tables: PlacedRegister, known: _Known) -> Iterator[TableProblem]:
    """All lead to check points, or all to schools; none that allocation will look up is missing, for it is not 0."""
    points = {placed.row.check_point for placed in tables.experts}
    by_point = to_check_points((placed.row for placed in tables.distances), points)
    yield from _once(tables.distances, "to", lambda row: (row.school, row.to if by_point else row.to_school or row.to))
    for placed in tables.distances:
        if placed.row.school not in known.schools:
            yield placed.problem("school", known.a_school(placed.row.school))
        if not by_point and placed.row.to_school not in known.schools:
            yield placed.problem("to", _("a check point of the table experts in every row, or a school in every row"))
    there = {(placed.row.school, placed.row.to if by_point else placed.row.to_school) for placed in tables.distances}
    for school, to in sorted(_ways_needed(tables, by_point)):
        if (school, to) not in there and (by_point or (to, school) not in there):
            first, missing = tables.distances[0], _("no way from {school} to {to}").format(school=school, to=to)
            yield TableProblem(first.file, first.sheet, "", missing, _("a row for every way that may be needed"))


def _ways_needed(tables: PlacedRegister, by_point: bool) -> set[tuple[str, str]]:
    with_works = {placed.row.class_ref.school for placed in tables.class_sets if placed.row.declared}
    coming = [placed.row for placed in tables.experts if placed.row.comes]
    ends = {to for row in coming for to in ([row.check_point] if by_point else row.schools)}
    return {(school, to) for school in with_works for to in ends if by_point or school != to}


def _places(tables: PlacedRegister, known: _Known) -> Iterator[TableProblem]:
    """Where works are marked: known schools, none with works forgotten; and experts come to places that there are."""
    yield from _once(tables.marked_at, "check_point", lambda row: (row.school, row.check_point))
    points = {placed.row.check_point for placed in tables.marked_at}
    given = {placed.row.school for placed in tables.marked_at}
    for placed in tables.marked_at:
        if placed.row.school not in known.schools:
            yield placed.problem("school", known.a_school(placed.row.school))
    for written in tables.class_sets:
        if written.row.declared and written.row.class_ref.school not in given:
            yield written.problem("school", _("a school of the table marked_at, which says where its works are marked"))
    for expert in (placed for placed in tables.experts if placed.row.comes):
        column = "comes_to" if expert.row.comes_to else "check_point"
        for point in expert.row.comes_to or (expert.row.check_point,):
            if point not in points:
                allowed = _("a check point of the table marked_at; the nearest is {nearest}")
                yield expert.problem(column, allowed.format(nearest=_nearest(point, points)), quoted(point))


def _once(rows: Iterable[Placed[T]], column: str, key: Callable[[T], Hashable | None]) -> Iterator[TableProblem]:
    """A problem at each row that repeats the key of an earlier one; None is no key."""
    first: dict[Hashable, Placed[T]] = {}
    for placed in rows:
        value = key(placed.row)
        if value is None:
            continue
        if value in first:
            cell = first[value].cells[column].place
            yield placed.problem(column, _("each once (it stands in {cell} already)").format(cell=cell))
        first.setdefault(value, placed)


def _known_class(placed: Placed[T], ref: ClassRef, known: _Known) -> Iterator[TableProblem]:
    if ref.school not in known.schools:
        yield placed.problem("school", known.a_school(ref.school))
    elif ref not in known.classes:
        yield placed.problem("class", known.a_class(ref))


def _class_sets(tables: PlacedRegister, known: _Known) -> Iterator[TableProblem]:
    yield from _once(tables.class_sets, "class", lambda row: row.class_ref)
    listed = Counter(placed.row.class_ref for placed in tables.participants)
    for placed in tables.class_sets:
        ref = placed.row.class_ref
        if ref.school not in known.schools:
            yield placed.problem("school", known.a_school(ref.school))
        if placed.row.declared != listed[ref]:
            allowed = _("{count}, as many as the participants listed for {ref}, the absent ones included")
            yield placed.problem("declared", allowed.format(count=listed[ref], ref=ref))


def _participants(rows: tuple[Placed[ParticipantRow], ...], known: _Known) -> Iterator[TableProblem]:
    yield from _once(rows, "participant", lambda row: row.participant.casefold())
    yield from _once(rows, "form", lambda row: row.form)
    full = any(len(p.row.participant) == _CODE_DIGITS and p.row.participant.isdigit() for p in rows)
    for placed in rows:
        yield from _known_class(placed, placed.row.class_ref, known)
        code = placed.row.participant
        if full and code.isdigit() and len(code) < _CODE_DIGITS:
            yield placed.problem("participant", _("5 digits like the others: were leading zeros lost?"))


def _experts(rows: tuple[Placed[ExpertRow], ...], known: _Known) -> Iterator[TableProblem]:
    yield from _once(rows, "expert", lambda row: row.expert.casefold())
    grades = {ref.grade for ref in known.classes}
    for placed in rows:
        for school in placed.row.schools:
            if school not in known.schools:
                yield placed.problem("schools", known.a_school(school), quoted(school))
        for ref in placed.row.classes:
            # Experts teach other grades too; a class of a grade that takes part must be listed, or a
            # slip of the pen would hide a conflict.
            if ref.school not in known.schools or (ref.grade in grades and ref not in known.classes):
                allowed = _("classes of the table class_sets (declared 0 when one does not take part)")
                yield placed.problem("classes", allowed, quoted(str(ref)))


def _conflicts(
    tables: PlacedRegister, known: _Known, participants: Mapping[str, ParticipantRow]
) -> Iterator[TableProblem]:
    experts = {placed.row.expert for placed in tables.experts}
    for placed in tables.conflicts:
        if placed.row.expert not in experts:
            allowed = _("an expert of the table experts; the nearest is {nearest}")
            yield placed.problem("expert", allowed.format(nearest=_nearest(placed.row.expert, experts)))
        match placed.row.target:
            case WholeSchool(school) if school not in known.schools:
                yield placed.problem("school", known.a_school(school))
            case WholeClass(ref):
                yield from _known_class(placed, ref, known)
            case OneParticipant() if _names_an_expert(placed.row, participants, experts):
                pass
            case OneParticipant(code) if code not in participants:
                allowed = _("a participant of the table participants; the nearest is {nearest}")
                yield placed.problem("participant", allowed.format(nearest=_nearest(code, participants)))
            case OneParticipant(code):
                yield from _same_place(placed, participants[code].class_ref, known.book)


def _same_place(placed: Placed[ConflictRow], ref: ClassRef, book: SchoolBook) -> Iterator[TableProblem]:
    """School and class beside a participant are optional, but must not contradict the list."""
    school, name = placed.cells["school"].text, placed.cells["class"].text
    allowed = _("{ref}, where this participant is listed").format(ref=ref)
    if school and book.school(school) != ref.school:
        yield placed.problem("school", allowed)
    if name and class_name(name) != ref.class_name:
        yield placed.problem("class", allowed)


def _manifest(
    rows: tuple[Placed[ManifestRow], ...], participants: Mapping[str, ParticipantRow]
) -> Iterator[TableProblem]:
    by_file: dict[str, list[Placed[ManifestRow]]] = defaultdict(list)
    for placed in rows:
        by_file[placed.row.file.casefold()].append(placed)
        known = participants.get(placed.row.participant)
        if known is None:
            yield placed.problem("participant", _("a participant of the table participants"))
        elif known.class_ref != placed.row.class_ref:
            yield placed.problem("class", _("{ref}, where this participant is listed").format(ref=known.class_ref))
        elif known.presence is Presence.ABSENT:
            yield placed.problem("participant", _("a participant who was present"))
    for runs in by_file.values():
        yield from _overlaps(runs)


def _overlaps(runs: list[Placed[ManifestRow]]) -> Iterator[TableProblem]:
    reach: Placed[ManifestRow] | None = None
    for placed in sorted(runs, key=lambda run: (run.row.first, run.row.last)):
        if reach is not None and placed.row.first <= reach.row.last:
            other = reach.cells["pages"].place
            yield placed.problem("pages", _("pages that no other row has (see {cell})").format(cell=other))
        if reach is None or placed.row.last > reach.row.last:
            reach = placed
