"""Which documents are published, in which formats, and what happens when one can't be written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from crosscheck import pool
from crosscheck.report import Report, Table, UnevenRow
from scoring.errors import ReportNotWritten
from scoring.formats import Format
from scoring.publishing import Unit, documents, files_of, units, write_unit
from tests.scoring.reporting import made

P = made.procedure(3)
UNIT = Unit(Path(), "school-7", Report("R", (), (Table("T", ("a",), ()),), "ru"), (Format.JSON,))


def names(path: Path, formats: set[Format]) -> set[str]:
    results = made.district(P, [[6, 7], [5]], seed=1)
    return {
        f"{unit.name}.{form.value}" for unit in units(path, documents(P, results), formats) for form in unit.formats
    }


def test_every_document_comes_in_its_formats(tmp_path: Path) -> None:
    """Forms of class-sets, Ф1, reports and letters of schools, the district."""
    found = names(tmp_path, set(Format))
    assert {name for name in found if name.endswith(".html")} == {
        *(f"class-{name}.html" for name in ("1-5А", "1-5Б", "2-5А")),
        *(f"{kind}-{n}.html" for kind in ("school", "letter") for n in (1, 2)),
        "district.html",
    }
    assert {name for name in found if name.startswith("f1")} == {"f1-1.xlsx", "f1-1.csv", "f1-2.xlsx", "f1-2.csv"}
    assert {name for name in found if name.startswith("letter-1")} == {"letter-1.pdf", "letter-1.html"}


def test_only_formats_that_were_asked_for_are_written(tmp_path: Path) -> None:
    """What has none of them isn't made at all."""
    assert {name.partition(".")[2] for name in names(tmp_path, {Format.JSON})} == {"json"}
    assert not any(name.startswith(("letter", "f1")) for name in names(tmp_path, {Format.JSON}))


def test_a_file_is_recorded_by_what_sort_of_report_it_is(tmp_path: Path) -> None:
    """Its hash, and no number of a school."""
    unit = Unit(tmp_path, UNIT.name, UNIT.report, UNIT.formats)
    content = hashlib.sha256
    written = write_unit(unit)
    assert written == [("school.json", content((tmp_path / "school-7.json").read_bytes()).hexdigest())]


def test_a_report_that_cant_be_written_is_named() -> None:
    """Whether drawing failed or its process was killed; what has a number keeps it."""
    with pytest.raises(ReportNotWritten, match=r"E3151.*school-7.*OSError: full"):
        files_of(pool.Failed(UNIT, pool.Unexpected("OSError", "Traceback\nOSError: full\n")))
    with pytest.raises(ReportNotWritten, match=r"E3151.*school-7"):
        files_of(pool.Crashed(UNIT))
    with pytest.raises(UnevenRow):
        files_of(pool.Failed(UNIT, UnevenRow(row=1, table="T", cells=1, columns=2)))
