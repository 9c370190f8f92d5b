"""Commands of electronic forms: `crosscheck forms export`, `check`, `import`, `list`, `settle`, and what is done with
forms: `due`, `send-back`, `pass-on`, `undo`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import helptext
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.register_rows import class_name
from crosscheck.release import Links, join
from crosscheck.session import complained, json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.forms.errors import DueTooEarly, NoForms
from scoring.forms.progress import Done, State

if TYPE_CHECKING:
    from scoring.forms.comparing import FormWay
    from scoring.forms.returning import Returned

_STATES = tuple(state.value for state in State)
_WHY = N_("electronic forms of schools")
_files = click.argument("files", metavar="FORM...", nargs=-1, required=True, type=click.Path(path_type=Path))


def _joined(station: Station) -> tuple[PrivateKey, Links]:
    key = unlocked(station, Holder.COORDINATOR)
    return key, join(station, key, _WHY)


@click.command(
    help=N_(
        "Write an electronic form for each class-set, for its school to fill in.\n\nOne XLSX for each class-set, with "
        "participant codes and a cell for each criterion, in out/forms or in FOLDER. Needs the coordinator's key and "
        "`crosscheck release`, as publishing does. The same list gives the same file; a changed one gives a new "
        "version, and the old one is refused when it comes back. Variant and sex stand in it as they are known from "
        "the table of participants and earlier forms, marks as the school said them last. Give each school only its "
        "own files.\n\n"
        "Example: crosscheck forms export --school 12"
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--school", "schools", multiple=True, help=N_("Only for this school; may be given several times."))
@with_station
def export(station: Station, folder: Path | None, schools: tuple[str, ...]) -> None:
    from scoring.forms import issuing
    from scoring.forms.writing import write_form
    from scoring.marks import held

    procedure = station.procedure()
    key, links = _joined(station)
    known = held.for_forms(station, key, links)
    with station.ledger.writing() as writer:
        lists = issuing.class_lists(writer.connection, links)
        wanted = [one for one in lists if not schools or one.of.school in schools]
        _refuse_unknown(schools, {one.of.school for one in lists})
        forms = issuing.issued(writer, station, procedure, wanted)
    target = folder or station.out / "forms"
    target.mkdir(parents=True, exist_ok=True)
    for listed, form in zip(wanted, forms, strict=True):
        write_whole(target / f"form-{listed.of.school}-{listed.of.class_set}.xlsx", write_form(form, known))
    participants = sum(len(form.participants) for form in forms)
    click.echo(
        _("{forms} forms for {participants} participants in {folder}.").format(
            forms=len(forms), participants=participants, folder=target
        )
    )


def _refuse_unknown(schools: Sequence[str], known: set[str]) -> None:
    for school in schools:
        if school not in known:
            raise NoForms(detail=_("school {school} has no class with participants").format(school=school))
    if not known:
        raise NoForms(detail=_("no class has participants"))


@click.command(
    help=N_(
        "Say everything that is wrong with forms that came back; record nothing.\n\nEach fault names sheet, cell, what "
        "was found and what is allowed. FORM is a file, or a folder with nothing but forms.\n\n"
        "Example: crosscheck forms check returned/"
    )
)
@_files
@with_station
def check(station: Station, files: tuple[Path, ...]) -> int:
    read, errors = _read(station, files, _joined(station)[1])
    for form, differing in read:
        click.echo(_told(form) + " " + _("Differs from what stands in {n} cells.").format(n=differing))
    differs = any(differing for _form, differing in read)
    return complained(errors) or (Exit.PERSON_NEEDED if differs else Exit.DONE)


@click.command(
    "import",
    help=N_(
        "Record the scores that schools state in forms without a fault.\n\nOf a form with one fault nothing is "
        "recorded. A form that says what it said before changes nothing; one that says something else stands beside "
        "the earlier one. Where a form differs from what stands in the ledger, `crosscheck report` lists it. Sex, "
        "variant and marks are sealed.\n\nExample: crosscheck forms import returned/"
    ),
)
@_files
@with_station
def import_(station: Station, files: tuple[Path, ...]) -> int:
    from crosscheck import safe
    from scoring.forms import comparing, returning

    key, links = _joined(station)
    read, errors = _read(station, files, links)
    index = safe.open_index(station, key)
    for form, _differing in read:
        with station.ledger.writing() as writer:
            fresh = returning.record(writer, station, index, form)
        click.echo(_told(form) + ("" if fresh else " " + _("Nothing new.")))
    works = [work for form, _differing in read for work in form.listed.works.values()]
    with station.ledger.reading() as connection:
        waiting = comparing.open_differences(connection, station.procedure(), works)
    if waiting:
        click.echo(_("Cells that differ from what stands: {n}; `crosscheck report` lists them.").format(n=waiting))
    return complained(errors) or (Exit.PERSON_NEEDED if waiting else Exit.DONE)


def _read(
    station: Station, paths: Sequence[Path], links: Links
) -> tuple[list[tuple[Returned, int]], list[CrosscheckError]]:
    """Forms without a fault, each with the number of cells in which it differs from what stands; errors of the rest."""
    from scoring.forms import comparing, issuing, returning
    from scoring.forms.opening import Opener
    from scoring.forms.received import files_in

    procedure = station.procedure()
    read: list[Returned] = []
    errors: list[CrosscheckError] = []
    with station.ledger.reading() as connection:
        lists = issuing.class_lists(connection, links)
        known = returning.known(connection, station, procedure, lists)
        stands = comparing.all_standing(connection, procedure)
    with Opener() as opener:
        for path in files_in(paths):
            try:
                read.append(returning.returned(known, opener, path))
            except CrosscheckError as error:
                if error.of_computer:
                    raise
                errors.append(error)
    kept, twice = returning.told_apart(read)
    return [(form, comparing.differing(stands, form)) for form in kept], [*errors, *twice]


def _told(form: Returned) -> str:
    return _(
        "{file}: school {school}, class {class_set}: {rows} participants, {stated} scores, {missing} cells empty."
    ).format(
        file=form.file,
        school=form.listed.of.school,
        class_set=form.listed.of.class_set,
        rows=len(form.read.rows),
        stated=form.read.stated,
        missing=form.read.missing,
    )


@click.command(
    "list",
    help=N_(
        "List where each form is: with its school, late, come, sent back, passed on; and where they differ.\n\nTimes "
        "are local; with --json they are UTC. Needs the coordinator's key.\n\n"
        "Example: crosscheck forms list --state out_with_school"
    ),
)
@click.option("--state", type=helptext.Choice(_STATES), help=N_("Only forms in this state."))
@click.option("--late", is_flag=True, help=N_("Only late ones."))
@json_option
@with_station
def list_(station: Station, state: str | None, late: bool, as_json: bool) -> None:
    from crosscheck.times import at_minute
    from scoring.forms import comparing

    now = datetime.datetime.now().astimezone()
    links = _joined(station)[1]
    with station.ledger.reading() as connection:
        ways = comparing.ways(connection, station, station.procedure(), links)
    listed = [comparing.state_of(way, now) for way in ways]
    found = [asdict(one) for one in listed if (not state or one.state == state) and (one.late or not late)]
    columns = (
        "school", "class_set", "version", "exported", "returned", "state",
        "late", "due", "stated", "missing", "differing", "note",
    )  # fmt: skip
    if not as_json:
        times = ("exported", "returned", "due")
        local = ({**row, **{name: at_minute(row[name]) for name in times}} for row in found)
        found = [{**row, "state": _(row["state"])} for row in local]
    empty = _("No such form.") if listed else _("No class has participants.")
    show(found, columns, as_json=as_json, empty=empty)


@click.command(
    help=N_(
        "Say until when schools are asked for their forms.\n\nWHEN is local time. `forms list` then names late ones. "
        "Another date may be set at any time, for single schools too, not before the day of the procedure; the earlier "
        "one stays to be seen.\n\n"
        "Example: crosscheck forms due '20.04.2026 18:00'"
    )
)
@click.argument(
    "when", metavar="WHEN", type=helptext.Moment("%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y-%m-%d %H:%M", "%Y-%m-%d")
)
@click.option("--school", "schools", multiple=True, help=N_("Only for this school; may be given several times."))
@click.option("--why", default="", help=N_("What it rests on."))
@with_station
def due(station: Station, when: datetime.datetime, schools: tuple[str, ...], why: str) -> None:
    from crosscheck.times import at_minute
    from scoring.forms import comparing

    day = station.procedure().date
    if when.date() < day:
        raise DueTooEarly(when=when.strftime("%d.%m.%Y"), day=day.strftime("%d.%m.%Y"))
    # A day alone means all of it.
    moment = (when if (when.hour, when.minute) != (0, 0) else when.replace(hour=23, minute=59)).astimezone()
    subjects = [way.subject for way in _ways(station, schools)] if schools else [""]
    with station.ledger.writing() as writer:
        comparing.set_due(writer, subjects, moment, why)
    click.echo(_("Forms are due {when}.").format(when=at_minute(moment.isoformat())))


def _ways(station: Station, schools: Sequence[str] = (), class_set: str | None = None) -> list[FormWay]:
    """Forms of these schools, or of all. Raises NoForms for a school or a class that there is not."""
    from scoring.forms import comparing

    links = _joined(station)[1]
    with station.ledger.reading() as connection:
        ways = comparing.ways(connection, station, station.procedure(), links)
    _refuse_unknown(schools, {way.school for way in ways})
    wanted = [way for way in ways if not schools or way.school in schools]
    if class_set is None:
        return wanted
    spelt = class_name(class_set)
    found = [way for way in wanted if way.class_set == spelt]
    if not found:
        detail = _("school {school} has no class {class_set} with participants")
        raise NoForms(detail=detail.format(school=", ".join(schools), class_set=class_set))
    return found


_school = click.argument("school")
_class = click.argument("class_set", metavar="CLASS")


@click.command(
    "send-back",
    help=N_(
        "Record that a form was sent back to its school for correction.\n\nAlso one that `forms check` refused. When "
        "it comes again and is imported, it counts as come.\n\n"
        "Example: crosscheck forms send-back 12 5Б --why 'сумма не сходится в строке 00019'"
    ),
)
@_school
@_class
@click.option("--why", required=True, callback=required_words, help=N_("What is to be corrected."))
@with_station
def send_back(station: Station, school: str, class_set: str, why: str) -> None:
    _step(station, school, class_set, Done.SENT_BACK, why)
    click.echo(_("Recorded: sent back."))


@click.command(
    "pass-on",
    help=N_(
        "Record that forms were passed on.\n\nForms that came and differ nowhere without an answer; of one school, of "
        "one class, or all. Those that can't be passed on yet are counted (exit status 10).\n\n"
        "Example: crosscheck forms pass-on --to 'региональный координатор, письмо 31'"
    ),
)
@click.argument("school", required=False)
@click.argument("class_set", metavar="[CLASS]", required=False)
@click.option("--to", required=True, callback=required_words, help=N_("To whom, and by what."))
@with_station
def pass_on(station: Station, school: str | None, class_set: str | None, to: str) -> int:
    from scoring.forms import comparing

    ways = _ways(station, [school] if school else [], class_set)
    # One that is named must go; of several those go that can.
    going = ways if class_set else [way for way in ways if way.journey.ready]
    with station.ledger.writing() as writer:
        for way in going:
            comparing.take_step(writer, way, Done.PASSED_ON, to)
    waiting = sum(not way.journey.ready and way.journey.state is not State.PASSED_ON for way in ways)
    click.echo(_("Passed on: {n}; not yet: {waiting}.").format(n=len(going), waiting=waiting))
    return Exit.PERSON_NEEDED if waiting else Exit.DONE


@click.command(
    help=N_(
        "Take back that a form was sent back or passed on.\n\nThe newest of these; what stood before it stands again."
        "\n\nExample: crosscheck forms undo 12 5Б --why 'не та школа'"
    )
)
@_school
@_class
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def undo(station: Station, school: str, class_set: str, why: str) -> None:
    _step(station, school, class_set, Done.UNDONE, why)
    click.echo(_("Recorded: taken back."))


def _step(station: Station, school: str, class_set: str, done: Done, why: str) -> None:
    from scoring.forms import comparing

    (way,) = _ways(station, [school], class_set)
    with station.ledger.writing() as writer:
        comparing.take_step(writer, way, done, why)


@click.command(
    help=N_(
        "Say that what stands is right where a school's form differs.\n\nNUMBER is any number of the work, CRITERION "
        "the one that differs. It holds for just these two values: when either changes, the difference is open again. "
        "Where the ledger is wrong, correct it (`crosscheck review set --correct`, or an appeal) instead; where the "
        "school made a slip, import its corrected form.\n\n"
        "Example: crosscheck forms settle 483291-5 6К1 --why 'the school looked again, letter 14'"
    )
)
@click.argument("number")
@click.argument("criterion")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def settle(station: Station, number: str, criterion: str, why: str) -> None:
    from scoring.forms import comparing

    with station.ledger.writing() as writer:
        comparing.answer(writer, station.procedure(), number, criterion, why)
    click.echo(_("Recorded: what stands is right."))
