"""Settling at a terminal: groups of look-alikes, then single cells, by as few keys as can be."""

from __future__ import annotations

import random
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click

from crosscheck import facts, numbering
from crosscheck.db import queries
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.model import AnonymousNumber, Given
from crosscheck.procedure import Procedure
from crosscheck.sheetform import choices
from crosscheck.station import Station
from crosscheck.wholefile import private_folder, write_whole
from scoring import contact, entering, queue, queueing, settle, sums
from scoring.keyboard import by_hand, keyboard
from scoring.keying import Field, Kept, Refused, Row, Sign, State, keys, press
from scoring.pictures import cell_picture
from scoring.queue import Group, Known, Shown
from scoring.queueing import Decided

_LATER, _UNDO = frozenset("sSыЫ"), frozenset("uUгГ")  # the same keys, whichever alphabet the keyboard is switched to


class _Stop(Exception):
    """The person wants to stop."""


class _Undone(Exception):
    """Something was taken back: what waits is another thing now."""


@dataclass(slots=True)
class _Desk:
    """A person at the terminal. `later`: what was left for later in this sitting."""

    station: Station
    procedure: Procedure
    characters: Iterator[str]
    opens: bool
    rng: random.Random
    later: set[object]


def work(station: Station, *, opens: bool, rng: random.Random | None = None) -> int:
    """Settle what waits until nothing is left or the person stops."""
    with keyboard() as characters:
        desk = _Desk(station, station.procedure(), characters, opens, rng or random.SystemRandom(), set())
        try:
            while True:
                try:
                    if not _round(desk):
                        break
                except _Undone:
                    pass
        except _Stop:
            click.echo()
    with station.ledger.reading() as connection:
        left = queueing.waiting(connection, desk.procedure, station.who)
    click.echo(_("Cells that wait for you: {cells}, sums: {sums}.").format(cells=len(left.cells), sums=len(left.sums)))
    return Exit.PERSON_NEEDED if left.cells or left.sums else Exit.DONE


def _round(desk: _Desk) -> bool:
    """Show what waits now, once; whether anything was shown."""
    with desk.station.ledger.reading() as connection:
        found = queueing.waiting(connection, desk.procedure, desk.station.who)
    percent = desk.procedure.keying.known_percent
    together = queue.groups(cell for cell in found.cells if cell.place not in desk.later)
    for group in together:
        _group(desk, queue.seeded(group, found.known, percent, desk.rng))
    if together:
        return True
    alone = [cell for cell in found.cells if cell.place not in desk.later]
    for shown in queue.with_known(alone, found.known, percent, desk.rng):
        _single(desk, shown)
    sums_left = [one for one in found.sums if _sum_name(one) not in desk.later]
    for one in sums_left:
        _sum(desk, one)
    return bool(alone or sums_left)


# --- a group ----------------------------------------------------------------------------------------


def _group(desk: _Desk, group: Group) -> None:
    crops = [_crop(desk, queueing.cell_of(shown), settle.spelled(group.given)) for shown in group.shown]
    title = _("Read as {value}: {n} cells. Which are not?").format(value=settle.spelled(group.given), n=len(crops))
    folder = desk.station.out / "review"
    private_folder(folder)
    picture = folder / f"{secrets.token_hex(6)}.png"
    write_whole(picture, contact.contact_picture(crops, title))
    try:
        click.echo(title)
        click.echo(str(picture))
        if desk.opens and sys.stdout.isatty():
            click.launch(str(picture))
        struck = _struck(desk, len(crops))
        if struck is None:
            desk.later |= {queueing.cell_of(shown).place for shown in group.shown}
            return
        with desk.station.ledger.writing() as writer:
            done = queueing.decide_group(writer, desk.procedure, group, struck)
        tell(done)
    finally:
        picture.unlink(missing_ok=True)


def _crop(desk: _Desk, cell: queue.Cell, proposed: str = "") -> contact.Crop:
    signs = tuple(map(settle.spelled, choices(cell.maximum))) if cell.boxes else ()
    return contact.Crop(cell_picture(desk.station.blobs, cell.crop), signs, proposed)


def _struck(desk: _Desk, cells: int) -> frozenset[int] | None:
    """The numbers that are typed; None: for later."""
    prompt = _("Numbers of those that are something else (Enter: none; S: later; U: undo; Esc: stop)")
    while True:
        line = entering.typed_line(prompt, desk.characters, empty=True)
        if line is None:
            raise _Stop
        if line.strip() in _LATER:
            return None
        if line.strip() in _UNDO:
            _undo(desk)
        words = re.split(r"[\s,;]+", line.strip()) if line.strip() else []
        if all(word.isascii() and word.isdigit() and 1 <= int(word) <= cells for word in words):
            return frozenset(map(int, words))
        click.echo(_("Type numbers from 1 to {n}, with spaces between them.").format(n=cells))


