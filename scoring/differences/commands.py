"""`crosscheck discrepancies`: what people do with differences between accounts. Points are changed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import click

from crosscheck import facts, stages, wording
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import Marking, TaskId, WorkId
from crosscheck.numbering import spaced
from crosscheck.procedure import Procedure
from crosscheck.release import join
from crosscheck.session import json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.times import at_minute
from scoring import settle
from scoring.crops import short_name
from scoring.differences.errors import NoSuchDiscrepancy, NothingToTakeBack, NotSettledByHand
from scoring.differences.gathering import Entry, entries, notes, works_seen
from scoring.differences.history import Happened, Happening, Undone, history, is_marking
from scoring.differences.kinds import NO_JOURNAL, WHOLE_WORK, Comparison, JournalMark, Name, NextStep, WorkSeen
from scoring.differences.states import Act, Settled, closable, standing, word
from scoring.differences.states import state as stands_at
from scoring.differences.words import (
    account_word,
    cause_word,
    comparisons,
    kinds,
    marking_name,
    sign_of,
    state_word,
    stated_word,
    steps,
)
from scoring.forms import comparing

Journal = Mapping[WorkId, JournalMark]

_STATES = ("open", "open_again", "asked", "looking", "settled")


@click.group(
    help=stages.help_of(
        "discrepancies",
        "A difference is computed from what stands, so it can't be deleted; what people say of it is recorded with "
        "their names, and holds while its values stay as they were. Its name says what it is about: number of the "
        "work, task, and what it is between (experts, third, form, own, remark, mark, journal).",
        "crosscheck discrepancies list --state open",
        "crosscheck discrepancies show 483291-5/6/form",
        "crosscheck discrepancies note 483291-5/6/form --asked --why 'letter 14 to the school'",
        "crosscheck discrepancies close 483291-5/6/third --why 'the methodists looked: the third marking is right'",
    )
)
def discrepancies() -> None:
    pass


# --- naming --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """The list with what each entry is called on paper and keyboard."""

    entries: tuple[Entry, ...]
    numbers: Mapping[WorkId, str]

    def name(self, entry: Entry) -> str:
        name = entry.found.name
        parts = (self.numbers[name.work], *([name.task] if name.task else []), name.comparison.value)
        return "/".join(parts)


def _listed(connection: Connection, procedure: Procedure, journal: Journal = NO_JOURNAL) -> _Listed:
    seen = works_seen(connection, procedure)
    return _Listed(entries(connection, procedure, seen, journal), {work.work: _number(work) for work in seen})


def _journal(station: Station, comparison: str | None) -> Journal:
    """Marks in journals, where it is about them: they are sealed, so it takes the coordinator's key, and results that
    were released. What is opened is recorded."""
    if comparison != Comparison.JOURNAL.value:
        return NO_JOURNAL
    from scoring.marks import held

    key, why = unlocked(station, Holder.COORDINATOR), N_("differences from marks in journals")
    links = join(station, key, why)
    return held.journal_beside(station, key, links, held.other_marks(station, key, links, why))


def _between(name: str) -> str:
    """What a difference is between, by its name as typed."""
    return name.rpartition("/")[2].strip()


def _number(work: WorkSeen) -> str:
    """The number of the first marking; it stays, whatever markings come later."""
    number = min(work.markings, key=lambda m: (m.marking, m.part)).number
    return f"{number[:-1]}-{number[-1]}"


def _found(connection: Connection, procedure: Procedure, text: str, journal: Journal) -> tuple[_Listed, Entry]:
    """The difference that is meant; any number of the work will do. Raises NoSuchDiscrepancy, E3070."""
    number, *rest = [part.strip() for part in text.split("/")]
    if not rest or rest[-1] not in {one.value for one in Comparison} or len(rest) > 2:
        raise NoSuchDiscrepancy(name=text)
    work = settle.numbered(connection, number).work
    name = Name(work, Comparison(rest[-1]), TaskId(rest[0]) if len(rest) == 2 else WHOLE_WORK)
    listed = _listed(connection, procedure, journal)
    entry = next((entry for entry in listed.entries if entry.found.name == name), None)
    if entry is None:
        raise NoSuchDiscrepancy(name=text)
    return listed, entry


# --- looking -------------------------------------------------------------------------------------


@discrepancies.command(
    "list",
    help=N_(
        "List differences, open ones first.\n\nMarks in journals are sealed: differences from them are listed with "
        "--kind journal alone, after release; that needs the coordinator's key, as `show`, `note`, `close` and `undo` "
        "of one of them do.\n\nExample: crosscheck discrepancies list --kind form --state open --json"
    ),
)
@click.option("--kind", type=click.Choice([one.value for one in Comparison]), help=N_("Only those between these two."))
@click.option("--state", "state_", type=click.Choice(_STATES), help=N_("Only those that stand so."))
@json_option
@with_station
def list_(station: Station, kind: str | None, state_: str | None, as_json: bool) -> None:
    from scoring.marks import held

    procedure, journal = station.procedure(), _journal(station, kind)
    with station.ledger.reading() as connection:
        listed = _listed(connection, procedure, journal)
        sealed = kind is None and held.journals_known(connection)
    chosen = [
        entry
        for entry in listed.entries
        if kind in (None, entry.found.kind.comparison.value) and (state_ is None or _is(entry, state_))
    ]
    chosen.sort(key=lambda entry: (word(entry.state).startswith("settled"), -entry.found.size))
    rows = [_row(listed, entry, as_json=as_json) for entry in chosen]
    columns = ("name", "kind", "size", "cause", "next_step", "state")
    show(rows, columns, as_json=as_json, empty=_("No such difference."))
    if sealed and not as_json:
        click.echo(
            _(
                "Marks in journals are sealed: differences from them are listed by `crosscheck discrepancies list "
                "--kind journal`, with the coordinator's key."
            )
        )


def _is(entry: Entry, asked: str) -> bool:
    found = word(entry.state)
    return found == asked or (asked == "settled" and found.startswith("settled"))


def _row(listed: _Listed, entry: Entry, *, as_json: bool) -> dict[str, Any]:
    found, name = entry.found, listed.name(entry)
    if as_json:
        told = {"kind": found.kind.value, "next_step": found.next_step.value, "state": word(entry.state)}
        return {"name": name, **told, "size": found.size, "cause": _cause(entry), "values": found.values}
    return {
        "name": name,
        "kind": kinds(_)[found.kind],
        "size": found.size,
        "cause": cause_word(entry.cause, _),
        "next_step": steps(_)[found.next_step],
        "state": state_word(entry.state, _),
    }


def _cause(entry: Entry) -> str:
    """What sort of cause, for programs."""
    name = type(entry.cause).__name__
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


@discrepancies.command(
    "show",
    help=N_(
        "Show a difference: readings, evidence, likely cause, history.\n\n"
        "Example: crosscheck discrepancies show 483291-5/6/form"
    ),
)
@click.argument("name")
@with_station
def show_(station: Station, name: str) -> None:
    procedure, journal = station.procedure(), _journal(station, _between(name))
    with station.ledger.reading() as connection:
        listed, entry = _found(connection, procedure, name, journal)
        came = journal[entry.found.work].came if entry.found.work in journal else ""
        happened = history(connection, entry.found, entry.notes, came)
    found = entry.found
    click.echo(
        _("{name}: {kind}, size {size}").format(name=listed.name(entry), kind=kinds(_)[found.kind], size=found.size)
    )
    for reading in found.readings:
        given = ", ".join(f"{s.criterion} {settle.spelled(s.given)}" for s in reading.scores) or "—"
        marking = marking_name(reading.marking, _)
        click.echo(f"  {marking} № {spaced(reading.number)}, {_('expert')} {reading.expert or '—'}: {given}")
    for line in _others(entry):
        click.echo(f"  {line}")
    click.echo(_("Likely cause: {cause}").format(cause=cause_word(entry.cause, _)))
    shown = [short_name(crop) for crop in found.evidence]
    if found.kind.comparison is Comparison.JOURNAL:
        shown.append(_("file {imported}").format(imported=came) if came else _("form of the school"))
    click.echo(_("Evidence: {pictures}").format(pictures=", ".join(shown) or "—"))
    click.echo(_("What happens next: {step}").format(step=steps(_)[found.next_step]))
    click.echo(_("State: {state}").format(state=state_word(entry.state, _)))
    for one in happened:
        click.echo(f"  {at_minute(one.at)}  {one.who}: {_told(one)}" + (f" - {_why(one)}" if one.why else ""))


def _others(entry: Entry) -> list[str]:
    said = comparisons(_)[entry.found.kind.comparison]
    told = [
        _("{account}: {criterion} {stated}; stands {stands}").format(
            account=said, criterion=d.criterion, stated=stated_word(d.stated, _), stands=sign_of(d.stands)
        )
        for d in entry.found.stated
    ]
    return told + [account_word(account, _) for account in entry.found.accounts]


_HAPPENED = {
    Happened.POINTS: N_("points came in: {what}"),
    Happened.THIRD_CALLED: N_("third marking called for {what}"),
    Happened.FORM_SAID: N_("the form said {what}"),
    Happened.ANSWERED: N_("answered to the form, {what} stands"),
    Happened.ANSWER_TAKEN_BACK: N_("the answer to the form was taken back, {what}"),
    Happened.APPEALED: N_("appeal {what} was filed"),
    Happened.DECIDED: N_("appeal {what}"),
    Happened.SAID: N_("said: {what}"),
    Happened.OWN_SAID: N_("the school's own marking said {what}"),
    Happened.JOURNAL_CAME: N_("the mark in the journal came in file {what}"),
    Happened.FILE_TAKEN_BACK: N_("file {what} was taken back"),
}
_SAID = {"asked": N_("asked"), "looking": N_("being looked at"), "settled": N_("settled")}


def _told(one: Happening) -> str:
    what = one.what
    if one.happened is Happened.SAID:
        what = _(_SAID.get(what, N_("taken back")))
    elif one.happened is Happened.POINTS:
        marking, comma, rest = what.partition(",")
        what = (marking_name(Marking(int(marking)), _) if is_marking(marking) else marking) + comma + rest
    told = _(_HAPPENED[one.happened]).format(what=what)
    return told if one.undone is None else f"{told} ({_void(one.undone)})"


def _void(undone: Undone) -> str:
    """What was taken back: the word, whose it was and of when."""
    what = _(_SAID[undone.what]) if undone.what in _SAID else undone.what
    return _("it was: {what}, {when}, {who}").format(what=what, when=at_minute(undone.at), who=undone.who)


def _why(one: Happening) -> str:
    """Words of people as they are; those of the ledger in the reader's language."""
    reasons = {kind.value: words for kind, words in kinds(_).items()}
    return reasons.get(one.why) or wording.told(one.why)


