"""`crosscheck organiser`: what organisers enter about their check points, and the reports on organisation."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import helptext, stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.numbering import packet_code
from crosscheck.session import complained, json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.organiser.layout import Choice, Kind, Name, Packets, Topic, section_of, told_choice

if TYPE_CHECKING:
    from crosscheck.procedure import Procedure
    from scoring.organiser.noting import Returned
    from scoring.organiser.reading import At, Said

_TOPICS = tuple(topic.value for topic in Topic)
_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
_topic = click.argument("topic", type=helptext.Choice(_TOPICS))


@click.group(
    help=stages.help_of(
        "organiser",
        "For each check point: when it began and ended, who was briefed, observers and what they may see, difficulties "
        "by task, incidents, counts. In a form that is filled in (`form`, `import`), or entry by entry (`note`). Each "
        "change is a fact with who and when. Names of observers are sealed.",
        "crosscheck organiser form",
        "crosscheck organiser import point-П1.xlsx",
        "crosscheck organiser note П1 incident time=15:10 kind=technical text='замятие в принтере' done='заменён'",
        "crosscheck organiser report",
    )
)
def organiser() -> None:
    pass


def file_names(points: Iterable[str]) -> Mapping[str, str]:
    """Check points' names as files may have them: never one for two. Where signs were replaced, or names differ by case
    alone, a digest of the name follows."""
    plain = {point: re.sub(r"[^\w-]+", "_", point)[:60] for point in points}
    met = Counter(name.casefold() for name in plain.values())

    def name_of(point: str, name: str) -> str:
        if name == point and met[name.casefold()] == 1:
            return name
        return f"{name}-{hashlib.sha256(point.encode()).hexdigest()[:8]}"

    return {point: name_of(point, name) for point, name in plain.items()}


@organiser.command(
    help=N_(
        "Write the form to fill in at a check point.\n\nOne XLSX for each check point, in out/organiser or in FOLDER, "
        "with drop-downs; only yellow cells are open.\n\nExample: crosscheck organiser form --point П1"
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--point", "wanted", multiple=True, help=N_("Only for this check point; may be given several times."))
@with_station
def form(station: Station, folder: Path | None, wanted: tuple[str, ...]) -> None:
    from scoring.organiser import noting
    from scoring.organiser.writing import write_form

    procedure = station.procedure()
    with station.ledger.reading() as connection:
        names = file_names(noting.points(connection))
        points = [noting.known_point(connection, one) for one in wanted] or noting.points(connection)
    target = folder or station.out / "organiser"
    target.mkdir(parents=True, exist_ok=True)
    for point in points:
        write_whole(target / f"point-{names[point]}.xlsx", write_form(noting.form_of(station, procedure, point)))
    click.echo(_("Forms of check points: {n}, in {folder}.").format(n=len(points), folder=target))


@organiser.command(
    help=N_(
        "Say everything that is wrong with forms of check points; record nothing.\n\nEach fault names sheet, cell, "
        "what was found and what is allowed.\n\nExample: crosscheck organiser check point-П1.xlsx"
    )
)
@_files
@with_station
def check(station: Station, files: tuple[Path, ...]) -> int:
    forms, errors = _read(station, files)
    for one in forms:
        click.echo(_told(one))
        _warn(station, one.read.entries)
    return complained(errors)


def _warn(station: Station, said: Mapping[At, Said]) -> None:
    """Of what looks like names of persons: reports go round the district."""
    from scoring.organiser import noting

    for at, names in noting.named(station.procedure(), said).items():
        warned = _("{entry}: is this the name of a person: {names}? Reports name nobody: say it without the name.")
        click.echo(warned.format(entry=f"{_(at.topic.value)} {at.place}", names="; ".join(names)), err=True)


@organiser.command(
    "import",
    help=N_(
        "Record what forms of check points state.\n\nOf a form with one fault nothing is recorded. A corrected form is "
        "imported again: what changed is a new fact, rows that are gone are taken back. What was noted by `note` "
        "stays. Delete the file afterwards: it has names of observers.\n\nExample: crosscheck organiser import "
        "point-П1.xlsx"
    ),
)
@_files
@with_station
def import_(station: Station, files: tuple[Path, ...]) -> int:
    from scoring.organiser import noting

    procedure = station.procedure()
    forms, errors = _read(station, files)
    for one in forms:
        with station.ledger.writing() as writer:
            changed = noting.record(writer, station, procedure, one)
        click.echo(_told(one) + " " + (_("New: {n}.").format(n=changed) if changed else _("Nothing new.")))
        _warn(station, one.read.entries)
    return complained(errors)


def _read(station: Station, paths: Sequence[Path]) -> tuple[list[Returned], list[CrosscheckError]]:
    """Forms without a fault; errors of the rest."""
    from scoring.forms.opening import Opener
    from scoring.forms.received import files_in, received
    from scoring.organiser import noting
    from scoring.organiser.errors import PointFormTwice

    procedure = station.procedure()
    with station.ledger.reading() as connection:
        points = noting.points(connection)
    found: dict[str, Returned] = {}
    errors: list[CrosscheckError] = []
    wrong: set[str] = set()
    with Opener() as opener:
        for path in files_in(paths):
            try:
                one = noting.returned(station, procedure, points, received(opener, path), path.name)
            except CrosscheckError as error:
                if error.of_computer:
                    raise
                errors.append(error)
                continue
            other = found.setdefault(one.point, one)
            if other.read != one.read:
                errors.append(PointFormTwice(file=one.file, other=other.file, point=one.point))
                wrong.add(one.point)
    return [one for point, one in found.items() if point not in wrong], errors


def _told(one: Returned) -> str:
    return _("{file}: check point {point}, {n} entries.").format(
        file=one.file, point=one.point, n=len(one.read.entries)
    )


@organiser.command(
    help=N_(
        "Note something about a check point.\n\nTOPIC is progress, observer, difficulty or incident; what is stated "
        "follows as NAME=VALUE, in the words of the form or those below.\n\nprogress: began briefed briefed_by "
        "handed_out ended experts experts_briefed not_briefed packets_out packets_back sheets_spoilt "
        "remarks\n\nobserver: name role sees consent came left\n\ndifficulty: criterion kind works text\n\nincident: "
        "time kind text done\n\nExample: crosscheck organiser note П1 difficulty criterion=6К1 kind=criterion "
        "text='что считать пояснением'"
    )
)
@click.argument("point")
@_topic
@click.argument("said", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--why", default="", help=N_("What it rests on."))
@with_station
def note(station: Station, point: str, topic: str, said: tuple[str, ...], why: str) -> None:
    from scoring.organiser import noting
    from scoring.organiser.errors import NoteUnusable

    values: dict[str, str] = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals or name in values:
            raise NoteUnusable(name=topic, found=one, allowed="NAME=VALUE")
        values[name] = value
    with station.ledger.writing() as writer:
        made = noting.note(writer, station, station.procedure(), point, Topic(topic), values, why)
    click.echo(_("Noted: {entries}.").format(entries=", ".join(f"{at.topic.value} {at.place}" for at in made)))
    with station.ledger.reading() as connection:
        stands = noting.entries(connection, noting.known_point(connection, point))
    _warn(station, {at: stands[at] for at in made if at in stands})


@organiser.command(
    help=N_(
        "Take an entry about a check point back.\n\nPLACE is what `organiser show` names it by; what was entered stays "
        "to be seen in the ledger.\n\nExample: crosscheck organiser undo П1 incident n2 --why 'не тот пункт'"
    )
)
@click.argument("point")
@_topic
@click.argument("place")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def undo(station: Station, point: str, topic: str, place: str, why: str) -> None:
    from scoring.organiser import noting

    with station.ledger.writing() as writer:
        noting.undo(writer, point, Topic(topic), place, why)
    click.echo(_("Recorded: taken back."))


_names = click.option("--names", is_flag=True, help=N_("With names of observers; needs the coordinator's key."))


def _opened(station: Station, names: bool) -> Mapping[str, str] | None:
    from scoring.organiser import noting

    if not names:
        return None
    key = unlocked(station, Holder.COORDINATOR)
    return noting.observers(station, key, N_("reports on organisation"))


@organiser.command(
    "show",
    help=N_("Show what was entered about a check point, or about all.\n\nExample: crosscheck organiser show П1"),
)
@click.argument("point", required=False)
@_names
@json_option
@with_station
def show_(station: Station, point: str | None, names: bool, as_json: bool) -> None:
    from scoring.organiser import noting

    procedure, opened = station.procedure(), _opened(station, names)
    with station.ledger.reading() as connection:
        points = [noting.known_point(connection, point)] if point else noting.points(connection)
        found = {one: noting.entries(connection, one) for one in points}
    rows = [
        {
            "point": one,
            "topic": at.topic.value,
            "place": at.place,
            "entry": _entry(procedure, at, said, opened, labelled=not as_json),
        }
        for one, entries in found.items()
        for at, said in entries.items()
    ]
    columns = ("point", "topic", "place", "entry")
    if not as_json:
        rows = [{**row, "topic": _(row["topic"])} for row in rows]
    show(rows, columns, as_json=as_json, empty=_("Nothing was entered."))


def _entry(procedure: Procedure, at: At, said: Said, names: Mapping[str, str] | None, *, labelled: bool) -> str:
    """As people read it, every value under its label where asked for; of an observer the name where it was opened."""
    section = section_of(procedure, at.topic)
    asked = ((section.field(at.place if at.topic is Topic.PROGRESS else name), value) for name, value in said.items())
    order = {field.name: n for n, field in enumerate(section.fields)}
    known = sorted(((field, value) for field, value in asked if field is not None), key=lambda one: order[one[0].name])
    told = ((field.title, _value(field.kind, value, names)) for field, value in known)
    return "; ".join(f"{_(title)}: {value}" if labelled else value for title, value in told if value)


def _value(kind: Kind, value: str, names: Mapping[str, str] | None) -> str:
    match kind:
        case Name():
            return "" if names is None else names.get(value, _("erased"))
        case Choice():
            return told_choice(kind, value, _)
        case Packets():
            return ", ".join(packet_code(int(number)) for number in value.split(", "))
        case _other:
            return value


@organiser.command(
    help=N_(
        "Write the report of each check point and the general report of the district.\n\nAs XLSX, PDF, HTML, CSV and "
        "JSON, in "
        "out/reports or in FOLDER: progress, observers, difficulties by task, incidents, beside what `custody` "
        "counted; what differs and which check points said nothing stands on top (exit status 10).\n\nExample: "
        "crosscheck organiser report"
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--point", "wanted", multiple=True, help=N_("Only for this check point; may be given several times."))
@_names
@with_station
def report(station: Station, folder: Path | None, wanted: tuple[str, ...], names: bool) -> int:
    from scoring.organiser import gathering, noting
    from scoring.organiser.report import district_report, point_report
    from scoring.written import write_report

    procedure, opened = station.procedure(), _opened(station, names)
    with station.ledger.reading() as connection:
        chosen = {noting.known_point(connection, one) for one in wanted}
        seen = gathering.points_seen(connection, opened)
    target = folder or station.out / "reports"
    files = file_names(one.point for one in seen)
    for one in seen:
        if one.entries and (not chosen or one.point in chosen):
            write_report(station, point_report(procedure, one), target / f"point-{files[one.point]}")
    if not chosen:
        write_report(station, district_report(procedure, seen), target / "organisation")
    for one in seen:
        if not chosen or one.point in chosen:
            _warn(station, one.entries)
    silent = [one.point for one in seen if not one.entries and (not chosen or one.point in chosen)]
    click.echo(_("Reports on organisation are in {folder}.").format(folder=target))
    if silent:
        click.echo(_("No report came from: {points}.").format(points=", ".join(silent)))
    return Exit.PERSON_NEEDED if silent else Exit.DONE
