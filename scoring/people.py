"""Commands by which people decide about scores: review, enter, appeal."""

from __future__ import annotations

import json
from pathlib import Path

import click

from crosscheck import facts, rowsums, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import APPEAL_MARKING, BlobId, CriterionId, WorkId
from crosscheck.procedure import Procedure
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from scoring import settle, sums
from scoring.entering import enter as enter


class NothingRead(CrosscheckError):
    number, exit = 3075, Exit.USAGE
    sentence = "Criterion {criterion} of {number} was not read from a sheet: there is no picture."
    remedy = "Scores that were keyed have no picture; look at the paper."


class NoSuchAppeal(CrosscheckError):
    number, exit = 3076, Exit.USAGE
    sentence = "There is no open appeal {appeal}."
    remedy = "List them with `crosscheck appeal list`."


class RejectedChangesNothing(CrosscheckError):
    number, exit = 3077, Exit.USAGE
    sentence = "A rejected appeal can't change points."
    remedy = "Leave --points out, or decide it as technical or marking error."


class PanelReadIt(CrosscheckError):
    number, exit = 3078, Exit.USAGE
    sentence = "{who} recorded scores of this work and can't decide its appeal."
    remedy = "Let another person decide and record it with --who."


class OpenAppealExists(CrosscheckError):
    number, exit = 3079, Exit.USAGE
    sentence = "There is an open appeal on this work already: {appeal}."
    remedy = "Decide that one first."


# --- review -------------------------------------------------------------------------------------


@click.group(
    help=stages.help_of(
        "review",
        "A cell is named by the number printed in its row and the criterion above its column. What you decide stands "
        "beside what the machine saw, with your name; it can be corrected, never overwritten. The sum of a row is "
        "named sum:1 for the first sheet of the packet; type - when none is written.",
        "crosscheck review list",
        "crosscheck review show 483291-5 6К1 --out cell.png",
        "crosscheck --who 'Орлова В. П.' review set 483291-5 6К1 2",
        "crosscheck review set 483291-5 sum:1 14",
    )
)
def review() -> None:
    pass


@review.command("list", help=N_("List cells that wait for a person.\n\nExample: crosscheck review list --json"))
@json_option
@with_station
def list_cells(station: Station, as_json: bool) -> None:
    owners = station.procedure().owners
    with station.ledger.reading() as connection:
        doubtful = state.doubtful_cells(connection)
        waiting = rowsums.waiting(connection, station.procedure())
        rows = {r.key: r for r in queries.standing_rows(connection)}
    listed = [
        {
            "number": row.number,
            "criterion": cell.criterion,
            "seen": cell.kind,
            "candidates": cell.candidates,
            "rule": cell.rule,
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
            "packet": rows[one.key].packet,
        }
        for one in waiting
    ]
    listed.sort(key=lambda row: (row["packet"], row["number"]))
    columns = ("packet", "number", "criterion", "seen", "candidates", "rule")
    show(listed, columns, as_json=as_json, empty=_("No cell waits for a person."), words=("seen", "rule"))


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
    out.write_bytes(station.blobs.get(BlobId(picture)))
    click.echo(str(out))


def _picture(connection: Connection, procedure: Procedure, number: str, criterion: str) -> str:
    if (sheet := sums.sheet_named(criterion)) is not None:
        return sums.reading_of(connection, sums.SumPlace(settle.numbered(connection, number), sheet)).crop
    place = settle.place_of(connection, procedure, number, criterion)
    where = {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}
    cell = queries.one_of(connection, facts.CellReading, **where)
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
def set_cell(station: Station, number: str, criterion: str, value: str, why: str, correct: bool) -> None:
    if correct and not why:
        raise click.UsageError(_("A correction needs a reason: --why."))
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        if (sheet := sums.sheet_named(criterion)) is not None:
            place_of_sum = sums.SumPlace(settle.numbered(writer.connection, number), sheet)
            sums.key(writer, procedure, place_of_sum, value, why)
            return
        place = settle.place_of(writer.connection, procedure, number, criterion)
        given = settle.given_of(procedure, place.criterion, value)
        settle.record(writer, place, given, "review", why, correct=correct)
        settle.close_doubts(writer, place, f"settled: {value}")
        sums.check_all(writer, procedure, place.work, place.marking)


