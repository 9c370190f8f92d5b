"""The stage that reads and masks pages: the only worker that sees an original, and nothing of it is left behind."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from crosscheck import facts, keys, pageform, vault
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import WorkingKey
from crosscheck.labels import genuine
from crosscheck.model import BlobId
from crosscheck.pageform import AnswerZone
from crosscheck.procedure import ForeignPaper, OwnPaper, paper_digest
from crosscheck.procedure_file import load_procedure
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from crosscheck.vault import Part, Purpose
from scanning.intake import WORKS, original_record
from scanning.reading import (
    BlankPage,
    Finding,
    FindingKind,
    NotReadable,
    PageReading,
    PaperSpec,
    Readable,
    SheetPage,
    read_page,
)
from scanning.sources import Media
from scanning.templates import load_template

# A page that shows a code of ours from elsewhere belongs elsewhere; anything else unreadable may be ours.
_MOST = 1_000_000
_ELSEWHERE = frozenset({FindingKind.FOREIGN, FindingKind.WRONG_KIND, FindingKind.NO_SUCH_PAGE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One page to read: where its sealed picture lies and what opens it."""

    page: str
    media: str
    original: str
    wraps: tuple[vault.Wrap, ...]
    key: WorkingKey
    blobs: Path
    procedure: Path
    labels: bytes


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is recorded of a page."""

    reading: facts.PageReading
    findings: tuple[Finding, ...]


def redact_all(station: Station) -> Ran:
    """Read and mask every page that waits."""
    folder = unfolded(station)
    with station.ledger.writing() as writer:
        # Recorded before the first original is opened, and only when there is one to open.
        if waiting := len(_waiting(station, writer.connection, _MOST)):
            opening = f"redact-{uuid.uuid4().hex}"
            writer.append(facts.Opening(opening, Part.ORIGINALS.value, Purpose.REDACT.value, waiting, "masking"))

    def pending(connection: Connection, limit: int) -> Sequence[Unit]:
        return [_unit(station, connection, folder, page, batch) for page, batch in _waiting(station, connection, limit)]

    return run_stage(station, StageWork("redact", lambda unit: unit.page, pending, work, _record, _failed), one_thread)


def _waiting(station: Station, connection: Connection, limit: int) -> list[tuple[facts.ScanPage, str]]:
    # Pages of batches that other stations opened can't be read here: their working keys are theirs.
    found = queries.unread_pages(connection, WORKS, limit)
    return [(page, batch) for page, batch in found if keys.has_working_key(station.keys, batch)]


def _unit(station: Station, connection: Connection, folder: Path, page: facts.ScanPage, batch: str) -> Unit:
    key = keys.working_key(station.keys, batch)
    record, holder = original_record(page.page), vault.holder_name(key)
    wrapped = queries.keys_of(connection, [record], holder)
    wraps = tuple(vault.Wrap(holder, w) for w in wrapped.values())
    return Unit(
        page.page, page.media, page.original, wraps, key, station.home / "blobs", folder, keys.label_key(station.keys)
    )


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
    """One thread per worker: workers share the cores already."""
    cv2.setNumThreads(1)


@cache
def papers(folder: Path) -> PaperSpec:
    """What papers may turn up in a procedure."""
    procedure = load_procedure(folder / "procedure.toml")
    own = pageform.page_forms(procedure) if OwnPaper() in procedure.papers else ()
    foreign = [paper for paper in procedure.papers if isinstance(paper, ForeignPaper)]
    return PaperSpec(own, paper_digest(procedure), tuple(load_template(folder / paper.template) for paper in foreign))


def work(unit: Unit) -> Redacted:
    """Open, read, mask, prove, keep the masked page."""
    container = BlobStore(unit.blobs).get(BlobId(unit.original))
    stream = vault.open_sealed(vault.unpack(container, unit.wraps), unit.key, Purpose.REDACT)
    paper = papers(unit.procedure)
    reading = read_page(stream, Media(unit.media), paper)
    return recorded(unit.page, reading, paper, BlobStore(unit.blobs), unit.labels)


def recorded(page: str, reading: PageReading, paper: PaperSpec, blobs: BlobStore, key: bytes) -> Redacted:
    """A reading as it is recorded; the masked picture goes into the store first."""
    match reading.outcome:
        case Readable() as seen:
            return Redacted(_readable(page, seen, blobs, paper, key), _findings_of(seen))
        case SheetPage():
            return Redacted(_plain(page, "sheet", "a score sheet among works"), ())
        case BlankPage():
            return Redacted(_plain(page, "blank", ""), ())
        case NotReadable(findings, label):
            elsewhere = any(finding.kind in _ELSEWHERE for finding in findings) and label is not None
            outcome = "alien" if elsewhere else "unread"
            return Redacted(
                _plain(page, outcome, ", ".join(f"{f.kind.value} {f.detail}".strip() for f in findings)), findings
            )


def _findings_of(seen: Readable) -> tuple[Finding, ...]:
    # That a code is missing is said once, by collation, as the page's fate.
    said_elsewhere = {FindingKind.NO_CODE, FindingKind.PAGE_GUESSED, FindingKind.DAMAGED_CODE, FindingKind.ALIEN_CODE}
    return tuple(finding for finding in seen.findings if finding.kind not in said_elsewhere)


def _readable(page: str, seen: Readable, blobs: BlobStore, paper: PaperSpec, key: bytes) -> facts.PageReading:
    label = seen.label
    own = seen.template is None
    outcome = "templated" if not own else ("labelled" if label is not None else "uncoded")
    proof = {
        "template": seen.template or "own",
        "orientation": int(seen.registration.orientation),
        "residual_mm": round(seen.registration.residual_mm, 3),
        "dpi": round(seen.registration.dpi, 1),
        "codes_agreeing": seen.support,
        "signed": label is not None and genuine(label, key),
        "masked_sha256": seen.masked.sha256,
        "zones": [[z.task, z.box.x, z.box.y, z.box.w, z.box.h] for z in _zones(paper, seen.template, seen.page)],
        "checks": {check.name.value: [check.passed, round(check.measure, 4)] for check in seen.proof.checks},
    }
    return facts.PageReading(
        page,
        outcome,
        label.number if label else None,
        label.page if label else seen.page,
        label.round if label else None,
        seen.template or "",
        blobs.put(seen.masked.image),
        seen.masked.media.value,
        json.dumps(proof, sort_keys=True),
    )


def _zones(paper: PaperSpec, template: str | None, page: int) -> tuple[AnswerZone, ...]:
    if template is None:
        return paper.own[page - 1].answers
    sides = next(known.pages for known in paper.templates if known.name == template)
    return next(side.answers for side in sides if side.page == page)


def _plain(page: str, outcome: str, why: str) -> facts.PageReading:
    return facts.PageReading(page, outcome, None, None, None, "", "", "", json.dumps({"why": why}, ensure_ascii=False))


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, unit: Unit, result: Redacted) -> None:
    writer.append(result.reading)
    for finding in result.findings:
        name = f"page-{unit.page}-{finding.kind.value}"
        if result.reading.masked and queries.one_of(writer.connection, facts.Finding, finding=name) is None:
            writer.append(facts.Finding(name, finding.kind.value, unit.page, finding.detail))


def _failed(writer: Writer, unit: Unit, why: str) -> None:
    writer.append(_plain(unit.page, "unread", why))
