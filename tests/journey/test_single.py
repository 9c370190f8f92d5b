"""The simplest cross-check, one marking per work, from scans to published results: what the product promises."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdf
import pytest

from crosscheck import facts
from crosscheck.labels import Kind, Label, ShortLabel
from crosscheck.model import AnonymousNumber, WorkId
from crosscheck.numbering import packet_code, spaced
from drill import paper
from drill.drawing import rendered
from drill.gates import gates_of
from drill.journey import Slips
from drill.people import spelled
from drill.truth import read as read_truth
from scanning.codes.barcodes import parsed, read_plain
from scoring.forms import comparing, stated
from tests.journey import played
from tests.journey.fixtures import MakeDesk
from tests.journey.played import SAMPLES, Played

TRUTH = read_truth(SAMPLES / "truth.json")
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2", "6К1", "6К2")


# --- what must not happen ------------------------------------------------------------------------


def test_every_page_is_attributed_to_its_own_work(day: Played) -> None:
    """All sixteen pages are placed, none with a wrong work."""
    assert (day.day.comparison.wrong_attributions, day.day.comparison.pages_placed) == (0, 16)


def test_no_masked_page_shows_an_identity_outside_its_answers(day: Played) -> None:
    """All sixteen masked pages are white where names, schools and classes are written."""
    assert (day.day.comparison.leaked_pages, day.day.comparison.pages_masked) == (0, 16)


def test_no_wrong_points_are_accepted(day: Played) -> None:
    """Every cell accepted without a person holds what the expert meant."""
    assert day.day.comparison.wrong_points_accepted == 0
    scores = played.all_of(day.home("published"), facts.Score)
    assert {score.source for score in scores} >= {"reading", "entry"}
    assert len({(score.work, score.criterion) for score in scores}) == len(TRUTH.works) * len(CRITERIA)


def test_nobody_marks_against_a_conflict_of_interest(day: Played) -> None:
    """Eight markings are assigned, none to an expert of the work's school or with a declared conflict."""
    assert (day.day.comparison.conflicts, day.day.markings) == (0, 8)


def test_every_law_balances_and_nothing_waits(day: Played) -> None:
    """All pages are known, all sums come out, no finding is open."""
    assert day.day.fates == {"known": 16}
    assert day.day.balances_ok
    assert day.day.findings_open == 0


def test_published_results_are_what_the_experts_meant(day: Played) -> None:
    """The class-set forms give every participant exactly the points that the expert of the work meant."""
    assert _published(day.home("published")) == _meant(day)


def _published(home: Path) -> dict[tuple[str, str], dict[str, str]]:
    found = {}
    for path in sorted((home / "out" / "results").glob("class-*.xlsx")):
        rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
        head = next(row for row in rows if row[0] == "Код участника")
        for row in rows[rows.index(head) + 1 :]:
            if row[1] is not None:
                points = {
                    str(name).split(" (")[0]: str(value) for name, value in zip(head[3:11], row[3:11], strict=True)
                }
                found[path.stem.removeprefix("class-"), str(row[0])] = points | {"total": str(row[11])}
    return found


def _meant(day: Played) -> dict[tuple[str, str], dict[str, str]]:
    numbers = {row.work: row.number for row in played.all_of(day.home("published"), facts.Number)}
    found = {}
    for work in TRUTH.works:
        number = numbers[day.known.tokens[work.participant]]
        points = {c: spelled(day.meant[number, c]) for c in CRITERIA}
        total = sum(int(value) for value in points.values() if value != "X")
        found[f"{work.school}-{work.class_name}", work.participant] = points | {"total": str(total)}
    return found


# --- what experts get ----------------------------------------------------------------------------


def _packets(home: Path) -> dict[int, bytes]:
    prints = played.all_of(home, facts.PacketPrint)
    return {p.packet: (home / "out" / "packets" / f"{packet_code(p.packet)}.pdf").read_bytes() for p in prints}


