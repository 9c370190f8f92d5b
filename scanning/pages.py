"""`crosscheck pages`: what there is of pages, and what a person decides about them, each decision a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from crosscheck import facts, keys, safe, stages
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import Fate
from crosscheck.remedies import advised
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wording import kinds_in, told
from scanning.collating import collate
from scanning.collating.evidence import Placed
from scanning.deciding import keying, settling, showing
from scanning.deciding.choosing import work_named


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
@click.option("--file", "file", help=N_("Only pages of this file: the first letters of its name in `pages files`."))
@click.option("--work", help=N_("Only pages of this work, or suggested for it: its name, or `form:2034`."))
@click.option("--batch", help=N_("Only pages of this batch."))
@json_option
@with_station
def list_pages(
    station: Station, fate: str | None, file: str | None, work: str | None, batch: str | None, as_json: bool
) -> None:
    with station.ledger.reading() as connection:
        of_work = None if work is None else work_named(connection, work)
        rows = [
            row
            for row in _rows(connection)
            if (fate is None or row["fate"] == fate)
            and (file is None or str(row["whole_file"]).startswith(file))
            and (batch is None or row["batch"] == batch)
            and (of_work is None or of_work in (row["work"], str(row["suggestion"]).partition(":")[0]))
        ]
    for row in rows:
        del row["whole_file"]
        if not as_json:
            row["evidence"] = "; ".join(told(words) for words in row["evidence"])  # type: ignore[attr-defined]
    columns = ("page", "file", "position", "fate", "work", "number", "why", "suggestion", "evidence")
    show(rows, columns, as_json=as_json, empty=_("No pages."), words=("fate", "why"))
    if not as_json:
        unknown = (row for row in rows if row["fate"] == Fate.UNKNOWN.value)
        for line in advised(kind for row in unknown for kind in kinds_in(str(row["why"]))):
            click.echo(line)


def _rows(connection: Connection) -> Iterator[dict[str, object]]:
    placed = collate.placed_pages(connection)
    masked = {reading.page for reading in queries.all_of(connection, facts.PageReading) if reading.masked}
    batches = {file.file: file.batch for file in queries.all_of(connection, facts.ScanFile)}
    where: Mapping[str, facts.ScanPage] = {page.page: page for page in queries.pages_of_purpose(connection, "works")}
    for page, place in placed.items():
        lies = where[page]
        yield {
            "page": page,
            "file": lies.file[:8],
            "whole_file": lies.file,
            "batch": batches[lies.file],
            "position": lies.position + 1,
            "masked": page in masked,
            **_told_of(place),
        }


def _told_of(place: Placed) -> dict[str, object]:
    return {
        "fate": place.fate.value,
        "work": place.key.work if place.key else "",
        "number": place.key.page if place.key else "",
        "why": place.why,
        "suggestion": f"{place.suggestion.work}:{place.suggestion.page}" if place.suggestion else "",
        "evidence": list(place.evidence),
    }


@pages.command("files", help=N_("List scanned files by name.\n\nExample: crosscheck pages files"))
@json_option
@with_station
def list_files(station: Station, as_json: bool) -> None:
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


for command in (*showing.COMMANDS, *settling.COMMANDS, keying.key):
    pages.add_command(command)
