"""`crosscheck custody`: packets over the table, out and back, one code after another; counted, and a point closed."""

from __future__ import annotations

import datetime
import getpass
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from crosscheck import facts, report_files, stages
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.i18n import N_, in_use
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.numbering import packet_code
from crosscheck.procedure import paper_digest
from crosscheck.report import Report
from crosscheck.session import Session, json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from packets import journal
from packets.allocations import written
from packets.custody import Count, Direction, GivenOut, Move, Packet, counted, whereabouts
from packets.errors import NothingPrinted, PacketsOutstanding, PointNeeded, PointNotClosed, PointUnknown
from packets.handlists import hand_lists
from packets.noting import Answer, clock, known_packets, note, note_in_file, print_of


@click.group(
    help=stages.help_of(
        "custody",
        "Read the code on a packet's cover with a hand scanner, or type its number. Without CODES, codes are taken one "
        "after another, each noted at once; an empty line ends. A check point without network writes into its own file "
        "(--journal), which `merge` takes in later.",
        "crosscheck custody out --point П1",
        "crosscheck custody back --point П1",
        "crosscheck custody --journal point-1.jsonl out --point П1",
        "crosscheck custody status",
    )
)
@click.option(
    "--journal",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Write into this file instead of the ledger; no station is needed."),
)
@click.pass_context
def custody(context: click.Context, file: Path | None) -> None:
    context.meta[_JOURNAL] = file


_JOURNAL = "packets.custody_commands.journal"
_CODES = click.argument("codes", nargs=-1)
_POINT = click.option("--point", help=N_("Check point; if not given, the one of the packet's expert."))


@custody.command("out", help=N_("Note packets as given out.\n\nExample: crosscheck custody out --point П1"))
@_CODES
@_POINT
def out(codes: tuple[str, ...], point: str | None) -> int:
    return _note(codes, Direction.OUT, point, "")


@custody.command("back", help=N_("Note packets as returned.\n\nExample: crosscheck custody back --point П1 000042-4"))
@_CODES
@_POINT
def back(codes: tuple[str, ...], point: str | None) -> int:
    return _note(codes, Direction.BACK, point, "")


@custody.command(
    "lost",
    help=N_("Declare a packet lost, with the reason.\n\nExample: crosscheck custody lost 000042-4 --why 'act 3'"),
)
@click.argument("code")
@_POINT
@click.option("--why", required=True, callback=required_words, help=N_("What happened, and by which act."))
def lost(code: str, point: str | None, why: str) -> int:
    return _note((code,), Direction.LOST, point, why.strip())


def _note(codes: tuple[str, ...], direction: Direction, point: str | None, why: str) -> int:
    file = click.get_current_context().meta[_JOURNAL]
    if file is not None:
        return _note_in_journal(file, codes, direction, point, why)
    return _note_in_ledger(codes, direction, point, why)


@with_station
def _note_in_ledger(station: Station, codes: tuple[str, ...], direction: Direction, point: str | None, why: str) -> int:
    paper, alarms = paper_digest(station.procedure()), False
    if point is not None:
        with station.ledger.reading() as connection:
            _require_known(point, known_packets(connection).points)
    for code in codes or _typed():
        entry = journal.Entry(code, direction, point or "", _now(), station.who, why)
        # A transaction for each code: whatever ends the program loses no packet that was confirmed.
        with station.ledger.writing() as writer:
            answer = note(writer, paper, entry, default_point=point is None)
        alarms |= _say(answer)
    return Exit.PERSON_NEEDED if alarms else Exit.DONE


def _note_in_journal(file: Path, codes: tuple[str, ...], direction: Direction, point: str | None, why: str) -> int:
    if point is None:
        raise PointNeeded
    session, alarms = click.get_current_context().find_object(Session), False
    named = session.who if session is not None else None
    who = named or os.environ.get("CROSSCHECK_WHO") or getpass.getuser()
    for code in codes or _typed():
        alarms |= _say(note_in_file(file, journal.Entry(code, direction, point, _now(), who, why)))
    return Exit.PERSON_NEEDED if alarms else Exit.DONE


