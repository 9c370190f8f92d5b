"""Bad files, wrong papers and slips of the hand: each is named with what to do, and the rest of the day goes on."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageSequence

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.model import AnonymousNumber, CriterionId, Given, Points
from crosscheck.numbering import packet_code, spaced
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk
from tests.journey.played import SAMPLES

GOOD = SAMPLES / "scans" / "scan-101.pdf"
RUN = "scan-010.tif"
TABLES = ("schools", "class_sets", "participants", "experts", "conflicts", "manifest")


# --- scans ---------------------------------------------------------------------------------------


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("secret", algorithm="AES-256")
    return _bytes(writer)


def _without_pages() -> bytes:
    return _bytes(pypdf.PdfWriter())


def _bytes(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _huge() -> bytes:
    """A small PNG file that says it is 60,000 pixels on a side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


BAD: Mapping[str, bytes] = {
    "empty.pdf": b"",
    "truncated.pdf": GOOD.read_bytes()[:3000],
    "encrypted.pdf": _encrypted(),
    "table renamed.jpg": b"participant;points\n50298;11\n",
    "huge.png": _huge(),
    "no pages.pdf": _without_pages(),
    "notes.docx": b"PK\x03\x04 not a scan",
}


def test_bad_files_are_named_with_what_to_do_and_the_good_one_goes_on(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Seven files that are no scans lie in one folder with a good one: all are counted, the good one is numbered."""
    desk = desk_at("registered")
    folder = played.pile(tmp_path / "scans", range(4))
    for name, data in BAD.items():
        (folder / name).write_bytes(data)
    ended = desk.type("ingest", str(folder))
    assert ended.status == 10
    told = {line.split(": ")[0]: line.split(": ", 1)[1] for line in ended.err.splitlines()}
    assert set(told) == set(BAD)
    # What is wrong and what to do are two sentences.
    assert all(said.count(". ") or said.count("; ") for said in told.values()), told
    assert f"{len(BAD) + 1} files (0 known already), 4 pages" in ended.out
    findings = [f for f in _listed(desk, "findings", "list") if f["kind"] == "file"]
    assert len(findings) == len(BAD)
    assert desk.type("redact").status == 0
    assert "2 works numbered" in desk.type("number").out


def _listed(desk: Desk, *command: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk.type(*command, "--json").out)
    return found


def test_a_status_with_findings_asks_for_a_person(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Status ends with 10 while a bad file waits, and with 0 once it was dealt with."""
    desk = desk_at("published")
    (tmp_path / "empty.pdf").write_bytes(b"")
    assert desk.type("status").status == 0
    desk.type("ingest", str(tmp_path / "empty.pdf"))
    assert desk.type("status").status == 10
    name = str(_listed(desk, "findings", "list")[0]["finding"])
    assert desk.type("findings", "close", name, "--why", "an empty file of the scanner").status == 0
    assert desk.type("status").status == 0


def test_works_among_score_sheets_are_refused_page_by_page(desk_at: MakeDesk) -> None:
    """A pile of works taken in as score sheets is refused by name, and no points come of it."""
    desk = desk_at("printed")
    assert "16 pages" in desk.type("ingest", "--sheets", str(SAMPLES / "scans")).out
    ended = desk.type("read")
    assert (ended.status, "16 pages refused" in ended.out) == (10, True)
    assert all(why for why in _refusals(desk.home))
    assert played.all_of(desk.home, facts.Score) == []


def test_works_taken_in_as_sheets_can_still_be_taken_in_as_works(desk_at: MakeDesk) -> None:
    """A forgotten or mistaken --sheets loses nothing: the same file goes in again, rightly."""
    desk = desk_at("registered")
    desk.type("ingest", "--sheets", str(SAMPLES / "scans"))
    assert "(0 known already), 16 pages" in desk.type("ingest", str(SAMPLES / "scans")).out
    with played.opened(desk.home).ledger.reading() as connection:
        assert len(queries.unread_pages(connection, "works", 100)) == 16


# --- the district's files ------------------------------------------------------------------------


def _district(folder: Path, **changed: tuple[str, str]) -> Path:
    """A copy of the district in which one piece of text of a file is another."""
    folder.mkdir()
    for name in (*(f"{table}.csv" for table in TABLES), "procedure.toml"):
        text = (SAMPLES / name).read_text("utf-8-sig")
        before, after = changed.get(name.split(".")[0], ("", ""))
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1) if before else text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"procedure": ('id = "6К2"', 'id = "6К1"')}, 20, "6К1"),
        ({"experts": ("Э02;С.", "Э01;С.")}, 30, "Э01"),
        ({"participants": ("7;5А;55759;505;", "7;5А;55595;505;")}, 30, "55595"),
        ({"participants": ("7;5А;55759;505;", "7;5А;55759;504;")}, 30, "504"),
        ({"participants": ("12;5Б;56973", "13;5Б;56973")}, 30, "13"),
    ],
    ids=["criterion twice", "expert twice", "participant twice", "form twice", "school unknown"],
)
def test_a_district_with_an_error_is_refused_whole(
    desk_at: MakeDesk, tmp_path: Path, changed: Mapping[str, tuple[str, str]], status: int, named: str
) -> None:
    """The error is numbered and names the culprit; of that folder nothing is recorded."""
    desk = desk_at("registered")
    before = played.dump(desk.home)
    ended = desk.type("register", str(_district(tmp_path / "district", **changed)))
    assert (ended.status, ended.err[:1], named in ended.err) == (status, "E", True), ended.err
    assert played.dump(desk.home) == before


