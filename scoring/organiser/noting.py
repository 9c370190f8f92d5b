"""What organisers state, into the ledger: each change a new fact; names of observers into the vault."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosscheck import facts, keys, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import gettext as _
from crosscheck.keys import PrivateKey
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from scoring.forms.book import Book
from scoring.forms.layout import FormNumber
from scoring.forms.reading import Faults
from scoring.forms.received import problems
from scoring.forms.values import Wrong
from scoring.organiser.checking import in_progress, in_row, persons
from scoring.organiser.errors import NoSuchCheckPoint, NotAPointForm, NoteUnusable, NothingNoted
from scoring.organiser.layout import Name, PointForm, Section, Topic, section_of
from scoring.organiser.reading import At, FormRead, Said, number_in, read
from scoring.organiser.values import typed


def points(connection: Connection) -> list[str]:
    """The check points that experts come to, in order."""
    return sorted({expert.check_point for expert in queries.latest_of(connection, facts.Expert)})


def known_point(connection: Connection, point: str) -> str:
    """Raises NoSuchCheckPoint."""
    known = points(connection)
    found = next((one for one in known if one.casefold() == " ".join(point.split()).casefold()), None)
    if found is None:
        raise NoSuchCheckPoint(point=point, known=", ".join(known))
    return found


# --- the form ------------------------------------------------------------------------------------


def form_of(station: Station, procedure: Procedure, point: str) -> PointForm:
    """The form of a check point: the same point, the same form."""
    digest = bytes.fromhex(keys.keyed(station.secret(), "point-form", point))
    subject = base64.b32encode(digest).decode()[:8]
    return PointForm(procedure, point, FormNumber(procedure.code, paper_digest(procedure), subject, 1))


@dataclass(frozen=True, slots=True)
class Returned:
    """A form without a fault: of which check point, and what it states."""

    file: str
    point: str
    read: FormRead


def returned(station: Station, procedure: Procedure, known: Iterable[str], book: Book, file: str) -> Returned:
    """What a workbook states. Raises NotAPointForm, ReceivedProblems."""
    number = number_in(book)
    forms = {str(form.number): form for form in (form_of(station, procedure, point) for point in known)}
    if number is None:
        raise NotAPointForm(file=file, detail="B2")
    if str(number) not in forms:
        raise NotAPointForm(file=file, detail=str(number))
    form = forms[str(number)]
    found = read(form, book, file)
    if isinstance(found, Faults):
        raise problems(file, found.problems)
    return Returned(file, form.point, found)


def record(writer: Writer, station: Station, procedure: Procedure, form: Returned) -> int:
    """Record what a form states; how many entries are new or changed. Rows that an earlier form had and this one
    hasn't are taken back; what was noted otherwise stays."""
    standing = entries(writer.connection, form.point)
    sealed = {at: _sealed(writer, station, procedure, form.point, at, said) for at, said in form.read.entries.items()}
    changed = 0
    for at, said in sealed.items():
        changed += _note(writer, form.point, at, said, "")
    for at in standing:
        if at.topic is not Topic.PROGRESS and at.place.startswith("f") and at not in sealed:
            changed += _note(writer, form.point, at, None, "form")
    return changed


# --- single notes --------------------------------------------------------------------------------


def note(
    writer: Writer, station: Station, procedure: Procedure, point: str, topic: Topic, said: Mapping[str, str], why: str
) -> list[At]:
    """Note an entry, or fields of progress; where they stand. Raises NoteUnusable."""
    known = known_point(writer.connection, point)
    section = section_of(procedure, topic)
    values: dict[str, str] = {}
    for name, text in said.items():
        asked = section.field(name)
        if asked is None:
            raise NoteUnusable(name=topic.value, found=name, allowed=", ".join(one.name for one in section.fields))
        value = typed(text, asked)
        if isinstance(value, Wrong):
            raise NoteUnusable(name=name, found=value.found, allowed=value.allowed)
        values[name] = value
    _refuse_impossible(writer.connection, known, section, values)
    if topic is Topic.PROGRESS:
        places = {At(topic, name): {"value": value} for name, value in values.items() if value}
    else:
        missing = [one.name for one in section.fields if one.needed and not values.get(one.name)]
        if missing:
            raise NoteUnusable(name=topic.value, found="-", allowed=", ".join(missing))
        places = {_next(writer.connection, known, topic): {k: v for k, v in values.items() if v}}
    for at, value_of in places.items():
        _note(writer, known, at, _sealed(writer, station, procedure, known, at, value_of), why)
    return list(places)


