"""Packets over the table: each code is noted at once, nothing twice; a check point closes when the count comes out."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from crosscheck import facts, labels
from crosscheck.errors import Exit
from crosscheck.labels import Kind, Label
from crosscheck.numbering import packet_code
from crosscheck.procedure import paper_digest
from packets import journal
from packets.errors import (
    FileNotWritten,
    JournalAltered,
    JournalUnreadable,
    NothingPrinted,
    PacketsOutstanding,
    PointNeeded,
    PointNotClosed,
    PointUnknown,
)
from tests.crosscheck.db.samples import sample
from tests.stations import Desk, Ended


@pytest.fixture
def printed(desk: Desk) -> Desk:
    """One packet for an expert of П1, two for experts of П2, all printed."""
    experts = sorted(desk.facts(facts.Expert), key=lambda e: e.check_point)
    for number, expert in enumerate(experts, start=1):
        desk.add(facts.Packet(number, expert.expert, 1, 2), facts.PacketPrint(number, 0, "x", 9))
    return desk


def cover(desk: Desk, packet: int, print_: int = 0) -> str:
    return labels.text(Label(Kind.PACKET, packet, 1, print_, paper_digest(desk.station().procedure())))


def moves(desk: Desk) -> list[tuple[int, str, str]]:
    return [(m.packet, m.direction, m.point) for m in desk.facts(facts.CustodyMove)]


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


def test_packets_go_out_and_come_back(printed: Desk) -> None:
    """By the code on the cover or by its number; without --point the expert's own check point is meant."""
    assert printed.run("custody", "out", cover(printed, 1), packet_code(2)).status == Exit.DONE
    ended = printed.run("custody", "back", packet_code(1), "--point", "П1")
    assert (ended.status, ended.out) == (Exit.DONE, "  000001-3: back (works: 2)\n")
    assert moves(printed) == [(1, "out", "П1"), (2, "out", "П2"), (1, "back", "П1")]