def test_a_page_of_an_absent_participant_waits_for_a_person(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A school declared somebody absent whose work lies in the pile: the other goes on, two pages are asked about."""
    desk = desk_at("empty")
    district = _district(tmp_path / "district", participants=("50298;501;", "50298;;absent"))
    assert desk.type("register", str(district)).status == 0
    desk.type("ingest", str(played.pile(tmp_path / "scans", range(4))))
    desk.type("redact")
    ended = desk.type("number")
    assert (ended.status, "1 works numbered, 2 pages wait" in ended.out) == (10, True)
    assert {row["fate"] for row in _listed(desk, "pages", "list")} == {"known", "unknown"}


def test_a_manifest_does_not_overrule_the_code_on_a_page(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A manifest gives a participant's pages to another one: what is printed on the pages counts."""
    desk = desk_at("empty")
    row = "template\nscan-101.pdf;1-2;3;5А;51691;"
    assert desk.type("register", str(_district(tmp_path / "district", manifest=("template", row)))).status == 0
    desk.type("ingest", str(played.pile(tmp_path / "scans", range(4))))
    desk.type("redact")
    desk.type("number")
    forms = {issued.form: issued.work for issued in played.all_of(desk.home, facts.IssuedForm)}
    shown_by = {reading.page: forms[reading.number] for reading in played.all_of(desk.home, facts.PageReading)}
    fates = played.all_of(desk.home, facts.PageFate)
    assert {f.page: f.work for f in fates if f.fate == "known"} == shown_by


def test_a_manifest_with_a_wrong_count_holds_the_whole_run(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Of a file of foreign forms that has more pages than are listed, no page is taken on the manifest's word."""
    desk = desk_at("empty")
    whole = SAMPLES.parent / "district"
    shutil.copytree(whole, tmp_path / "district")
    procedure = tmp_path / "district" / "procedure.toml"
    procedure.write_text(procedure.read_text("utf-8").replace(', "templates/rdr.toml"', ""), "utf-8")
    lines = (whole / "manifest.csv").read_text("utf-8-sig").splitlines()
    listed = [line for line in lines[1:] if line.startswith(RUN)]
    (tmp_path / "district" / "manifest.csv").write_text("\n".join([lines[0], listed[0]]), "utf-8")
    assert desk.type("register", str(tmp_path / "district")).status == 0
    with Image.open(SAMPLES.parent / "scans" / RUN) as scan:
        frames = [frame.copy() for frame in itertools.islice(ImageSequence.Iterator(scan), 4)]
    frames[0].save(tmp_path / RUN, save_all=True, append_images=frames[1:], compression="group4", dpi=scan.info["dpi"])
    desk.type("ingest", str(tmp_path / RUN))
    desk.type("redact")
    assert desk.type("number").status == 10
    fates = played.all_of(desk.home, facts.PageFate)
    assert {f.fate for f in fates} == {"unknown"}
    assert any("pages, the file has" in f.why for f in fates)


# --- score sheets --------------------------------------------------------------------------------


def _rows(home: Path, packet: int, points: int = 0) -> list[dict[CriterionId, Given]]:
    """Every row of a packet with the same points everywhere."""
    rows = played.all_of(home, facts.PacketRow, packet=packet)
    criteria = [criterion.id for criterion in played.opened(home).procedure().criteria]
    return [dict.fromkeys(criteria, Points(points)) for _row in rows]


def _scan(desk: Desk, folder: Path, pictures: Sequence[bytes]) -> tuple[int, str]:
    """Take filled sheets in and read them: the status and what was said."""
    folder.mkdir(exist_ok=True)
    for picture in pictures:
        (folder / f"sheet-{len(list(folder.iterdir()))}.jpg").write_bytes(picture)
    desk.type("ingest", "--sheets", str(folder))
    ended = desk.type("read")
    return ended.status, ended.out


def _refusals(home: Path) -> list[str]:
    return [reading.detail for reading in played.all_of(home, facts.SheetReading, outcome="refused")]


def test_a_sheet_scanned_twice_is_a_copy(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The second scan of a sheet with the same crosses adds no points and asks nobody."""
    desk = desk_at("printed")
    rows = _rows(desk.home, 1)
    status, _said = _scan(desk, tmp_path / "first", played.filled(desk.home, 1, rows))
    scores = played.all_of(desk.home, facts.Score)
    assert (status, len(scores)) == (0, 8 * len(rows))
    status, _said = _scan(desk, tmp_path / "second", played.filled(desk.home, 1, rows, seed=2))
    assert status == 0
    assert [r.outcome for r in played.all_of(desk.home, facts.SheetReading)] == ["read", "read", "copy", "copy"]
    assert played.all_of(desk.home, facts.Score) == scores


def test_a_sheet_scanned_again_with_other_points_is_refused_by_name(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The first reading stands; the second copy is named, and a person looks."""
    desk = desk_at("printed")
    _scan(desk, tmp_path / "first", played.filled(desk.home, 1, _rows(desk.home, 1)))
    scores = played.all_of(desk.home, facts.Score)
    status, _said = _scan(desk, tmp_path / "second", played.filled(desk.home, 1, _rows(desk.home, 1, 1)))
    assert status == 10
    assert any("score sheet 1 of packet 000001-3, print 1: read already" in why for why in _refusals(desk.home))
    assert played.all_of(desk.home, facts.Score) == scores


def test_a_sheet_of_an_old_print_is_refused_by_name(desk_at: MakeDesk, tmp_path: Path) -> None:
    """After a sheet was printed anew, the old print gives no points."""
    desk = desk_at("printed")
    old = played.filled(desk.home, 1, _rows(desk.home, 1))
    again = [facts.Sheet(1, s.sheet, 1, s.blank) for s in played.all_of(desk.home, facts.Sheet, packet=1)]
    with played.opened(desk.home).ledger.writing() as writer:
        writer.append_all(again)
    assert _scan(desk, tmp_path / "sheets", old)[0] == 10
    said = "score sheet {} of packet 000001-3, print 1: replaced by print 2"
    assert sorted(_refusals(desk.home)) == [said.format(s.sheet) for s in again]
    assert played.all_of(desk.home, facts.Score) == []


def test_a_sheet_of_another_procedure_is_refused_by_name(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A sheet whose code tells of another paper is not read against ours; the good one beside it is."""
    desk = desk_at("printed")
    good = played.filled(desk.home, 2, _rows(desk.home, 2))
    assert _scan(desk, tmp_path / "sheets", [played.foreign_sheet(), *good])[0] == 10
    assert _refusals(desk.home) == ["a sheet of another procedure"]
    assert len(played.all_of(desk.home, facts.Score)) == 8 * len(_rows(desk.home, 2))


def test_an_empty_cell_is_not_zero_and_holds_the_release(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A criterion that the expert left out waits for a person, who says X; until then nothing is released."""
    desk = desk_at("printed")
    scans = []
    for packet in sorted(p.packet for p in played.all_of(desk.home, facts.Packet)):
        rows = _rows(desk.home, packet)
        if packet == 1:
            del rows[0][CriterionId("4")]
        scans += played.filled(desk.home, packet, rows)
    _scan(desk, tmp_path / "sheets", scans)
    (waiting,) = _listed(desk, "review", "list")
    assert (waiting["criterion"], waiting["seen"]) == ("4", "blank")
    refused = desk.type("release", "--why", "in a hurry")
    assert (refused.status, "E4541" in refused.err) == (45, True)
    assert desk.type("review", "set", spaced(_number(waiting)), "4", "X").status == 0
    desk.type("reconcile")
    assert desk.type("release", "--why", "all came back").status == 0
    given = {s.points for s in played.all_of(desk.home, facts.Score, criterion="4", source="review")}
    assert given == {None}


def _number(row: Mapping[str, object]) -> AnonymousNumber:
    return AnonymousNumber(str(row["number"]))


# --- slips of the hand ---------------------------------------------------------------------------


def test_a_packet_code_with_a_wrong_digit_is_refused(desk_at: MakeDesk) -> None:
    """The check digit of the packet's code catches a mistyped one."""
    ended = desk_at("printed").type("enter", "000001-4")
    assert (ended.status, "E6064" in ended.err) == (2, True)


def test_points_above_the_maximum_are_asked_for_again(desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken after an impossible value until it is acknowledged, and nothing is cut down to fit."""
    desk = desk_at("printed")
    count = len(_rows(desk.home, 1))
    first_sheet = ["9 0 0 0 0 0", "1 0 2 X 2", "", "0"] + ["1 0 2 X 2 0"] * (count - 1)
    lines = [*first_sheet, *["3 1"] * count]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    ended = desk.type("enter", packet_code(1))
    assert (ended.status, "E3072 9 is not possible" in ended.out, "6 values are needed" in ended.out) == (0, True, True)
    scores = played.all_of(desk.home, facts.Score)
    assert [score.points for score in scores] == [*[1, 0, 2, None, 2, 0] * count, *[3, 1] * count]


def test_a_mistyped_number_is_refused(desk_at: MakeDesk) -> None:
    """The check digit of an anonymous number catches a mistyped one."""
    desk = desk_at("read")
    number = min(n.number for n in played.all_of(desk.home, facts.Number))
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    ended = desk.type("review", "set", mistyped, "1", "1")
    assert (ended.status, "E3070" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("holder", "moment", "command"),
    [
        ("ORGANISER", "numbered", ("allocate",)),
        ("COORDINATOR", "allocated", ("print",)),
        ("COORDINATOR", "published", ("publish",)),
    ],
)
def test_a_wrong_passphrase_opens_nothing(
    desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch, holder: str, moment: str, command: tuple[str, ...]
) -> None:
    """The command ends with 45, says whose passphrase was wrong, and records nothing, not even an opening."""
    desk = desk_at(moment)
    before, openings = played.dump(desk.home), len(played.all_of(desk.home, facts.Opening))
    monkeypatch.setenv(f"CROSSCHECK_{holder}_PASSPHRASE", "not these words")
    ended = desk.type(*command)
    assert (ended.status, "E4503" in ended.err, holder.lower() in ended.err) == (45, True, True)
    assert played.dump(desk.home) == before
    assert len(played.all_of(desk.home, facts.Opening)) == openings


def test_nothing_is_published_before_it_is_released(desk_at: MakeDesk) -> None:
    """Publishing without a release ends with 45 and names the command that is missing; no file appears."""
    desk = desk_at("reported")
    ended = desk.type("publish")
    assert (ended.status, "E4540" in ended.err, "crosscheck release" in ended.err) == (45, True, True)
    assert not (desk.home / "out" / "results").exists()


def test_nothing_is_released_while_sheets_are_out(desk_at: MakeDesk) -> None:
    """With eight markings outstanding the release ends with 45 and says how many."""
    ended = desk_at("printed").type("release", "--why", "in a hurry")
    assert (ended.status, "E4541" in ended.err, "8 markings" in ended.err) == (45, True, True)