# --- appeal -------------------------------------------------------------------------------------


@click.group(
    help=stages.help_of(
        "appeal",
        "An appeal names a work by any of its numbers. The decision may raise or lower points, or leave them; earlier "
        "values stay to be seen. Nobody who recorded scores of the work may decide.",
        "crosscheck appeal file 483291-5 --ground 'task 6 marked against the criteria'",
        "crosscheck appeal decide AP001 --outcome marking --reason 'criterion 6К1 is met' --points 6К1=2",
    )
)
def appeal() -> None:
    pass


@appeal.command("list", help=N_("List appeals.\n\nExample: crosscheck appeal list --json"))
@json_option
@with_station
def list_appeals(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        decided = {d.appeal: d for d in queries.all_of(connection, facts.AppealDecision)}
        found = queries.all_of(connection, facts.Appeal)
    rows = [
        {
            "appeal": a.appeal,
            "work": a.work,
            "ground": a.ground,
            "outcome": decided[a.appeal].outcome if a.appeal in decided else "",
            "reason": decided[a.appeal].reason if a.appeal in decided else "",
        }
        for a in found
    ]
    columns = ("appeal", "work", "ground", "outcome", "reason")
    show(rows, columns, as_json=as_json, empty=_("No appeals."), words=("outcome",))


@appeal.command(
    "file", help=N_("File an appeal on a work.\n\nExample: crosscheck appeal file 483291-5 --ground 'task 6'")
)
@click.argument("number")
@click.option("--ground", required=True, help=N_("What the appeal is about."))
@with_station
def file_appeal(station: Station, number: str, ground: str) -> None:
    with station.ledger.writing() as writer:
        work = settle.numbered(writer.connection, number).work
        for known in queries.lacking(writer.connection, facts.Appeal, facts.AppealDecision, on="appeal", work=work):
            raise OpenAppealExists(appeal=known.appeal)
        name = f"AP{queries.count_of(writer.connection, facts.Appeal) + 1:03d}"
        writer.append(facts.Appeal(name, work, ground))
    click.echo(name)


@appeal.command(
    "decide",
    help=N_("Record what was decided.\n\nExample: crosscheck appeal decide AP001 --outcome rejected --reason '...'"),
)
@click.argument("name")
@click.option(
    "--outcome",
    type=click.Choice(["rejected", "technical", "marking"]),
    required=True,
    help=N_("Rejected, or granted for a technical error or an error of marking."),
)
@click.option("--reason", required=True, help=N_("The reason, for the protocol."))
@click.option("--points", "changed", multiple=True, help=N_("CRITERION=POINTS, once for each criterion that changes."))
@with_station
def decide_appeal(station: Station, name: str, outcome: str, reason: str, changed: tuple[str, ...]) -> None:
    procedure = station.procedure()
    if changed and outcome == "rejected":
        raise RejectedChangesNothing
    with station.ledger.writing() as writer:
        open_ones = queries.lacking(writer.connection, facts.Appeal, facts.AppealDecision, on="appeal", appeal=name)
        if not open_ones:
            raise NoSuchAppeal(appeal=name)
        work = WorkId(open_ones[0].work)
        _refuse_reader(writer.connection, station.who, work)
        writer.append(facts.AppealDecision(name, outcome, reason))
        for entry in changed:
            criterion, _sign, value = entry.partition("=")
            place = settle.Place(work, APPEAL_MARKING, _known(procedure, criterion))
            given = settle.given_of(procedure, place.criterion, value)
            settle.record(writer, place, given, "appeal", f"{name}: {reason}", correct=True)


def _known(procedure: Procedure, criterion: str) -> CriterionId:
    if criterion not in {c.id for c in procedure.criteria}:
        raise settle.NoSuchCriterion(criterion=criterion, known=", ".join(c.id for c in procedure.criteria))
    return CriterionId(criterion)


def _refuse_reader(connection: Connection, who: str, work: WorkId) -> None:
    # Whoever keyed or settled scores of the work would sit in judgement on their own act.
    acted = {
        r["who"] for r in queries.signed_rows(connection, facts.Score, work=work) if r["source"] in ("review", "entry")
    }
    if who in acted:
        raise PanelReadIt(who=who)
