"""What is told after a person decided something about a page: what it comes to now, and what still waits."""

from __future__ import annotations

from collections.abc import Mapping

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import gettext as _
from crosscheck.model import Fate, PageId
from scanning.collating import collate
from scanning.collating.evidence import Placed

Places = Mapping[PageId, Placed]


def after_page(connection: Connection, page: PageId) -> str:
    """What follows a decision about a page, with the decision counted in: in one line."""
    placed = collate.placed_pages(connection)
    return " ".join((_of_page(connection, page, placed), _of_all(placed)))


def after_work(connection: Connection, work: str) -> str:
    """What follows a decision about a work's missing page: in one line."""
    placed = collate.placed_pages(connection)
    return " ".join((_of_work(connection, work, placed), _of_all(placed)))


def _of_page(connection: Connection, page: PageId, placed: Places) -> str:
    place = placed.get(page)
    if place is None:
        return _("It was not read yet: `crosscheck redact`.")
    match place.fate:
        case Fate.KNOWN if place.key is not None:
            return _of_work(connection, place.key.work, placed)
        case Fate.CONFLICT:
            return _("Other pages claim the same place: `crosscheck pages keep` says which one stays.")
        case Fate.UNKNOWN | Fate.EXTRA:
            return _("It waits for a person.")
        case _:
            before = _was_of(connection, page)
            return _of_work(connection, before, placed) if before else _("`crosscheck number` takes it up.")


def _was_of(connection: Connection, page: PageId) -> str:
    """The work that the page belonged to when fates were last recorded; empty for none."""
    last = max(queries.all_of(connection, facts.PageFate, page=page), key=lambda fate: fate.revision, default=None)
    return last.work if last is not None and last.fate == Fate.KNOWN.value else ""


def _of_work(connection: Connection, work: str, placed: Places) -> str:
    known = {place.key.page: page for page, place in placed.items() if _is_known(place, work) and place.key is not None}
    missing = {number for of, number in state.missing_pages(connection) if of == work}
    expected = {number for of, number in state.expected_pages(connection) if of == work}
    if lacking := expected - known.keys() - missing:
        numbers = ", ".join(map(str, sorted(lacking)))
        return _("Work {work} waits for pages: {pages}.").format(work=work, pages=numbers)
    if not known:
        return _("Work {work} has no page at all and gets no number.").format(work=work)
    if collate.held_pages(connection) & set(known.values()):
        return _("Work {work} has all its pages, but a finding holds it: `crosscheck findings list`.").format(work=work)
    if queries.all_of(connection, facts.Number, work=work):
        return _("Work {work} was numbered already: `crosscheck number` compares its pages.").format(work=work)
    return _("Work {work} has all its pages: `crosscheck number` gives it its numbers.").format(work=work)


def _is_known(place: Placed, work: str) -> bool:
    return place.fate is Fate.KNOWN and place.key is not None and place.key.work == work


def _of_all(placed: Places) -> str:
    waiting = sum(place.fate in collate.UNSETTLED for place in placed.values())
    if not waiting:
        return _("No page waits for a person any more: run `crosscheck number`.")
    return _("Pages that still wait for a person: {n}; then run `crosscheck number`.").format(n=waiting)
