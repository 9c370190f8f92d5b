"""Published results as files: which documents there are, made one by one, written whole, their hashes recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from crosscheck import facts, pool
from crosscheck.db import queries
from crosscheck.errors import CrosscheckError
from crosscheck.i18n import gettext as _
from crosscheck.procedure import Procedure
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring.errors import ReportNotWritten
from scoring.formats import Format
from scoring.reporting.arrays import gathered
from scoring.reporting.class_form import class_set_form, f1_form
from scoring.reporting.district import computed, district_report
from scoring.reporting.letter import NO_DEADLINES, Deadlines, letter
from scoring.reporting.school import school_report
from scoring.reports import WorkResult, in_order
from scoring.written import EVERY, drawn

_TABLES = frozenset({Format.XLSX, Format.CSV})  # Ф1 is a file for other programs
_LETTERS = frozenset({Format.PDF, Format.HTML})
_WORTH_WORKERS = 24  # documents: fewer are written before a worker has started


@dataclass(frozen=True, slots=True)
class Document:
    """A document by the name of its files; made when it is written, because a city has thousands."""

    name: str
    make: Callable[[], Report]
    formats: Collection[Format] = EVERY


def documents(
    procedure: Procedure, results: Sequence[WorkResult], deadlines: Deadlines = NO_DEADLINES
) -> Iterator[Document]:
    """Everything that is published of settled results; nothing where there are none. deadlines: as letters say them."""
    if not results:
        return
    ordered = sorted(results, key=lambda r: (in_order(r.school), in_order(r.class_set)))
    for (school, class_set), rows in groupby(ordered, key=lambda r: (r.school, r.class_set)):
        yield _class_form(procedure, school, class_set, list(rows))
    of = computed(procedure, gathered(procedure, results))
    for place, (school, rows) in enumerate(groupby(ordered, key=lambda r: r.school)):
        yield _f1(procedure, school, list(rows))
        yield Document(f"school-{school}", lambda at=place: school_report(of, at))  # type: ignore[misc]
        yield Document(f"letter-{school}", lambda at=place: letter(of, at, deadlines), _LETTERS)  # type: ignore[misc]
    yield Document("district", lambda: district_report(of))


def _class_form(procedure: Procedure, school: str, class_set: str, rows: list[WorkResult]) -> Document:
    return Document(f"class-{school}-{class_set}", lambda: class_set_form(procedure, school, class_set, rows))


def _f1(procedure: Procedure, school: str, rows: list[WorkResult]) -> Document:
    return Document(f"f1-{school}", lambda: f1_form(procedure, rows), _TABLES)


# --- writing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """One report to write in some formats; goes to a worker process."""

    folder: Path
    name: str
    report: Report
    formats: tuple[Format, ...]


Written = list[tuple[str, str]]  # kind of report and SHA-256 of each file


def write_unit(unit: Unit) -> Written:
    """Write the files of one report, each whole."""
    written: Written = []
    # A file's name says school and class: the ledger keeps only what sort of report it is.
    kind = unit.name.partition("-")[0]
    for form in unit.formats:
        content = drawn(unit.report, form)
        write_whole(unit.folder / f"{unit.name}.{form.value}", content)
        written.append((f"{kind}.{form.value}", hashlib.sha256(content).hexdigest()))
    return written


def units(folder: Path, made: Iterable[Document], formats: Collection[Format]) -> Iterator[Unit]:
    """Documents to write, in the formats asked for as far as they come in them."""
    for document in made:
        chosen = tuple(form for form in Format if form in formats and form in document.formats)
        if chosen:
            yield Unit(folder, document.name, document.make(), chosen)


def publish(station: Station, folder: Path, made: Sequence[Document], formats: Collection[Format]) -> None:
    """Write documents in worker processes and record what was written. Errors: ReportNotWritten (E3151), and whatever
    drawing refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    with station.ledger.reading() as connection:
        known = {(fact.kind, fact.sha256) for fact in queries.all_of(connection, facts.Report)}
    jobs = station.jobs if len(made) >= _WORTH_WORKERS else 1
    for outcome in pool.run_units(units(folder, made, formats), write_unit, jobs=jobs):
        _record(station, files_of(outcome), known)


def files_of(outcome: pool.Outcome[Unit, Written]) -> Written:
    """The files that a worker wrote. Errors: ReportNotWritten (E3151), and whatever drawing refuses."""
    if isinstance(outcome, pool.Done):
        return outcome.result
    if isinstance(outcome, pool.Crashed):
        raise ReportNotWritten(name=outcome.unit.name, detail=_("its process was killed"))
    if isinstance(outcome.error, CrosscheckError):
        raise outcome.error
    last = outcome.error.traceback.strip().splitlines()[-1]
    raise ReportNotWritten(name=outcome.unit.name, detail=last)


def _record(station: Station, written: Written, known: set[tuple[str, str]]) -> None:
    new = [one for one in dict.fromkeys(written) if one not in known]
    if not new:
        return
    known.update(new)
    with station.ledger.writing() as writer:
        for kind, sha256 in new:
            writer.append(facts.Report(kind, sha256, queries.position(writer.connection)))
