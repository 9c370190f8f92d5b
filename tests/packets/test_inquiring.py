"""An allocation that was made: checked elsewhere, asked about, looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crosscheck import facts
from crosscheck.errors import Exit
from packets.errors import FileNotWritten, NoExport, NoSuchAllocation, NoSuchExpertHere, NoSuchWorkHere
from tests.packets.test_assigning import refused
from tests.stations import Desk


@pytest.fixture
def allocated(desk: Desk) -> Desk:
    """Four works of three schools, each given to the two experts of the other schools."""
    for form in (11, 12, 13, 14):
        desk.add(*(facts.Number(desk.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    assert desk.run("allocate").status == Exit.DONE
    return desk


def test_what_is_exported_is_verified_anywhere(allocated: Desk, tmp_path: Path) -> None:
    """Without a ledger and without a key; the same file each time; a changed row is named."""
    file = tmp_path / "allocation.json"
    assert allocated.run("allocate", "export", str(file)).status == Exit.DONE
    content = file.read_bytes()
    elsewhere = Desk(tmp_path / "nowhere", allocated.read)
    ended = elsewhere.run("allocate", "verify", str(file))
    assert ended.status == Exit.DONE
    assert "8 markings: every rule holds." in ended.out
    assert "Proven" in ended.out
    (recorded,) = allocated.facts(facts.Allocation)
    assert json.loads(recorded.certificate)["export_sha256"] in ended.out
    allocated.run("allocate", "export", str(file))
    assert file.read_bytes() == content
    whole = json.loads(content)
    whole["solution"]["assignments"][0][2] = whole["solution"]["assignments"][1][2]
    file.write_text(json.dumps(whole), encoding="utf-8")
    ended = elsewhere.run("allocate", "verify", str(file))
    assert ended.status == Exit.PERSON_NEEDED
    assert "same_expert" in ended.out
    whole = json.loads(content)
    expert = whole["solution"]["assignments"][0][2]
    home = next(
        school for work, school, *_rest in whole["problem"]["works"] if work == whole["solution"]["assignments"][0][0]
    )
    next(row for row in whole["problem"]["experts"] if row[0] == expert)[1].append(home)
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert "conflict" in elsewhere.run("allocate", "verify", str(file)).out
    file.write_text("{}", encoding="utf-8")
    assert refused(elsewhere.run("allocate", "verify", str(file)), NoExport)
    assert refused(allocated.run("allocate", "export", str(tmp_path / "no" / "x.json")), FileNotWritten, "x.json")


def test_why_names_the_rule_or_the_marking(allocated: Desk) -> None:
    """By a number of the work and the beginning of the expert's code."""
    work = allocated.work(11)
    given = {a.expert for a in allocated.facts(facts.Assignment) if a.work == work}
    (other,) = {e.expert for e in allocated.facts(facts.Expert)} - given
    assert "conflict of interest: own school" in allocated.run("allocate", "why", "112", other).out
    assert "marks this work" in allocated.run("allocate", "why", work, sorted(given)[0][:8]).out
    assert refused(allocated.run("allocate", "why", "999", other), NoSuchWorkHere, "999")
    assert refused(allocated.run("allocate", "why", work, "zzz"), NoSuchExpertHere, "zzz")


def test_the_report_is_a_workbook_or_a_paper(allocated: Desk, tmp_path: Path) -> None:
    """Nothing in it tells a school's number."""
    book, paper = tmp_path / "a.xlsx", tmp_path / "a.pdf"
    assert "loads differ by" in allocated.run("allocate", "report", str(book)).out
    assert allocated.run("allocate", "report", str(paper)).status == Exit.DONE
    assert paper.read_bytes().startswith(b"%PDF")
    cells = [str(c.value) for sheet in load_workbook(book) for row in sheet.iter_rows() for c in row]
    assert "Who marks whom" in cells
    assert not any("Школа" in cell or "Гимназия" in cell for cell in cells)
    assert allocated.run("allocate", "report", str(tmp_path / "a.doc")).status == Exit.USAGE


def test_without_an_allocation_there_is_nothing_to_ask(desk: Desk, tmp_path: Path) -> None:
    """And one of another name isn't taken for it."""
    assert refused(desk.run("allocate", "export", str(tmp_path / "x.json")), NoSuchAllocation)


def test_every_look_is_recorded(allocated: Desk, tmp_path: Path) -> None:
    """Who marks what is told by tokens, and still an opening of the vault."""
    before = len(allocated.facts(facts.Opening))
    allocated.run("allocate", "report", str(tmp_path / "a.xlsx"))
    openings = allocated.facts(facts.Opening)
    assert [(o.part, o.purpose) for o in openings[before:]] == [("origin", "allocate")]
