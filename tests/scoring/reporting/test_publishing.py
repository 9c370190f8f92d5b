"""Which documents are published, in which formats, and what happens when one can't be written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from crosscheck import facts, pool
from crosscheck.report import Report, Table, Text, UnevenRow
from crosscheck.station import Station
from scoring import publishing, written
from scoring.errors import ReportNotWritten
from scoring.formats import Format
from scoring.publishing import Unit, documents, files_of, units, write_unit
from scoring.written import Written
from tests.scoring.reporting import made
from tests.stations import Desk

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


# --- what the ledger knows --------------------------------------------------------------------------


def some(n: int, *more: publishing.Document) -> list[publishing.Document]:
    """Documents of one line each."""
    made = [publishing.Document(f"school-{at}", lambda at=at: line(str(at)), (Format.CSV,)) for at in range(n)]  # type: ignore[misc]
    return [*made, *more]


def line(text: str) -> Report:
    return Report("R", (), (Table("T", ("a",), ((Text(text),),)),), "ru")


def broken() -> Report:
    raise UnevenRow(row=1, table="T", cells=1, columns=2)


def recorded(desk: Desk) -> set[tuple[str, str]]:
    return {(one.kind, one.sha256) for one in desk.facts(facts.Report)}


def lying(folder: Path) -> set[tuple[str, str]]:
    return {("school.csv", hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.iterdir()}


def test_every_file_is_recorded_at_the_position_it_was_computed_at(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many come into one transaction; writing again adds nothing."""
    monkeypatch.setattr(publishing, "_TOGETHER", 4)
    for _each in range(2):
        publishing.publish(desk.station(), tmp_path / "out", some(11), {Format.CSV}, 7)
        assert len(desk.facts(facts.Report)) == 11
    assert recorded(desk) == lying(tmp_path / "out")
    assert {one.position for one in desk.facts(facts.Report)} == {7}


def test_what_was_written_before_a_report_failed_is_recorded(desk: Desk, tmp_path: Path) -> None:
    """Nothing lies in the folder that the ledger doesn't know."""
    with pytest.raises(UnevenRow):
        publishing.publish(desk.station(), tmp_path / "out", some(5, publishing.Document("f", broken)), {Format.CSV}, 7)
    assert recorded(desk) == lying(tmp_path / "out")
    assert len(recorded(desk)) == 5


def test_what_a_killed_run_left_unrecorded_the_next_one_records(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files come first, so at most those of one transaction are unknown; their bytes are the same again."""
    monkeypatch.setattr(publishing, "_TOGETHER", 4)

    def killed(station: Station, files: list[Written], at: int) -> None:
        if recorded(desk):
            files.clear()  # nothing of this process happens any more
        else:
            written.record(station, files, at)

    monkeypatch.setattr(publishing, "record", killed)
    publishing.publish(desk.station(), tmp_path / "out", some(7), {Format.CSV}, 7)
    assert len(recorded(desk)) == 4 < len(lying(tmp_path / "out"))
    monkeypatch.setattr(publishing, "record", written.record)
    publishing.publish(desk.station(), tmp_path / "out", some(7), {Format.CSV}, 8)
    assert recorded(desk) == lying(tmp_path / "out")


def test_the_same_file_is_recorded_once(desk: Desk) -> None:
    """Also by two commands, at other positions; files of another sort with the same bytes are others."""
    one, other = written.Written("school.csv", "a" * 64), written.Written("class.csv", "a" * 64)
    for _each in range(2):
        written.record(desk.station(), [one, one, other])
    assert recorded(desk) == {tuple(one), tuple(other)}
    assert len(desk.facts(facts.Report)) == 2


def test_a_report_that_cant_be_written_is_named() -> None:
    """Whether drawing failed or its process was killed; what has a number keeps it."""
    with pytest.raises(ReportNotWritten, match=r"E3151.*school-7.*OSError: full"):
        files_of(pool.Failed(UNIT, pool.Unexpected("OSError", "Traceback\nOSError: full\n")))
    with pytest.raises(ReportNotWritten, match=r"E3151.*school-7"):
        files_of(pool.Crashed(UNIT))
    with pytest.raises(UnevenRow):
        files_of(pool.Failed(UNIT, UnevenRow(row=1, table="T", cells=1, columns=2)))