# --- saying --------------------------------------------------------------------------------------


@discrepancies.command(
    "note",
    help=N_(
        "Say that somebody was asked, or that a person looks at it.\n\n"
        "Example: crosscheck discrepancies note 483291-5/6/form --asked --why 'letter 14 to the school'"
    ),
)
@click.argument("name")
@click.option("--asked", is_flag=True, help=N_("Somebody outside was asked."))
@click.option("--looking", is_flag=True, help=N_("A person looks at it."))
@click.option("--why", required=True, callback=required_words, help=N_("Who was asked, by which letter; who looks."))
@with_station
def note(station: Station, name: str, asked: bool, looking: bool, why: str) -> None:
    if asked is looking:
        raise click.UsageError(_("say --asked or --looking"))
    procedure, journal = station.procedure(), _journal(station, _between(name))
    act = Act.ASKED if asked else Act.LOOKING
    with station.ledger.writing() as writer:
        listed, entry = _found(writer.connection, procedure, name, journal)
        _append(writer, entry, act, why)
    click.echo(_("Recorded for {name}.").format(name=listed.name(entry)))
    if isinstance(entry.state, Settled):
        click.echo(_after_settled(entry.state, act))


def _after_settled(before: Settled, act: Act) -> str:
    """What a note does to a difference that was over: a person's word it reopens, a decision stays."""
    was = state_word(before, _)
    if before.note is None:
        return _("It is over, and stays so ({state}); the note stands in its history alone.").format(state=was)
    now = _(_SAID[act.value])
    return _("It was settled ({state}); it is open again: {now}. `discrepancies undo` takes the note back.").format(
        state=was, now=now
    )