def _table(name: str) -> list[dict[str, str]]:
    with (SAMPLES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _canaries() -> Iterator[str]:
    """Everything that tells whose work it is, as it is spelled somewhere in the district's files."""
    for work in TRUTH.works:
        yield from (work.participant, work.class_name, work.name, *work.name.split(), str(work.form))
    for row in _table("schools"):
        yield from (row["name"], f"№ {row['school']}", f"№{row['school']}", f"ОО {row['school']}")
    yield from ("МБОУ", "СОШ", "лицей", "scan-101", "племянник")


def _seen_in(text: str) -> list[str]:
    return [word for word in _canaries() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


def test_the_search_for_identities_finds_one_that_is_there() -> None:
    """The canaries below would be seen if a packet said them."""
    assert _seen_in("Абросимова, ОО 3, код 50298") == ["50298", "Абросимова", "ОО 3"]


def test_no_packet_says_whose_works_it_holds(day: Played) -> None:
    """Text, metadata and names of packets hold no code, name, class, form or school of a participant."""
    # A number that is drawn at random may spell a form's number in its first half.
    drawn = [spaced(AnonymousNumber(row.number)) for row in played.all_of(day.home("published"), facts.Number)]
    for packet, pdf in _packets(day.home("published")).items():
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        said = [page.extract_text() for page in reader.pages] + [repr(reader.metadata), repr(reader.xmp_metadata)]
        text = "\n".join(said)
        assert any(number in text for number in drawn)
        for number in drawn:
            text = text.replace(number, "")
        assert _seen_in(text) == [], packet_code(packet)


def test_no_stream_of_a_packet_holds_a_name(day: Played) -> None:
    """Neither the bytes of the file nor of any stream in it, unpacked, spell a name, class or school."""
    words = {word for word in _canaries() if not word.isdigit() and len(word) > 4}
    spellings = {word.encode(code) for word in words for code in ("utf-8", "utf-16-be", "cp1251")}
    for packet, pdf in _packets(day.home("published")).items():
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        whole = pdf + b"".join(_data(reader, number) for number in range(1, len(reader.xref[0]) + 1))
        assert not [word for word in spellings if word in whole], packet_code(packet)


def _data(reader: pypdf.PdfReader, number: int) -> bytes:
    found = reader.get_object(number)
    if not isinstance(found, pypdf.generic.StreamObject):
        return b""
    # Pictures stay as they are: decoding them could only hide what their bytes say.
    return bytes(found._data) if found.get("/Subtype") == "/Image" else found.get_data()


def test_a_packet_names_its_own_expert_and_no_other(day: Played) -> None:
    """The cover names the expert; no packet names another expert, or the school of any."""
    names = {row["expert"]: row["name"] for row in _table("experts")}
    owners = {p.packet: day.known.experts[p.expert] for p in played.all_of(day.home("published"), facts.Packet)}
    for packet, pdf in _packets(day.home("published")).items():
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
        named = {expert for expert, name in names.items() if name in text}
        assert named == {owners[packet]}


def test_copies_carry_no_code_of_the_form_they_were_written_on(day: Played) -> None:
    """A machine that looks for codes on every page of a packet finds those of the cover and of score sheets only."""
    pdf = _packets(day.home("published"))[1]
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    kinds = {kind for page in range(pages) for kind in _kinds(pdf, page)}
    assert kinds == {Kind.PACKET, Kind.SHEET}


def _kinds(pdf: bytes, page: int) -> Iterator[Kind]:
    for code in read_plain(paper.grey(rendered(pdf, page, 200))):
        label = parsed(code)
        if isinstance(label, Label | ShortLabel):
            yield label.kind


def test_whatever_print_makes_says_no_school(desk_at: MakeDesk) -> None:
    """In every layout, joined by point, printed again: texts, names of files, properties and logs hold no canary."""
    desk = desk_at("allocated")
    assert desk.type("print", "--duplex", "--two-up", "--ink", "black", "--by", "17:30", "--join", "point").status == 0
    packet = played.all_of(desk.home, facts.PacketRow)[0]
    for part in ((), ("--sheet", "1"), ("--page", f"{packet.number}:1")):
        desk.type("print", "--again", packet_code(packet.packet), *part, "--why", "coffee")
    drawn = [spaced(AnonymousNumber(row.number)) for row in played.all_of(desk.home, facts.Number)]
    files = [path for path in (desk.home / "out").rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        said = _said(path) if path.suffix == ".pdf" else path.read_text("utf-8-sig")
        for number in drawn:
            said = said.replace(number, "").replace(number.replace(" ", "").replace("-", ""), "")
        # A digest may spell anything.
        said = re.sub(r"[0-9a-f]{64}", "", said)
        assert _seen_in(f"{path.name}\n{said}") == [], path.name


def _said(path: Path) -> str:
    reader = pypdf.PdfReader(path)
    return "\n".join(
        [*(page.extract_text() for page in reader.pages), repr(reader.metadata), repr(reader.xmp_metadata)]
    )


def test_what_a_packet_is_called_is_its_number_only(day: Played) -> None:
    """File names are packet codes, and nothing else lies beside them."""
    names = {path.name for path in (day.home("published") / "out" / "packets").iterdir()}
    assert names - {"print-log.csv"} == {f"{packet_code(packet)}.pdf" for packet in _packets(day.home("published"))}


def test_no_identity_stands_in_the_open_on_the_station(day: Played) -> None:
    """Ledger, log and settings hold no participant code, pupil's name, class, school name or expert's name."""
    home = day.home("published")
    whole = b"".join(
        path.read_bytes() for path in [*home.glob("ledger.db*"), *home.glob("log/*"), *home.glob("*.toml")]
    )
    names = {w.name for w in TRUTH.works} | {row["name"] for name in ("schools", "experts") for row in _table(name)}
    assert not [name for name in names if name.encode() in whole]
    codes = [w.participant for w in TRUTH.works]
    # Digests are hexadecimal and hold any five digits by chance; a code stands between other characters.
    assert not [code for code in codes if re.search(rb"(?<![0-9a-f])%s(?![0-9a-f])" % code.encode(), whole)]


# --- the same again ------------------------------------------------------------------------------


def test_packets_printed_again_from_the_same_facts_are_the_same_bytes(day: Played, desk_at: MakeDesk) -> None:
    """A copy of the ledger, printed elsewhere, gives the very files whose digests are recorded."""
    desk = desk_at("allocated")
    assert desk.type("print").status == 0
    again = _packets(desk.home)
    assert again == _packets(day.home("published"))
    recorded = {p.packet: p.sha256 for p in played.all_of(day.home("published"), facts.PacketPrint)}
    assert recorded == {packet: hashlib.sha256(pdf).hexdigest() for packet, pdf in again.items()}


def test_a_packet_that_was_lost_is_made_again_before_it_is_recorded(day: Played, desk_at: MakeDesk) -> None:
    """Packets already lying in the folder are written over whole, not trusted."""
    desk = desk_at("allocated")
    folder = desk.home / "out" / "packets"
    folder.mkdir(parents=True)
    (folder / f"{packet_code(1)}.pdf").write_bytes(b"%PDF-1.4 torn")
    assert desk.type("print").status == 0
    assert _packets(desk.home) == _packets(day.home("published"))


STAGES = {
    "register": ("{samples}",),
    "ingest": ("{samples}/scans",),
    "ingest --sheets": ("{sheets}",),
    "redact": (),
    "number": (),
    "allocate": (),
    "print": (),
    "read": (),
    "reconcile": (),
    "adjudicate": (),
    "report": (),
    "release": ("--why", "protocol 4 of the district commission"),
    "publish": (),
    "run": (),
}


@pytest.fixture(scope="module")
def again(day: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of the finished station, on which every stage is run once more."""
    home = tmp_path_factory.mktemp("again") / "station"
    shutil.copytree(day.home("published"), home)
    return home


@pytest.mark.usefixtures("at_the_desk")
@pytest.mark.parametrize("stage", STAGES)
def test_a_second_run_of_a_stage_changes_nothing(day: Played, again: Path, stage: str) -> None:
    """No fact is added but that the vault was opened, and every file is what it was."""
    before = played.state(again)
    arguments = [word.format(samples=SAMPLES, sheets=day.sheets) for word in STAGES[stage]]
    assert played.command(again, *stage.split(), *arguments) == 0
    assert played.state(again) == before


# --- forms of schools ----------------------------------------------------------------------------


def differing(home: Path) -> int:
    """Cells of schools' forms that differ from what stands."""
    station = played.opened(home)
    works = [WorkId(work.work) for work in played.all_of(home, facts.Work)]
    with station.ledger.reading() as connection:
        return comparing.open_differences(connection, station.procedure(), works)


@pytest.mark.usefixtures("at_the_desk")
def test_every_slip_of_a_school_is_found(day: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Just the cells that schools typed wrongly differ; a comparison that sees nothing fails the gate."""
    assert (day.day.slips.made, day.day.slips.found, differing(day.home("published"))) == (3, 3, 3)
    monkeypatch.setattr(stated, "same", lambda _stated, _stands: True)
    blind = replace(day.day, slips=Slips(3, differing(day.home("published"))))
    before, after = ({gate.name for gate in gates_of(one) if not gate.ok} for one in (day.day, blind))
    assert after - before == {"slips of schools not found"}
