"""`crosscheck batch`: what was scanned in one go, counted against the paper, and closed by the person who counted it.

Pages that a feeder swallowed or that stuck together leave no trace in what was scanned; only the paper's own count
shows them. A closed batch gets a manifest, and nothing is added to it any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from crosscheck import facts, stages
from crosscheck.db.ledger import utc_now
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from crosscheck.wholefile import private_folder, write_whole
from scanning.incoming.counting import Counted, counted, hints

# What a batch is called in tables; JSON keeps the words of the code.
_STATES = {"open": N_("not closed yet"), "closed": N_("closed"), "ended": N_("settled, not closed")}
_PURPOSES = {"works": N_("works"), "sheets": N_("score sheets")}


class NoSuchBatch(CrosscheckError):
    number, exit = 3050, Exit.USAGE
    sentence = "There is no batch {batch}."
    remedy = "`crosscheck batch list` shows their names."


class AlreadyClosed(CrosscheckError):
    number, exit = 3051, Exit.USAGE
    sentence = "Batch {batch} is closed already."
    remedy = "Its counts stay as they were recorded; `crosscheck batch show {batch}` shows them."


class CountNotDeclared(CrosscheckError):
    number, exit = 3052, Exit.USAGE
    sentence = "How much paper was scanned is not said, or said twice."
    remedy = "Count the paper and give either --sheets with --sides 1 or 2, or --pages."


class ManifestNotWritten(CrosscheckError):
    number, exit = 3054, Exit.INPUT
    sentence = "The manifest {path} could not be written: {cause}."
    remedy = "Free some space or check who may write there, then close the batch again; it is still open."


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person counted: sides of paper in all; `sheets` and how many sides of each were scanned, or None."""

    pages: int
    sheets: int | None
    sides: int | None


def declared(sheets: int | None, sides: int | None, pages: int | None) -> Declared:
    """The count as it was typed. E3052 when it says nothing, or two things."""
    if pages is not None and sheets is None and sides is None:
        return Declared(pages, None, None)
    if pages is None and sheets is not None and sides is not None:
        return Declared(sheets * sides, sheets, sides)
    raise CountNotDeclared


