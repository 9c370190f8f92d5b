"""A report as files of each format, with the hash of their bytes in the ledger."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.formats import Format

EVERY = frozenset(Format)
ON_PAPER = frozenset({Format.XLSX, Format.PDF})


def write_report(station: Station, made: Report, stem: Path, formats: Collection[Format] = EVERY) -> None:
    """In these formats, beside each other under the name `stem`."""
    for form in Format:
        if form in formats:
            write(station, stem.with_name(f"{stem.name}.{form.value}"), drawn(made, form))


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


def write(station: Station, path: Path, content: bytes) -> None:
    """Write a file of a report whole and record the hash of its bytes with the position it was computed at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    sha256 = hashlib.sha256(content).hexdigest()
    with station.ledger.writing() as writer:
        # The file's name says school and class: the ledger keeps only what sort of report it is.
        kind = path.stem.partition("-")[0] + path.suffix
        if queries.one_of(writer.connection, facts.Report, kind=kind, sha256=sha256) is None:
            writer.append(facts.Report(kind, sha256, queries.position(writer.connection)))
