"""The command of check day: somebody doesn't come, comes late, finds a conflict; a packet is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crosscheck import facts, identity, numbering, packetcode, safe
from crosscheck.conflicts import OfSchool, OfWork, Target
from crosscheck.db import queries
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import AnonymousNumber, ExpertId, SchoolToken, WorkId
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import paper_digest
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind

if TYPE_CHECKING:
    from packets.repairing import Change, Repaired

_MOST_SHOWN = 40
REASONS = {
    "absent": N_("the expert is absent"),
    "conflict": N_("conflict of interest"),
    "together": N_("two markers who may not meet"),
    "room": N_("makes room for another work"),
    "handed_over": N_("taken over by a late expert"),
    "lost": N_("the packet is lost"),
}


class NoSuchTarget(CrosscheckError):
    number, exit = 6062, Exit.USAGE
    sentence = "{target} is neither the number of a work nor that of a school."
    remedy = "Type the seven digits printed on the work, or the school's number as in the table schools."


def _reason(context: click.Context, _option: click.Parameter, why: str) -> str:
    if not why.strip() and not context.params.get("dry"):
        raise click.BadParameter(_("a reason is needed: what happened?"))
    return why


@click.command(
    help=N_(
        "Give anew what can't stay with whom it is, and change nothing else.\n\nAn expert doesn't come, comes late, "
        "finds a conflict with a work or a school, or a packet is lost: only the markings this touches are taken back, "
        "and nothing moves whose scores came back. If no place is left, works that are still out make room, as few as "
        "can be. What is written on sheets that were taken back counts for nothing. Without options, what conflicts "
        "registered since forbid is given anew. Look with --dry-run first; print what is new with `crosscheck print`. "
        "Experts are named by the code of the table experts or by their opaque code."
        "\n\nExample: crosscheck allocate repair --absent Э07 --dry-run"
        "\n\nExample: crosscheck --who 'Петрова А. И.' allocate repair --absent Э07 --why 'call at 8:40'"
        "\n\nExample: crosscheck allocate repair --conflict Э03 483291-5 --why 'knows the handwriting'"
        "\n\nExample: crosscheck allocate repair --late Э07 --take-over 10 --why 'came at 11'"
        "\n\nExample: crosscheck allocate repair --lost 000012-4 --why 'not in the box of check point 2'"
    )
)
@click.option("--dry-run", "dry", is_flag=True, is_eager=True, help=N_("Only show what would change."))
@click.option("--absent", multiple=True, metavar="CODE", help=N_("This expert isn't there."))
@click.option("--late", multiple=True, metavar="CODE", help=N_("This expert has come and may get works again."))
@click.option(
    "--take-over",
    "take_over",
    type=click.IntRange(1, 999),
    metavar="N",
    help=N_("Let late experts take over at most N works of those who have most."),
)
@click.option(
    "--conflict",
    "conflicts",
    multiple=True,
    nargs=2,
    metavar="CODE WORK|SCHOOL",
    help=N_("This expert may not mark this work, or any work of this school."),
)
@click.option("--lost", multiple=True, metavar="PACKET", help=N_("This packet is lost: print it anew."))
@click.option("--why", default="", callback=_reason, help=N_("What happened, for the protocol."))
@click.option("--names", is_flag=True, help=N_("Numbers of schools, codes of experts: asks the coordinator too."))
@json_option
@with_station
def repair(
    station: Station,
    dry: bool,
    absent: tuple[str, ...],
    late: tuple[str, ...],
    take_over: int | None,
    conflicts: tuple[tuple[str, str], ...],
    lost: tuple[str, ...],
    why: str,
    names: bool,
    as_json: bool,
) -> int:
    from packets import point_files, print_telling, repairing
    from packets.print_commands import write_logs

    if take_over and not late:
        raise click.UsageError(_("--take-over goes with --late"))
    people, paper = _People(station), paper_digest(station.procedure())
    if names:
        people.open_names()
    gone, come = (tuple(people.find(code) for code in codes) for codes in (absent, late))
    if set(gone) & set(come):
        raise click.UsageError(_("the same expert can't be absent and have come"))
    happened = repairing.Happened(
        absent=gone,
        late=come,
        conflicts=tuple((people.find(code), people.target(what)) for code, what in conflicts),
        lost=tuple(packet_code(packetcode.required(code, paper).packet) for code in lost),
        take_over=take_over or 0,
        why=why,
    )
    done = repairing.repaired(station, unlocked(station, Holder.ORGANISER), happened, dry=dry)
    moved = [] if dry else _put_aside(station)
    if not dry:
        write_logs(station, None)  # packets that were taken back are in no log of what to print
    _show_changes(done.changes, people, as_json=as_json)
    if as_json:
        return Exit.DONE
    _collect(done.changes, people)
    _say(done, dry=dry)
    if moved:
        click.echo(print_telling.moved(moved, point_files.folder_of(station)))
    return Exit.DONE


class _People:
    """Experts and schools as people call them; the coordinator's key is asked for only where a code isn't opaque."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._key: PrivateKey | None = None
        self._experts: identity.Experts | None = None
        with station.ledger.reading() as connection:
            self._codes = [ExpertId(e.expert) for e in queries.latest_of(connection, facts.Expert)]
            self._numbers = {n.number: WorkId(n.work) for n in queries.all_of(connection, facts.Number)}

    def _coordinator(self) -> PrivateKey:
        self._key = self._key or unlocked(self._station, Holder.COORDINATOR)
        return self._key

    def find(self, text: str) -> ExpertId:
        opaque = [code for code in self._codes if text and code.startswith(text)]
        if len(opaque) == 1:
            return opaque[0]
        return self.open_names().find(text)

    def open_names(self) -> identity.Experts:
        """Codes of experts as the district has them; asks for the coordinator's key."""
        if self._experts is None:
            self._experts = identity.known_experts(self._station, self._coordinator(), Purpose.CONFLICTS)
        return self._experts

    def told(self, expert: ExpertId) -> str:
        return self._experts.codes.get(expert, expert) if self._experts else expert

    def target(self, text: str) -> Target:
        """A work by its number, else a school by its own. Raises NoSuchTarget."""
        number = numbering.parsed(text) or text
        if number in self._numbers:
            return OfWork(self._numbers[number])
        rows = safe.open_json(
            self._station, RecordKind.SCHOOL, Purpose.CONFLICTS, self._coordinator(), "a conflict of check day"
        )
        found = [token for token, row in rows.items() if row["school"].casefold() == text.strip().casefold()]
        if len(found) != 1:
            raise NoSuchTarget(target=text)
        return OfSchool(SchoolToken(found[0]))


