"""Commands by which a named person settles a page: each decision is a fact with who and why, and can be undone."""

from __future__ import annotations

from collections.abc import Collection

import click

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import Fate, PageId, PageKey
from crosscheck.session import with_station
from crosscheck.station import Station
from scanning.collating import collate
from scanning.collating.evidence import Assign, Keep
from scanning.collating.gathering import decisions, keyed_codes
from scanning.deciding import following
from scanning.deciding.choosing import (
    WHY,
    NothingSuggested,
    NothingToDecide,
    NotMasked,
    PageNotMissing,
    page_named,
    require_expected,
    work_named,
)


@click.command(help=N_("Accept the suggestion for a page.\n\nExample: crosscheck pages accept 3f2a --why 'same hand'"))
@click.argument("page")
@WHY
@with_station
def accept(station: Station, page: str, why: str) -> None:
    scanned = page_named(station, page)
    with station.ledger.writing() as writer:
        place = collate.placed_pages(writer.connection).get(PageId(scanned.page))
        if place is None or place.suggestion is None:
            raise NothingSuggested(page=page)
        fresh = _assign(writer, scanned.page, place.suggestion, why)
    _tell_page(station, scanned.page, _is_page(scanned.page, place.suggestion), fresh=fresh)


@click.command(
    help=N_(
        "Say which page of which work it is: WORK as in a finding, or `form:2034` for the form number printed on the "
        "page."
        "\n\nExample: crosscheck pages assign 3f2a form:2034 2 --why 'form number read by eye'"
    ),
)
@click.argument("page")
@click.argument("work")
@click.argument("number", type=click.IntRange(1, 99))
@WHY
@with_station
def assign(station: Station, page: str, work: str, number: int, why: str) -> None:
    scanned = page_named(station, page)
    with station.ledger.writing() as writer:
        key = PageKey(work_named(writer.connection, work), number)
        fresh = _assign(writer, scanned.page, key, why)
    _tell_page(station, scanned.page, _is_page(scanned.page, key), fresh=fresh)


def _is_page(page: str, key: PageKey) -> str:
    return _("page {page} is page {number} of work {work}").format(page=page, number=key.page, work=key.work)


def _tell_page(station: Station, page: str, what: str, *, fresh: bool) -> None:
    """One line: what was recorded of a page, and what follows."""
    with station.ledger.reading() as connection:
        follows = following.after_page(connection, PageId(page))
    click.echo(_recorded(what, fresh=fresh) + " " + follows)


def _recorded(what: str, *, fresh: bool) -> str:
    return (_("Recorded: {what}.") if fresh else _("That was recorded before: {what}.")).format(what=what)


def _assign(writer: Writer, page: str, key: PageKey, why: str) -> bool:
    """Whether that is new."""
    require_expected(writer.connection, key)
    reading = queries.one_of(writer.connection, facts.PageReading, page=page)
    if reading is None or not reading.masked:
        raise NotMasked(page=page, number=key.page, have=_("does not exist"))
    if reading.page_no != key.page:
        # The answer zones of another page were copied: part of the identity could show, part of the work be lost.
        raise NotMasked(page=page, number=key.page, have=_("shows the zones of page {n}").format(n=reading.page_no))
    return _decide(writer, page, "assign", why, key) is not None


def _decide(writer: Writer, page: str, decision: str, why: str, key: PageKey | None = None) -> int | None:
    """Record a decision; its revision, or None when the very same one holds already."""
    work, number = (key.work, key.page) if key else ("", 0)
    rows = queries.all_of(writer.connection, facts.PageDecision, page=page)
    last = max(rows, key=lambda row: row.revision, default=None)
    if last is not None and (last.decision, last.work, last.page_no) == (decision, work, number):
        return None
    revision = 0 if last is None else last.revision + 1
    writer.append(facts.PageDecision(page, revision, decision, work, number, why))
    return revision


@click.command(help=N_("Set a page aside.\n\nExample: crosscheck pages discard 3f2a --why 'rough paper'"))
@click.argument("page")
@WHY
@with_station
def discard(station: Station, page: str, why: str) -> None:
    scanned = page_named(station, page)
    with station.ledger.writing() as writer:
        fresh = _decide(writer, scanned.page, "discard", why) is not None
    _tell_page(station, scanned.page, _("page {page} is set aside").format(page=scanned.page), fresh=fresh)


@click.command(
    help=N_(
        "Say that a page belongs to another procedure.\n\nExample: crosscheck pages foreign 3f2a --why 'Russian, "
        "grade 6'"
    ),
)
@click.argument("page")
@WHY
@with_station
def foreign(station: Station, page: str, why: str) -> None:
    scanned = page_named(station, page)
    with station.ledger.writing() as writer:
        fresh = _decide(writer, scanned.page, "foreign", why) is not None
    elsewhere = _("page {page} belongs to another procedure").format(page=scanned.page)
    _tell_page(station, scanned.page, elsewhere, fresh=fresh)


