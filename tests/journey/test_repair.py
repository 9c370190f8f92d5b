"""A check day that doesn't go by plan: an expert doesn't come after packets were printed."""

from __future__ import annotations

from pathlib import Path

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.model import CriterionId, Points
from crosscheck.numbering import packet_code
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk


def _scan(desk: Desk, folder: Path, packet: int) -> Path:
    """The packet's score sheets with 0 points everywhere, as they would be scanned."""
    folder.mkdir(exist_ok=True)
    criteria = [criterion.id for criterion in played.opened(desk.home).procedure().criteria]
    zero: dict[CriterionId, Points] = dict.fromkeys(criteria, Points(0))
    rows = played.all_of(desk.home, facts.PacketRow, packet=packet)
    for i, scan in enumerate(played.filled(desk.home, packet, [zero] * len(rows))):
        (folder / f"{packet}-{i}.jpg").write_bytes(scan)
    return folder


def _standing(desk: Desk) -> dict[tuple[str, int], str]:
    with played.opened(desk.home).ledger.reading() as connection:
        return {(a.work, a.marking): a.expert for a in queries.standing_assignments(connection)}


def test_an_expert_doesnt_come(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Printed, partly read, repaired, printed anew, read to the end. What is written on a packet that was taken back is
    a finding, and never a score."""
    desk = desk_at("printed")
    packets = {p.packet: p for p in played.all_of(desk.home, facts.Packet)}
    gone = min(packets, key=lambda n: (-packets[n].works, n))
    who = packets[gone].expert
    early = next(n for n in packets if packets[n].expert != who)
    void = _scan(desk, tmp_path / "void", gone)
    assert desk.type("ingest", "--sheets", str(_scan(desk, tmp_path / "early", early))).status == Exit.DONE
    desk.type("read")
    scored = {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}
    before = _standing(desk)
    taken = {slot for slot, expert in before.items() if expert == who}

    ended = desk.type("allocate", "repair", "--absent", who, "--why", "call at 8:40")
    assert ended.status == Exit.DONE, ended.err
    assert f"Take back from {who}, packet {packet_code(gone)}" in ended.out
    after = _standing(desk)
    assert {slot for slot in before if before[slot] != after[slot]} == taken
    assert all(after[slot] == before[slot] for slot in scored)
    folder = desk.home / "out" / "packets"
    assert not (folder / f"{packet_code(gone)}.pdf").exists()
    assert desk.type("print").status == Exit.DONE
    new = sorted(p.packet for p in played.all_of(desk.home, facts.Packet) if p.packet not in packets)
    rows = [row for n in new for row in played.all_of(desk.home, facts.PacketRow, packet=n)]
    assert {(row.work, row.marking) for row in rows} == taken
    assert all((folder / f"{packet_code(n)}.pdf").exists() for n in new)

    assert desk.type("ingest", "--sheets", str(void)).status == Exit.DONE
    desk.type("read")
    refused = [r for r in played.all_of(desk.home, facts.SheetReading) if r.outcome == "refused"]
    assert {r.detail for r in refused} == {
        f"packet {packet_code(gone)} was taken back from its expert: nothing of this counts"
    }
    assert not taken & {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}
    assert "taken back" in desk.type("findings", "list").out

    for packet in (*new, *(n for n in packets if n not in (gone, early))):
        _scan(desk, tmp_path / "rest", packet)
    desk.type("ingest", "--sheets", str(tmp_path / "rest"))
    desk.type("read")
    assert set(before) == {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}
    assert "8 works complete" in desk.type("reconcile").out
    assert "assigned 8 = returned 8 + outstanding 0" in desk.type("status").out
    assert desk.type("report").status == Exit.DONE
    assert desk.type("ledger", "verify").status == Exit.DONE


def test_a_lost_packet_is_printed_anew_for_the_same_expert(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Nobody else gets its works, and the lost one counts for nothing when it turns up."""
    desk = desk_at("printed")
    before, packet = _standing(desk), min(p.packet for p in played.all_of(desk.home, facts.Packet))
    found = _scan(desk, tmp_path / "found", packet)
    ended = desk.type("allocate", "repair", "--lost", packet_code(packet), "--why", "not in the box")
    assert ended.status == Exit.DONE, ended.err
    assert desk.type("print").status == Exit.DONE
    assert _standing(desk) == before
    new = max(p.packet for p in played.all_of(desk.home, facts.Packet))
    again = {(r.work, r.marking) for r in played.all_of(desk.home, facts.PacketRow, packet=new)}
    assert again == {(r.work, r.marking) for r in played.all_of(desk.home, facts.PacketRow, packet=packet)}
    desk.type("ingest", "--sheets", str(found))
    desk.type("read")
    assert played.all_of(desk.home, facts.Score) == []
    desk.type("ingest", "--sheets", str(_scan(desk, tmp_path / "new", new)))
    desk.type("read")
    assert again == {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}


def test_one_row_of_a_packet_is_taken_back(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The expert knows one work: the other rows of the sheet count, and what is filled in for it is a finding."""
    desk = desk_at("printed")
    packets = {p.packet: p for p in played.all_of(desk.home, facts.Packet)}
    packet = next(n for n in sorted(packets) if packets[n].works > 1)
    row, *others = sorted(played.all_of(desk.home, facts.PacketRow, packet=packet), key=lambda r: int(r.row))
    ended = desk.type("allocate", "repair", "--conflict", packets[packet].expert, row.number, "--why", "knows it")
    assert ended.status == Exit.DONE, ended.err
    desk.type("ingest", "--sheets", str(_scan(desk, tmp_path / "sheets", packet)))
    desk.type("read")
    scored = {(s.work, s.marking) for s in played.all_of(desk.home, facts.Score)}
    assert scored == {(r.work, r.marking) for r in others}
    told = {f.detail for f in played.all_of(desk.home, facts.Finding) if f.kind == "taken_back"}
    assert told == {f"row 1 of packet {packet_code(packet)} was taken back from its expert, but it is filled in"}
