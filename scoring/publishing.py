"""Published results as files: which documents there are, made one by one, written whole, their hashes recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from crosscheck import pool
from crosscheck.errors import CrosscheckError
from crosscheck.i18n import gettext as _
from crosscheck.procedure import Procedure
from crosscheck.report import Report
from crosscheck.station import Station
from scoring.errors import ReportNotWritten
from scoring.formats import Format
from scoring.reporting.arrays import gathered
from scoring.reporting.class_form import class_set_form, f1_form
from scoring.reporting.district import Computed, computed, district_report
from scoring.reporting.letter import NO_DEADLINES, Deadlines, letter
from scoring.reporting.school import school_report
from scoring.reports import WorkResult, in_order
from scoring.written import EVERY, Written, drawn, record, write_file

_TABLES = frozenset({Format.XLSX, Format.CSV})  # Ф1 is a file for other programs
_LETTERS = frozenset({Format.PDF, Format.HTML})
_WORTH_WORKERS = 24  # documents: fewer are written before a worker has started
_TOGETHER = 50  # documents recorded in one transaction: written within a few seconds


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
    for school, each in groupby(ordered, key=lambda r: r.school):
        yield _f1(procedure, school, list(each))
    yield from school_documents(computed(procedure, gathered(procedure, results)), deadlines)


def school_documents(of: Computed, deadlines: Deadlines = NO_DEADLINES) -> Iterator[Document]:
    """Report and letter of each school, and the report of the district."""
    for place, school in enumerate(of.results.schools):
        yield Document(f"school-{school.number}", lambda at=place: school_report(of, at))  # type: ignore[misc]
        name = f"letter-{school.number}"
        yield Document(name, lambda at=place: letter(of, at, deadlines), _LETTERS)  # type: ignore[misc]
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


def write_unit(unit: Unit) -> list[Written]:
    """Write the files of one report, each whole."""
    return [write_file(unit.folder / f"{unit.name}.{form.value}", drawn(unit.report, form)) for form in unit.formats]


def units(folder: Path, made: Iterable[Document], formats: Collection[Format]) -> Iterator[Unit]:
    """Documents to write, in the formats asked for as far as they come in them."""
    for document in made:
        chosen = tuple(form for form in Format if form in formats and form in document.formats)
        if chosen:
            yield Unit(folder, document.name, document.make(), chosen)


def publish(station: Station, folder: Path, made: Sequence[Document], formats: Collection[Format], at: int) -> None:
    """Write documents in worker processes and record what was written, many in one transaction, which costs as much
    as a report. at: the position of the ledger that they were computed at. Errors: ReportNotWritten (E3151), and
    whatever drawing refuses; what was written before is recorded then, too."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs = station.jobs if len(made) >= _WORTH_WORKERS else 1
    waiting: list[Written] = []
    try:
        for n, outcome in enumerate(pool.run_units(units(folder, made, formats), write_unit, jobs=jobs), start=1):
            waiting += files_of(outcome)
            if n % _TOGETHER == 0:
                done, waiting = waiting, []
                record(station, done, at)
    finally:
        record(station, waiting, at)


def files_of(outcome: pool.Outcome[Unit, list[Written]]) -> list[Written]:
    """The files that a worker wrote. Errors: ReportNotWritten (E3151), and whatever drawing refuses."""
    if isinstance(outcome, pool.Done):
        return outcome.result
    if isinstance(outcome, pool.Crashed):
        raise ReportNotWritten(name=outcome.unit.name, detail=_("its process was killed"))
    if isinstance(outcome.error, CrosscheckError):
        raise outcome.error
    last = outcome.error.traceback.strip().splitlines()[-1]
    raise ReportNotWritten(name=outcome.unit.name, detail=last)
