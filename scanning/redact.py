"""The stage that reads and masks pages: the only worker that sees an original, and nothing of it is left behind."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

import cv2

from crosscheck import facts, keys, pageform, vault
from crosscheck.blobs import BlobAltered, BlobMissing, BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.keys import WorkingKey
from crosscheck.labels import Label, genuine
from crosscheck.memory import keep_freed
from crosscheck.model import BlobId
from crosscheck.pageform import AnswerZone
from crosscheck.pool import Done
from crosscheck.procedure import ForeignPaper, OwnPaper, paper_digest
from crosscheck.procedure_file import load_procedure
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from crosscheck.vault import Part, Purpose
from scanning.collating.evidence import Discard
from scanning.collating.gathering import decisions
from scanning.errors import UndecodableImage
from scanning.files.decoding import Decoder
from scanning.files.sources import Media
from scanning.forms.templates import load_template
from scanning.incoming.intake import WORKS, original_record
from scanning.leaks import ocr
from scanning.reading import (
    BlankPage,
    CoverPage,
    Finding,
    FindingKind,
    NotReadable,
    PageReading,
    PaperSpec,
    Readable,
    SheetPage,
    read_grey,
)

LOST = "its stored picture is gone, and a person set it aside"
_TOGETHER = 16  # pages sent to a worker at once
# A page that shows a code of ours from elsewhere belongs elsewhere; anything else unreadable may be ours.
_ELSEWHERE = frozenset({FindingKind.FOREIGN, FindingKind.WRONG_KIND, FindingKind.NO_SUCH_PAGE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One page to read: where its sealed picture lies and what opens it. `set_aside`: a person discarded it, so that
    nobody waits for a picture that is gone."""

    page: str
    media: str
    original: str
    wraps: tuple[vault.Wrap, ...]
    key: WorkingKey
    blobs: Path
    procedure: Path
    labels: bytes
    set_aside: bool = False


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is recorded of a page."""

    reading: facts.PageReading
    findings: tuple[Finding, ...]


def redact_all(station: Station) -> Ran:
    """Read and mask every page that waits."""
    folder, labels = unfolded(station), keys.label_key(station.keys)
    with station.ledger.writing() as writer:
        # Recorded before the first original is opened, and only when there is one to open.
        if waiting := _count(station, writer.connection):
            opening = f"redact-{uuid.uuid4().hex}"
            writer.append(facts.Opening(opening, Part.ORIGINALS.value, Purpose.REDACT.value, waiting, "masking"))

    def pending(connection: Connection, limit: int) -> Sequence[Unit]:
        return _units(station, connection, folder, labels, limit)

    def record_all(writer: Writer, results: Sequence[Done[Unit, Redacted]]) -> None:
        station.blobs.force()  # before the ledger says that they are there
        _record(writer, [done.result for done in results])

    stage = StageWork(
        "redact",
        lambda unit: unit.page,
        pending,
        work,
        lambda writer, unit, result: record_all(writer, [Done(unit, result)]),
        _failed,
        together=_TOGETHER,
        record_all=record_all,
        count=lambda _connection: waiting,
        unit=N_("pages"),
    )
    try:
        return run_stage(station, stage, one_thread)
    finally:
        _end_decoder()  # of this process, where there is only one job


def _count(station: Station, connection: Connection) -> int:
    unread = queries.unread_by_batch(connection, WORKS)
    return sum(pages for batch, pages in unread.items() if keys.has_working_key(station.keys, batch))


def _units(station: Station, connection: Connection, folder: Path, labels: bytes, limit: int) -> list[Unit]:
    # Pages of batches that other stations opened can't be read here: their working keys are theirs.
    batches = (batch.batch for batch in queries.all_of(connection, facts.Batch, purpose=WORKS))
    ours = {name: keys.working_key(station.keys, name) for name in batches if keys.has_working_key(station.keys, name)}
    found = queries.unread_pages(connection, WORKS, limit, ours)
    wraps = _wraps(connection, found, ours)
    blobs = station.home / "blobs"
    aside = {page for page, decision in decisions(connection).items() if isinstance(decision, Discard)}
    return [
        Unit(
            page.page,
            page.media,
            page.original,
            wraps.get(page.page, ()),
            ours[batch],
            blobs,
            folder,
            labels,
            page.page in aside,
        )
        for page, batch in found
    ]


def _wraps(
    connection: Connection, found: Sequence[tuple[facts.ScanPage, str]], ours: Mapping[str, WorkingKey]
) -> dict[str, tuple[vault.Wrap, ...]]:
    """What opens each page's original, by page; an erased one has nothing."""
    wraps: dict[str, tuple[vault.Wrap, ...]] = {}
    for batch in {batch for _page, batch in found}:
        holder = vault.holder_name(ours[batch])
        records = {original_record(page.page): page.page for page, its in found if its == batch}
        for record, wrapped in queries.keys_of(connection, records, holder).items():
            wraps[records[record]] = (vault.Wrap(holder, wrapped),)
    return wraps


