"""Commands of electronic forms: `crosscheck forms export`, `check`, `import`, `list`, `settle`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.release import Links, join
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.forms.errors import NoForms

if TYPE_CHECKING:
    from scoring.forms.returning import Returned

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
        "version, and the old one is refused when it comes back. Give each school only its own files.\n\n"
        "Example: crosscheck forms export --school 12"
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--school", "schools", multiple=True, help=N_("Only for this school; may be given several times."))
@with_station
def export(station: Station, folder: Path | None, schools: tuple[str, ...]) -> None:
    from scoring.forms import issuing
    from scoring.forms.writing import write_form

    procedure = station.procedure()
    _key, links = _joined(station)
    with station.ledger.writing() as writer:
        lists = issuing.class_lists(writer.connection, links)
        wanted = [one for one in lists if not schools or one.of.school in schools]
        _refuse_unknown(schools, {one.of.school for one in lists})
        forms = issuing.issued(writer, station, procedure, wanted)
    target = folder or station.out / "forms"
    target.mkdir(parents=True, exist_ok=True)
    for listed, form in zip(wanted, forms, strict=True):
        write_whole(target / f"form-{listed.of.school}-{listed.of.class_set}.xlsx", write_form(form))
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
    return _complained(errors) or (Exit.PERSON_NEEDED if differs else Exit.DONE)


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
    return _complained(errors) or (Exit.PERSON_NEEDED if waiting else Exit.DONE)


def _files_in(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, or lie in a folder that is; what a spreadsheet program leaves beside an open file
    (`~$...`) isn't one of them. Raises NoForms."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [one for one in inside if one is path or not one.name.startswith(("~$", "."))]
    if not found:
        raise NoForms(detail=_("the folder is empty"))
    return list(dict.fromkeys(found))


def _read(
    station: Station, paths: Sequence[Path], links: Links
) -> tuple[list[tuple[Returned, int]], list[CrosscheckError]]:
    """Forms without a fault, each with the number of cells in which it differs from what stands; errors of the rest."""
    from scoring.forms import comparing, issuing, returning
    from scoring.forms.opening import Opener

    procedure = station.procedure()
    read: list[Returned] = []
    errors: list[CrosscheckError] = []
    with station.ledger.reading() as connection:
        lists = issuing.class_lists(connection, links)
        known = returning.known(connection, station, procedure, lists)
        stands = comparing.all_standing(connection, procedure)
    with Opener() as opener:
        for path in _files_in(paths):
            try:
                read.append(returning.returned(known, opener, path))
            except CrosscheckError as error:
                if error.of_computer:
                    raise
                errors.append(error)
    kept, twice = returning.told_apart(read)
    return [(form, comparing.differing(stands, form)) for form in kept], [*errors, *twice]


def _complained(errors: Sequence[CrosscheckError]) -> Exit:
    """Every error said; the status that goes with them."""
    for error in errors:
        click.echo(str(error), err=True)
    return Exit.INPUT if errors else Exit.DONE


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
        "List which forms went out, which came back, and where they differ.\n\nNeeds the coordinator's key.\n\n"
        "Example: crosscheck forms list --json"
    ),
)
@json_option
@with_station
def list_(station: Station, as_json: bool) -> None:
    from scoring.forms import comparing

    links = _joined(station)[1]
    with station.ledger.reading() as connection:
        found = comparing.states(connection, station, station.procedure(), links)
    columns = ("school", "class_set", "version", "exported", "returned", "stated", "missing", "differing")
    show([asdict(state) for state in found], columns, as_json=as_json, empty=_("No class has participants."))


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
@click.option("--why", required=True, help=N_("What it rests on."))
@with_station
def settle(station: Station, number: str, criterion: str, why: str) -> None:
    from scoring.forms import comparing

    with station.ledger.writing() as writer:
        comparing.answer(writer, station.procedure(), number, criterion, why)
    click.echo(_("Recorded: what stands is right."))
