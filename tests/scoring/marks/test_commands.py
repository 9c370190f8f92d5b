"""Marks are taken in, sealed, taken back, and held against results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from crosscheck import facts, safe
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.keys import Holder, PrivateKey, unlock
from crosscheck.release import NotReleased, join
from crosscheck.vault import Purpose, PurposeRefused, RecordKind
from scoring.forms.received import ReceivedMissing, ReceivedProblems, ReceivedRefused
from scoring.marks import held
from scoring.marks.errors import MarksChangedMeanwhile, MarkTwice, NoSuchImport
from scoring.marks.kinds import Kind, Source
from scoring.marks.known import OtherMarks, earlier_shares
from scoring.marks.reading import TableRead
from tests.scoring.forms.test_commands import exported, filled, marked, refused
from tests.scoring.marks.made import FORM1, xlsx
from tests.stations import PHRASES, Desk

__all__ = ["marked"]  # a fixture
JOURNAL = Source(Kind.JOURNAL, 2026)


def key_of(desk: Desk) -> PrivateKey:
    return unlock(desk.station().keys, Holder.COORDINATOR, PHRASES["COORDINATOR"])


def known(desk: Desk) -> OtherMarks:
    station, key = desk.station(), key_of(desk)
    return held.other_marks(station, key, join(station, key, "test"))


def journal(desk: Desk) -> Mapping[str, int]:
    station, key = desk.station(), key_of(desk)
    return held.other_marks(station, key, join(station, key, "test")).marks(held.journal_of(station.procedure()))


def csv(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_marks_wait_for_release(desk: Desk, tmp_path: Path) -> None:
    """They say something of participants, as results do."""
    assert refused(desk.run("marks", "check", csv(tmp_path / "m.csv", "participant;journal\n00017;4\n")), NotReleased)


def test_marks_are_sealed_and_openable_for_publishing_only(marked: Desk, tmp_path: Path) -> None:
    """The ledger says what a file holds and how many, never which mark is whose."""
    text = "participant;journal;oge 2025 (31)\n00017;4;27\n00018;5;\n"
    ended = marked.run("marks", "import", csv(tmp_path / "m.csv", text))
    assert (ended.status, ended.err) == (Exit.DONE, "")
    assert "2 participants, 3 marks; no mark of 3 others. New: 3." in ended.out
    (file,) = marked.facts(facts.MarksFile)
    assert (file.imported, file.columns, file.participants, file.marks) == ("M001", "journal 2026, oge 2025 (31)", 2, 3)
    assert journal(marked) == {"00017": 4, "00018": 5}
    with pytest.raises(PurposeRefused):
        safe.open_kind(marked.station(), RecordKind.OTHER_MARKS, Purpose.RELEASE, key_of(marked), "test")


def test_of_a_file_with_a_fault_nothing_is_taken(marked: Desk, tmp_path: Path) -> None:
    """The file beside it is."""
    wrong = csv(tmp_path / "a.csv", "participant;journal\n00017;4\n00018;7\n")
    right = csv(tmp_path / "b.csv", "participant;journal\n00019;3\n")
    assert refused(marked.run("marks", "import", wrong, right), ReceivedProblems, "a.csv, B3", "“7”")
    assert journal(marked) == {"00019": 3}


def test_a_code_is_never_guessed(marked: Desk, tmp_path: Path) -> None:
    """Text that lost its zeros is no number: nobody knows what was meant."""
    path = csv(tmp_path / "c.csv", "participant;journal\n17;4\n")
    assert refused(marked.run("marks", "check", path), ReceivedProblems, "A2", "“17”")


def test_checking_records_nothing(marked: Desk, tmp_path: Path) -> None:
    """And says what importing would."""
    path = tmp_path / "ф1.xlsx"
    path.write_bytes(xlsx([[*row] for row in FORM1]))
    ended = marked.run("marks", "check", str(path))
    assert (ended.status, "5 marks" in ended.out) == (Exit.DONE, True)
    assert marked.facts(facts.MarksFile) == []


def test_the_newest_file_holds_until_it_is_taken_back(marked: Desk, tmp_path: Path) -> None:
    """A correction stands beside what it corrects; taken back, what stood before stands. The same again isn't new."""
    first = csv(tmp_path / "a.csv", "participant;journal\n00017;4\n00018;3\n")
    marked.run("marks", "import", first)
    marked.run("marks", "import", csv(tmp_path / "b.csv", "participant;journal\n00017;5\n"))
    assert journal(marked) == {"00017": 5, "00018": 3}
    assert marked.run("marks", "undo", "M002", "--why", "не та четверть").status == Exit.DONE
    assert journal(marked) == {"00017": 4, "00018": 3}
    assert refused(marked.run("marks", "undo", "M002", "--why", "ещё раз"), NoSuchImport, "M002")
    assert refused(marked.run("marks", "undo", "M009", "--why", "нет такой"), NoSuchImport, "M009")
    assert "Nothing new." in marked.run("marks", "import", first).out
    assert [one.imported for one in marked.facts(facts.MarksFile)] == ["M001", "M002"]
    ended = marked.run("marks", "list")
    assert ("M002" in ended.out, "не та четверть" in ended.out, "+00:00" in ended.out) == (True, True, False)
    assert marked.run("ledger", "verify").status == Exit.DONE