def unfolded(station: Station) -> Path:
    """The procedure and its files as files again, for libraries that read paths."""
    with station.ledger.reading() as connection:
        version = queries.procedure_text(connection)
        assert version is not None
        files = queries.all_of(connection, facts.ProcedureFile, version=version.version)
    folder = station.home / "cache" / f"procedure-{version.version}"
    contents = {"procedure.toml": version.toml.encode()}
    contents |= {file.name: station.blobs.get(BlobId(file.blob)) for file in files}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
    return folder


# --- in the worker ------------------------------------------------------------------------------


def one_thread() -> None:
    """One thread per worker: workers share the cores already. Freed memory is kept for the next page."""
    cv2.setNumThreads(1)
    keep_freed()


@cache
def papers(folder: Path) -> PaperSpec:
    """What papers may turn up in a procedure."""
    procedure = load_procedure(folder / "procedure.toml")
    own = pageform.page_forms(procedure) if OwnPaper() in procedure.papers else ()
    foreign = [paper for paper in procedure.papers if isinstance(paper, ForeignPaper)]
    return PaperSpec(own, paper_digest(procedure), tuple(load_template(folder / paper.template) for paper in foreign))


@cache
def _decoder() -> Decoder:
    """This worker's decoder: pictures of strangers are opened in a process that holds no key."""
    # Workers end without Python's own exit functions.
    Finalize(None, _end_decoder, exitpriority=1)
    return Decoder()


def _end_decoder() -> None:
    if _decoder.cache_info().currsize:
        _decoder().close()
        _decoder.cache_clear()


def work(unit: Unit) -> Redacted:
    """Open, read, mask, prove, keep the masked page."""
    blobs, paper = BlobStore(unit.blobs).unforced(), papers(unit.procedure)
    try:
        container = blobs.get(BlobId(unit.original))
    except (BlobMissing, BlobAltered):
        if not unit.set_aside:
            raise
        return Redacted(_plain(unit.page, "unread", LOST), ())
    stream = vault.open_sealed(vault.unpack(container, unit.wraps), unit.key, Purpose.REDACT)
    # Equal pictures have equal names; keyed, or whoever holds a copy could prove that it is here.
    picture = keys.keyed(unit.labels, "picture", stream)[:20]
    return _recorded(unit, _read(stream, Media(unit.media), paper), picture, paper, blobs)


def _read(stream: bytes, media: Media, paper: PaperSpec) -> PageReading:
    try:
        seen = _decoder().decoded(stream, media)
    except UndecodableImage as e:
        return PageReading(NotReadable((Finding(FindingKind.UNDECODABLE, str(e.fields["detail"])),)), None)
    return read_grey(seen.grey, paper, seen.colours)


def _recorded(unit: Unit, reading: PageReading, picture: str, paper: PaperSpec, blobs: BlobStore) -> Redacted:
    """A reading as it is recorded; the masked picture goes into the store first."""
    match reading.outcome:
        case Readable() as seen:
            return Redacted(_readable(unit, seen, picture, blobs, paper), _findings_of(seen))
        case CoverPage(label):
            return Redacted(_cover(unit, label, picture), ())
        case SheetPage():
            return Redacted(_plain(unit.page, "sheet", "a score sheet among works", picture), ())
        case BlankPage():
            return Redacted(_plain(unit.page, "blank", ""), ())
        case NotReadable(findings, label):
            elsewhere = any(finding.kind in _ELSEWHERE for finding in findings) and label is not None
            outcome = "alien" if elsewhere else "unread"
            why = ", ".join(f"{f.kind.value} {f.detail}".strip() for f in findings)
            return Redacted(_plain(unit.page, outcome, why, picture), findings)


