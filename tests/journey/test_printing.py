"""Printing as an operator types it: both sides, joined by point, counted, and printed again when paper is lost."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.model import CriterionId, Given, Points
from crosscheck.numbering import packet_code
from crosscheck.packetcode import NotAPacketCode
from crosscheck.station import open_station
from packets import point_files, printing
from packets.errors import (
    NoRoomForPackets,
    NoSuchPacketToPrint,
    NoSuchPart,
    PointFileFailed,
    SheetDrawnOtherwise,
    SheetRead,
    TooManyPrints,
)
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk

PACKETS = Path("out") / "packets"
_REPLACED = "score sheet {} of packet 000001-3, print 1: replaced by print {}"


def _log(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _require_true(folder: Path, log: list[dict[str, str]]) -> None:
    """Every file of a log is there, with its pages and its SHA-256."""
    for row in log:
        data = (folder / row["file"]).read_bytes()
        assert len(PdfReader(io.BytesIO(data)).pages) == int(row["pages"])
        assert hashlib.sha256(data).hexdigest() == row["SHA-256"]


def _zeros(desk: Desk, packet: int) -> list[dict[CriterionId, Given]]:
    criteria = [criterion.id for criterion in played.opened(desk.home).procedure().criteria]
    return [dict.fromkeys(criteria, Points(0)) for _row in played.all_of(desk.home, facts.PacketRow, packet=packet)]


def _read(desk: Desk, folder: Path, scans: Sequence[bytes]) -> list[str]:
    """Take filled sheets in and read them; why sheets were refused."""
    folder.mkdir()
    for i, scan in enumerate(scans):
        (folder / f"{i}.jpg").write_bytes(scan)
    assert desk.type("ingest", "--sheets", str(folder)).status == Exit.DONE
    desk.type("read")
    return [read.detail for read in played.all_of(desk.home, facts.SheetReading) if read.outcome == "refused"]


def _again(desk: Desk, packet: int, *arguments: str) -> None:
    ended = desk.type("print", "--again", packet_code(packet), *arguments, "--why", "coffee")
    assert ended.status == Exit.DONE, ended.err


# --- how ----------------------------------------------------------------------------------------


def test_the_log_counts_what_lies_there(desk_at: MakeDesk, tmp_path: Path) -> None:
    """pypdf counts the pages that the log says, both sides need half the paper, and a workbook comes on request."""
    desk = desk_at("printed")
    folder = desk.home / PACKETS
    before = _log(folder / "print-log.csv")
    _require_true(folder, before)
    assert all(row["pages"] == row["sheets of paper"] for row in before)
    ended = desk.type("print", "--duplex", "--by", "17:30", "--log", str(tmp_path / "log.xlsx"))
    assert ended.status == Exit.DONE, ended.err
    assert "about" in ended.err
    after = _log(folder / "print-log.csv")
    _require_true(folder, after)
    assert all(2 * int(row["sheets of paper"]) == int(row["pages"]) for row in after)
    assert all(
        int(new["pages"]) == int(old["pages"]) + int(new["blank pages"]) for old, new in zip(before, after, strict=True)
    )
    assert (tmp_path / "log.xlsx").read_bytes()[:2] == b"PK"
    assert f"{len(after)} packets with {sum(int(row['pages']) for row in after)} pages" in ended.out


def test_the_way_of_printing_is_kept_and_the_same_way_is_the_same_file(desk_at: MakeDesk) -> None:
    """Drawn in another way and back again: the files are the same bytes, and the sheets are the same sheets."""
    desk = desk_at("printed")
    files = played.files(desk.home / PACKETS)
    sheets = played.all_of(desk.home, facts.Sheet)
    desk.type("print", "--two-up", "--ink", "black")
    assert played.files(desk.home / PACKETS).items() & files.items() == set()
    other = played.files(desk.home / PACKETS)
    desk.type("print")
    assert played.files(desk.home / PACKETS) == other
    desk.type("print", "--one-up", "--ink", "grey")
    assert played.files(desk.home / PACKETS) == files
    assert played.all_of(desk.home, facts.Sheet) == sheets
    assert {file.revision for file in played.all_of(desk.home, facts.PacketFile)} == {0, 1, 2}


def test_a_sheet_that_would_look_otherwise_is_not_drawn_anew(
    desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paper that is about is read against the picture kept first: a sheet that moved by a hair is another sheet."""
    desk = desk_at("printed")
    before, files = played.all_of(desk.home, facts.Sheet), played.files(desk.home / PACKETS)
    monkeypatch.setattr("packets.drawing.sheets.CROSS_LINE", 0.8)
    desk.type("print", "--duplex")
    told = {finding.detail for finding in played.all_of(desk.home, facts.Finding) if finding.kind == "print"}
    assert all(f"E{SheetDrawnOtherwise.number}" in detail for detail in told)
    assert len(told) == len(played.all_of(desk.home, facts.Packet))
    assert played.all_of(desk.home, facts.Sheet) == before
    assert played.files(desk.home / PACKETS) == files


