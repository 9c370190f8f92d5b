"""Commands of the scoring stages: parse, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import facts, rowsums, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.release import Links, join
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.audit_commands import audit
from scoring.outstanding import missing_
from scoring.written import write_both

if TYPE_CHECKING:
    from scoring.differences.kinds import Beside


@click.group(
    invoke_without_command=True,
    help=stages.help_of(
        "read",
        "A cell is accepted only when exactly one box is clearly crossed and all others are clearly blank; everything "
        "else "
        "waits in `crosscheck review`. Old prints, sheets of other procedures and second copies with other contents "
        "are "
        "refused by name. Sheets come in with `crosscheck ingest --sheets`.",
        "crosscheck read",
        "crosscheck read audit show",
    ),
)
@click.pass_context
def read(context: click.Context) -> int:
    return _read() if context.invoked_subcommand is None else Exit.DONE


@with_station
def _read(station: Station) -> int:
    from scoring import capture

    ran = capture.read_all(station)
    with station.ledger.reading() as connection:
        doubtful = len(state.doubtful_cells(connection))
        sums = len(rowsums.waiting(connection, station.procedure()))
        cells = queries.count_of(connection, facts.CellReading)
        refused = queries.count_of(connection, facts.SheetReading, outcome="refused")
    click.echo(
        _("{done} pages read; of {cells} cells {doubtful} wait for a person; {refused} pages refused.").format(
            done=ran.done, cells=cells, doubtful=doubtful, refused=refused
        )
    )
    if refused:
        click.echo(_("Why pages were refused, and what to do: `crosscheck findings list`."))
    if sums:
        click.echo(_("Row sums that wait for a person: {sums}.").format(sums=sums))
    return Exit.PERSON_NEEDED if doubtful or sums or refused else Exit.DONE


read.add_command(audit)
read.add_command(missing_)


@click.command(
    help=stages.help_of(
        "reconcile",
        "Each criterion is agreed, discrepant or incomplete by the procedure's rules; for essential discrepancies a "
        "third "
        "marking is called.",
        "crosscheck reconcile",
    )
)
@with_station
def reconcile(station: Station) -> None:
    from scoring import results

    procedure = station.procedure()
    with station.ledger.writing() as writer:
        done = results.reconcile(writer, procedure)
    click.echo(
        _("{complete} works complete, {settled} settled, {called} third markings called, {waiting} wait.").format(
            complete=done.complete, settled=done.settled, called=done.called, waiting=done.waiting
        )
    )


@click.command(
    help=stages.help_of(
        "report",
        "For methodists: what differs, by how much, where the evidence is and what happens next; agreement per "
        "criterion. "
        "XLSX and PDF in out/reports, with pictures of the cells as evidence beside them.",
        "crosscheck report",
    )
)
@with_station
def report(station: Station) -> None:
    from scoring import crops, pictures, results

    procedure = station.procedure()
    with station.ledger.reading() as connection:
        made = results.anonymous_report(connection, procedure)
        shown = results.evidence(connection, procedure)
    folder = station.out / "reports"
    for crop in shown:
        write_whole(
            _made(folder / "evidence") / f"{crops.short_name(crop)}.png", pictures.cell_picture(station.blobs, crop)
        )
    write_both(station, made, folder / "discrepancies")
    click.echo(_("{folder}: discrepancies.xlsx, discrepancies.pdf, {n} pictures.").format(folder=folder, n=len(shown)))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@click.command(
    help=stages.help_of(
        "publish",
        "After `crosscheck release`: one form per class-set, one report per school, a summary of the district and the "
        "discrepancy report with codes, as XLSX (and PDF) in out/results. Names never appear: the school alone knows "
        "them.",
        "crosscheck publish",
    )
)
@with_station
def publish(station: Station) -> None:
    from scoring import reports, results

    procedure = station.procedure()
    coordinator = unlocked(station, Holder.COORDINATOR)
    links = join(station, coordinator, "results of class-sets and schools")
    beside = _beside(station, coordinator, links)
    with station.ledger.reading() as connection:
        numbered = len(queries.numbered_works(connection))
        joined = results.results(connection, procedure, links)
        waiting = results.waiting_for_schools(connection, procedure)
        named = results.named_report(connection, procedure, links, beside)
    folder = station.out / "results"
    classes = sorted({(result.school, result.class_set) for result in joined})
    for school, class_set in classes:
        rows = [r for r in joined if (r.school, r.class_set) == (school, class_set)]
        form = reports.class_set_form(procedure, school, class_set, rows)
        write_both(station, form, folder / f"class-{school}-{class_set}")
    for school in sorted({school for school, _class in classes}):
        rows = [r for r in joined if r.school == school]
        write_both(station, reports.school_report(procedure, school, rows), folder / f"school-{school}")
    if joined:  # of no works there is no summary
        write_both(station, reports.district_summary(procedure, joined), folder / "district")
    write_both(station, named, folder / "discrepancies")
    click.echo(
        _("{works} works of {classes} class-sets published in {folder}; {left} not settled and left out.").format(
            works=len(joined), classes=len(classes), folder=folder, left=numbered - len(joined)
        )
    )
    if waiting:
        click.echo(_("{n} of these wait for what their schools gave: `crosscheck forms import`.").format(n=waiting))


def _beside(station: Station, coordinator: PrivateKey, links: Links) -> Beside:
    """Marks in journals, for the differences after release; the vault isn't opened where none were taken in."""
    from scoring.differences.kinds import Beside, JournalMark
    from scoring.marks import held

    with station.ledger.reading() as connection:
        if not any(queries.count_of(connection, kind) for kind in (facts.MarksFile, facts.SchoolReturn)):
            return Beside()
    marks = held.journal_marks(station, coordinator, links)
    people = links.people.items()
    return Beside(journal={work: JournalMark(marks[one.code]) for work, one in people if one.code in marks})
