"""Published results as files: which documents there are, made one by one, written whole, their hashes recorded."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.procedure import Procedure
from crosscheck.report import Report
from crosscheck.report_files import write_pdf, write_xlsx
from crosscheck.report_text import csv_of_report
from crosscheck.reporting.html import write_html
from crosscheck.reporting.plain import write_json
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.formats import Format
from scoring.reporting.arrays import gathered
from scoring.reporting.class_form import class_set_form, f1_form
from scoring.reporting.district import computed, district_report
from scoring.reporting.school import letter, school_report
from scoring.reports import WorkResult, in_order

_EVERY = frozenset(Format)
_TABLES = frozenset({Format.XLSX, Format.CSV})  # Ф1 is a file for other programs
_LETTERS = frozenset({Format.PDF, Format.HTML})


@dataclass(frozen=True, slots=True)
class Document:
    """A document by the name of its files; made when it is written, because a city has thousands."""

    name: str
    make: Callable[[], Report]
    formats: Collection[Format] = _EVERY


def documents(procedure: Procedure, results: Sequence[WorkResult]) -> Iterator[Document]:
    """Everything that is published of settled results; nothing where there are none."""
    if not results:
        return
    ordered = sorted(results, key=lambda r: (in_order(r.school), in_order(r.class_set)))
    for (school, class_set), rows in groupby(ordered, key=lambda r: (r.school, r.class_set)):
        yield _class_form(procedure, school, class_set, list(rows))
    of = computed(procedure, gathered(procedure, results))
    for place, (school, rows) in enumerate(groupby(ordered, key=lambda r: r.school)):
        yield _f1(procedure, school, list(rows))
        yield Document(f"school-{school}", lambda at=place: school_report(of, at))  # type: ignore[misc]
        yield Document(f"letter-{school}", lambda at=place: letter(of, at), _LETTERS)  # type: ignore[misc]
    yield Document("district", lambda: district_report(of))


def _class_form(procedure: Procedure, school: str, class_set: str, rows: list[WorkResult]) -> Document:
    return Document(f"class-{school}-{class_set}", lambda: class_set_form(procedure, school, class_set, rows))


def _f1(procedure: Procedure, school: str, rows: list[WorkResult]) -> Document:
    return Document(f"f1-{school}", lambda: f1_form(procedure, rows), _TABLES)


def drawn(report: Report, form: Format) -> bytes:
    """A report as a file of one format: the same report, the same bytes."""
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


def publish(station: Station, folder: Path, made: Iterable[Document], formats: Collection[Format]) -> None:
    """Write documents in the formats asked for, as far as they come in them, and record what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    with station.ledger.reading() as connection:
        known = {(fact.kind, fact.sha256) for fact in queries.all_of(connection, facts.Report)}
    for document in made:
        report = document.make()
        fresh: list[tuple[str, str]] = []
        for form in (form for form in Format if form in formats and form in document.formats):
            content = drawn(report, form)
            write_whole(folder / f"{document.name}.{form.value}", content)
            # The file's name says school and class: the ledger keeps only what sort of report it is.
            kind = f"{document.name.partition('-')[0]}.{form.value}"
            fresh.append((kind, hashlib.sha256(content).hexdigest()))
        _record(station, fresh, known)


def _record(station: Station, fresh: list[tuple[str, str]], known: set[tuple[str, str]]) -> None:
    new = [one for one in dict.fromkeys(fresh) if one not in known]
    if not new:
        return
    known.update(new)
    with station.ledger.writing() as writer:
        for kind, sha256 in new:
            writer.append(facts.Report(kind, sha256, queries.position(writer.connection)))