def tell_undone(found: queueing.Undone) -> None:
    """What taking back led to."""
    if found.waits or not found.others:
        click.echo(_("Taken back: {n} cells wait again.").format(n=found.waits))
    if found.others:
        said = _("Taken back: {n} cells, which were not read and don't wait here; what stood before stands again.")
        click.echo(said.format(n=found.others))


def _undo(desk: _Desk) -> None:
    try:
        with desk.station.ledger.writing() as writer:
            places = queueing.undo(writer, desk.station.who)
            found = queueing.undone(writer.connection, places)
    except queueing.NothingToUndo as nothing:
        click.echo(str(nothing))
        return
    tell_undone(found)
    desk.later -= set(places)
    raise _Undone


# --- a single cell ----------------------------------------------------------------------------------


def _single(desk: _Desk, shown: Shown) -> None:
    cell = queueing.cell_of(shown)
    _draw(_crop(desk, cell), f"{numbering.spaced(AnonymousNumber(cell.number))}  {cell.place.criterion}")
    given = _keyed(desk, cell)
    if given is None:
        if not isinstance(shown, Known):
            desk.later.add(cell.place)
        return
    if isinstance(shown, queue.Cell) and shown.stands not in (None, given) and not _confirmed(desk, shown.stands):
        desk.later.add(cell.place)
        return
    with desk.station.ledger.writing() as writer:
        done = queueing.decide_single(writer, desk.procedure, shown, given)
    tell(done)


def _draw(crop: contact.Crop, title: str) -> None:
    click.echo(title)
    columns = min(120, shutil.get_terminal_size((100, 24)).columns - 1)
    click.echo(contact.in_console(crop, columns))


def _keyed(desk: _Desk, cell: queue.Cell) -> Given | None:
    """What is keyed for a cell; None: for later."""
    row, now = Row(cell.number, (Field(cell.place.criterion, cell.maximum),)), State()
    click.echo(_("0-{maximum} or X (S: later; U: undo; Esc: stop)").format(maximum=cell.maximum) + "> ", nl=False)
    for character in by_hand(desk.characters, entering.told):
        if character in _LATER:
            click.echo()
            return None
        if character in _UNDO:
            click.echo()
            _undo(desk)
            continue
        (key,) = keys(character)
        if key is Sign.LEAVE:
            break
        before = now
        now, event = press(row, now, key)
        if isinstance(event, Kept):
            click.echo(settle.spelled(event.given))
            return event.given
        if isinstance(event, Refused) and before.refusal is None:
            click.echo(f"\a\n{entering.refusal(row, event.why)} {_('Enter, then go on.')}")
    raise _Stop


def _confirmed(desk: _Desk, stands: Given | None) -> bool:
    assert stands is not None
    said = _("{value} stands there, and is in doubt. Enter puts yours in its place; any other key leaves it for later.")
    click.echo(said.format(value=settle.spelled(stands)))
    return next(by_hand(desk.characters, entering.told), "") in ("\r", "\n")


# --- a sum ------------------------------------------------------------------------------------------


def _sum_name(one: facts.SumReading) -> tuple[str, int, int, int]:
    return one.work, one.marking, one.part, one.sheet


def _sum(desk: _Desk, one: facts.SumReading) -> None:
    with desk.station.ledger.reading() as connection:
        number = queries.all_of(connection, facts.Number, work=one.work, marking=one.marking, part=one.part)[-1].number
    name = sums.place_name(one.sheet)
    crop = contact.Crop(cell_picture(desk.station.blobs, one.crop))
    _draw(crop, f"{numbering.spaced(AnonymousNumber(number))}  {name}")
    while True:
        line = entering.typed_line(_("Sum of the row, - when none is written (S: later; Esc: stop)"), desk.characters)
        if line is None:
            raise _Stop
        if line.strip() in _LATER:
            desk.later.add(_sum_name(one))
            return
        try:
            with desk.station.ledger.writing() as writer:
                sums.key(writer, desk.procedure, sums.SumPlace(one.key, one.sheet), line, "")
            return
        except CrosscheckError as error:
            click.echo(str(error))


# --- what is said -----------------------------------------------------------------------------------


def tell(done: Decided) -> int:
    """Say what a decision left open, and never what others said."""
    if done.struck:
        click.echo(_("Struck out, to be looked at alone: {n}.").format(n=done.struck))
    if done.second:
        click.echo(_("Another person must say the same, without having seen it: {n}.").format(n=done.second))
    if done.differ:
        click.echo(_("People say different things; one who said nothing yet must look: {n}.").format(n=done.differ))
    return Exit.PERSON_NEEDED if done.second or done.differ else Exit.DONE
