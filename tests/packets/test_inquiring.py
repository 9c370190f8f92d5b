"""An allocation that was made: checked elsewhere, asked about, looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crosscheck import facts
from crosscheck.errors import Exit
from crosscheck.numbering import packet_code
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
    assert "Every rule holds; markings: 8." in ended.out
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
    work, _marking, expert = whole["solution"]["assignments"][0]
    assert f"Work {work}: expert {expert} has it more than once." in ended.out
    assert "Wrong in this allocation: " in ended.out
    whole = json.loads(content)
    expert = whole["solution"]["assignments"][0][2]
    home = next(
        school for work, school, *_rest in whole["problem"]["works"] if work == whole["solution"]["assignments"][0][0]
    )
    next(row for row in whole["problem"]["experts"] if row[0] == expert)[1].append(home)
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert (
        f"expert {expert} has a conflict of interest, or isn't where it is marked."
        in elsewhere.run("allocate", "verify", str(file)).out
    )
    assert refused(allocated.run("allocate", "export", str(tmp_path / "no" / "x.json")), FileNotWritten, "x.json")


def test_what_is_no_export_is_refused_in_words_of_an_export(allocated: Desk, tmp_path: Path) -> None:
    """Not in words of tables, although a table could have the same fault; the status is that of input."""
    file = tmp_path / "allocation.json"
    allocated.run("allocate", "export", str(file))
    whole = json.loads(file.read_text(encoding="utf-8"))
    whole["problem"]["works"].append(whole["problem"]["works"][0])
    for content, words in (
        ("schools;works", "no JSON text"),
        ("{}", "doesn't begin as an export"),
        ('{"format": 9}', "its format is 9"),
        (json.dumps(whole), "is listed twice in one allocation"),
    ):
        file.write_text(content, encoding="utf-8")
        ended = allocated.run("allocate", "verify", str(file))
        assert refused(ended, NoExport, words)
        assert ended.status == Exit.INPUT


def pair(allocated: Desk) -> tuple[str, str, str]:
    """A work of school 7, an expert who marks it, and the one of its school."""
    work = allocated.work(11)
    given = {a.expert for a in allocated.facts(facts.Assignment) if a.work == work}
    (other,) = {e.expert for e in allocated.facts(facts.Expert)} - given
    return work, min(given), other


def test_why_names_the_rule_or_the_marking(allocated: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a number of the work and the beginning of the expert's opaque code, with the organiser's key alone."""
    work, marker, other = pair(allocated)
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE", "not this one")
    assert "conflict of interest: own school" in allocated.run("allocate", "why", "112", other).out
    assert "marks this work" in allocated.run("allocate", "why", work, marker[:8]).out
    assert refused(allocated.run("allocate", "why", "999", other), NoSuchWorkHere, "999")


def test_why_takes_the_code_of_the_table_of_experts(allocated: Desk) -> None:
    """Which asks for the coordinator's key; an unknown code is refused."""
    ended = allocated.run("allocate", "why", "112", "e1")
    assert "Work 112, expert e1 Иванова А. А.:\n  conflict of interest: own school" in ended.out
    assert refused(allocated.run("allocate", "why", "112", "zzz"), NoSuchExpertHere, "zzz")
    last = allocated.facts(facts.Opening)[-1]
    assert (last.part, last.purpose) == ("origin", "allocate")


def test_an_expert_is_known_by_a_packet_too(allocated: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number on its cover, which the organiser holds in hand; no other key is needed, and no name told."""
    _work, _marker, other = pair(allocated)
    allocated.add(facts.Packet(12, other, 1, 4))
    monkeypatch.delenv("CROSSCHECK_COORDINATOR_PASSPHRASE")
    ended = allocated.run("allocate", "why", "112", packet_code(12))
    assert f"expert {other} (packet {packet_code(12)}):" in ended.out


def test_one_person_is_found_by_every_code(allocated: Desk) -> None:
    """The allocation knows one of them."""
    work, marker, other = pair(allocated)
    one, two = sorted((other, "Ezz"))
    allocated.add(
        facts.Expert("Ezz", 0, "ordinary", 1, "П1", "Математика"),
        facts.ExpertIdentity(one, two, 0, "same", "person", "", "act 2"),
    )
    assert "own school" in allocated.run("allocate", "why", work, "Ezz").out
    assert marker != other


def cells(book: Path) -> list[str]:
    return [str(c.value) for sheet in load_workbook(book) for row in sheet.iter_rows() for c in row]


def test_the_report_is_a_workbook_or_a_paper(allocated: Desk, tmp_path: Path) -> None:
    """With the organiser's key alone nothing in it tells a school's number or an expert's name."""
    book, paper = tmp_path / "a.xlsx", tmp_path / "a.pdf"
    assert "loads differ by" in allocated.run("allocate", "report", str(book)).out
    assert allocated.run("allocate", "report", str(paper)).status == Exit.DONE
    assert paper.read_bytes().startswith(b"%PDF")
    picture = tmp_path / "a.png"
    assert allocated.run("allocate", "report", str(picture)).status == Exit.DONE
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert {"Who marks whom", "What each wish costs"} <= set(allocated.run("allocate", "report").out.splitlines())
    assert "What each wish costs" not in allocated.run("allocate", "report", "--quick").out
    assert "Who marks whom" in cells(book)
    assert not {"7", "12", "e1"} & set(cells(book))
    assert not any("Иванова" in cell for cell in cells(book))
    assert allocated.run("allocate", "report", str(tmp_path / "a.doc")).status == Exit.USAGE


def test_with_both_keys_schools_and_experts_are_named(allocated: Desk, tmp_path: Path) -> None:
    """Schools by number, in order of their numbers; experts by code and name; participants stay closed."""
    book = tmp_path / "a.xlsx"
    before = len(allocated.facts(facts.Opening))
    assert allocated.run("allocate", "report", str(book), "--names").status == Exit.DONE
    matrix = load_workbook(book)["Who marks whom"]
    rows = [[cell.value for cell in row] for row in matrix.iter_rows()]
    header = next(row for row in rows if row[0] == "works of")
    assert header[1:4] == ["7", "12", "19"]
    assert "e1 Иванова А. А." in cells(book)
    assert "00017" not in cells(book)
    openings = allocated.facts(facts.Opening)[before:]
    assert sorted((o.part, o.purpose) for o in openings) == [
        ("origin", "allocate"),
        ("person", "conflicts"),
        ("person", "conflicts"),
    ]


def test_without_an_allocation_there_is_nothing_to_ask(desk: Desk, tmp_path: Path) -> None:
    """And one of another name isn't taken for it."""
    assert refused(desk.run("allocate", "export", str(tmp_path / "x.json")), NoSuchAllocation)


def test_every_look_is_recorded(allocated: Desk, tmp_path: Path) -> None:
    """Who marks what is told by tokens, and still an opening of the vault."""
    before = len(allocated.facts(facts.Opening))
    allocated.run("allocate", "report", str(tmp_path / "a.xlsx"))
    openings = allocated.facts(facts.Opening)
    assert [(o.part, o.purpose) for o in openings[before:]] == [("origin", "allocate")]
