"""Files by check point stay right: what is printed again, taken back or unknown is moved away by name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from pypdf import PdfReader

from crosscheck import facts
from crosscheck.numbering import packet_code
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk

POINTS = Path("out") / "packets" / "points"


def _files(desk: Desk) -> dict[str, str]:
    """The files that lie there to be printed, with their packets as the log has them."""
    text = (desk.home / POINTS / "print-log.csv").read_text("utf-8-sig")
    log = {row["file"]: row["packets in the file"] for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert sorted(log) == sorted(path.name for path in (desk.home / POINTS).glob("*.pdf"))
    return log


def _joined(desk_at: MakeDesk) -> Desk:
    desk = desk_at("printed")
    desk.type("print", "--join", "point")
    return desk


def _replaced(desk: Desk) -> set[str]:
    return {path.name for path in (desk.home / POINTS / "replaced").glob("*")}


def test_a_file_with_a_packet_printed_again_is_moved_away_and_made_anew(desk_at: MakeDesk) -> None:
    """The command names it; other points keep theirs; the new file holds the new print of the packet."""
    desk = _joined(desk_at)
    before = _files(desk)
    stale = {name for name, packets in before.items() if packet_code(1) in packets}
    ended = desk.type("print", "--again", packet_code(1), "--why", "coffee")
    assert all(name in ended.out for name in stale)
    assert _replaced(desk) == stale
    assert set(_files(desk)) == set(before) - stale
    said = desk.type("print", "--join", "point").out
    assert "In no file" not in said
    assert _files(desk) == before
    (name,) = stale
    shown = "".join(page.extract_text() for page in PdfReader(desk.home / POINTS / name).pages)
    assert "печать 2" in shown


def test_a_packet_with_a_sheet_printed_again_is_in_no_file_and_named(desk_at: MakeDesk) -> None:
    """Its file still holds the sheet that was replaced; printed anew as a whole it comes back."""
    desk = _joined(desk_at)
    desk.type("print", "--again", packet_code(1), "--sheet", "1", "--why", "coffee")
    ended = desk.type("print", "--join", "point")
    assert "a sheet or a page was printed again: 000001-3" in ended.out
    assert all(packet_code(1) not in packets for packets in _files(desk).values())
    desk.type("print", "--again", packet_code(1), "--why", "all of it")
    assert "In no file" not in desk.type("print", "--join", "point").out
    assert any(packet_code(1) in packets for packets in _files(desk).values())


def test_packets_in_use_are_in_no_new_file_and_named(desk_at: MakeDesk) -> None:
    """Their paper exists: printing it a second time would make two of each."""
    desk = desk_at("printed")
    desk.type("custody", "out", packet_code(1), packet_code(2))
    said = desk.type("print", "--join", "point").out
    assert f"because their paper is in use: {packet_code(1)} – {packet_code(2)}." in said
    assert all(packet_code(1) not in packets for packets in _files(desk).values())


def test_a_packet_taken_back_takes_its_file_away(desk_at: MakeDesk) -> None:
    """The repair says which; the next print makes one without it, and leaves nothing of the others out."""
    desk = _joined(desk_at)
    expert = played.all_of(desk.home, facts.Packet, packet=1)[0].expert
    stale = {name for name, packets in _files(desk).items() if packet_code(1) in packets}
    ended = desk.type("allocate", "repair", "--absent", expert, "--why", "ill")
    assert all(name in ended.out for name in stale)
    assert _replaced(desk) == stale
    log = (desk.home / POINTS.parent / "print-log.csv").read_text("utf-8-sig")
    assert packet_code(1) not in log, "what was taken back is in no log of what to print"
    said = desk.type("print", "--join", "point").out
    assert "In no file" not in said
    assert all(packet_code(1) not in packets for packets in _files(desk).values())


def test_json_says_nothing_and_moves_all_the_same(desk_at: MakeDesk) -> None:
    """What a program asked for is moved away as well as what a person did."""
    desk = _joined(desk_at)
    expert = played.all_of(desk.home, facts.Packet, packet=1)[0].expert
    ended = desk.type("allocate", "repair", "--absent", expert, "--why", "ill", "--json")
    json.loads(ended.out)
    assert _replaced(desk)
    assert (desk.home / "out" / "packets" / "taken-back" / f"{packet_code(1)}.pdf").exists()


def test_a_file_that_nobody_knows_is_not_printed(desk_at: MakeDesk) -> None:
    """A file of an earlier version, or a lost list: nothing says that what it holds is good."""
    desk = _joined(desk_at)
    names = set(_files(desk))
    (desk.home / POINTS / "files.json").write_text("{", "utf-8")
    said = desk.type("print").out
    assert all(name in said for name in names)
    assert _replaced(desk) == names


def test_a_new_way_of_printing_replaces_the_files(desk_at: MakeDesk) -> None:
    """Drawn anew on both sides of the paper: files with the one-sided packets are moved away first."""
    desk = _joined(desk_at)
    before = _files(desk)
    said = desk.type("print", "--duplex").out
    assert all(name in said for name in before)
    desk.type("print", "--join", "point")
    assert _files(desk) == before


def test_what_stays_as_it_is_is_named(desk_at: MakeDesk) -> None:
    """Packets in use by their codes; another language with the way to it; a wish that came to nothing."""
    desk = desk_at("printed")
    desk.type("custody", "out", packet_code(1))
    assert "because their paper is in use: 000001-3." in desk.type("print", "--duplex").out
    said = desk.type("print", "--lang", "en").out
    assert "in the language they were drawn in: 000001-3 – 00000" in said
    assert "--lang en --why" in said
    assert "Nothing was drawn" in said
    assert "in the language" not in desk.type("print", "--lang", "ru").out