@click.command(
    help=N_("Of several copies of a page, keep this one.\n\nExample: crosscheck pages keep 3f2a --why sharper"),
)
@click.argument("page")
@WHY
@with_station
def keep(station: Station, page: str, why: str) -> None:
    kept = PageId(page_named(station, page).page)
    with station.ledger.writing() as writer:
        placed = collate.placed_pages(writer.connection)
        place = placed.get(kept)
        if place is None or place.fate is not Fate.CONFLICT:
            raise NothingToDecide(decision="keep", page=page, reason=_("it is not one of several copies"))
        others = [p for p, other in placed.items() if p != kept and other.key == place.key and _claims(other.fate)]
        _keep(writer, kept, others, why)
    what = _("page {page} stays; copies put away: {n}").format(page=kept, n=len(others))
    _tell_page(station, kept, what, fresh=True)


def _claims(fate: Fate) -> bool:
    return fate in (Fate.CONFLICT, Fate.SUPERSEDED)


def _keep(writer: Writer, page: PageId, others: Collection[PageId], why: str) -> None:
    """Keep `page` over `others`. Only over them: a copy scanned later is a new conflict, which nobody has looked at."""
    before = decisions(writer.connection).get(page)
    if before is not None:
        # One decision holds at a time: what it was kept over before is taken up anew.
        _decide(writer, page, "undo", why)
    assigned = before.key if isinstance(before, Assign) else before.assigned if isinstance(before, Keep) else None
    revision = _decide(writer, page, "keep", why, assigned)
    assert revision is not None, "another decision stood there just now"
    writer.append_all(facts.KeptOver(page, revision, other) for other in sorted(others))


@click.command(
    help=N_("Take the last decision about a page back.\n\nExample: crosscheck pages undo 3f2a --why 'wrong page'")
)
@click.argument("page")
@WHY
@with_station
def undo(station: Station, page: str, why: str) -> None:
    scanned = PageId(page_named(station, page).page)
    with station.ledger.writing() as writer:
        if scanned in decisions(writer.connection):
            _decide(writer, scanned, "undo", why)
            what = _("the last decision about page {page} is taken back")
        elif keyed_codes(writer.connection).get(scanned):
            _unkey(writer, scanned, why)
            what = _("all codes keyed for page {page} are taken back")
        else:
            raise NothingToDecide(decision="undo", page=page, reason=_("nobody decided anything about it"))
    _tell_page(station, scanned, what.format(page=scanned), fresh=True)


def _unkey(writer: Writer, page: PageId, why: str) -> None:
    entries = queries.count_of(writer.connection, facts.KeyedCode, page=page)
    writer.append(facts.KeyedCode(page, entries, ""))
    # An entry has no reason of its own: it stands with the decisions.
    revision = queries.next_revision(writer.connection, facts.PageDecision, page=page)
    writer.append(facts.PageDecision(page, revision, "undo", "", 0, why))


@click.command(
    help=N_(
        "Declare that a page of a work does not exist.\n\nExample: crosscheck pages missing W0c1… 2 --why 'not handed "
        "in, act 3'"
    ),
)
@click.argument("work")
@click.argument("number", type=click.IntRange(1, 99))
@click.option("--withdraw", is_flag=True, help=N_("The page turned up after all."))
@WHY
@with_station
def missing(station: Station, work: str, number: int, withdraw: bool, why: str) -> None:
    with station.ledger.writing() as writer:
        key = PageKey(work_named(writer.connection, work), number)
        require_expected(writer.connection, key)
        fresh = _declare_missing(writer, key, withdraw, why)
    said = _("page {number} of work {work} is expected again") if withdraw else _("work {work} has no page {number}")
    with station.ledger.reading() as connection:
        follows = following.after_work(connection, key.work)
    click.echo(_recorded(said.format(number=number, work=key.work), fresh=fresh) + " " + follows)


def _declare_missing(writer: Writer, key: PageKey, withdraw: bool, why: str) -> bool:
    """Whether that is new."""
    declared = (key.work, key.page) in state.missing_pages(writer.connection)
    if declared != withdraw:
        if withdraw:
            name = f"{key.work}:{key.page}"
            raise NothingToDecide(decision="missing --withdraw", page=name, reason=_("it was not declared missing"))
        return False
    fates = queries.latest_of(writer.connection, facts.PageFate)
    if not withdraw and any((f.work, f.page_no, f.fate) == (key.work, key.page, Fate.KNOWN.value) for f in fates):
        raise PageNotMissing(number=key.page, work=key.work)
    revision = queries.next_revision(writer.connection, facts.MissingPage, work=key.work, page_no=key.page)
    return writer.append(facts.MissingPage(key.work, key.page, revision, int(withdraw), why))


COMMANDS = (accept, assign, discard, keep, foreign, undo, missing)
