"""`crosscheck pages`: what a person decides about pages, each decision a fact with who and why."""

from __future__ import annotations

from pathlib import Path

import click

from crosscheck import facts, keys, safe, stages, vault
from crosscheck import status as state
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import BlobId, Fate, PageId, PageKey, WorkId
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from scanning import collate
from scanning.intake import original_record


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


@click.group(
    help=stages.help_of(
        "pages",
        "Every page has one fate. A suggestion is never used by itself: accept it, assign the page, discard it, keep "
        "one of several copies, or declare a page missing. Each decision is recorded with your name and can be undone. "
        "Then run `crosscheck number`.",
        "crosscheck pages list --fate unknown",
        "crosscheck pages show 3f2a --out page.png",
        "crosscheck --who 'Петрова А. И.' pages accept 3f2a --why 'hand and order agree'",
    )
)
def pages() -> None:
    pass


@pages.command("list", help=N_("List pages with their fates.\n\nExample: crosscheck pages list --fate unknown"))
@click.option("--fate", type=click.Choice([fate.value for fate in Fate]), help=N_("Only pages with this fate."))
@json_option
@with_station
def list_pages(station: Station, fate: str | None, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        placed = collate.placed_pages(connection)
        where = {page.page: page for page in queries.pages_of_purpose(connection, "works")}
        masked = {reading.page for reading in queries.all_of(connection, facts.PageReading) if reading.masked}
    rows = [
        {
            "page": page,
            "file": where[page].file[:8],
            "position": where[page].position + 1,
            "fate": place.fate.value,
            "work": place.key.work if place.key else "",
            "number": place.key.page if place.key else "",
            "masked": page in masked,
            "why": place.why,
            "suggestion": f"{place.suggestion.work}:{place.suggestion.page}" if place.suggestion else "",
        }
        for page, place in placed.items()
        if fate is None or place.fate.value == fate
    ]
    columns = ("page", "file", "position", "fate", "work", "number", "why", "suggestion")
    show(rows, columns, as_json=as_json, empty=_("No pages."), words=("fate", "why"))


@pages.command(
    "show", help=N_("Write a page's original picture to a file.\n\nExample: crosscheck pages show 3f2a --out page.png")
)
@click.argument("page")
@click.option("--out", type=click.Path(path_type=Path), required=True, help=N_("Where to write it."))
@with_station
def show_page(station: Station, page: str, out: Path) -> None:
    scanned = _page(station, page)
    record = original_record(scanned.page)
    with station.ledger.writing() as writer:
        file = queries.one_of(writer.connection, facts.ScanFile, file=scanned.file)
        assert file is not None
        local = keys.has_working_key(station.keys, file.batch)
        key = keys.working_key(station.keys, file.batch) if local else unlocked(station, Holder.DISTRICT)
        holder = vault.holder_name(key)
        wrapped = queries.keys_of(writer.connection, [record], holder)
        writer.append(
            facts.Opening(f"show-{scanned.page}-{queries.position(writer.connection)}", "originals", "settle", 1, "")
        )
    wraps = tuple(vault.Wrap(holder, w) for w in wrapped.values())
    container = BlobStore(station.home / "blobs").get(BlobId(scanned.original))
    out.write_bytes(vault.open_sealed(vault.unpack(container, wraps), key, Purpose.SETTLE))
    click.echo(
        _("{out}: {media}. Delete it when you have looked: it shows a name.").format(out=out, media=scanned.media)
    )


@pages.command("files", help=N_("List scanned files by name.\n\nExample: crosscheck pages files"))
@json_option
@with_station
def files(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = queries.all_of(connection, facts.ScanFile)
    rows = [
        {"file": f.file, "name": _file_name(station, f), "batch": f.batch, "pages": f.pages, "fault": f.fault}
        for f in found
    ]
    columns = ("file", "name", "batch", "pages", "fault")
    show(rows, columns, as_json=as_json, empty=_("No files."))


def _file_name(station: Station, file: facts.ScanFile) -> str:
    """The sealed name, while this station has the batch's working key; empty afterwards."""
    if not keys.has_working_key(station.keys, file.batch):
        return ""
    key = keys.working_key(station.keys, file.batch)
    record = f"{RecordKind.FILE_NAME.value}:{file.file}:0"
    return safe.open_record(station, record, key, Purpose.SETTLE, "names of files").decode("utf-8")


_WHY = click.option("--why", required=True, help=N_("What you saw; recorded with your name."))


@pages.command(
    "accept", help=N_("Accept the suggestion for a page.\n\nExample: crosscheck pages accept 3f2a --why 'same hand'")
)
@click.argument("page")
@_WHY
@with_station
def accept(station: Station, page: str, why: str) -> None:
    scanned = _page(station, page)
    with station.ledger.writing() as writer:
        place = collate.placed_pages(writer.connection).get(PageId(scanned.page))
        if place is None or place.suggestion is None:
            raise NothingSuggested(page=page)
        _assign(writer, scanned.page, place.suggestion, why)


@pages.command(
    "assign",
    help=N_(
        "Say which page of which work it is: WORK as in a finding, or `form:2034` for the form number printed on the "
        "page."
        "\n\nExample: crosscheck pages assign 3f2a form:2034 2 --why 'form number read by eye'"
    ),
)
@click.argument("page")
@click.argument("work")
@click.argument("number", type=click.IntRange(1, 99))
@_WHY
@with_station
def assign(station: Station, page: str, work: str, number: int, why: str) -> None:
    scanned = _page(station, page)
    with station.ledger.writing() as writer:
        _assign(writer, scanned.page, PageKey(_work(writer, work), number), why)


def _assign(writer: Writer, page: str, key: PageKey, why: str) -> None:
    _require_expected(writer, key)
    reading = queries.one_of(writer.connection, facts.PageReading, page=page)
    if reading is None or not reading.masked:
        raise NotMasked(page=page, number=key.page, have=_("does not exist"))
    if reading.page_no != key.page:
        # The answer zones of another page were copied: part of the identity could show, part of the work be lost.
        raise NotMasked(page=page, number=key.page, have=_("shows the zones of page {n}").format(n=reading.page_no))
    _decide(writer, page, "assign", why, key)


def _work(writer: Writer, named: str) -> WorkId:
    """The work as named by a person: its own name, or the number of its form."""
    prefix, colon, form = named.partition(":")
    if not (colon and prefix == "form" and form.isascii() and form.isdigit() and len(form) < 10):
        return WorkId(named)
    issued = queries.one_of(writer.connection, facts.IssuedForm, form=int(form))
    if issued is None:
        raise NoSuchWorkPage(number="-", work=named)
    return WorkId(issued.work)


def _require_expected(writer: Writer, key: PageKey) -> None:
    if (key.work, key.page) not in state.expected_pages(writer.connection):
        raise NoSuchWorkPage(number=key.page, work=key.work)


def _decide(writer: Writer, page: str, decision: str, why: str, key: PageKey | None = None) -> None:
    revision = queries.next_revision(writer.connection, facts.PageDecision, page=page)
    work, number = (key.work, key.page) if key else ("", 0)
    writer.append(facts.PageDecision(page, revision, decision, work, number, why))


def _page(station: Station, name: str) -> facts.ScanPage:
    with station.ledger.reading() as connection:
        found = [p for p in queries.pages_of_purpose(connection, "works") if p.page.startswith(name)]
    if len(found) != 1:
        raise NoSuchPage(page=name)
    return found[0]


def _simple(name: str, decision: str, text: str) -> None:
    @pages.command(name, help=text)
    @click.argument("page")
    @_WHY
    @with_station
    def command(station: Station, page: str, why: str) -> None:
        scanned = _page(station, page)
        with station.ledger.writing() as writer:
            _decide(writer, scanned.page, decision, why)


_simple("discard", "discard", N_("Set a page aside.\n\nExample: crosscheck pages discard 3f2a --why 'rough paper'"))
_simple(
    "keep",
    "keep",
    N_("Of several copies of a page, keep this one.\n\nExample: crosscheck pages keep 3f2a --why sharper"),
)
_simple(
    "foreign",
    "foreign",
    N_(
        "Say that a page belongs to another procedure.\n\nExample: crosscheck pages foreign 3f2a --why 'Russian, "
        "grade 6'"
    ),
)
_simple(
    "undo",
    "undo",
    N_("Take the last decision about a page back.\n\nExample: crosscheck pages undo 3f2a --why 'wrong page'"),
)


@pages.command(
    "missing",
    help=N_(
        "Declare that a page of a work does not exist.\n\nExample: crosscheck pages missing W0c1… 2 --why 'not handed "
        "in, act 3'"
    ),
)
@click.argument("work")
@click.argument("number", type=click.IntRange(1, 99))
@click.option("--withdraw", is_flag=True, help=N_("The page turned up after all."))
@_WHY
@with_station
def missing(station: Station, work: str, number: int, withdraw: bool, why: str) -> None:
    with station.ledger.writing() as writer:
        work = _work(writer, work)
        _require_expected(writer, PageKey(WorkId(work), number))
        fates = queries.latest_of(writer.connection, facts.PageFate)
        there = any((f.work, f.page_no, f.fate) == (work, number, Fate.KNOWN.value) for f in fates)
        if there and not withdraw:
            raise PageNotMissing(number=number, work=work)
        revision = queries.next_revision(writer.connection, facts.MissingPage, work=work, page_no=number)
        writer.append(facts.MissingPage(work, number, revision, int(withdraw), why))