def test_codes_are_taken_one_after_another(printed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner types a code and Enter; a bad one is answered and the next is taken; an empty line ends."""
    monkeypatch.setattr(
        "sys.stdin", io.StringIO(f"{cover(printed, 1)}\nrubbish\n{packet_code(2)}\n\n{packet_code(3)}\n")
    )
    ended = printed.run("custody", "out")
    assert ended.status == Exit.PERSON_NEEDED
    assert [line[0] for line in ended.out.splitlines()] == [" ", "!", " "]
    assert [packet for packet, _, _ in moves(printed)] == [1, 2]


def test_a_cover_scanned_with_a_russian_keyboard_layout_is_noted_and_said(printed: Desk, tmp_path: Path) -> None:
    """In the ledger, in a journal, and when the journal is merged."""
    keys = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM.", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬю")
    ended = printed.run("custody", "out", cover(printed, 1).translate(keys))
    assert (ended.status, "keyboard layout is Russian" in ended.out) == (Exit.PERSON_NEEDED, True)
    journal = str(tmp_path / "j.jsonl")
    ended = printed.run("custody", "--journal", journal, "back", "--point", "П1", cover(printed, 1).translate(keys))
    assert "keyboard layout is Russian" in ended.out
    printed.run("custody", "merge", journal)
    assert moves(printed) == [(1, "out", "П1"), (1, "back", "П1")]


def test_a_packet_read_twice_is_noted_once(printed: Desk) -> None:
    """Going out or coming back: the first time stands, and it is said when that was and who noted it."""
    for direction in ("out", "back"):
        assert printed.run("custody", direction, packet_code(1)).status == Exit.DONE
        again = printed.run("custody", direction, packet_code(1))
        assert again.status == Exit.PERSON_NEEDED
        assert "already (" in again.out
        assert "Петрова А. И." in again.out
    assert len(moves(printed)) == 2


def test_what_never_went_out_may_come_back(printed: Desk) -> None:
    """It is there: it is taken, and a person is told."""
    ended = printed.run("custody", "back", packet_code(1))
    assert ended.status == Exit.PERSON_NEEDED
    assert "never noted as given out" in ended.out
    assert moves(printed) == [(1, "back", "П1")]


def test_a_packet_that_was_printed_again_is_not_given_out(printed: Desk) -> None:
    """The older print is refused by its code, the newer one goes."""
    printed.add(facts.PacketPrint(1, 1, "y", 9))
    old = printed.run("custody", "out", cover(printed, 1, 0))
    assert (old.status, "printed again" in old.out) == (Exit.PERSON_NEEDED, True)
    assert printed.run("custody", "out", cover(printed, 1, 1)).status == Exit.DONE


def test_a_check_point_closes_when_its_packets_are_settled(printed: Desk) -> None:
    """What is out or was never given out keeps it open; a loss with its reason settles a packet."""
    printed.run("custody", "out", packet_code(2))
    assert refused(printed.run("custody", "close", "П2"), PacketsOutstanding, "1 of its packets are out, 1 were never")
    printed.run("custody", "back", packet_code(2))
    assert printed.run("custody", "lost", packet_code(3), "--why", " ").status == Exit.USAGE
    assert printed.run("custody", "lost", packet_code(3), "--why", "акт 3").status == Exit.DONE
    assert printed.run("custody", "close", "П2").out == "П2 is closed.\n"
    assert "the check point is closed" in printed.run("custody", "out", packet_code(2)).out
    assert printed.run("custody", "close", "П2", "--reopen", "--why", "нашёлся").status == Exit.DONE
    found = printed.run("custody", "out", packet_code(3))
    assert "declared lost" in found.out
    assert [c.closed for c in printed.facts(facts.PointClosed)] == [1, 0]


def test_a_check_point_must_exist(printed: Desk) -> None:
    """A slip of the pen closes nothing and opens nothing."""
    assert refused(printed.run("custody", "close", "П3"), PointUnknown, "П1, П2")
    assert refused(printed.run("custody", "out", packet_code(1), "--point", "П3"), PointUnknown)
    assert refused(printed.run("custody", "close", "П1", "--reopen", "--why", "x"), PointNotClosed)


def test_status_counts_and_lists_what_is_out(printed: Desk) -> None:
    """For people and for programs; 10 while something is out, and late after the hour."""
    printed.run("custody", "out", packet_code(2))
    ended = printed.run("custody", "status", "--due", "00:00", "--json")
    told = json.loads(ended.out)
    assert (ended.status, told["late"]) == (Exit.PERSON_NEEDED, True)
    assert [(row["point"], row["still out"], row["not given out"]) for row in told["points"]] == [
        ("П1", 0, 1),
        ("П2", 1, 1),
    ]
    assert [row["packet"] for row in told["out"]] == [packet_code(2)]
    assert [row["print"] for row in told["out"]] == [1]
    printed.add(facts.PacketPrint(2, 1, "y", 9))
    after = json.loads(printed.run("custody", "status", "--json").out)
    assert [row["print"] for row in after["out"]] == [1], "printed again since: the older one is out"
    assert "Late, out since:" in printed.run("custody", "status", "--due", "00:00").out
    assert "пункт открыт" in printed.run("--lang", "ru", "custody", "status").out
    assert printed.run("custody", "status", "--due", "noon").status == Exit.USAGE
    printed.run("custody", "back", packet_code(2))
    assert printed.run("custody", "status").status == Exit.DONE


def test_the_lists_to_sign_name_every_packet_once(printed: Desk, tmp_path: Path) -> None:
    """One table for each check point; as paper and as a workbook; of one check point only where that is asked."""
    file = tmp_path / "lists.xlsx"
    assert printed.run("custody", "lists", str(file)).out.startswith("3 packets on the lists")
    book = openpyxl.load_workbook(file)
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {packet_code(1), packet_code(2), packet_code(3), "Иванова А. А.", "Петров Б. Б.", "Сидорова В. В."} <= cells
    assert book.sheetnames == ["Check point П1", "Check point П2"]
    assert printed.run("custody", "lists", str(tmp_path / "p.pdf"), "--point", "П2").out.startswith("2 packets")
    assert len(PdfReader(tmp_path / "p.pdf").pages) == 1
    printed.run("custody", "lists", str(tmp_path / "all.pdf"))
    first, second = PdfReader(tmp_path / "all.pdf").pages
    assert PdfReader(tmp_path / "all.pdf").metadata == {"/Creator": "crosscheck", "/Producer": "crosscheck"}
    assert "П1" in first.extract_text()
    assert "П1" not in second.extract_text(), "no check point sees who is at another"
    assert printed.run("custody", "lists", str(tmp_path / "p.txt")).status == Exit.USAGE


def test_the_lists_to_sign_say_which_print_counts(printed: Desk, tmp_path: Path) -> None:
    """An older one of the same packet may still lie about."""
    printed.add(facts.PacketPrint(1, 1, "y", 9))
    assert printed.run("custody", "lists", str(tmp_path / "lists.xlsx")).status == Exit.DONE
    book = openpyxl.load_workbook(tmp_path / "lists.xlsx")
    rows = {row[0]: row[1] for sheet in book for row in sheet.iter_rows(values_only=True) if row[0]}
    assert (rows["packet"], rows[packet_code(1)], rows[packet_code(2)]) == ("print", "2", "1")


def test_without_a_print_there_is_nothing_to_list(desk: Desk, tmp_path: Path) -> None:
    """It is said what to do first, before a passphrase is asked for."""
    assert refused(desk.run("custody", "lists", str(tmp_path / "p.pdf")), NothingPrinted)


# --- without network ------------------------------------------------------------------------------


def test_a_journal_is_merged_once(printed: Desk, tmp_path: Path) -> None:
    """A check point without network keeps its own file; merging it again changes nothing."""
    file = str(tmp_path / "п1.jsonl")
    assert refused(printed.run("custody", "--journal", file, "out", packet_code(1)), PointNeeded)
    for direction in ("out", "back"):
        noted = printed.run("custody", "--journal", file, direction, cover(printed, 1), "--point", "П1", who="Орлова")
        assert noted.status == Exit.DONE
    assert moves(printed) == []
    assert printed.run("custody", "merge", file).status == Exit.DONE
    assert moves(printed) == [(1, "out", "П1"), (1, "back", "П1")]
    assert {m.by for m in printed.facts(facts.CustodyMove)} == {"Орлова"}
    assert "noted before" in printed.run("custody", "merge", file).out
    assert len(moves(printed)) == 2


def test_a_journal_refuses_what_it_can_tell_alone(printed: Desk, tmp_path: Path) -> None:
    """A damaged code, and a packet that is out already; nothing of it is written."""
    file = tmp_path / "j.jsonl"
    there = ("custody", "--journal", str(file), "out", "--point", "П1")
    assert printed.run(*there, packet_code(1)).status == Exit.DONE
    assert printed.run(*there, packet_code(1)).status == Exit.PERSON_NEEDED
    assert printed.run(*there, "0000019").status == Exit.PERSON_NEEDED
    assert len(file.read_text("utf-8").splitlines()) == 1


def test_a_journal_that_can_not_be_written_says_so(printed: Desk, tmp_path: Path) -> None:
    """In a folder that isn't there: a sentence with what to do, and no fault of the program."""
    file = str(tmp_path / "nowhere" / "j.jsonl")
    assert refused(printed.run("custody", "--journal", file, "out", "--point", "П1", packet_code(1)), FileNotWritten)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [lines[0].replace("П1", "П2"), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0], "{}", *lines[1:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
    ],
)
def test_an_altered_journal_is_refused_whole(printed: Desk, tmp_path: Path, spoil: object) -> None:
    """A line changed, left out, moved or put in: nothing of the file is taken."""
    file = tmp_path / "j.jsonl"
    for packet in (1, 2, 3):
        printed.run("custody", "--journal", str(file), "out", "--point", "П1", packet_code(packet))
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(spoil(lines)) + "\n", "utf-8")  # type: ignore[operator]
    assert refused(printed.run("custody", "merge", str(file)), JournalAltered)
    assert moves(printed) == []


