"""`crosscheck pages key`: a participant code without a barcode is keyed from the original by two people, blind.

Nobody sees what another person keyed: entries are recorded as works, not shown, and a code that isn't registered is
refused at once, whoever keyed what before. Two equal entries name the page's work; two different ones call for a third.
"""

from __future__ import annotations

import click

from crosscheck import facts, participants
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import Fate, PageId, PageKey, WorkId
from crosscheck.names import person
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from crosscheck.table_values import cleaned
from scanning.collating import collate, collation
from scanning.collating.covers import Nameless, naming
from scanning.collating.evidence import Templated
from scanning.collating.gathering import Gathered, gathered, keyed_codes
from scanning.collating.keyed import MOST_ENTRIES, Agreed, Differing, Entry, Hopeless, Judged, Open, judged
from scanning.deciding.choosing import page_named, require_expected


class NotForKeying(CrosscheckError):
    number, exit = 3057, Exit.USAGE
    sentence = "Page {page} does not wait for a participant code."
    remedy = "`crosscheck pages key` lists the pages that do; for other pages use `accept` or `assign`."


class KeyedAlready(CrosscheckError):
    number, exit = 3058, Exit.USAGE
    sentence = "{who} keyed the code of page {page} already."
    remedy = "The second entry must be another person's, under their own name (--who)."


class NoName(CrosscheckError):
    number, exit = 3049, Exit.USAGE
    sentence = "Whoever keys a code must say who they are: '{who}' is no name."
    remedy = "Give your name with --who, or set CROSSCHECK_WHO: two entries count only when two people made them."


class NoSuchCode(CrosscheckError):
    number, exit = 3059, Exit.INPUT
    sentence = "No participant is registered with the code that was keyed for page {page}."
    remedy = "Look at the original again and key what stands there; if it can't be read, assign or discard the page."


@click.command(
    "key",
    help=N_(
        "Key the participant code on the first page of a work on a foreign form. Two people do it, each under their "
        "own name, from the original (`crosscheck pages show`), without seeing what the other one keyed; when they "
        "differ, a third one does. Without PAGE: the pages that wait for you. CODE is asked for when it is left out."
        "\n\nExample: crosscheck --who 'Орлова В. П.' pages key 3f2a"
    ),
)
@click.argument("page", required=False)
@click.argument("code", required=False)
@json_option
@with_station
def key(station: Station, page: str | None, code: str | None, as_json: bool) -> None:
    if page is None:
        _list(station, as_json)
        return
    scanned = PageId(page_named(station, page).page)
    with station.ledger.reading() as connection:
        _require_turn(connection, scanned, station.who)
    typed = cleaned(code if code is not None else click.prompt(_("Participant code")))
    with station.ledger.writing() as writer:
        told = _enter(writer, station, scanned, typed)
    click.echo(told)


def _list(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        lies = {page.page: page for page in queries.pages_of_purpose(connection, "works")}
        entries = keyed_codes(connection)
        waiting = [page for page in waiting_pages(gathered(connection)) if _may_key(entries.get(page, []), station.who)]
    # How many have keyed it is not told: whether somebody did could hint at what they keyed.
    rows = [{"page": page, "file": lies[page].file[:8], "position": lies[page].position + 1} for page in waiting]
    show(rows, ("page", "file", "position"), as_json=as_json, empty=_("No page waits for your entry."))


def waiting_pages(known: Gathered) -> list[PageId]:
    """First pages of foreign forms that name no work, by themselves or otherwise: in order of files and positions."""
    placed = collation.collate(known.pages, known.expected, known.decisions)
    found = [
        page
        for page in known.pages
        if isinstance(page.seen, Templated)
        and page.seen.page == 1
        and placed[page.page].fate is Fate.UNKNOWN
        and isinstance(naming(page, known.expected), Nameless)
    ]
    return [page.page for page in sorted(found, key=lambda page: (page.file, page.position))]


def _may_key(entries: list[Entry], who: str) -> bool:
    return len(entries) < MOST_ENTRIES and person(who) not in {person(entry.who) for entry in entries}


def _require_turn(connection: Connection, page: PageId, who: str) -> None:
    if not person(who):
        raise NoName(who=who)
    entries = keyed_codes(connection).get(page, [])
    if person(who) in {person(entry.who) for entry in entries}:
        raise KeyedAlready(who=who, page=page)
    if len(entries) >= MOST_ENTRIES or page not in waiting_pages(gathered(connection)):
        raise NotForKeying(page=page)


def _enter(writer: Writer, station: Station, page: PageId, code: str) -> str:
    """Record one entry; what to tell the person who keyed it."""
    _require_turn(writer.connection, page, station.who)  # somebody may have been quicker
    work = participants.work_of(writer.connection, station.secret(), code)
    if work is None:
        raise NoSuchCode(page=page)
    require_expected(writer.connection, PageKey(WorkId(work), 1))
    number = queries.count_of(writer.connection, facts.KeyedCode, page=page)
    writer.append(facts.KeyedCode(page, number, work))
    entries = keyed_codes(writer.connection)[page]
    verdict = judged(entries)
    if isinstance(verdict, Differing | Hopeless):
        finding = collate.differing(page, len(entries))
        if queries.one_of(writer.connection, facts.Finding, finding=finding.finding) is None:
            writer.append(finding)
    return _told(verdict)


def _told(verdict: Judged) -> str:
    """What an entry came to, for the person who made it: never what anybody keyed."""
    match verdict:
        case Agreed():
            return _("Recorded; two people keyed the same code: run `crosscheck number`.")
        case Differing():
            return _(
                "Recorded; it differs from the other entry. The page waits: a third person must key it from the "
                "original."
            )
        case Hopeless():
            return _(
                "Recorded; all three entries differ. The page waits, and nobody can key it any more: look at the "
                "original together and use `crosscheck pages assign`, or begin anew after `crosscheck pages undo`."
            )
        case Open():
            return _("Recorded. The page waits: another person must key it too, from the original.")