def test_sheets_of_any_way_of_printing_are_read(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Both sides and black copies change nothing about a score sheet."""
    desk = desk_at("printed")
    desk.type("print", "--duplex", "--ink", "black")
    pdf = (desk.home / PACKETS / f"{packet_code(1)}.pdf").read_bytes()
    numbers = [sheet.sheet for sheet in played.all_of(desk.home, facts.Sheet, packet=1)]
    slip = len(PdfReader(io.BytesIO(pdf)).pages) - 2  # and its blank back
    pages = {sheet: slip - 2 * (len(numbers) - i) for i, sheet in enumerate(numbers)}
    assert _read(desk, tmp_path / "sheets", played.filled_pages(desk.home, pdf, pages, _zeros(desk, 1))) == []
    assert {score.points for score in played.all_of(desk.home, facts.Score)} == {0}


def test_paper_in_use_is_not_drawn_anew(desk_at: MakeDesk) -> None:
    """A packet that was handed out keeps its file; the command says so."""
    desk = desk_at("printed")
    desk.type("custody", "out", packet_code(1))
    before = played.files(desk.home / PACKETS)
    ended = desk.type("print", "--duplex")
    after = played.files(desk.home / PACKETS)
    assert "because their paper is in use: 000001-3." in ended.out
    name = f"{packet_code(1)}.pdf"
    assert after[name] == before[name]
    assert all(after[other] != before[other] for other in before if other != name)


def test_files_by_check_point_hold_every_packet_once(desk_at: MakeDesk) -> None:
    """In the order of packets, each on paper of its own, with the pages of the packets together."""
    desk = desk_at("printed")
    assert desk.type("print", "--duplex", "--join", "point").status == Exit.DONE
    folder = desk.home / PACKETS
    joined, single = _log(folder / "points" / "print-log.csv"), _log(folder / "print-log.csv")
    _require_true(folder / "points", joined)
    packets = [packet for row in joined for packet in row["packets in the file"].split(", ")]
    assert sorted(packets) == [row["packets in the file"] for row in single]
    assert all(
        row["packets in the file"].split(", ") == sorted(row["packets in the file"].split(", ")) for row in joined
    )
    for row in joined:
        inside = [one for one in single if one["check point"] == row["check point"]]
        assert sum(int(one["pages"]) for one in inside) == int(row["pages"])
        shown = PdfReader(folder / "points" / row["file"]).pages
        covers = [i for i, page in enumerate(shown) if "Сдать организатору" in page.extract_text()]
        assert len(covers) == len(inside)
        assert all(i % 2 == 0 for i in covers)


def test_a_file_by_check_point_that_fails_is_named(desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something unexpected in a worker is no silent gap in the pile."""
    desk = desk_at("printed")

    def broken(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(point_files, "draw_packets", broken)
    ended = desk.type("print", "--join", "point")
    assert f"E{PointFileFailed.number} The file 01-" in ended.err


def test_the_procedure_says_until_when_packets_come_back(desk_at: MakeDesk) -> None:
    """On covers of the first print; what is typed goes before it."""
    desk = desk_at("allocated")
    station = open_station(desk.home, "tester", {})
    known = played.all_of(desk.home, facts.ProcedureVersion)[-1]
    told = known.toml.replace("[marking]", '[marking]\nreturn_by = "16:45"')
    with station.ledger.writing() as writer:
        writer.append(replace(known, version=known.version + 1, toml=told))
        for file in queries.all_of(writer.connection, facts.ProcedureFile, version=known.version):
            writer.append(replace(file, version=known.version + 1))
    desk.type("print")
    assert "16:45" in PdfReader(desk.home / PACKETS / f"{packet_code(1)}.pdf").pages[0].extract_text()
    desk.type("print", "--by", "17:30")
    assert "17:30" in PdfReader(desk.home / PACKETS / f"{packet_code(1)}.pdf").pages[0].extract_text()


def test_papers_in_english(desk_at: MakeDesk) -> None:
    """A packet drawn for the first time speaks the language asked for and stays in it."""
    desk = desk_at("allocated")
    assert desk.type("print", "--lang", "en", "--by", "17:30").status == Exit.DONE
    shown = PdfReader(desk.home / PACKETS / f"{packet_code(1)}.pdf").pages[0].extract_text()
    assert "Return to the organiser by 17:30" in shown
    desk.type("print", "--lang", "ru", "--duplex")
    assert "Return to" in PdfReader(desk.home / PACKETS / f"{packet_code(1)}.pdf").pages[0].extract_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sheet", "1"),
        ("--why", "x"),
        ("--again", "000001-3"),
        ("--again", "000001-3", "--why", " "),
        ("--again", "000001-3", "--why", "x", "--sheet", "1", "--page", "8463338:1"),
        ("--again", "000001-3", "--why", "x", "--join", "point"),
        ("--again", "000001-3", "--why", "x", "--page", "1234567:1"),
        ("--by", "x" * 41),
        ("--by", "99:99"),
        ("--by", "до 17:60"),
        ("--by", "17:30\nзавтра"),
        ("--log", "log.pdf"),
    ],
)
def test_options_that_say_nothing_together_are_refused(desk_at: MakeDesk, arguments: tuple[str, ...]) -> None:
    """A slip of use is said before anything is drawn."""
    desk = desk_at("printed")
    before = played.state(desk.home)
    assert desk.type("print", *arguments).status == Exit.USAGE
    assert played.state(desk.home) == before


