"""Commands of other marks: `crosscheck marks check`, `import`, `list`, `undo`, `report`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import WorkId
from crosscheck.release import Links, join
from crosscheck.session import complained, json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station

if TYPE_CHECKING:
    from scoring.marks.reading import Register, TableRead

_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))


@dataclass(frozen=True, slots=True)
class Taken:
    """A file without a fault: its name, its bytes, what it says."""

    name: str
    content: bytes
    read: TableRead


@click.group(
    help=stages.help_of(
        "marks",
        "Marks in the journal and of the term, what the school gave for the works itself, results of state exams and "
        "of earlier years, and «Ф1 Индивидуальные результаты» of ФИС ОКО: XLSX or CSV, a row for each participant, "
        "known by code; the school joins them by its own list, and no name comes here. Marks are sealed for the "
        "coordinator and opened for publishing only; points of a school's own marking stand in the ledger by work, as "
        "those of its form do, and `crosscheck discrepancies` compares them.",
        "crosscheck marks check journal.xlsx",
        "crosscheck marks import journal.xlsx own-marking.xlsx",
        "crosscheck marks list",
    )
)
def marks() -> None:
    pass


def _joined(station: Station) -> tuple[PrivateKey, Links]:
    key = unlocked(station, Holder.COORDINATOR)
    return key, join(station, key, N_("marks from elsewhere"))


@marks.command(
    help=N_(
        "Say everything that is wrong with files of marks; record nothing.\n\nA code that is unknown or stands twice, "
        "a mark that can't be, a column that isn't known: each with its cell. Needs the coordinator's key and "
        "`crosscheck release`.\n\nExample: crosscheck marks check marks/"
    )
)
@_files
@with_station
def check(station: Station, files: tuple[Path, ...]) -> int:
    _key, links = _joined(station)
    taken, errors = _read(station, files, links)
    for one in taken:
        click.echo(_told(one, links))
    return complained(errors)


@marks.command(
    "import",
    help=N_(
        "Take in marks from files without a fault.\n\nOf a file with one fault nothing is taken. The newest file "
        "holds: a corrected one is imported in addition, a wrong one is taken back by `marks undo`. Where a mark "
        "differs from the school's electronic form, neither counts, and `marks list` names it. Delete the files "
        "afterwards.\n\nExample: crosscheck marks import marks/"
    ),
)
@_files
@with_station
def import_(station: Station, files: tuple[Path, ...]) -> int:
    from crosscheck import safe
    from scoring.marks import held

    key, links = _joined(station)
    taken, errors = _read(station, files, links)
    index = safe.open_index(station, key)
    known = held.opened(station, key)
    for one in taken:
        new = held.fresh(known, one.read)
        if new:
            with station.ledger.writing() as writer:
                known = held.record(writer, station, index, known, one.read, one.content)
        click.echo(_told(one, links) + " " + (_("New: {n}.").format(n=new) if new else _("Nothing new.")))
    return complained(errors) or _said_contradictions(station, key, links)


def _read(station: Station, paths: Sequence[Path], links: Links) -> tuple[list[Taken], list[CrosscheckError]]:
    """Files without a fault; errors of the rest."""
    from scoring.forms.opening import Opener
    from scoring.forms.received import files_in
    from scoring.marks.errors import MarkTwice
    from scoring.marks.known import told_apart

    register = _register(station, links)
    taken: list[Taken] = []
    errors: list[CrosscheckError] = []
    with Opener() as opener:
        for path in files_in(paths):
            try:
                taken.append(_taken(opener, path, register))
            except CrosscheckError as error:
                if error.of_computer:
                    raise
                errors.append(error)
    codes = {work: person.code for work, person in links.people.items()}
    apart = told_apart([(one.name, one.read) for one in taken], codes)
    for one in apart:
        errors.append(MarkTwice(file=one.file, other=one.other, code=one.code, what=one.what, count=one.count))
    wrong = {name for one in apart for name in (one.file, one.other)}
    return [kept for kept in taken if kept.name not in wrong], errors


def _taken(opener: object, path: Path, register: Register) -> Taken:
    from scoring.forms.opening import Opener
    from scoring.forms.reading import Faults
    from scoring.forms.received import problems, received
    from scoring.marks.form1 import is_form1, read_form1
    from scoring.marks.reading import read_table

    assert isinstance(opener, Opener)
    book = received(opener, path)
    read = (read_form1 if is_form1(book) else read_table)(book, path.name, register)
    if isinstance(read, Faults):
        raise problems(path.name, read.problems)
    return Taken(path.name, path.read_bytes(), read)


def _register(station: Station, links: Links) -> Register:
    from crosscheck import facts
    from crosscheck.db import queries
    from crosscheck.schoolbook import school_book
    from scoring.marks.own import own_scale
    from scoring.marks.reading import Known, Register

    procedure = station.procedure()
    by_work = {
        work: Known(work, links.schools[person.school][0], links.classes[person.class_set][1])
        for work, person in links.people.items()
    }
    with station.ledger.reading() as connection:
        given = queries.all_of(connection, facts.Number)
    return Register(
        {person.code: by_work[work] for work, person in links.people.items()},
        school_book(links.schools.values()),
        procedure.date.year,
        procedure.subject,
        own_scale(procedure),
        {one.number: by_work[WorkId(one.work)] for one in given if one.work in by_work},
    )


def _told(one: Taken, links: Links) -> str:
    said = _("{file}: {sources}; {rows} participants, {marks} marks; no mark of {missing} others.")
    return said.format(
        file=one.name,
        sources="; ".join((*(source.told() for source in one.read.sources), *_own_told(one.read))),
        rows=len(one.read.rows),
        marks=one.read.marks,
        missing=len(links.people) - len(one.read.rows),
    )


def _own_told(read: TableRead) -> list[str]:
    """The columns of a school's own marking in one word each, where there are any."""
    if not read.own:
        return []
    named = ", ".join(criterion or _("total") for criterion in read.own)
    return [_("school's own marking ({columns})").format(columns=named)]