def _typed() -> Iterator[str]:
    """Codes from the keyboard or a scanner that types, until an empty line or the end."""
    for line in sys.stdin:
        if not line.strip():
            return
        yield line.strip()


def _say(answer: Answer) -> bool:
    # The bell: whoever scans looks at the pile and not at the screen.
    bell = "\a" if answer.alarm and sys.stdout.isatty() else ""
    click.echo(f"{'! ' if answer.alarm else '  '}{answer.text}{bell}")
    return answer.alarm


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()


def _require_known(point: str, points: Iterable[str]) -> None:
    if point not in points:
        raise PointUnknown(point=point, points=", ".join(points))


@custody.command(
    "merge",
    help=N_(
        "Take journals of check points without network into the ledger. What was taken in before is left alone."
        "\n\nExample: crosscheck custody merge point-1.jsonl point-2.jsonl"
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_station
def merge(station: Station, files: tuple[Path, ...]) -> int:
    paper = paper_digest(station.procedure())
    noted = sorted((entry for file in files for entry in journal.entries(file)), key=lambda e: e.moment)
    with station.ledger.reading() as connection:
        points = known_packets(connection).points
    for entry in noted:
        _require_known(entry.point, points)
    with station.ledger.writing() as writer:
        alarms = [_say(note(writer, paper, entry)) for entry in noted]
    click.echo(_("Entries: {n}, to be looked at: {alarms}.").format(n=len(noted), alarms=sum(alarms)))
    return Exit.PERSON_NEEDED if any(alarms) else Exit.DONE


_COLUMNS = (
    N_("point"),
    N_("packets"),
    N_("not given out"),
    N_("still out"),
    N_("came back"),
    N_("declared lost"),
    N_("state"),
)
_STATES = {True: "closed", False: "open"}
_TOLD_STATES = {"closed": N_("point closed"), "open": N_("point open")}
_LISTED = (N_("packet"), N_("print"), N_("point"), N_("works"), N_("since"), N_("by"))


@custody.command(
    "status",
    help=N_(
        "Show how many packets of each check point are where, and list those that are out.\n\nEnds with 10 while "
        "packets are out.\n\nExample: crosscheck custody status --due 17:30"
    ),
)
@click.option("--due", help=N_("Time of today (HH:MM) by which packets had to be back; later ones are marked."))
@json_option
@with_station
def status(station: Station, due: str | None, *, as_json: bool) -> int:
    late = due is not None and datetime.datetime.now().astimezone() > _time(due)
    with station.ledger.reading() as connection:
        book = known_packets(connection)
        where = whereabouts(book.moves)
        out = [(book.packets[p], at.since) for p, at in where.items() if isinstance(at, GivenOut) and p in book.packets]
        listed = [_away_row(packet, since, print_of(connection, since)) for packet, since in out]
    counts = counted(book.packets.values(), where)
    rows = [_count_row(count, closed=count.point in book.closed) for count in counts]
    if as_json:
        click.echo(json.dumps({"points": rows, "out": listed, "late": late}, ensure_ascii=False, indent=2))
    else:
        told = [row | {"state": _(_TOLD_STATES[str(row["state"])])} for row in rows]
        show(told, _COLUMNS, as_json=False, empty=_("No packet is printed yet."))
        if listed:
            click.echo(_("\nLate, out since:") if late else _("\nOut since:"))
            show(listed, _LISTED, as_json=False)
    return Exit.PERSON_NEEDED if listed else Exit.DONE


def _time(text: str) -> datetime.datetime:
    try:
        hour = datetime.time.fromisoformat(text)
    except ValueError as e:
        raise click.UsageError(_("--due needs a time, as 17:30")) from e
    return datetime.datetime.combine(datetime.datetime.now().astimezone().date(), hour).astimezone()


def _count_row(count: Count, *, closed: bool) -> dict[str, object]:
    return {
        "point": count.point,
        "packets": count.all,
        "not given out": count.at_office,
        "still out": count.out,
        "came back": count.back,
        "declared lost": count.lost,
        "state": _STATES[closed],
    }


def _away_row(packet: Packet, since: Move, print_: int) -> dict[str, object]:
    return {
        "packet": packet_code(packet.packet),
        "print": print_,
        "point": since.point,
        "works": packet.works,
        "since": clock(since),
        "by": since.by,
    }


@custody.command(
    "close",
    help=N_(
        "Close a check point: every packet is back or declared lost.\n\nNothing is given out there afterwards. "
        "--reopen opens it again.\n\nExample: crosscheck custody close П1"
    ),
)
@click.argument("point")
@click.option("--reopen", is_flag=True, help=N_("Open it again; needs --why."))
@click.option("--why", default="", help=N_("Why it is opened again."))
@with_station
def close(station: Station, point: str, *, reopen: bool, why: str) -> None:
    if reopen and not why.strip():
        raise click.UsageError(_("--reopen needs --why"))
    with station.ledger.writing() as writer:
        book = known_packets(writer.connection)
        _require_known(point, book.points)
        if reopen:
            if point not in book.closed:
                raise PointNotClosed(point=point)
        else:
            count = next((c for c in counted(book.packets.values(), whereabouts(book.moves)) if c.point == point), None)
            if count is not None and not count.settled:
                raise PacketsOutstanding(point=point, out=count.out, left=count.at_office)
        if (point in book.closed) == reopen:
            revision = queries.next_revision(writer.connection, facts.PointClosed, point=point)
            writer.append(facts.PointClosed(point, revision, int(not reopen), why.strip()))
    click.echo((_("{point} is open again.") if reopen else _("{point} is closed.")).format(point=point))


def _as_pdf(lists: tuple[Report, ...]) -> bytes:
    """Every check point begins on a page of its own, numbered from 1."""
    from pypdf import PdfReader, PdfWriter

    whole, out = PdfWriter(), io.BytesIO()
    for each in lists:
        paper = io.BytesIO()
        report_files.write_pdf(each, paper)
        whole.append(PdfReader(paper))
    # Else the file would name the library that joined it.
    whole.metadata = {"/Creator": "crosscheck", "/Producer": "crosscheck"}
    whole.write(out)
    return out.getvalue()


def _as_workbook(lists: tuple[Report, ...]) -> bytes:
    first, out = lists[0], io.BytesIO()
    report_files.write_xlsx(replace(first, tables=tuple(table for each in lists for table in each.tables)), out)
    return out.getvalue()


@custody.command(
    "lists",
    help=N_(
        "Write the lists that check points sign: every packet, its expert, room for both signatures.\n\nFILE is a .pdf "
        "or an .xlsx. The coordinator's key is needed for the names.\n\nExample: crosscheck custody lists lists.pdf"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--point", help=N_("Of this check point only."))
@with_station
def lists(station: Station, file: Path, point: str | None) -> None:
    from packets import paper_gathering
    from packets.papers.points import listed as listed_of

    if file.suffix.lower() not in (".pdf", ".xlsx"):
        raise click.UsageError(_("FILE must end in .xlsx or .pdf"))
    with station.ledger.reading() as connection:
        known = known_packets(connection)
    if point is not None:
        _require_known(point, known.points)
    if not known.packets:
        raise NothingPrinted
    names = paper_gathering.expert_names(station, unlocked(station, Holder.COORDINATOR), "lists of check points")
    with station.ledger.reading() as connection:
        there = paper_gathering.check_points(connection, station.procedure(), names)
    listed = [one for at in there if point in (None, at.point) for one in listed_of(at)]
    made = hand_lists(station.procedure().title, listed, _, in_use())
    written(file, _as_pdf(made) if file.suffix.lower() == ".pdf" else _as_workbook(made))
    click.echo(_("{n} packets on the lists in {file}.").format(n=len(listed), file=file))