@discrepancies.command(
    "close",
    help=N_(
        "Settle a difference: a named person looked, and what stands is right.\n\nIt holds for just these values: when "
        "one of them changes, the difference is open again and says so. A difference that waits for points can't be "
        "settled so. For a form it is the same as `crosscheck forms settle`, for all cells of the task.\n\n"
        "Example: crosscheck discrepancies close 483291-5/6/third --why 'the methodists looked, protocol 5'"
    ),
)
@click.argument("name")
@click.option("--why", required=True, callback=required_words, help=N_("What it rests on."))
@with_station
def close(station: Station, name: str, why: str) -> None:
    procedure, journal = station.procedure(), _journal(station, _between(name))
    with station.ledger.writing() as writer:
        listed, entry = _found(writer.connection, procedure, name, journal)
        if not closable(entry.found):
            step = steps(_)[entry.found.next_step]
            raise NotSettledByHand(name=listed.name(entry), why=step)
        if entry.found.kind.comparison is Comparison.FORM:
            for cell in entry.found.stated:
                if not cell.answered:
                    number = listed.numbers[entry.found.work]
                    comparing.answer(writer, procedure, number, cell.criterion, why)
        else:
            _append(writer, entry, Act.SETTLED, why)
    click.echo(_("Recorded for {name}.").format(name=listed.name(entry)))