def _show_changes(changes: Sequence[Change], people: _People, *, as_json: bool) -> None:
    rows = [
        {
            "number": spaced(AnonymousNumber(c.number)),
            "from": people.told(c.before),
            "to": people.told(c.expert) if c.expert else "-",
            "reason": c.reason if as_json else _(REASONS[c.reason]),
            "packet": packet_code(c.packet) if c.packet else "",
            "printed": c.printed,
        }
        for c in (changes if as_json else changes[:_MOST_SHOWN])
    ]
    columns = ("number", "from", "to", "reason", "packet")
    show(rows, columns, as_json=as_json, empty=_("Nothing has to be given anew."))
    if len(rows) < len(changes):
        click.echo(_("… and {n} more; --json lists all.").format(n=len(changes) - len(rows)))


def _collect(changes: Sequence[Change], people: _People) -> None:
    """What lies on paper with somebody who has to give it back."""
    out: dict[tuple[int, ExpertId], list[str]] = {}
    for c in changes:
        if c.printed and c.reason != "lost":
            out.setdefault((c.packet, c.before), []).append(spaced(AnonymousNumber(c.number)))
    for (packet, expert), numbers in sorted(out.items()):
        text = _("Take back from {expert}, packet {packet}: {n} works ({numbers}).")
        listed = ", ".join(numbers)
        click.echo(text.format(expert=people.told(expert), packet=packet_code(packet), n=len(numbers), numbers=listed))


def _say(done: Repaired, *, dry: bool) -> None:
    changed = sum(bool(c.expert) for c in done.changes)
    if fallen := len(done.changes) - changed:
        click.echo(_("Hidden works that fall away, because they stand for nothing: {n}.").format(n=fallen))
    if changed:
        text = _("Would be given anew: {n} markings; loads differ by {gap} at most; verified.")
        made = _("Given anew: {n} markings; loads differ by {gap} at most; verified.")
        click.echo((text if dry else made).format(n=changed, gap=done.load_gap))
    if done.gone and done.gone + done.moved == done.fewest:
        click.echo(_("Fewer changes are not possible."))
    elif done.moved:
        click.echo(_("At least {fewest} changes are needed.").format(fewest=done.fewest))
    if done.moved:
        click.echo(_("{n} works that could stay had to make room.").format(n=done.moved))
    if done.gone and not done.even:
        click.echo(_("It isn't proven that loads can't be more even with as few changes."))
    if done.stay:
        click.echo(_("{n} markings of absent experts came back, at least in part, and stay.").format(n=done.stay))
    if not done.reserved:
        click.echo(_("The reserve for third markings could not be kept."))
    if changed and not dry:
        click.echo(_("Print the new packets with `crosscheck print`."))


def _put_aside(station: Station) -> list[str]:
    """What counts no more must not be printed again: packets of which nothing counts, and files by check point with
    one of them, whose names are returned."""
    from packets import point_files, repairing

    folder = station.out / "packets"
    for packet in repairing.empty_packets(station):
        paper = folder / f"{packet_code(packet)}.pdf"
        if paper.exists():
            (folder / "taken-back").mkdir(exist_ok=True)
            paper.replace(folder / "taken-back" / paper.name)
    return point_files.put_aside(station)
