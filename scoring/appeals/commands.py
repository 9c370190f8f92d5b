"""`crosscheck appeal`: filed, panel, marked again, decided, withdrawn; and what it did to every figure."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

import click

from crosscheck import facts, stages
from crosscheck.appeal_rules import last_day
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import AnonymousNumber, CriterionId, Given, WorkId
from crosscheck.numbering import spaced
from crosscheck.procedure import Procedure
from crosscheck.session import json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from scoring import settle
from scoring.appeals.deciding import unmarked
from scoring.appeals.decision_commands import decide_appeal, effect
from scoring.appeals.errors import (
    CannotSit,
    GroundRefused,
    MarkedSeeing,
    NotThatDay,
    NotToMark,
    OpenAppealExists,
    TooLate,
)
from scoring.appeals.panel import Barred, Member, Objection, objections
from scoring.appeals.recorded import Appeal, all_appeals, announced, open_appeal, recorded_appeal, stands
from scoring.appeals.typed import DAY, criterion_of, day_of, member_of, points_of, schools_of
from scoring.forms.stated import sign

_TAKEN = ("marking", "technical")
_REFUSED = {
    "contents": N_("contents of the tasks"),
    "keys": N_("keys of short answers"),
    "own_breach": N_("a breach of the rules by the participant"),
    "form_filled": N_("a form filled in wrongly"),
}
_OBJECTIONS = {
    Objection.OWN_SCHOOL: N_("works in the school of the work"),
    Objection.READ_IT: N_("has marked the work or recorded points of it"),
    Objection.ORGANISED: N_("organised the check"),
    Objection.TWICE: N_("is named twice"),
}


@click.group(
    help=stages.help_of(
        "appeal",
        "An appeal names a work by any of its numbers. A panel without conflicts decides within the procedure's "
        "deadline; it may raise or lower points, or leave them, and every earlier value stays to be seen. Nobody who "
        "recorded scores of the work may decide.",
        "crosscheck appeal file 483291-5 --ground 'task 6 marked against the criteria' --criterion 6К1",
        "crosscheck appeal panel AP001 --size 5 --chair 'Седова С. С.=12' --member 'Котов К. К.=-'",
        "crosscheck appeal decide AP001 --outcome marking --reason 'criterion 6К1 is met' --points 6К1=2",
        "crosscheck appeal effect AP001",
    )
)
def appeal() -> None:
    pass


# --- looking -------------------------------------------------------------------------------------


@appeal.command("list", help=N_("List appeals.\n\nExample: crosscheck appeal list --json"))
@json_option
@with_station
def list_appeals(station: Station, as_json: bool) -> None:
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        found = all_appeals(connection)
        numbers = {a.work: _numbers(connection, a.work) for a in found}

    def day(of: datetime.date) -> str:
        return of.isoformat() if as_json else _shown(of)

    rows = [
        {
            "appeal": a.appeal,
            "work": next(iter(numbers[a.work]), ""),
            "filed": day(a.filed),
            "ground": a.text,
            "decide_by": day(a.decide_by(procedure)) if a.open else "",
            "state": a.state,
            "outcome": a.decision.outcome if a.decision else "",
            "reason": a.decision.reason if a.decision else a.withdrawn.why if a.withdrawn else "",
        }
        for a in found
    ]
    columns = ("appeal", "work", "filed", "ground", "decide_by", "state", "reason")
    show(rows, columns, as_json=as_json, empty=_("No appeals."), words=("state",))


@appeal.command(
    "show",
    help=N_(
        "Show an appeal: deadlines, panel, what it is about, what was decided.\n\nWhere the procedure asks for blind "
        "re-marking, the points that stand are shown once the panel has recorded its own.\n\n"
        "Example: crosscheck appeal show AP001"
    ),
)
@click.argument("name")
@with_station
def show_appeal(station: Station, name: str) -> None:
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        found = recorded_appeal(connection, name)
        standing = stands(connection, procedure, found.work)
        numbered = ", ".join(_numbers(connection, found.work))
    click.echo(
        _("{appeal}: work № {numbers}, filed {day}: {text}").format(
            appeal=name, numbers=numbered, day=_shown(found.filed), text=found.text
        )
    )
    if found.open:
        click.echo(_("To be decided by {day}.").format(day=_shown(found.decide_by(procedure))))
    if found.panel is not None:
        click.echo(
            _("Panel: {people}; {there} of {size} there, {chair} in the chair.").format(
                people=", ".join(found.members),
                there=len(found.members),
                size=found.panel.size,
                chair=found.panel.chair,
            )
        )
    for line in _points(procedure, found, standing):
        click.echo(f"  {line}")
    if found.withdrawn is not None:
        click.echo(_("Withdrawn: {why}").format(why=found.withdrawn.why))
    if found.decision is not None:
        click.echo(
            _("Decided: {outcome}. {reason}").format(outcome=_(found.decision.outcome), reason=found.decision.reason)
        )
    if found.protocol is not None and found.protocol.recommended:
        click.echo(_("Recommended: {text}").format(text=found.protocol.recommended))


def _points(procedure: Procedure, found: Appeal, standing: Mapping[CriterionId, Given]) -> list[str]:
    """Criterion by criterion: what stands or was changed, what the panel gave."""
    hidden = found.open and bool(unmarked(procedure, found))
    changed, marked = {c.criterion: c for c in found.changes}, {m.criterion: m for m in found.marks}
    lines = []
    about = found.to_mark(procedure)
    for criterion in (c.id for c in procedure.criteria if c.id in about or c.id in changed):
        now = "…" if hidden else sign(standing[criterion]) if criterion in standing else "—"
        told = _("{criterion}: {points}").format(criterion=criterion, points=now)
        if criterion in marked:
            given = settle.spelled(settle.given_from(marked[criterion].points))
            told += _("; the panel gave {points} ({how})").format(points=given, how=_(marked[criterion].how))
        if criterion in changed:
            one = changed[criterion]
            told += _("; {before} became {after}: {why}").format(before=one.before or "—", after=one.after, why=one.why)
        lines.append(told)
    return lines


def _numbers(connection: Connection, work: WorkId) -> list[str]:
    """All numbers of a work, as on its labels."""
    return [spaced(AnonymousNumber(n.number)) for n in queries.all_of(connection, facts.Number, work=work)]


def _shown(day: datetime.date) -> str:
    return f"{day:%d.%m.%Y}"


# --- filing --------------------------------------------------------------------------------------


@appeal.command(
    "file",
    help=N_(
        "File an appeal on a work.\n\nIt may come in within the procedure's working days after results were released. "
        "Appeals on the contents of the tasks, on keys of short answers, on a breach of the rules by the participant "
        "or a form filled in wrongly aren't looked into.\n\n"
        "Example: crosscheck appeal file 483291-5 --ground 'task 6' --criterion 6К1 --filed 2026-04-20"
    ),
)
@click.argument("number")
@click.option("--ground", required=True, callback=required_words, help=N_("What the appeal is about, in words."))
@click.option(
    "--kind",
    type=click.Choice([*_TAKEN, *_REFUSED]),
    default="marking",
    show_default=True,
    help=N_("Which ground it is: an error of marking, a technical one, or one that isn't looked into."),
)
@click.option("--criterion", "criteria", multiple=True, help=N_("A criterion it is about; without any: all."))
@click.option("--filed", type=DAY, help=N_("The day on which it came in, as 2026-04-20 (default: today)."))
@click.option("--late-because", "late", default="", help=N_("Why it is taken after the deadline."))
@with_station
def file_appeal(
    station: Station,
    number: str,
    ground: str,
    kind: str,
    criteria: tuple[str, ...],
    filed: datetime.datetime | None,
    late: str,
) -> None:
    if kind in _REFUSED:
        raise GroundRefused(ground=_(_REFUSED[kind]))
    procedure = station.procedure()
    named = [criterion_of(procedure, criterion) for criterion in dict.fromkeys(criteria)]
    day = day_of(filed)
    with station.ledger.writing() as writer:
        work = settle.numbered(writer.connection, number).work
        for known in all_appeals(writer.connection):
            if known.work == work and known.open:
                raise OpenAppealExists(appeal=known.appeal)
        late = _filed_in_time(writer.connection, procedure, day, late)
        name = f"AP{queries.count_of(writer.connection, facts.Appeal) + 1:03d}"
        writer.append(facts.Appeal(name, work, ground))
        listed = json.dumps(named, ensure_ascii=False) if named else ""
        writer.append(facts.AppealFiling(name, day.isoformat(), kind, listed, late))
    click.echo(name)


def _filed_in_time(connection: Connection, procedure: Procedure, day: datetime.date, late: str) -> str:
    """Why it is late, where it is; empty in time, and before results were announced."""
    results = announced(connection)
    if results is None:
        return ""
    if day < results:
        raise NotThatDay(day=day, earliest=results)
    last = last_day(results, procedure.appeals.file_days, procedure.appeals.days_off)
    if day <= last:
        return ""
    if not late:
        raise TooLate(last=last, day=day)
    return late


@appeal.command(
    "withdraw",
    help=N_(
        "Note that whoever filed an appeal took it back; nothing changes by it.\n\n"
        "Example: crosscheck appeal withdraw AP001 --why 'letter of the school, 21.04.2026'"
    ),
)
@click.argument("name")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def withdraw(station: Station, name: str, why: str) -> None:
    with station.ledger.writing() as writer:
        open_appeal(writer.connection, name)
        writer.append(facts.AppealWithdrawn(name, why))
    click.echo(_("{appeal} is withdrawn.").format(appeal=name))


# --- the panel -----------------------------------------------------------------------------------


@appeal.command(
    "panel",
    help=N_(
        "Record who of the panel is there; everybody is checked.\n\nEach member as NAME=SCHOOL, number or name of the "
        "school the person works in (several with commas), or - for none. Whoever works in the school of the work, has "
        "marked it or recorded points of it, or organised the check, can't sit. Needs the organiser's and the "
        "coordinator's key.\n\n"
        "Example: crosscheck appeal panel AP001 --size 5 --chair 'Седова С. С.=12' --member 'Котов К. К.=-'"
    ),
)
@click.argument("name")
@click.option("--size", required=True, type=click.IntRange(1, 100), help=N_("How many members the panel has in all."))
@click.option("--chair", required=True, help=N_("Who is in the chair, as NAME=SCHOOL."))
@click.option("--member", "members", multiple=True, help=N_("Another member who is there, as NAME=SCHOOL."))
@with_station
def panel(station: Station, name: str, size: int, chair: str, members: tuple[str, ...]) -> None:
    from scoring.appeals.sitting import beneath

    typed = [member_of(text) for text in (chair, *members)]
    if len(typed) > size:
        raise click.UsageError(_("more members than the panel has"))
    with station.ledger.reading() as connection:
        found = open_appeal(connection, name)
    organiser, coordinator = unlocked(station, Holder.ORGANISER), unlocked(station, Holder.COORDINATOR)
    known = beneath(station, organiser, coordinator, found.work, name)
    there = [Member(who, schools_of(known.book, schools)) for who, schools in typed]
    against = objections(there, known)
    if against:
        raise CannotSit(appeal=name, people="; ".join(map(_barred, against)))
    with station.ledger.writing() as writer:
        open_appeal(writer.connection, name)
        revision = queries.next_revision(writer.connection, facts.AppealPanel, appeal=name)
        others = json.dumps([one.name for one in there[1:]], ensure_ascii=False)
        writer.append(facts.AppealPanel(name, revision, size, there[0].name, others))
    click.echo(
        _("{appeal}: {there} of {size} members, none with a conflict.").format(appeal=name, there=len(there), size=size)
    )


def _barred(one: Barred) -> str:
    why = _(_OBJECTIONS[one.why])
    return f"{one.name} ({_('{why}: may be {other}').format(why=why, other=one.other) if one.other else why})"


@appeal.command(
    "mark",
    help=N_(
        "Record what the panel itself gives; it changes nothing yet.\n\nIt marks what the appeal is about, and all of "
        "the work where the procedure has it so. Where the procedure asks for blind re-marking, it has to be recorded "
        "before the points that stand are shown, and once.\n\n"
        "Example: crosscheck appeal mark AP001 6К1=2 6К2=1"
    ),
)
@click.argument("name")
@click.argument("points", nargs=-1, required=True)
@with_station
def mark(station: Station, name: str, points: tuple[str, ...]) -> None:
    procedure = station.procedure()
    how = procedure.appeals.marking.value
    with station.ledger.writing() as writer:
        found = open_appeal(writer.connection, name)
        waiting, marked = unmarked(procedure, found), {one.criterion for one in found.marks}
        asked = found.to_mark(procedure)
        for criterion, given in points_of(procedure, points).items():
            if criterion not in asked:
                raise NotToMark(appeal=name, criterion=criterion, asked=", ".join(asked))
            if how == "blind" and criterion in marked:
                raise MarkedSeeing(criterion=criterion)
            key: dict[str, object] = {"appeal": name, "criterion": criterion}
            revision = queries.next_revision(writer.connection, facts.AppealMark, **key)
            writer.append(facts.AppealMark(name, criterion, revision, settle.points_of(given), how))
            waiting = tuple(c for c in waiting if c != criterion)
    click.echo(_("Recorded; still to be marked: {criteria}.").format(criteria=", ".join(waiting) or "—"))


for _command in (decide_appeal, effect):
    appeal.add_command(_command)