def manifest(batches: Sequence[Counted], said: Declared, why: str, who: str, when: str) -> bytes:
    """The manifest as canonical JSON. Files are named by their keyed hashes: with a plain one, whoever has the
    manifest could test whether a scan they hold was among them."""
    content = {
        "format": "crosscheck batch manifest 1",
        "batches": [
            {
                "batch": one.batch,
                "purpose": one.purpose,
                "station": one.station,
                "operator": one.operator,
                "pages": one.pages,
                "files": [{"file": f.file, "pages": f.pages, "fault": f.fault} for f in one.files],
            }
            for one in batches
        ],
        "declared": {"pages": said.pages, "sheets": said.sheets, "sides": said.sides},
        "counted": sum(one.pages for one in batches),
        "difference_accepted": why,
        "closed_by": who,
        "closed_at": when,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Difference:
    """The paper and the scans don't agree; nothing was closed."""

    declared: int
    counted: int
    batches: tuple[Counted, ...]


def close_batches(station: Station, names: Sequence[str], said: Declared, why: str) -> Path | Difference:
    """Close batches whose paper was counted together; where the manifest is, or the difference that nobody accepted.
    E3050, E3051, E3054."""
    with station.ledger.writing() as writer:
        found = tuple(_existing(writer.connection, name) for name in dict.fromkeys(names))
        for one in found:
            if one.closed is not None:
                raise AlreadyClosed(batch=one.batch)
        total = sum(one.pages for one in found)
        if total != said.pages and not why:
            return Difference(said.pages, total, found)
        reason = why if total != said.pages else ""
        content = manifest(found, said, reason, station.who, utc_now())
        path = station.out / "batches" / f"{found[0].batch}.json"
        # Before the commit: a closed batch without its manifest could never get one.
        _write(path, content)
        digest = hashlib.sha256(content).hexdigest()
        writer.append_all(facts.BatchClosed(one.batch, said.pages, total, digest, reason) for one in found)
    return path


def _existing(connection: Connection, name: str) -> Counted:
    found = counted(connection, name)
    if not found:
        raise NoSuchBatch(batch=name)
    return found[0]


def _write(path: Path, content: bytes) -> None:
    try:
        private_folder(path.parent)
        write_whole(path, content)
    except OSError as trouble:
        raise ManifestNotWritten(path=path, cause=trouble.strerror or trouble) from trouble


# --- the command ----------------------------------------------------------------------------------


@click.group(
    help=stages.help_of(
        "batch",
        "A batch is opened by the first file of `crosscheck ingest` and goes on until it is closed or all its pages "
        "are settled. Count the paper and close it: a page that the scanner swallowed shows only there.",
        "crosscheck batch list",
        "crosscheck batch show station-1-001",
        "crosscheck --who 'Петрова А. И.' batch close station-1-001 --sheets 120 --sides 2",
    )
)
def batch() -> None:
    pass


@batch.command("list", help=N_("List batches with their counts.\n\nExample: crosscheck batch list"))
@json_option
@with_station
def list_batches(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = counted(connection)
    rows = [
        {
            "batch": one.batch,
            "purpose": one.purpose if as_json else _(_PURPOSES[one.purpose]),
            "station": one.station,
            "operator": one.operator,
            "files": len(one.files),
            "pages": one.pages,
            "state": one.state if as_json else _(_STATES[one.state]),
        }
        for one in found
    ]
    columns = ("batch", "purpose", "station", "operator", "files", "pages", "state")
    show(rows, columns, as_json=as_json, empty=_("No batches."))


@batch.command("show", help=N_("Show a batch: counts, files, gaps.\n\nExample: crosscheck batch show station-1-001"))
@click.argument("name")
@json_option
@with_station
def show_batch(station: Station, name: str, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        one = _existing(connection, name)
    if as_json:
        click.echo(json.dumps(_as_json(one), ensure_ascii=False, indent=2))
        return
    click.echo(
        _("{batch}: {files} files, {pages} pages, {state}.").format(
            batch=one.batch, files=len(one.files), pages=one.pages, state=_(_STATES[one.state])
        )
    )
    fates = [{"fate": fate, "pages": n} for fate, n in sorted(one.fates.items())]
    show(fates, ("fate", "pages"), as_json=False, empty=_("No pages."), words=("fate",))
    files = [{"file": f.file[:8], "pages": f.pages, "fault": f.fault} for f in one.files]
    show(files, ("file", "pages", "fault"), as_json=False, empty=_("No files."))
    for line in hints((one,)):
        click.echo(line)


def _as_json(one: Counted) -> dict[str, object]:
    closed = one.closed
    return {
        "batch": one.batch,
        "purpose": one.purpose,
        "station": one.station,
        "operator": one.operator,
        "state": one.state,
        "key_destroyed": one.key_destroyed,
        "pages": one.pages,
        "fates": dict(sorted(one.fates.items())),
        "files": [{"file": f.file, "pages": f.pages, "fault": f.fault} for f in one.files],
        "gaps": [{"work": work, "page": page} for work, page in one.gaps],
        "closed": None
        if closed is None
        else {"declared": closed.declared, "counted": closed.counted, "why": closed.why},
    }


@batch.command(
    "close",
    help=N_(
        "Close batches whose paper was counted: it must agree with what was scanned.\n\n"
        "Several batches may be closed by one count. A manifest is written to out/batches.\n\n"
        "Example: crosscheck batch close station-1-001 --sheets 120 --sides 2"
    ),
)
@click.argument("names", nargs=-1, required=True)
@click.option("--sheets", type=click.IntRange(0), help=N_("How many sheets of paper there are."))
@click.option("--sides", type=click.IntRange(1, 2), help=N_("How many sides of each were scanned."))
@click.option("--pages", type=click.IntRange(0), help=N_("How many sides of paper were scanned, instead of sheets."))
@click.option("--accept-difference", "why", default="", help=N_("Close although the counts differ, and why."))
@with_station
def close(
    station: Station, names: tuple[str, ...], sheets: int | None, sides: int | None, pages: int | None, why: str
) -> int:
    match close_batches(station, names, declared(sheets, sides, pages), why.strip()):
        case Difference(said, found, batches):
            click.echo(
                _("{declared} sides of paper are declared, {counted} were scanned: nothing was closed.").format(
                    declared=said, counted=found
                ),
                err=True,
            )
            for line in hints(batches):
                click.echo(line, err=True)
            click.echo(_("Scan what is missing, or say why it is so with --accept-difference."), err=True)
            return Exit.PERSON_NEEDED
        case path:
            click.echo(_("Closed; the manifest is {path}.").format(path=path))
            return Exit.DONE
