"""What a batch holds: files, pages by fate, and what its works lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import gettext as _
from crosscheck.model import Fate

UNREADABLE, WAITING = "unreadable", "waiting"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a batch: its keyed hash, how many pages it gave, and what was wrong with it."""

    file: str
    pages: int
    fault: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A batch as it stands. `fates`: how many pages have which fate, `waiting` and `unreadable` among them; `gaps`:
    pages that are missing of works of which other pages lie here."""

    batch: str
    purpose: str
    station: str
    operator: str
    files: tuple[File, ...]
    fates: Counter[str]
    gaps: tuple[tuple[str, int], ...]
    closed: facts.BatchClosed | None
    key_destroyed: bool

    @property
    def pages(self) -> int:
        return sum(file.pages for file in self.files)

    @property
    def state(self) -> str:
        return "closed" if self.closed else ("ended" if self.key_destroyed else "open")


def counted(connection: Connection, batch: str | None = None) -> list[Counted]:
    """Every batch, or the one named, in order of arrival."""
    named = {} if batch is None else {"batch": batch}
    closed = {fact.batch: fact for fact in queries.all_of(connection, facts.BatchClosed)}
    ended = {fact.batch for fact in queries.all_of(connection, facts.WorkingKeyDestroyed)}
    files: dict[str, list[facts.ScanFile]] = {}
    for file in queries.all_of(connection, facts.ScanFile, **named):
        files.setdefault(file.batch, []).append(file)
    pages = _pages_by_file(connection)
    latest = {fate.page: fate for fate in queries.latest_of(connection, facts.PageFate)}
    gone = _gaps(connection, latest.values())
    found = []
    for row in queries.signed_rows(connection, facts.Batch, **named):
        name = str(row["batch"])
        its = files.get(name, [])
        scanned = [page for file in its for page in pages.get(file.file, [])]
        found.append(
            Counted(
                name,
                str(row["purpose"]),
                str(row["station"]),
                str(row["who"]),
                tuple(File(file.file, file.pages, file.fault) for file in its),
                Counter(_fate(page, latest) for page in scanned),
                _gaps_here(scanned, latest, gone),
                closed.get(name),
                name in ended,
            )
        )
    return found


def _pages_by_file(connection: Connection) -> dict[str, list[facts.ScanPage]]:
    pages: dict[str, list[facts.ScanPage]] = {}
    for page in queries.all_of(connection, facts.ScanPage):
        pages.setdefault(page.file, []).append(page)
    return pages


def _fate(page: facts.ScanPage, latest: dict[str, facts.PageFate]) -> str:
    if page.page in latest:
        return latest[page.page].fate
    return UNREADABLE if page.fault else WAITING


def _gaps(connection: Connection, fates: Iterable[facts.PageFate]) -> dict[str, list[int]]:
    """Pages that are neither known nor declared missing, by work, of works of which some page is known."""
    known: dict[str, set[int]] = {}
    for fate in fates:
        if fate.fate == Fate.KNOWN.value:
            known.setdefault(fate.work, set()).add(fate.page_no)
    missing = state.missing_pages(connection)
    gone: dict[str, list[int]] = {}
    for work, page in sorted(state.expected_pages(connection) - missing):
        if work in known and page not in known[work]:
            gone.setdefault(work, []).append(page)
    return gone


def _gaps_here(
    scanned: Sequence[facts.ScanPage], latest: dict[str, facts.PageFate], gone: dict[str, list[int]]
) -> tuple[tuple[str, int], ...]:
    works = {latest[page.page].work for page in scanned if page.page in latest}
    return tuple((work, page) for work in sorted(works & set(gone)) for page in gone[work])


def hints(batches: Sequence[Counted]) -> list[str]:
    """Where to look for what a count lacks or has too much, in words."""
    lines = []
    for one in batches:
        for work, page in one.gaps:
            lines.append(
                _("Page {page} of work {work} is missing; its other pages are here.").format(page=page, work=work)
            )
        for file in one.files:
            if file.fault:
                lines.append(_("File {file} could not be opened: {fault}").format(file=file.file[:8], fault=file.fault))
            elif file.pages % 2:
                lines.append(
                    _(
                        "File {file} has an odd number of sides, {pages}: none is missing only if one side was scanned."
                    ).format(file=file.file[:8], pages=file.pages)
                )
        if lost := one.fates[UNREADABLE]:
            lines.append(_("{n} pages can't be opened; scan them again.").format(n=lost))
        if copies := one.fates[Fate.CONFLICT.value]:
            lines.append(
                _("{n} pages were scanned more than once: `crosscheck pages list --fate conflict`.").format(n=copies)
            )
    return lines