def test_a_line_torn_by_a_power_cut_is_left_out(printed: Desk, tmp_path: Path) -> None:
    """The next packet is written in its place, and the file reads as whole."""
    file = tmp_path / "j.jsonl"
    there = ("custody", "--journal", str(file), "out", "--point", "П1")
    printed.run(*there, packet_code(1))
    with file.open("ab") as torn:
        torn.write(b'{"at": "2026')
    assert printed.run(*there, packet_code(2)).status == Exit.DONE
    assert printed.run("custody", "merge", str(file)).status == Exit.PERSON_NEEDED, "packet 2 is of П2"
    assert [packet for packet, _, _ in moves(printed)] == [1, 2]


def test_what_is_far_too_large_is_no_journal(printed: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some other file given by mistake is not read to its end."""
    monkeypatch.setattr(journal, "_LARGEST_FILE", 100)
    file = tmp_path / "film.mp4"
    file.write_bytes(101 * b"x")
    assert refused(printed.run("custody", "merge", str(file)), JournalUnreadable, "film.mp4")


def test_what_is_no_journal_is_not_called_an_altered_one(printed: Desk, tmp_path: Path) -> None:
    """A table of experts given by mistake was never a journal, and nobody tampered with it."""
    file = tmp_path / "experts.csv"
    file.write_text("expert;name\nE1;Орлова В. П.\n", "utf-8")
    assert refused(printed.run("custody", "merge", str(file)), JournalUnreadable, "no journal")


def taken_back(desk: Desk, packet: int, rows: int) -> None:
    """Two works in a packet, so many of them given to somebody else since."""
    (held,) = [p for p in desk.facts(facts.Packet) if p.packet == packet]
    other = next(p.expert for p in desk.facts(facts.Packet) if p.packet != packet)
    for at in range(2):
        work = desk.work(11 + at)
        desk.add(
            facts.Assignment(work, 1, held.expert, "A", ""),
            facts.PacketRow(packet, at, work, 1, f"123456{at}", ""),
        )
        if at < rows:
            fields = {"work": work, "marking": 1, "expert": other, "packet": packet, "reason": "absent", "part": 0}
            desk.add(sample(facts.Reassignment, at, **fields))


def test_a_packet_that_was_given_to_others_is_not_handed_out(printed: Desk) -> None:
    """Nor does it keep its check point open, nor stand on the lists."""
    taken_back(printed, 1, 2)
    ended = printed.run("custody", "out", packet_code(1))
    assert ended.status == Exit.PERSON_NEEDED
    assert "given to other experts: do not hand it out" in ended.out
    assert moves(printed) == []
    assert printed.run("custody", "close", "П1").status == Exit.DONE


def test_copies_that_were_given_to_others_are_named_when_a_packet_goes_out(printed: Desk) -> None:
    """The rest of the packet is marked as ever."""
    taken_back(printed, 1, 1)
    ended = printed.run("custody", "out", packet_code(1))
    assert ended.status == Exit.PERSON_NEEDED
    assert "take out the copies of works that were given to other experts: 123 456-0" in ended.out
    assert moves(printed) == [(1, "out", "П1")]


def test_a_journal_names_who_is_at_work(printed: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By --who, else by CROSSCHECK_WHO, as everywhere."""
    monkeypatch.setenv("CROSSCHECK_WHO", "Орлова В. П.")
    file = tmp_path / "j.jsonl"
    printed.run("custody", "--journal", str(file), "out", "--point", "П1", packet_code(1), who="")
    assert "Орлова В. П." in file.read_text("utf-8")
