"""What the commands of `crosscheck pages` share: their errors, and finding what a person names."""

from __future__ import annotations

import click

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.model import PageKey, WorkId
from crosscheck.station import Station


class NoSuchPage(CrosscheckError):
    number, exit = 3040, Exit.USAGE
    sentence = "There is no scanned page {page}."
    remedy = "List pages with `crosscheck pages list`; the first letters of a page's name are enough."


class NoSuchWorkPage(CrosscheckError):
    number, exit = 3041, Exit.USAGE
    sentence = "No page {number} is expected of work {work}."
    remedy = "The work and its pages stand in the finding or in `crosscheck pages list --json`."


class NotMasked(CrosscheckError):
    number, exit = 3042, Exit.INPUT
    sentence = "Page {page} can't be page {number}: its masked picture {have}."
    remedy = "Scan the page again, straight and at 200-300 dpi, or discard this one."


class NothingSuggested(CrosscheckError):
    number, exit = 3043, Exit.USAGE
    sentence = "Nothing is suggested for page {page}."
    remedy = "Look at it with `crosscheck pages show` and use `assign` or `discard`."


class PageNotMissing(CrosscheckError):
    number, exit = 3044, Exit.USAGE
    sentence = "Page {number} of work {work} is there: it can't be declared missing."
    remedy = "If it is the wrong page, settle that page first."


class NothingToDecide(CrosscheckError):
    number, exit = 3056, Exit.USAGE
    sentence = "`{decision}` does nothing for page {page}: {reason}."
    remedy = "See `crosscheck pages list` for what waits; nothing was recorded."


class NoReason(CrosscheckError):
    number, exit = 3055, Exit.USAGE
    sentence = "The reason given with --why is empty."
    remedy = "Say in a few words what you saw: it is recorded with your name."


def _a_reason(_context: click.Context, _option: click.Parameter, why: str) -> str:
    if not why.strip():
        raise NoReason
    return why


WHY = click.option("--why", required=True, callback=_a_reason, help=N_("What you saw; recorded with your name."))


def page_named(station: Station, name: str) -> facts.ScanPage:
    """The page of works whose name is `name`, or the only one that begins so. E3040."""
    with station.ledger.reading() as connection:
        found = [page for page in queries.pages_of_purpose(connection, "works") if page.page.startswith(name)]
    if len(found) != 1:
        raise NoSuchPage(page=name)
    return found[0]


def work_named(connection: Connection, named: str) -> WorkId:
    """The work as named by a person: its own name, or the number of its form, as `form:2034`. E3041."""
    prefix, colon, form = named.partition(":")
    if not (colon and prefix == "form" and form.isascii() and form.isdigit() and len(form) < 10):
        return WorkId(named)
    issued = queries.one_of(connection, facts.IssuedForm, form=int(form))
    if issued is None:
        raise NoSuchWorkPage(number="-", work=named)
    return WorkId(issued.work)


def require_expected(connection: Connection, key: PageKey) -> None:
    """E3041 unless such a page should exist."""
    if (key.work, key.page) not in state.expected_pages(connection):
        raise NoSuchWorkPage(number=key.page, work=key.work)
