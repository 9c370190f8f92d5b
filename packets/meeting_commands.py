"""`crosscheck meeting`: what the standardisation meeting decided, printed with the criteria."""

from __future__ import annotations

from pathlib import Path

import click

from crosscheck import stages
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import json_option, required_words, show, with_station
from crosscheck.station import Station


@click.group(
    help=stages.help_of(
        "meeting",
        "How a criterion is read, and points agreed on for exemplar works. What is recorded before packets are printed "
        "stands in every packet, behind the criteria; later decisions are a supplement, printed alone. Agreed points "
        "of works that are hidden among others are never printed: `crosscheck report` holds points against them.",
        "crosscheck meeting decide 6К1 'верный ответ без пояснения - 1 балл'",
        "crosscheck meeting agree 483291-5 1=1 2=2 6К1=X",
        "crosscheck meeting supplement решения.pdf",
    )
)
def meeting() -> None:
    pass


@meeting.command(
    help=N_(
        "Record a decision about a criterion, or about all (`all`).\n\nTEXT is printed as it is. --change gives "
        "decision N another text; the earlier one stays to be seen.\n\n"
        "Example: crosscheck meeting decide 6К1 'верный ответ без пояснения - 1 балл'"
    )
)
@click.argument("criterion")
@click.argument("text")
@click.option("--change", type=int, metavar="N", help=N_("The decision that gets this text."))
@click.option("--why", default="", help=N_("What it rests on."))
@with_station
def decide(station: Station, criterion: str, text: str, change: int | None, why: str) -> None:
    from packets import meeting_noting

    with station.ledger.writing() as writer:
        made = meeting_noting.decide(writer, station.procedure(), criterion, text, change, why)
    click.echo(_("Decision {number} is recorded.").format(number=made.decision) + _supplement(made.supplement))


def _supplement(late: int) -> str:
    """Packets are out already: the operator must hear that they don't have it."""
    if not late:
        return ""
    return " " + _("Packets are printed without it: print it alone (`crosscheck meeting supplement`).")


@meeting.command(
    help=N_(
        "Record the points agreed on for an exemplar work.\n\nNUMBER is any number of the work; POINTS as 6К1=2 or "
        "6К1=X. What experts give such a work is held against them in `crosscheck report`.\n\n"
        "Example: crosscheck meeting agree 483291-5 1=1 2=2 6К1=X"
    )
)
@click.argument("number")
@click.argument("points", nargs=-1, required=True)
@click.option("--why", default="", help=N_("What it rests on."))
@with_station
def agree(station: Station, number: str, points: tuple[str, ...], why: str) -> None:
    from crosscheck.meeting import packets_printed
    from packets import meeting_noting

    with station.ledger.writing() as writer:
        new = meeting_noting.agree(writer, station.procedure(), number, points, why)
        late = packets_printed(writer.connection)
    click.echo(_("Agreed points recorded: {n}.").format(n=new) + _supplement(int(late and bool(new))))


@meeting.command(
    help=N_(
        "Take back a decision, by its number, or the agreed points of a work, by a number of the work.\n\nAfter "
        "packets are printed, the supplement says that it was taken back.\n\n"
        "Example: crosscheck meeting undo 3 --why 'решено иначе'"
    )
)
@click.argument("name")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def undo(station: Station, name: str, why: str) -> None:
    from crosscheck.meeting import packets_printed
    from packets import meeting_noting

    with station.ledger.writing() as writer:
        what = meeting_noting.undo(writer, name, why)
        late = packets_printed(writer.connection)
    click.echo(_("Taken back: {what}.").format(what=what) + _supplement(int(late)))


@meeting.command(
    "list", help=N_("List decisions and agreed points as they stand.\n\nExample: crosscheck meeting list --json")
)
@json_option
@with_station
def list_(station: Station, as_json: bool) -> None:
    from crosscheck import facts
    from crosscheck import meeting as decided
    from crosscheck.db import queries
    from crosscheck.model import AnonymousNumber
    from crosscheck.numbering import spaced
    from crosscheck.times import at_minute
    from packets import meeting_noting
    from packets.drawing.meeting import points_told

    procedure = station.procedure()
    with station.ledger.reading() as connection:
        rows = meeting_noting.listed(queries.signed_rows(connection, facts.MeetingDecision))
        agreed, numbers = decided.agreed_points(connection), decided.exemplar_numbers(connection)
        known: dict[str, list[str]] = {}
        for one in queries.all_of(connection, facts.Number):
            known.setdefault(one.work, []).append(spaced(AnonymousNumber(one.number)))
    if not as_json:
        rows = [{**row, "at": at_minute(str(row["at"])), "text": row["text"] or _("taken back")} for row in rows]
    columns = ("decision", "criterion", "text", "supplement", "at", "who", "why")
    if as_json:
        points = [
            {"exemplar": numbers.get(work), "points": points_told(procedure, tuple(given.items()))}
            for work, given in agreed.items()
        ]
        show(
            [{"decisions": [{name: row[name] for name in columns} for row in rows], "exemplars": points}],
            (),
            as_json=True,
        )
        return
    show(rows, columns, as_json=False, empty=_("Nothing was decided."))
    for work, given in agreed.items():
        told = points_told(procedure, tuple(given.items()))
        said = _("exemplar {n}").format(n=numbers[work]) if work in numbers else _("hidden among works, not printed")
        click.echo(f"{said} ({', '.join(sorted(known.get(work, ())))}): {told}")


@meeting.command(
    help=N_(
        "Write what was decided after packets were printed, as a PDF to hand out alone.\n\n"
        "Example: crosscheck meeting supplement решения.pdf"
    )
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_station
def supplement(station: Station, file: Path) -> None:
    import io

    from crosscheck import meeting as decided
    from crosscheck import report_files
    from packets.allocations import written
    from packets.drawing.meeting import supplement_report
    from packets.meeting_noting import NothingDecided

    procedure = station.procedure()
    with station.ledger.reading() as connection:
        said = decided.supplement(connection)
    if not said.said:
        raise NothingDecided(name=_("that came after packets were printed"))
    out = io.BytesIO()
    report_files.write_pdf(supplement_report(procedure, said), out)
    written(file, out.getvalue())
    click.echo(_("Written: {files}.").format(files=file))