def _findings_of(seen: Readable) -> tuple[Finding, ...]:
    # That a code is missing is said once, by collation, as the page's fate.
    said_elsewhere = {FindingKind.NO_CODE, FindingKind.PAGE_GUESSED, FindingKind.DAMAGED_CODE, FindingKind.ALIEN_CODE}
    return tuple(finding for finding in seen.findings if finding.kind not in said_elsewhere)


def _readable(unit: Unit, seen: Readable, picture: str, blobs: BlobStore, paper: PaperSpec) -> facts.PageReading:
    label = seen.label
    own = seen.template is None
    outcome = "templated" if not own else ("labelled" if label is not None else "uncoded")
    masked = blobs.put(seen.masked.image)
    return facts.PageReading(
        unit.page,
        outcome,
        label.number if label else None,
        label.page if own and label else seen.page,  # a sticker names a work, not a page
        label.round if label else None,
        seen.template or "",
        masked,
        seen.masked.media.value,
        _json({**_proof(unit, seen, masked, paper), "picture": picture}),
    )


def _proof(unit: Unit, seen: Readable, masked: str, paper: PaperSpec) -> dict[str, object]:
    """What was masked, how the page lay, what was checked: enough to repeat it, and nothing of what stood there."""
    return {
        "template": seen.template or "own",
        "page": seen.page,
        "orientation": int(seen.registration.orientation),
        "residual_mm": round(seen.registration.residual_mm, 3),
        "dpi": round(seen.registration.dpi, 1),
        "capture": seen.registration.kind.value,
        "codes_agreeing": seen.support,
        "signed": seen.label is not None and genuine(seen.label, unit.labels),
        "original": unit.original,
        "masked_sha256": masked,
        "zones": [[z.task, z.box.x, z.box.y, z.box.w, z.box.h] for z in _zones(paper, seen.template, seen.page)],
        "hidden": [[box.x, box.y, box.w, box.h] for box in seen.hidden],
        "ocr": ocr.recorded(seen.compared),
        "checks": {check.name.value: [check.passed, round(check.measure, 4)] for check in seen.proof.checks},
    }


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _zones(paper: PaperSpec, template: str | None, page: int) -> tuple[AnswerZone, ...]:
    if template is None:
        return paper.own[page - 1].answers
    sides = next(known.pages for known in paper.templates if known.name == template)
    return next(side.answers for side in sides if side.page == page)


def _cover(unit: Unit, label: Label | None, picture: str) -> facts.PageReading:
    signed = label is not None and genuine(label, unit.labels)
    told = {"cover": True, "signed": signed, "why": "a cover", "picture": picture}
    number = None if label is None else label.number
    return facts.PageReading(unit.page, "alien", number, None, None, "", "", "", _json(told))


def _plain(page: str, outcome: str, why: str, picture: str = "") -> facts.PageReading:
    told = {"why": why, "picture": picture} if picture else {"why": why}
    return facts.PageReading(page, outcome, None, None, None, "", "", "", _json(told))


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, results: Sequence[Redacted]) -> None:
    writer.append_all(result.reading for result in results)
    writer.append_all(finding for result in results for finding in _found(result))


def _found(result: Redacted) -> Iterable[facts.Finding]:
    """What a person must look at on a masked page; the first of each kind stands for the others."""
    page = result.reading.page
    kinds = {finding.kind.value: finding.detail for finding in reversed(result.findings)}
    if result.reading.masked:
        for kind, detail in reversed(kinds.items()):
            yield facts.Finding(f"page-{page}-{kind}", kind, page, detail)


def _failed(writer: Writer, unit: Unit, why: str) -> None:
    writer.append(_plain(unit.page, "unread", why))