def test_two_files_of_one_run_must_not_contradict_each_other(marked: Desk, tmp_path: Path) -> None:
    """Which holds, only the school knows."""
    one = csv(tmp_path / "a.csv", "participant;journal\n00017;4\n")
    other = csv(tmp_path / "b.csv", "participant;journal\n00017;5\n")
    assert refused(marked.run("marks", "import", one, other), MarkTwice, "a.csv", "b.csv", "00017")
    assert marked.facts(facts.MarksFile) == []


def test_where_a_file_and_the_school_s_form_differ_neither_counts(marked: Desk, tmp_path: Path) -> None:
    """It is named until the school says which is right; marks of forms count where no file contradicts."""
    form = filled(exported(marked, tmp_path), cells={"M14": 5, "M15": 3, "L15": 4})
    marked.run("forms", "import", str(form))
    ended = marked.run("marks", "import", csv(tmp_path / "m.csv", "participant;journal\n00017;4\n00018;3\n"))
    assert (ended.status, "00017" in ended.out, "4 in a file, 5 in the school's form" in ended.out) == (
        Exit.PERSON_NEEDED, True, True,
    )  # fmt: skip
    assert journal(marked) == {"00018": 3}
    assert known(marked).marks(Source(Kind.TERM, 2026)) == {"00018": 4}
    assert marked.run("marks", "list").status == Exit.PERSON_NEEDED


def test_earlier_results_are_shares_of_one_assessment(marked: Desk, tmp_path: Path) -> None:
    """Of whom two assessments of a year are known, nothing is taken for the year's."""
    text = "participant;result 2025 (20);result 2025 (10);result 2025\n00017;15;;4\n00018;10;5;3\n"
    marked.run("marks", "import", csv(tmp_path / "m.csv", text))
    assert earlier_shares(known(marked), 2025) == {"00017": 0.75}


def test_marks_go_with_their_participant(marked: Desk, tmp_path: Path) -> None:
    """Erasing the record of a work makes its marks noise."""
    marked.run("marks", "import", csv(tmp_path / "m.csv", "participant;journal\n00017;4\n00018;3\n"))
    assert marked.run("vault", "erase", f"other_marks:{marked.work(11)}", "--why", "акт 7").status == Exit.DONE
    assert journal(marked) == {"00018": 3}


def test_marks_taken_in_at_once_at_two_stations_are_not_lost(marked: Desk) -> None:
    """Whoever read before the other recorded is told to read again."""
    station, key = marked.station(), key_of(marked)
    index, before = safe.open_index(station, key), held.opened(station, key)
    marked.add(facts.MarksFile("M001", "c", "journal 2026", 0, 0))
    with pytest.raises(MarksChangedMeanwhile), station.ledger.writing() as writer:
        held.record(writer, station, index, before, TableRead((JOURNAL,), ()), b"")


def test_files_that_are_no_tables_are_refused(marked: Desk, tmp_path: Path) -> None:
    """Opened by nobody, and named."""
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04" + bytes(60))
    (tmp_path / "huge.csv").write_bytes(b"participant;journal\n" + b"00017;4\n" * 600_000)
    (tmp_path / "none").mkdir()
    for name in ("old.xls", "cut.xlsx", "huge.csv"):
        assert refused(marked.run("marks", "import", str(tmp_path / name)), ReceivedRefused, name)
    for name in ("none", "nowhere.csv"):
        assert refused(marked.run("marks", "import", str(tmp_path / name)), ReceivedMissing, name)


def test_the_report_says_when_there_is_too_little(marked: Desk, tmp_path: Path) -> None:
    """Two participants: no coefficient, in every format, and the ledger knows that they were made."""
    marked.run("marks", "import", csv(tmp_path / "m.csv", "participant;journal\n00017;4\n00018;3\n"))
    assert marked.run("marks", "report", str(tmp_path / "out")).status == Exit.DONE
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"marks.{form}" for form in ("csv", "html", "json", "pdf", "xlsx")
    ]
    with marked.station().ledger.reading() as connection:
        kinds = {one.kind for one in queries.all_of(connection, facts.Report)}
    assert {"marks.pdf", "marks.xlsx"} <= kinds
