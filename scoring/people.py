"""Commands by which people decide about scores: appeal here, review and enter in modules of their own."""

from __future__ import annotations

import click

from crosscheck import facts, stages
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import APPEAL_MARKING, CriterionId, WorkId
from crosscheck.names import person
from crosscheck.procedure import Procedure
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from scoring import looks, settle
from scoring.entering import enter as enter
from scoring.reviewing import review as review


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
    return settle.criterion_called([c.id for c in procedure.criteria], criterion)


def _refuse_reader(connection: Connection, who: str, work: WorkId) -> None:
    # Whoever keyed or settled scores of the work would sit in judgement on their own act.
    scored = queries.signed_rows(connection, facts.Score, work=work)
    acted = {str(row["who"]) for row in scored if row["source"] in ("review", "entry")}
    acted |= {seen.who for seen in looks.all_seen(connection, work=work)}
    if person(who) in map(person, acted):
        raise PanelReadIt(who=who)