# --- again --------------------------------------------------------------------------------------


def test_a_sheet_printed_again_retires_the_old_one(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The old sheet is refused by name, the new one is read; who printed it again and why is a fact."""
    desk = desk_at("printed")
    old = played.filled(desk.home, 1, _zeros(desk, 1))
    _again(desk, 1, "--sheet", "1")
    (fact,) = played.all_of(desk.home, facts.Reprint)
    assert (fact.packet, fact.round, fact.part, fact.why) == (1, 1, "sheet 1", "coffee")
    with played.opened(desk.home).ledger.reading() as connection:
        (signed,) = queries.signed_rows(connection, facts.Reprint)
    assert signed["who"] == "organiser (test)"
    pdf = (desk.home / PACKETS / "again" / "000001-3-print-2-sheet-1.pdf").read_bytes()
    new = played.filled_pages(desk.home, pdf, {1: 0}, _zeros(desk, 1))
    assert _read(desk, tmp_path / "old", old[:1]) == [_REPLACED.format(1, 2)]
    assert played.all_of(desk.home, facts.Score) == []
    assert len(_read(desk, tmp_path / "new", [*new, *old[1:]])) == 1
    assert len(played.all_of(desk.home, facts.Score)) == sum(len(row) for row in _zeros(desk, 1))


def test_every_older_print_is_retired_also_when_prints_were_skipped(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Sheet 2 was never printed alone, so its prints go from 0 to 2: print 0 is void all the same."""
    desk = desk_at("printed")
    old = played.filled(desk.home, 1, _zeros(desk, 1))
    _again(desk, 1, "--sheet", "1")
    _again(desk, 1)
    assert {(s.sheet, s.round) for s in played.all_of(desk.home, facts.Sheet, packet=1)} == {
        (1, 0),
        (2, 0),
        (1, 1),
        (1, 2),
        (2, 2),
    }
    refused = _read(desk, tmp_path / "old", old)
    assert refused == [_REPLACED.format(n, 3) for n in (1, 2)]
    assert not list((desk.home / PACKETS / "again").iterdir())
    assert _read(desk, tmp_path / "new", played.filled(desk.home, 1, _zeros(desk, 1))) == refused
    assert len(played.all_of(desk.home, facts.Score)) == sum(len(row) for row in _zeros(desk, 1))


def test_a_page_printed_again_is_that_page(desk_at: MakeDesk) -> None:
    """One page with the number, its place and the print; no score sheet is retired by it, no name is needed."""
    desk = desk_at("printed")
    row = played.all_of(desk.home, facts.PacketRow, packet=1)[0]
    _again(desk, 1, "--page", f"{row.number}:2")
    (page,) = PdfReader(desk.home / PACKETS / "again" / f"000001-3-print-2-page-{row.number}-2.pdf").pages
    shown = page.extract_text()
    assert row.number in shown.replace(" ", "").replace("-", "")
    assert "страница 2 из 2" in shown
    assert "печать 2" in shown
    assert {sheet.round for sheet in played.all_of(desk.home, facts.Sheet)} == {0}
    log = _log(desk.home / PACKETS / "print-log.csv")
    _require_true(desk.home / PACKETS, log)
    assert log[-1]["file"].startswith("again/")


def test_a_packet_with_a_row_taken_back_is_printed_with_the_rows_that_stand(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Its copies and its sheet lack the work that was taken back, the other rows keep their places and are read, and
    custody has nothing more to take out."""
    desk = desk_at("printed")
    packets = {p.packet: p for p in played.all_of(desk.home, facts.Packet)}
    packet = next(n for n in sorted(packets) if packets[n].works > 1)
    gone, *others = sorted(played.all_of(desk.home, facts.PacketRow, packet=packet), key=lambda row: int(row.row))
    desk.type("allocate", "repair", "--conflict", packets[packet].expert, gone.number, "--why", "knows it")
    assert "take out the copies" in desk.type("custody", "out", packet_code(packet)).out
    _again(desk, packet)
    reader = PdfReader(desk.home / PACKETS / f"{packet_code(packet)}.pdf")
    shown = " ".join(page.extract_text() for page in reader.pages).replace(" ", "").replace("-", "")
    assert gone.number not in shown
    assert all(row.number in shown for row in others)
    (fact,) = played.all_of(desk.home, facts.Reprint)
    assert json.loads(fact.rows) == [row.row for row in others]
    rows = _zeros(desk, packet)
    rows[0] = {}
    assert _read(desk, tmp_path / "sheets", played.filled(desk.home, packet, rows)) == []
    scored = {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}
    assert scored == {(row.work, row.marking) for row in others}
    assert [f for f in played.all_of(desk.home, facts.Finding) if f.kind == "taken_back"] == []
    desk.type("custody", "lost", packet_code(packet), "--why", "the old copies were taken in")
    assert "take out the copies" not in desk.type("custody", "out", packet_code(packet)).out


def test_what_came_back_or_never_was_is_not_printed_again(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A sheet that was read, a packet that isn't there, a part that it doesn't have: each is refused by name."""
    desk = desk_at("printed")
    _read(desk, tmp_path / "sheets", played.filled(desk.home, 1, _zeros(desk, 1))[:1])
    code = packet_code(1)
    before = played.state(desk.home)
    for error, said, arguments in (
        (SheetRead, "Score sheet 1 of packet 000001-3", (code, "--sheet", "1")),
        (SheetRead, "", (code,)),
        (NoSuchPacketToPrint, "", (packet_code(77),)),
        (NotAPacketCode, "", ("rubbish",)),
        (NoSuchPart, "Packet 000001-3 holds no --sheet 9; it holds: 1, 2.", (code, "--sheet", "9")),
        (NoSuchPart, "", (packet_code(2), "--page", "0000000:1")),
    ):
        ended = desk.type("print", "--again", *arguments, "--why", "x")
        assert f"E{error.number} {said}" in ended.err
    assert played.state(desk.home) == before
    _again(desk, 1, "--sheet", "2")


def test_a_packet_taken_back_whole_is_not_printed_again(desk_at: MakeDesk) -> None:
    """Nothing of it stands."""
    desk = desk_at("printed")
    desk.type("allocate", "repair", "--lost", packet_code(1), "--why", "not in the box")
    assert "E6061" in desk.type("print", "--again", packet_code(1), "--why", "x").err


def test_a_label_has_room_for_a_hundred_prints(desk_at: MakeDesk) -> None:
    """Then the works have to be given out anew."""
    desk = desk_at("printed")
    with played.opened(desk.home).ledger.writing() as writer:
        writer.append(facts.Reprint(1, 99, "page 1 1", "[0]", "x", "x", 1))
    ended = desk.type("print", "--again", "000001-3", "--why", "x")
    assert f"E{TooManyPrints.number} Packet 000001-3 was printed 100 times" in ended.err


# --- before anything is drawn -------------------------------------------------------------------


def _nothing_drawn(desk: Desk) -> bool:
    return not list((desk.home / PACKETS).glob("*.pdf")) if (desk.home / PACKETS).exists() else True


def test_too_little_room_is_said_before_anything_is_drawn(desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate is held against what is free."""
    desk = desk_at("allocated")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Free", (), {"free": 1000})())
    ended = desk.type("print")
    assert (ended.status, f"E{NoRoomForPackets.number}" in ended.err, _nothing_drawn(desk)) == (
        Exit.PRINTING,
        True,
        True,
    )


def test_a_name_with_signs_no_font_has_is_said_before_anything_is_drawn(
    desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thirty packets none is drawn when the last one's cover can't be."""
    desk = desk_at("allocated")
    last = sorted(one.expert for one in played.all_of(desk.home, facts.Assignment))[-1]

    class Names(dict[str, str]):
        def __missing__(self, expert: str) -> str:
            return "田中" if expert == last else "Иванова А. А."

    monkeypatch.setattr("packets.printing.names_of_experts", lambda _station, _key: Names())
    ended = desk.type("print")
    assert (ended.status, "E5003" in ended.err, "U+7530" in ended.err) == (Exit.PRINTING, True, True)
    assert _nothing_drawn(desk)


@pytest.mark.parametrize(("criteria", "error"), [(b"%PDF-1.7 broken", "E5010"), (None, "E5011")])
def test_criteria_that_can_t_be_read_are_said_before_anything_is_drawn(
    desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch, criteria: bytes | None, error: str
) -> None:
    """Broken or encrypted: the remedy is said, and no packet lies half printed."""
    desk = desk_at("allocated")
    blob = str(played.opened(desk.home).blobs.put(_encrypted() if criteria is None else criteria))
    made = printing.UnitMaker.unit

    def with_criteria(*arguments: Any) -> printing.Unit:
        return replace(made(*arguments), criteria=blob)

    monkeypatch.setattr(printing.UnitMaker, "unit", with_criteria)
    ended = desk.type("print")
    assert (ended.status, error in ended.err, _nothing_drawn(desk)) == (Exit.PRINTING, True, True)


def _encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out := io.BytesIO())
    return out.getvalue()


def test_an_expert_without_works_has_no_packet(desk_at: MakeDesk) -> None:
    """Every expert with works has packets, one set of score sheets in each, and nobody else has any."""
    desk = desk_at("printed")
    packets = played.all_of(desk.home, facts.Packet)
    experts = {one.expert for one in played.all_of(desk.home, facts.Expert)}
    assert {packet.expert for packet in packets} == {one.expert for one in played.all_of(desk.home, facts.Assignment)}
    assert {packet.expert for packet in packets} < experts
    sheets = {(sheet.packet, sheet.sheet) for sheet in played.all_of(desk.home, facts.Sheet)}
    assert sheets == {(packet.packet, sheet) for packet in packets for sheet in (1, 2)}
