"""Commands of the scoring stages: parse, call, print."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import facts, rowsums, safe, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.release import Links, join
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import write_whole
from scoring.audit_commands import audit
from scoring.formats import Format
from scoring.outstanding import missing_
from scoring.written import ON_PAPER, write_report

if TYPE_CHECKING:
    from scoring.differences.kinds import WorkSeen
    from scoring.marks.known import OtherMarks
    from scoring.reports import WorkResult


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
        "criterion; readers: severity, drift, halo and agreement of experts with intervals. "
        "XLSX, PDF, HTML, CSV and JSON in out/reports, with pictures of the cells as evidence beside them. --expert "
        "writes one expert's "
        "own report, with nobody else's figures, to give to that expert.",
        "crosscheck report",
        "crosscheck report --expert 12",
    )
)
@click.option("--expert", metavar="NUMBER", help=N_("Only the own report of this expert, by number."))
@with_station
def report(station: Station, expert: str | None) -> None:
    from scoring import analysis, crops, pictures, results

    if expert is not None:
        _own_report(station, expert)
        return
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        seen = results.works_seen(connection, procedure)
        listed = results.entries(connection, procedure, seen)
        experts = analysis.of_experts(connection, procedure, seen)
    made, shown = results.anonymous_report(procedure, seen, listed), results.evidence(listed)
    folder = station.out / "reports"
    for crop, picture in pictures.cell_pictures(station.blobs, shown):
        write_whole(_made(folder / "evidence") / f"{crops.short_name(crop)}.png", picture)
    write_report(station, made, folder / "discrepancies")
    write_report(station, experts, folder / "readers")
    click.echo(
        _("{folder}: discrepancies and readers (XLSX, PDF, HTML, CSV, JSON), {n} pictures.").format(
            folder=folder, n=len(shown)
        )
    )


def _own_report(station: Station, expert: str) -> None:
    """One expert's own report: nothing else is written, so that nothing else is handed out by mistake."""
    from scoring import analysis

    with station.ledger.reading() as connection:
        made = analysis.of_expert(connection, station.procedure(), expert)
    stem = station.out / "experts" / f"expert-{expert}"
    write_report(station, made, stem, ON_PAPER)
    click.echo(f"{stem}.pdf")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@click.command(
    help=stages.help_of(
        "publish",
        "After `crosscheck release`, in out/results: a form for each class-set and one in the layout Ф1 for each "
        "school, a report and a letter for each school, the report of the district and the discrepancy report with "
        "codes. As XLSX, PDF, HTML, CSV and JSON, or only what --format asks for. Names of participants never appear: "
        "the school alone knows them. For the methodist alone, in out/analysis: possible markers of bias, and experts "
        "by name.",
        "crosscheck publish",
        "crosscheck publish --format html --format xlsx",
    )
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([form.value for form in Format]),
    help=N_("Write only this format; may be given several times. Default: all."),
)
@with_station
def publish(station: Station, formats: tuple[str, ...]) -> None:
    from scoring import publishing, results
    from scoring.letters import deadlines_of
    from scoring.marks import held

    procedure = station.procedure()
    coordinator = unlocked(station, Holder.COORDINATOR)
    links = join(station, coordinator, "results of class-sets and schools")
    known = held.other_marks(station, coordinator, links)
    asides = known.asides(procedure.date.year)
    beside = held.journal_beside(station, coordinator, links, known)
    with station.ledger.reading() as connection:
        at = queries.position(connection)
        deadlines = deadlines_of(connection, station, links, datetime.datetime.now().astimezone())
        settled = results.settled_works(connection, procedure)
        seen = results.works_seen(connection, procedure)
        listed = results.entries(connection, procedure, seen, beside)
    joined = results.results(procedure, settled, links, asides)
    waiting = results.waiting_for_schools(procedure, settled)
    named = results.named_report(procedure, seen, listed, links)
    folder = station.out / "results"
    wanted = frozenset(Format(name) for name in formats) or frozenset(Format)
    differences = publishing.Document("discrepancies", lambda: named)
    publishing.publish(station, folder, [*publishing.documents(procedure, joined, deadlines), differences], wanted, at)
    _analysis(station, coordinator, seen, joined, links, known, wanted, at)
    older = sorted({f.suffix for f in folder.iterdir() if f.suffix[1:] in {one.value for one in set(Format) - wanted}})
    classes = {(result.school, result.class_set) for result in joined}
    click.echo(
        _("{works} works of {classes} class-sets published in {folder}; {left} not settled and left out.").format(
            works=len(joined), classes=len(classes), folder=folder, left=len(settled) - len(joined)
        )
    )
    click.echo(_("For the methodist alone: possible markers and experts by name in out/analysis."))
    if older:
        said = _("Files of earlier publications lie beside these ({formats}): publish them again, or delete them.")
        click.echo(said.format(formats=", ".join(older)))
    if differing := len({one.participant for one in joined if one.unclear}):
        said = _("Of {n} participants sources differ in variant, sex or marks: `crosscheck marks list`.")
        click.echo(said.format(n=differing))
    if waiting:
        click.echo(_("{n} of these wait for what their schools gave: `crosscheck forms import`.").format(n=waiting))


def _analysis(
    station: Station,
    coordinator: PrivateKey,
    seen: tuple[WorkSeen, ...],
    joined: Sequence[WorkResult],
    links: Links,
    known: OtherMarks,
    formats: frozenset[Format],
    at: int,
) -> None:
    """Possible markers, and experts by name: after release, for the methodist alone."""
    from scoring import analysis

    procedure, folder = station.procedure(), station.out / "analysis"
    why = "possible markers and experts for the methodist"
    people = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.PUBLISH, coordinator, why)
    with station.ledger.reading() as connection:
        found = analysis.of_markers(connection, procedure, seen, joined, links, known)
        experts = analysis.of_named_experts(connection, procedure, seen, people)
    write_report(station, found, folder / "markers", formats, at)
    write_report(station, experts, folder / "readers", formats, at)
