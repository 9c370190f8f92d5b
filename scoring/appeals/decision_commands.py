"""Commands of `appeal` about what was decided: `decide`, `effect`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.release import join
from crosscheck.report import Decimal
from crosscheck.report_text import shown
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from scoring import results
from scoring.appeals.deciding import Decision, Votes, decide
from scoring.appeals.effects import Change, Measure, Scope, changes
from scoring.appeals.errors import DecidedAppeal
from scoring.appeals.recorded import recorded_appeal
from scoring.appeals.typed import DAY, day_of, points_of, reasons_of
from scoring.forms.stated import of_sign

# --- deciding ------------------------------------------------------------------------------------


@click.command(
    "decide",
    help=N_(
        "Record what was decided.\n\nPoints may rise or fall; the reason of a criterion is --because, else the one of "
        "the whole; a criterion that the appeal isn't about needs its own. `crosscheck paper make appeal-decision` "
        "makes the protocol.\n\n"
        "Example: crosscheck appeal decide AP001 --outcome rejected --reason '...'"
    ),
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
@click.option("--because", "reasons", multiple=True, help=N_("CRITERION=REASON, where it has one of its own."))
@click.option("--for", "votes_for", type=click.IntRange(0, 100), help=N_("Votes for it (default: all who are there)."))
@click.option("--against", "votes_against", type=click.IntRange(0, 100), default=0, help=N_("Votes against it."))
@click.option(
    "--chair-voted",
    "chair",
    type=click.Choice(["for", "against"]),
    default=None,
    help=N_("The chair's vote, in a tie."),
)
@click.option("--met", type=DAY, help=N_("The day of the meeting, as 2026-04-22 (default: today)."))
@click.option("--late-because", "late", default="", help=N_("Why it is decided after the deadline."))
@click.option("--recommend", "recommended", default="", help=N_("What is recommended to experts."))
@with_station
def decide_appeal(station: Station, /, name: str, outcome: str, reason: str, **given: Any) -> None:
    procedure = station.procedure()
    points = points_of(procedure, given["changed"])
    reasons = reasons_of(procedure, given["reasons"], points)
    votes = Votes(given["votes_for"], given["votes_against"], given["chair"] or "")
    met = day_of(given["met"])
    decision = Decision(outcome, reason, points, reasons, votes, met, given["late"], given["recommended"])
    with station.ledger.writing() as writer:
        changed = decide(writer, procedure, station.who, name, decision)
    for one in changed:
        told = _("{criterion}: {before} became {after}: {why}")
        click.echo(told.format(criterion=one.criterion, before=one.before or "—", after=one.after, why=one.why))


# --- effect --------------------------------------------------------------------------------------


@click.command(
    "effect",
    help=N_(
        "Show what a decided appeal did to every figure: work, class, school, district.\n\nNeeds released results and "
        "the coordinator's key. Before and after are the same computations on the same results, but for the points "
        "that the appeal changed.\n\nExample: crosscheck appeal effect AP001 --json"
    ),
)
@click.argument("name")
@json_option
@with_station
def effect(station: Station, name: str, as_json: bool) -> None:
    procedure = station.procedure()
    links = join(station, unlocked(station, Holder.COORDINATOR), f"effect of appeal {name}")
    with station.ledger.reading() as connection:
        found = recorded_appeal(connection, name)
        joined = results.results_by_work(procedure, results.settled_works(connection, procedure), links)
    if found.decision is None:
        raise DecidedAppeal(appeal=name, why=_("it is not decided"))
    if found.work not in joined:
        raise DecidedAppeal(appeal=name, why=_("its work has no result yet"))
    # Where one of the points was missing there was no result.
    whole = all(c.before for c in found.changes)
    before = {CriterionId(c.criterion): _of(c.before) for c in found.changes} if whole else None
    after = {CriterionId(c.criterion): _of(c.after) for c in found.changes}
    told = changes(procedure, list(joined.values()), joined[found.work], before, after)
    rows = [{**asdict(one), "changed": one.before != one.after} for one in told]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    listed = [_told(one) for one in told if one.before != one.after]
    columns = ("scope", "measure", "of", "before", "after")
    show(listed, columns, as_json=False, empty=_("No figure changed."))
    least = procedure.reports.withheld_under
    if any(one.scope is not Scope.WORK and None in (one.before, one.after) for one in told):
        click.echo(
            _("Not enough data: figures of groups of fewer than {least} works are withheld.").format(least=least)
        )
    click.echo(_("Agreement and severity of experts follow from independent markings; no appeal changes them."))


def _of(text: str) -> Given:
    given = of_sign(text)
    assert isinstance(given, Points | NotAttempted)
    return given


_SCOPES = {
    Scope.WORK: N_("work"),
    Scope.CLASS_SET: N_("class"),
    Scope.SCHOOL: N_("school"),
    Scope.DISTRICT: N_("district"),
}
_MEASURES = {
    Measure.POINTS: N_("points"),
    Measure.TOTAL: N_("total"),
    Measure.MARK: N_("mark"),
    Measure.MEAN: N_("mean score"),
    Measure.MEDIAN: N_("median"),
    Measure.DEVIATION: N_("standard deviation"),
    Measure.WORK_SHARE: N_("coefficient of the work"),
    Measure.TASK_SHARE: N_("coefficient of the task"),
    Measure.CRITERION_SHARE: N_("coefficient of the criterion"),
    Measure.QUALITY: N_("quality"),
    Measure.SUCCESS: N_("share that passed"),
    Measure.TRAINED: N_("level of training"),
}


_IN_PER_CENT = frozenset(
    {
        Measure.WORK_SHARE,
        Measure.TASK_SHARE,
        Measure.CRITERION_SHARE,
        Measure.QUALITY,
        Measure.SUCCESS,
        Measure.TRAINED,
    }
)
_WHOLE = frozenset({Measure.POINTS, Measure.TOTAL, Measure.MARK})
_MOST_DIGITS = 12


def _told(one: Change) -> dict[str, object]:
    before, after = _figures(one)
    scope, measure = _(_SCOPES[one.scope]), _(_MEASURES[one.measure])
    return {"scope": scope, "measure": measure, "of": one.of, "before": before, "after": after}


def _figures(one: Change) -> tuple[str, str]:
    """Both as reports show them, with as many places as it takes to see that they differ."""
    if one.measure in _WHOLE:
        return _figure(one.before, 0, ""), _figure(one.after, 0, "")
    by, unit, digits = (100, " %", 1) if one.measure in _IN_PER_CENT else (1, "", 2)
    values = [None if value is None else value * by for value in (one.before, one.after)]
    while True:
        before, after = (_figure(value, digits, unit) for value in values)
        if before != after or digits == _MOST_DIGITS:
            return before, after
        digits += 1


def _figure(value: float | None, digits: int, unit: str) -> str:
    return "—" if value is None else shown(Decimal(value, digits)) + unit