def _refuse_impossible(connection: Connection, point: str, section: Section, values: Said) -> None:
    """What can't be true beside what stands or is stated with it. Raises NoteUnusable."""
    if section.topic is Topic.PROGRESS:
        known = entries(connection, point)
        stands = {at.place: said["value"] for at, said in known.items() if at.topic is section.topic}
        every = in_progress({**stands, **values})
        wrong = [one for one in every if {one.field.name, one.beside.name} & values.keys()]
    else:
        wrong = in_row(section, values)
    for one in wrong:
        raise NoteUnusable(name=one.field.name, found=one.found, allowed=one.allowed(_))


def named(procedure: Procedure, said: Mapping[At, Said]) -> dict[At, tuple[str, ...]]:
    """What looks like names of persons in free words, by entry."""
    found = {at: tuple(_persons(procedure, at, one)) for at, one in said.items()}
    return {at: names for at, names in found.items() if names}


def _persons(procedure: Procedure, at: At, said: Said) -> Iterator[str]:
    return persons(section_of(procedure, at.topic), said, at.place if at.topic is Topic.PROGRESS else "")


def _next(connection: Connection, point: str, topic: Topic) -> At:
    every = queries.all_of(connection, facts.PointNote, point=point, topic=topic.value)
    numbers = [int(one.place[1:]) for one in every if one.place.startswith("n")]
    return At(topic, f"n{max(numbers, default=0) + 1}")


def undo(writer: Writer, point: str, topic: Topic, place: str, why: str) -> None:
    """Take an entry back. Raises NothingNoted."""
    known = known_point(writer.connection, point)
    at = At(topic, place)
    if at not in entries(writer.connection, known):
        raise NothingNoted(point=known, entry=f"{topic.value} {place}")
    _note(writer, known, at, None, why)


def _note(writer: Writer, point: str, at: At, said: Said | None, why: str) -> bool:
    """A new fact, unless just this stands already."""
    key = {"point": point, "topic": at.topic.value, "place": at.place}
    text = "" if said is None else json.dumps(said, ensure_ascii=False, sort_keys=True)
    before = queries.all_of(writer.connection, facts.PointNote, **key)
    if before and before[-1].said == text:
        return False
    writer.append(facts.PointNote(point, at.topic.value, at.place, len(before), text, why))
    return True


def _sealed(writer: Writer, station: Station, procedure: Procedure, point: str, at: At, said: Said) -> Said:
    """The same with names of persons in the vault: what stands here is the name of the sealed record."""
    names = {one.name for one in section_of(procedure, at.topic).fields if isinstance(one.kind, Name)}
    kept = dict(said)
    for name in names & kept.keys():
        plain = json.dumps({"name": kept[name]}, ensure_ascii=False).encode()
        subject = keys.keyed(station.secret(), "observer", f"{point}\0{kept[name]}")[:16]
        safe.keep_bytes(writer, station, RecordKind.OBSERVER, subject, plain)
        kept[name] = subject
    return kept


# --- what stands ---------------------------------------------------------------------------------


def entries(connection: Connection, point: str) -> dict[At, Said]:
    """What stands of a check point, by place."""
    found: dict[At, Said] = {}
    for one in queries.latest_of(connection, facts.PointNote):
        if one.point == point and one.said:
            found[At(Topic(one.topic), one.place)] = json.loads(one.said)
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(at: At) -> tuple[str, str, int, str]:
    number = at.place[1:]
    return (at.topic.value, at.place[:1], int(number), "") if number.isdecimal() else (at.topic.value, "", 0, at.place)


def observers(station: Station, coordinator: PrivateKey, why: str) -> Mapping[str, str]:
    """Names of observers by sealed record; the opening is recorded."""
    opened = safe.open_json(station, RecordKind.OBSERVER, Purpose.ORGANISE, coordinator, why)
    return {subject: row["name"] for subject, row in opened.items()}