@discrepancies.command(
    "undo",
    help=N_(
        "Take back what was said last of a difference; both stay to be seen.\n\n"
        "Example: crosscheck discrepancies undo 483291-5/6/third --why 'the wrong work'"
    ),
)
@click.argument("name")
@click.option("--why", required=True, callback=required_words, help=N_("Why it is taken back."))
@with_station
def undo(station: Station, name: str, why: str) -> None:
    procedure, journal = station.procedure(), _journal(station, _between(name))
    with station.ledger.writing() as writer:
        listed, entry = _found(writer.connection, procedure, name, journal)
        answered = [cell for cell in entry.found.stated if cell.answered]
        for cell in answered:
            comparing.take_back(writer, entry.found.work, cell.criterion, cell.stated, why)
        if not answered:
            if not standing(entry.notes):
                raise NothingToTakeBack(name=listed.name(entry))
            _append(writer, entry, Act.TAKEN_BACK, why)
        said = notes(writer.connection).get(entry.found.kept_as, ())
        void = [one for one in history(writer.connection, entry.found, said) if one.undone is not None]
    click.echo(_("Taken back for {name}.").format(name=listed.name(entry)))
    for one in void[-max(1, len(answered)) :]:
        click.echo(f"  {_told(one)}")
    found = replace(entry.found, next_step=NextStep.ASK_SCHOOL) if answered else entry.found
    click.echo(_("State: {state}").format(state=state_word(stands_at(found, said), _)))


def _append(writer: Writer, entry: Entry, act: Act, why: str) -> None:
    name = entry.found.kept_as
    key: dict[str, object] = {"work": name.work, "comparison": name.comparison.value, "task": name.task}
    revision = queries.next_revision(writer.connection, facts.DiscrepancyNote, **key)
    writer.append(
        facts.DiscrepancyNote(name.work, name.comparison.value, name.task, revision, act.value, entry.found.values, why)
    )
