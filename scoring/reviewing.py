"""`crosscheck review`: people settle what the machine could not read beyond doubt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from crosscheck import facts, rowsums, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import Procedure
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from scoring import blind, looks, queueing, settle, sums, working
from scoring.looks import Saying
from scoring.pictures import cell_picture


class NothingRead(CrosscheckError):
    number, exit = 3075, Exit.USAGE
    sentence = "Criterion {criterion} of {number} was not read from a sheet: there is no picture."
    remedy = "Scores that were keyed have no picture; look at the paper."


class NothingToReview(CrosscheckError):
    number, exit = 3091, Exit.USAGE
    sentence = "Criterion {criterion} of {number} was neither read nor keyed: there is nothing to look at."
    remedy = "Scan its sheet, or key it in with `crosscheck enter`."


@click.group(
    help=stages.help_of(
        "review",
        "`work` shows look-alikes together and the rest one by one. A cell is named by the number printed in its row "
        "and the criterion above its column. What you decide stands "
        "beside what the machine saw, with your name; it can be corrected, never overwritten. The sum of a row is "
        "named sum:1 for the first sheet of the packet; type - when none is written. Where the procedure asks for two "
        "people, a cell is settled when a second one says the same without having seen it.",
        "crosscheck --who 'Орлова В. П.' review work",
        "crosscheck review list",
        "crosscheck review show 483291-5 6К1 --out cell.png",
        "crosscheck --who 'Орлова В. П.' review set 483291-5 6К1 2",
        "crosscheck review set 483291-5 sum:1 14",
    )
)
def review() -> None:
    pass


@review.command(
    "work",
    help=N_(
        "Settle what waits, picture by picture. Cells that are read alike come together, numbered on one picture: type "
        "the numbers of those that are something else, or Enter when there are none. Then single cells, drawn in the "
        "console: key what you see. U takes the last decision back, S leaves it for later, Esc stops. A few of the "
        "cells are known ones; they tell how well you see, and change no points."
        "\n\nExample: crosscheck --who 'Орлова В. П.' review work"
    ),
)
@click.option("--no-open", is_flag=True, help=N_("Only write pictures to files, don't open them."))
@with_station
def work(station: Station, no_open: bool) -> int:
    return working.work(station, opens=not no_open)


@review.command("list", help=N_("List cells that wait for a person.\n\nExample: crosscheck review list --json"))
@json_option
@with_station
def list_cells(station: Station, as_json: bool) -> None:
    procedure = station.procedure()
    owners, order = procedure.owners, {criterion.id: at for at, criterion in enumerate(procedure.criteria)}
    with station.ledger.reading() as connection:
        doubtful = state.doubtful_cells(connection)
        waiting = rowsums.waiting(connection, procedure)
        rows = {r.key: r for r in queries.standing_rows(connection)}
        said = looks.by_cell(connection)
    listed: list[dict[str, Any]] = [
        {
            "number": row.number,
            "criterion": cell.criterion,
            "seen": cell.kind,
            "candidates": cell.candidates,
            "rule": cell.rule,
            "people": len(blind.voices(said.get(queueing.place_of(cell), ()))),
            "packet": row.packet,
        }
        for cell in doubtful
        for row in [rows[owners.key(cell.work, cell.marking, cell.criterion)]]
    ]
    listed += [
        {
            "number": rows[one.key].number,
            "criterion": sums.place_name(one.sheet),
            "seen": one.kind,
            "candidates": json.dumps(list(json.loads(one.measures).get("believed", {}))),
            "rule": "row_sum",
            "people": 0,
            "packet": rows[one.key].packet,
        }
        for one in waiting
    ]
    at = {row.number: row.row for row in rows.values()}
    listed.sort(key=lambda row: (row["packet"], at[row["number"]], order.get(row["criterion"], len(order))))
    columns = ("packet", "number", "criterion", "seen", "candidates", "rule", "people")
    show(
        listed if as_json else [_as_printed(row) for row in listed],
        columns,
        as_json=as_json,
        empty=_("No cell waits for a person."),
        words=("seen", "rule"),
    )


def _as_printed(row: Mapping[str, Any]) -> Mapping[str, object]:
    """A row of the listing as its paper has it: codes spaced, what was seen in the order of the boxes."""
    seen = sorted(json.loads(row["candidates"]), key=lambda one: (not one.isdigit(), len(one), one))
    return {
        **row,
        "packet": packet_code(row["packet"]),
        "number": spaced(AnonymousNumber(row["number"])),
        "candidates": ", ".join(seen),
    }


@review.command(
    "show", help=N_("Write the picture of a cell.\n\nExample: crosscheck review show 483291-5 6К1 --out cell.png")
)
@click.argument("number")
@click.argument("criterion")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help=N_("Where to write it."))
@with_station
def show_cell(station: Station, number: str, criterion: str, out: Path) -> None:
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        picture = _picture(connection, procedure, number, criterion)
    out.write_bytes(cell_picture(station.blobs, picture))
    click.echo(str(out))


def _picture(connection: Connection, procedure: Procedure, number: str, criterion: str) -> str:
    if (sheet := sums.sheet_named(criterion)) is not None:
        return sums.reading_of(connection, sums.SumPlace(settle.numbered(connection, number), sheet)).crop
    place = settle.place_of(connection, procedure, number, criterion)
    cell = queries.one_of(connection, facts.CellReading, **looks.where(place))
    if cell is None:
        raise NothingRead(criterion=criterion, number=number)
    return cell.crop


@review.command("set", help=N_("Say what a cell shows.\n\nExample: crosscheck review set 483291-5 6К1 2"))
@click.argument("number")
@click.argument("criterion")
@click.argument("value")
@click.option("--why", default="", help=N_("Why, where it is not plain."))
@click.option("--correct", is_flag=True, help=N_("Replace a score that stands; needs --why."))
@with_station
def set_cell(station: Station, number: str, criterion: str, value: str, why: str, correct: bool) -> int:
    if correct and not why:
        raise click.UsageError(_("A correction needs a reason: --why."))
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        if (sheet := sums.sheet_named(criterion)) is not None:
            place_of_sum = sums.SumPlace(settle.numbered(writer.connection, number), sheet)
            sums.key(writer, procedure, place_of_sum, value, why)
            return Exit.DONE
        place = settle.place_of(writer.connection, procedure, number, criterion)
        given = settle.given_of(procedure, place.criterion, value)
        _require_something(writer.connection, place, number)
        if not correct:
            settle.require_free(writer.connection, place, given)
        if settle.stands_undoubted(writer.connection, place, given):
            return Exit.DONE
        looks.say(writer, place, given, Saying("review", looks.act_of(writer.connection, place)))
        verdict = looks.conclude(writer, procedure, place, "review", why, correct=correct)
    return working.tell(queueing.Decided().plus(verdict))


def _require_something(connection: Connection, place: settle.Place, number: str) -> None:
    """Without a reading and without a score there is nothing that one could see: the first to say something would be
    the only one, also where two must key."""
    where = looks.where(place)
    read = queries.one_of(connection, facts.CellReading, **where)
    if read is None and not queries.standing_scores(connection, **where):
        raise NothingToReview(criterion=place.criterion, number=number)


@review.command(
    "undo",
    help=N_(
        "Take back what you decided last; where it was a group of look-alikes, all of it. What was read "
        "waits again, and what you had said stays to be seen.\n\nExample: crosscheck --who 'Орлова В. П.' review undo"
    ),
)
@with_station
def undo(station: Station) -> None:
    with station.ledger.writing() as writer:
        found = queueing.undone(writer.connection, queueing.undo(writer, station.who))
    working.tell_undone(found)


@review.command(
    "measure",
    help=N_(
        "How well people see: of known cells that were mixed in, how many each person got wrong, and what share that "
        "bounds; of cells that others looked at too, how many were overruled. For the organiser; it changes no "
        "points.\n\nExample: crosscheck review measure --json"
    ),
)
@json_option
@with_station
def measure(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = queueing.measure(connection)
    rows = [
        {
            "who": one.who,
            "known": one.known,
            "wrong": one.wrong,
            "let_pass": one.passed,
            "struck_wrongly": one.struck,
            "keyed_wrongly": one.keyed,
            "at_most": None if (most := one.at_most()) is None else round(most, 5),
            "double": one.double,
            "overruled": one.overruled,
        }
        for one in found
    ]
    columns = ("who", "known", "wrong", "let_pass", "struck_wrongly", "keyed_wrongly", "at_most", "double", "overruled")
    show(rows, columns, as_json=as_json, empty=_("Nobody was measured yet."))