def _said_contradictions(station: Station, key: PrivateKey, links: Links) -> Exit:
    from scoring.forms.layout import Datum
    from scoring.marks import held

    known = held.other_marks(station, key, links)
    for one in known.contradictions:
        click.echo(
            _("{code}: {what}: {in_file} in a file, {in_form} in the school's form; neither counts.").format(
                code=one.code, what=one.source.told(), in_file=one.in_file, in_form=one.in_form
            )
        )
    said = _("{code}: {what}: {in_table} in the table of participants, {in_form} in the school's form; neither counts.")
    for other in known.unclear:
        of_sex = other.datum is Datum.SEX
        words = {"m": _("male"), "f": _("female")} if of_sex else {}
        in_table, in_form = (words.get(text, text) for text in (other.in_table, other.in_form))
        what = _("sex") if of_sex else _("variant")
        click.echo(said.format(code=other.code, what=what, in_table=in_table, in_form=in_form))
    return Exit.PERSON_NEEDED if known.contradictions or known.unclear else Exit.DONE


@marks.command(
    "list",
    help=N_(
        "List the files of marks that were taken in, what they hold, and where they, or the table of participants, "
        "contradict a school's form.\n\n"
        "Needs the coordinator's key.\n\nExample: crosscheck marks list --json"
    ),
)
@json_option
@with_station
def list_(station: Station, as_json: bool) -> int:
    from crosscheck.times import at_minute
    from scoring.marks import held

    key, links = _joined(station)
    with station.ledger.reading() as connection:
        files = held.files_taken_in(connection)
    columns = ("imported", "at", "who", "columns", "participants", "marks", "withdrawn")
    rows = [{name: row[name] for name in columns} for row in files]
    if not as_json:
        rows = [{**row, "at": at_minute(str(row["at"])), "columns": _sources(str(row["columns"]))} for row in rows]
    show(rows, columns, as_json=as_json, empty=_("No marks were taken in."))
    return Exit.DONE if as_json else _said_contradictions(station, key, links)


def _sources(columns: str) -> str:
    """What a file holds, as people read it; recorded as `journal 2026, oge 2025 (31)`."""
    from scoring.marks.kinds import source_of

    # Any year will do that isn't over: what is recorded has its own.
    known = ((one, source_of(one, datetime.MAXYEAR)) for one in columns.split(", "))
    return "; ".join(one if source is None else source.told() for one, source in known)


@marks.command(
    help=N_(
        "Take a file of marks back: it counts no more, and what stood before it stands again.\n\nThe file's marks stay "
        "sealed; that it was taken back, by whom and why, is recorded.\n\n"
        "Example: crosscheck marks undo M002 --why 'marks of another term'"
    )
)
@click.argument("imported")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def undo(station: Station, imported: str, why: str) -> None:
    from scoring.marks import held

    with station.ledger.writing() as writer:
        held.withdraw(writer, imported.upper(), why)
    click.echo(_("{imported} counts no more.").format(imported=imported.upper()))


@marks.command(
    help=N_(
        "Write how results go with marks from elsewhere, and how the same participants did over the years.\n\nAs "
        "XLSX, PDF, HTML, CSV and JSON, in out/analysis or in FOLDER: correlations with limits, and means by year, of "
        "the "
        "district and of each school. For the methodist alone. Under ten participants nothing is said, and no school "
        "follows from the others. Needs the coordinator's key.\n\n"
        "Example: crosscheck marks report"
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@with_station
def report(station: Station, folder: Path | None) -> None:
    from scoring import results
    from scoring.marks import held
    from scoring.marks.report import marks_report
    from scoring.written import write_report

    procedure = station.procedure()
    key, links = _joined(station)
    known = held.other_marks(station, key, links)
    with station.ledger.reading() as connection:
        settled = results.results(procedure, results.settled_works(connection, procedure), links)
    target = folder or station.out / "analysis"
    write_report(station, marks_report(procedure, settled, known), target / "marks")
    click.echo(_("Written: {files}.").format(files=target / "marks.*"))
