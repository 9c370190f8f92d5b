"""`crosscheck print`: packets drawn, in the way that is asked for; joined by check point; printed again."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import stages
from crosscheck.errors import Exit
from crosscheck.i18n import LANGUAGES, N_, in_use
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station

if TYPE_CHECKING:
    from crosscheck.report import Report
    from packets.print_settings import Wish
    from packets.printing import Prepared

_LONGEST_TIME = 40
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")


@click.command(
    name="print",
    help=stages.help_of(
        "print",
        "One PDF per packet in out/packets, in the order of use: cover, instruction, criteria, anonymous copies, score "
        "sheets, report slip; print-log.csv says what each needs of paper. How to print is asked for once and kept: "
        "what was drawn in another way and is still here is drawn anew. --again prints a packet, a sheet or a page "
        "once more and makes what it replaces void. The coordinator's key is needed for the experts' names on the "
        "covers, and opens nothing else.",
        "crosscheck print",
        "crosscheck print --duplex --by 17:30 --join point",
        "crosscheck print --again 000042-4 --sheet 1 --why 'coffee'",
    ),
)
@click.option(
    "--duplex/--one-sided", default=None, help=N_("Both sides of the paper; every work and sheet on paper of its own.")
)
@click.option("--two-up/--one-up", default=None, help=N_("Two pages of copies on a side; sheets and covers never."))
@click.option("--ink", type=click.Choice(["grey", "black"]), help=N_("Copies in grey, or in black alone: small, fast."))
@click.option("--by", help=N_("Until when packets have to come back, as printed on the cover; '' leaves room for it."))
@click.option("--lang", type=click.Choice(LANGUAGES), help=N_("Language of packets that are drawn for the first time."))
@click.option(
    "--join", type=click.Choice(["point"]), help=N_("Also one file for each check point, in out/packets/points.")
)
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help=N_("Print log to write: .csv or .xlsx."))
@click.option("--again", metavar="PACKET", help=N_("Print this packet again; needs --why."))
@click.option("--sheet", type=click.IntRange(1), help=N_("With --again: only this score sheet."))
@click.option("--page", metavar="WORK:PAGE", help=N_("With --again: only this page, as printed on it."))
@click.option("--why", help=N_("With --again: what happened."))
def print_(
    duplex: bool | None,
    two_up: bool | None,
    ink: str | None,
    by: str | None,
    lang: str | None,
    join: str | None,
    log: Path | None,
    again: str | None,
    sheet: int | None,
    page: str | None,
    why: str | None,
) -> int:
    from packets.print_settings import Ink, Wish

    if by is not None and (fault := _fault_of_time(by)):
        raise click.UsageError(fault)
    if by and by.strip() and not _CLOCK.search(by):
        click.echo(_("--by names no time; it stands on covers as it is: {by}").format(by=by.strip()), err=True)
    if log is not None and log.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError(_("the print log must end in .csv or .xlsx"))
    wish = Wish(duplex, two_up, None if ink is None else Ink(ink), None if by is None else by.strip(), lang)
    if again is None:
        if sheet is not None or page is not None or why is not None:
            raise click.UsageError(_("--sheet, --page and --why go with --again"))
        return _print(wish, joined=join is not None, log=log)
    if why is None or not why.strip() or (sheet is not None and page is not None) or join or log:
        raise click.UsageError(_("--again needs --why, goes with --sheet or --page, and without --join and --log"))
    return _again(again, sheet, page, why.strip(), wish)


def _fault_of_time(by: str) -> str:
    """What is wrong with a time of return, if anything: words are taken as they are, times must exist."""
    if len(by) > _LONGEST_TIME:
        return _("--by has room for {n} characters").format(n=_LONGEST_TIME)
    if not by.isprintable():
        return _("--by takes one line, without signs that can't be printed")
    if wrong := next((found for found in _CLOCK.finditer(by) if int(found[1]) > 23 or int(found[2]) > 59), None):
        return _("--by: there is no time {time}").format(time=wrong[0])
    return ""


@with_station
def _print(station: Station, wish: Wish, *, joined: bool, log: Path | None) -> int:
    from packets import print_checks, print_state, print_telling, printing
    from packets.print_settings import NO_WISH

    names: Mapping[str, str] = {}
    failed = done = 0
    # Before anything is recorded: whoever can't open the names composes no packets.
    if joined or wish != NO_WISH or printing.packets_waiting(station):
        names = printing.names_of_experts(station, unlocked(station, Holder.COORDINATOR))
    prepared = printing.prepare(station, wish)
    if prepared.waiting:
        units = printing.units_of(station, prepared, names)
        print_checks.require_printable(units)
        needed = print_checks.estimated(units)
        said = _("{packets} packets, about {size}.").format(packets=len(units), size=print_checks.spelled(needed))
        click.echo(said, err=True)  # a notice, as progress is
        print_checks.require_room(station.out / "packets", needed)
        ran = printing.draw(station, prepared, names)
        done, failed = ran.done, ran.failed
    for sentence in print_telling.unchanged(prepared):
        click.echo(sentence)
    write_logs(station, log)
    _put_aside(station)
    if joined:
        _join(station, prepared, names)
    with station.ledger.reading() as connection:
        printed = print_state.prints(connection).values()
    text = _("{done} packets made; {packets} packets with {pages} pages in {out}.")
    pages = sum(one.file.pages for one in printed)
    click.echo(text.format(done=done, packets=len(printed), pages=pages, out=station.out / "packets"))
    return Exit.PERSON_NEEDED if failed else Exit.DONE


def write_logs(station: Station, log: Path | None) -> None:
    """The log beside the packets, and another where it is asked for."""
    from packets import print_state
    from packets.print_log import print_log

    with station.ledger.reading() as connection:
        made = print_log(station.procedure().title, print_state.logged(connection), _, in_use())
    beside = station.out / "packets" / "print-log.csv"
    if made.tables[0].rows or beside.exists():  # one that says what was taken back must not stay
        _write_log(beside, made)
        if log is not None:
            _write_log(log, made)


def _write_log(path: Path, made: Report) -> None:
    from crosscheck.report_files import csv_of, write_xlsx
    from packets.allocations import written

    if path.suffix.lower() == ".csv":
        written(path, csv_of(made.tables[0]))
    else:
        write_xlsx(made, out := io.BytesIO())
        written(path, out.getvalue())


def _put_aside(station: Station) -> None:
    """Files by check point that hold what counts no more must not be printed by mistake."""
    from packets import point_files, print_telling

    if moved := point_files.put_aside(station):
        click.echo(print_telling.moved(moved, point_files.folder_of(station)))


def _join(station: Station, prepared: Prepared, names: Mapping[str, str]) -> None:
    """Files by check point: of what was drawn just now or lost its file, else of everything that is still here; and
    what lies in none."""
    from packets import point_files, print_state, print_telling

    with station.ledger.reading() as connection:
        drawn = print_state.prints(connection).keys()
        here = print_state.still_here(connection) & drawn
        standing = print_state.standing_packets(connection) & drawn
        used, piecewise = print_state.in_use(connection), print_state.in_pieces(connection)
    fresh = ({packet.packet for packet in prepared.waiting} | point_files.left_over(station)) & here
    files = point_files.point_files(station, names, sorted(fresh or here), prepared.settings)
    click.echo(_("{n} files by check point in {folder}.").format(n=len(files), folder=point_files.folder_of(station)))
    for sentence in print_telling.in_no_file(standing - point_files.held(station), used, piecewise):
        click.echo(sentence)


@with_station
def _again(station: Station, code: str, sheet: int | None, page: str | None, why: str, wish: Wish) -> int:
    from packets import printing, reprinting

    what: reprinting.What = reprinting.Everything() if sheet is None else reprinting.OneSheet(sheet)
    names: Mapping[str, str] = defaultdict(str)  # a page of a copy bears no name
    if page is not None:
        found = reprinting.page_of(page)
        if found is None:
            raise click.UsageError(_("--page takes a number with its check digit and a page: 4832915:2"))
        what = found
    else:
        names = printing.names_of_experts(station, unlocked(station, Holder.COORDINATOR))
    done = reprinting.reprint(station, code, what, why, wish, names)
    write_logs(station, None)
    _put_aside(station)
    said = _("Print {print} of it: {pages} pages in {file}. What it replaces counts no more: take it out.")
    click.echo(said.format(print=done.print, pages=done.pages, file=done.file))
    return Exit.DONE
