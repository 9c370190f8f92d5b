"""A report as files, with the hash of its bytes in the ledger."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.wholefile import write_whole


def write_both(station: Station, made: Report, stem: Path) -> None:
    """As XLSX and PDF, beside each other under the name `stem`."""
    from crosscheck import report_files

    write(station, stem.with_name(stem.name + ".xlsx"), lambda out: report_files.write_xlsx(made, out))
    write(station, stem.with_name(stem.name + ".pdf"), lambda out: report_files.write_pdf(made, out))


def write(station: Station, path: Path, draw: Callable[[BinaryIO], None]) -> None:
    """Write a report whole and record the hash of its bytes with the position it was computed at."""
    out = io.BytesIO()
    draw(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, out.getvalue())
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    with station.ledger.writing() as writer:
        # The file's name says school and class: the ledger keeps only what sort of report it is.
        kind = path.stem.partition("-")[0] + path.suffix
        if queries.one_of(writer.connection, facts.Report, kind=kind, sha256=sha256) is None:
            writer.append(facts.Report(kind, sha256, queries.position(writer.connection)))
