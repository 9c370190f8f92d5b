"""Reports as files of each format, with the hashes of their bytes in the ledger: first the file, whole, then its hash.
Whoever is killed in between writes them again and records them then: the same bytes, unless something was recorded
meanwhile."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.formats import Format

EVERY = frozenset(Format)
ON_PAPER = frozenset({Format.XLSX, Format.PDF})


class Written(NamedTuple):
    """A file that was written: what sort of report it is, and the SHA-256 of its bytes."""

    kind: str
    sha256: str


def write_report(
    station: Station, made: Report, stem: Path, formats: Collection[Format] = EVERY, at: int | None = None
) -> None:
    """In these formats, beside each other under the name `stem`. at: as `record`."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    wanted = [form for form in Format if form in formats]
    record(station, [write_file(stem.with_name(f"{stem.name}.{form.value}"), drawn(made, form)) for form in wanted], at)


def drawn(report: Report, form: Format) -> bytes:
    """A report as a file of one format: the same report, the same bytes."""
    from crosscheck.report_files import write_pdf, write_xlsx
    from crosscheck.report_text import csv_of_report
    from crosscheck.reporting.html import write_html
    from crosscheck.reporting.plain import write_json

    if form is Format.CSV:
        return csv_of_report(report)
    writers: dict[Format, Callable[[Report, BinaryIO], None]] = {
        Format.XLSX: write_xlsx,
        Format.PDF: write_pdf,
        Format.HTML: write_html,
        Format.JSON: write_json,
    }
    out = io.BytesIO()
    writers[form](report, out)
    return out.getvalue()


def write_file(path: Path, content: bytes) -> Written:
    """Write a file whole. Its name says school and class: the ledger keeps only what sort of report it is."""
    write_whole(path, content)
    return Written(path.stem.partition("-")[0] + path.suffix, hashlib.sha256(content).hexdigest())


def record(station: Station, files: Iterable[Written], at: int | None = None) -> None:
    """Record files in one transaction, each once. at: the position of the ledger that they were
    computed at; None: now."""
    coming = list(files)
    if not coming:
        return
    with station.ledger.writing() as writer:
        known = queries.known_reports(writer.connection, coming)
        position = queries.position(writer.connection) if at is None else at
        writer.append_all(facts.Report(one.kind, one.sha256, position) for one in coming if one not in known)
