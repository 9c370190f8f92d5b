"""Reports as files, with the hashes of their bytes in the ledger: first the file, whole, then its hash. Whoever is
killed in between writes the same bytes again and records them then."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.wholefile import write_whole


class Written(NamedTuple):
    """A file that was written: what sort of report it is, and the SHA-256 of its bytes."""

    kind: str
    sha256: str


def write_both(station: Station, made: Report, stem: Path) -> None:
    """As XLSX and PDF, beside each other under the name `stem`; recorded at the position of the ledger now."""
    from crosscheck import report_files

    stem.parent.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Callable[[Report, BinaryIO], None]] = {
        ".xlsx": report_files.write_xlsx,
        ".pdf": report_files.write_pdf,
    }
    for suffix, draw in writers.items():
        out = io.BytesIO()
        draw(made, out)
        record(station, [write_file(stem.with_name(stem.name + suffix), out.getvalue())])


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
