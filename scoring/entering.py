"""`crosscheck enter`: score sheets keyed in by hand, key by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import click

from crosscheck import packetcode, stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import Procedure
from crosscheck.session import with_station
from crosscheck.station import Station
from scoring import audit, entry, settle
from scoring.entry import RowToKey
from scoring.keyboard import by_hand, keyboard
from scoring.keying import (
    AboveMaximum,
    Back,
    Check,
    Ended,
    Kept,
    NoSuchKey,
    Refusal,
    Refused,
    Row,
    RowFull,
    RowShort,
    Sign,
    State,
    SumDiffers,
    SumImpossible,
    keys,
    press,
)


@click.command(
    help=stages.help_of(
        "enter",
        "PACKET is the code on the cover, typed or read by a hand scanner; without it codes are asked for, one after "
        "another. Cells come in the order of the sheets, and the next one is asked at once: a digit is a whole value "
        "where nobody can give ten points, else Enter ends a one-digit value. X (or *, or the same key in the other "
        "alphabet) is not attempted; Backspace goes back a cell; Esc stops. A row ends with the last digit of the sum "
        "that is written there (- when none is), or with Enter where the sheet has none. What can't be is refused, "
        "and nothing is taken until Enter or Backspace. Every cell is kept at once: stop and go on whenever you like. "
        "What stands already is not asked again. Where the procedure asks for two people, each keys under their own "
        "name without seeing what the other keyed, and only what differs is asked of a third.",
        "crosscheck enter 000012-4",
        "crosscheck --who 'Орлова В. П.' enter",
    )
)
@click.argument("packet", required=False)
@with_station
def enter(station: Station, packet: str | None) -> int:
    procedure = station.procedure()
    with keyboard() as characters:
        if packet is not None:
            return _enter_packet(station, procedure, packet, characters)
        worst = int(Exit.DONE)
        while (code := typed_line(_("packet"), characters)) is not None:
            try:
                worst = max(worst, _enter_packet(station, procedure, code, characters))
            except CrosscheckError as error:  # a code that isn't one: the next may be
                click.echo(str(error))
        return worst


def typed_line(prompt: str, characters: Iterator[str], *, empty: bool = False) -> str | None:
    """A line as it is typed or scanned; None at Esc or the end of the input. `empty`: whether nothing is an answer."""
    click.echo(f"{prompt}> ", nl=False)
    typed = ""
    for character in chain.from_iterable(characters):
        (key,) = keys(character)
        if key is Sign.LEAVE:
            break
        if key is Sign.CONFIRM:
            if not typed.strip() and not empty:
                continue  # a scanner may end a line twice
            click.echo()
            return typed
        typed = typed[:-1] if key is Sign.BACK else typed + character
        click.echo(f"\r{prompt}> {typed} \b", nl=False)
    click.echo()
    return None


def _enter_packet(station: Station, procedure: Procedure, code: str, characters: Iterator[str]) -> int:
    with station.ledger.reading() as connection:
        found = entry.packet_of(connection, procedure, code)
        packet = found.packet
        rows = entry.rows_to_key(connection, procedure, packet, station.who)
    if found.by_keys:
        click.echo(f"{packet_code(packet)}: {_(packetcode.BY_KEYS)}")
    if rows and procedure.keying.entry_people > 1:
        click.echo(_("Packet {code}, keyed by {who}.").format(code=packet_code(packet), who=station.who))
    kept = 0
    for row in rows:
        done, cells = key_row(row, Recorder(station, procedure, row), characters)
        kept += cells
        if not done:
            break
    click.echo(_("{n} points keyed.").format(n=kept))
    return _tell_others(station, procedure, packet)


def _tell_others(station: Station, procedure: Procedure, packet: int) -> int:
    """What the next person has to do, and never what anybody keyed."""
    with station.ledger.reading() as connection:
        others = entry.for_others(connection, procedure, packet)
    if others.once:
        click.echo(_("Another person must key it, under their own name: {n} cells.").format(n=others.once))
    if others.differ:
        named = ", ".join(f"{spaced(AnonymousNumber(number))} {criterion}" for number, criterion in others.differ)
        click.echo(_("Keyed differently; a third person must key just these: {cells}.").format(cells=named))
    return Exit.PERSON_NEEDED if others.once or others.differ else Exit.DONE


# --- one row ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorder:
    """Where the cells of one row go, key by key. `audit`: of which audit, where what stands is checked."""

    station: Station
    procedure: Procedure
    row: RowToKey
    audit: str = ""

    def keep(self, event: Kept) -> None:
        with self.station.ledger.writing() as writer:
            entry.keep(writer, self.row.place(event.index), event.given, self.audit)

    def take_back(self, event: Back) -> None:
        with self.station.ledger.writing() as writer:
            entry.take_back(writer, self.row.place(event.index), self.audit)

    def end(self, event: Ended) -> None:
        with self.station.ledger.writing() as writer:
            if self.audit:
                audit.tell(writer, self.procedure, self.audit)
            else:
                entry.end_row(writer, self.procedure, self.row, event.how)


def key_row(one: RowToKey, recorder: Recorder, characters: Iterator[str]) -> tuple[bool, int]:
    """Key one row; whether it came to its end, and how many cells were keyed. What is shown follows what is kept."""
    row, state, kept = one.row, one.state, 0
    click.echo(_heading(row))
    click.echo(shown(row, state), nl=False)
    for character in by_hand(characters, told):
        (key,) = keys(character)
        if key is Sign.LEAVE:
            break
        before = state
        state, event = press(row, state, key)
        match event:
            case Kept():
                recorder.keep(event)
                kept += 1
            case Back():
                recorder.take_back(event)
                kept -= 1
            case Refused(why) if before.refusal is None:
                click.echo(f"\a\n{refusal(row, why)} {_('Enter, then go on.')}")
            case Ended():
                recorder.end(event)
                click.echo()
                return True, kept
            case _:
                pass
        click.echo(f"\r{shown(row, state)}", nl=False)
    click.echo()
    return False, kept


def told(code: str) -> None:
    """Say that a code was scanned where points are asked for."""
    said = _("The code {code} was scanned: nothing of it was taken. Finish this first, or stop with Esc.")
    click.echo(f"\a\n{said.format(code=code)}")


def _heading(row: Row) -> str:
    asked = "  ".join(f"{field.criterion}(0-{field.maximum},X)" for field in row.fields)
    ends = {
        Check.ENTER: "",
        Check.LAST_DIGIT: f"  {_('last digit of the sum')}",
        Check.WHOLE_SUM: f"  {_('sum')}",
    }[row.check]
    return f"{spaced(AnonymousNumber(row.number))}  {asked}{ends}"


def shown(row: Row, state: State) -> str:
    """The line of a row as far as it is keyed."""
    cells = " ".join(settle.spelled(given) for given in state.given)
    full = len(state.given) == len(row.fields)
    waits = f" = {state.pending}" if full and row.check is not Check.ENTER else f" {state.pending}"
    return f"> {cells}{waits if state.given else state.pending}".ljust(2 * len(row.fields) + 10)


def refusal(row: Row, why: Refusal) -> str:
    """Why a key was refused, in words."""
    match why:
        case AboveMaximum(criterion, found, maximum):
            return str(settle.NotPoints(found=found, criterion=criterion, maximum=maximum))
        case RowShort(keyed, fields):
            return _("{n} values are needed, {found} were typed.").format(n=fields, found=keyed)
        case RowFull():
            if row.check is Check.ENTER:
                return _("The row is full: end it with Enter, or go back with Backspace.")
            return _("The row is full: key its sum, - when none is written, or go back with Backspace.")
        case NoSuchKey(text):
            return _("The key {key!r} means nothing here.").format(key=text)
        case SumImpossible(found, most):
            return _("The sum of this row can't be {found}: it is {most} at most.").format(found=found, most=most)
        case SumDiffers(found, total):
            said = _("The points keyed make {total}, and the sum says {found}.").format(total=total, found=found)
            return f"{said} {_('Compare the row; if it is keyed as it stands, key the same sum again.')}"
