"""The day of the small district (8 works, one marking), played once for all tests and kept at several moments."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pypdf

from crosscheck import cli, facts, i18n, keys, sheetform
from crosscheck.db import queries
from crosscheck.db.schema import TABLES
from crosscheck.model import WHOLE, AnonymousNumber, CriterionId, Given, Marking, Part
from crosscheck.numbering import packet_code
from crosscheck.station import Station, open_station
from drill import compare, journey, paper, pens
from drill.containers import Settings, jpeg
from drill.drawing import rendered
from drill.people import Knowledge
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster
from tests import factories

SAMPLES = Path(__file__).parents[2] / "sample_scans" / "single"
SEED = 1
DPI = 200
PATIENCE_S = 300
# The moments that are kept, named by the command that had just ended and how often it had been run.
MOMENTS = {
    ("init", 1): "empty",
    ("register", 1): "registered",
    ("number", 1): "numbered",
    ("allocate", 1): "allocated",
    ("print", 1): "printed",
    ("read", 1): "read",
    ("reconcile", 1): "reconciled",
    ("report", 1): "reported",
}
# What differs between two runs that ended in the same state.
CHANGING = frozenset({"seq", "station", "who", "at", "ciphertext", "nonce"})
QUICK = keys.Hardness(passes=1, memory_kib=8, lanes=1)
Row = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A played day: what it ended with, what people knew and meant, and where its moments are kept."""

    root: Path
    day: journey.Day
    known: Knowledge
    meant: Mapping[tuple[str, str], Given]

    @property
    def sheets(self) -> Path:
        """The scanned score sheets."""
        return self.root / "scanned-sheets-1"

    def home(self, moment: str) -> Path:
        """The station's folder as it was at a moment; `published` is the end. Copy it, never use it."""
        return self.root / ("station" if moment == "published" else f"at-{moment}")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """Passphrases in the environment, quickly checked, one process, none of the developer's own settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CROSSCHECK_") or "TEST" in k}
    clean |= journey.PASSPHRASES | {"LC_ALL": "C", "CROSSCHECK_JOBS": "1"}
    with mock.patch.dict(os.environ, clean, clear=True), mock.patch.object(keys, "Hardness", return_value=QUICK):
        yield
    i18n.use("en")


def the_day(shared: Path) -> Played:
    """The day, played by whichever test process comes first and read by the others."""
    root = shared / "played-day"
    try:
        root.mkdir()
    except FileExistsError:
        return _awaited(root)
    try:
        played = play(root)
        (root / "day.new").write_bytes(pickle.dumps(played))
        (root / "day.new").replace(root / "day.pickle")
    except BaseException:
        (root / "failed").touch()
        raise
    return played


def _awaited(root: Path) -> Played:
    deadline = time.monotonic() + PATIENCE_S
    while not (root / "day.pickle").exists():
        if (root / "failed").exists() or time.monotonic() > deadline:
            raise RuntimeError("the day could not be played; see the first failure")
        time.sleep(0.2)
    played: Played = pickle.loads((root / "day.pickle").read_bytes())
    return played


def play(root: Path) -> Played:
    """Play the day in a folder, keeping a copy of the station at each of its moments."""
    seen: list[tuple[Knowledge, Mapping[tuple[str, str], Given]]] = []
    times: dict[str, int] = {}
    stage, compared = journey.Player.stage, compare.compare

    def watched(player: journey.Player, *arguments: str) -> None:
        stage(player, *arguments)
        times[arguments[0]] = times.get(arguments[0], 0) + 1
        if moment := MOMENTS.get((arguments[0], times[arguments[0]])):
            shutil.copytree(player.home, root / f"at-{moment}")

    def noted(station: Station, known: Knowledge, district: Path, meant: Mapping[tuple[str, str], Given]) -> Any:
        seen.append((known, meant))
        return compared(station, known, district, meant)

    with mock.patch.object(journey.Player, "stage", watched), mock.patch.object(journey, "compare", noted), settled():
        day = journey.play(SAMPLES, SAMPLES, root / "station", SEED)
    return Played(root, day, *seen[0])


# --- looking into a station ----------------------------------------------------------------------


def opened(home: Path) -> Station:
    return open_station(home, "tester", os.environ)


def all_of(home: Path, kind: type[Any], **equals: object) -> list[Any]:
    """Every fact of a kind."""
    with opened(home).ledger.reading() as connection:
        return queries.all_of(connection, kind, **equals)


def dump(home: Path) -> dict[str, list[Row]]:
    """All facts but the openings of the vault, without times, order, chain and ciphertext."""
    with opened(home).ledger.reading() as connection:
        return {
            TABLES[kind].name: sorted(
                (_plain(kind, row) for row in queries.signed_rows(connection, kind)), key=lambda row: repr(row)
            )
            for kind in TABLES
            if kind is not facts.Opening
        }


def _plain(kind: type[object], row: Mapping[str, object]) -> Row:
    # Openings of the vault count as facts too, so that where in the ledger a report stands may differ.
    leave_out = CHANGING | ({"position"} if kind in (facts.Report, facts.Release) else set())
    return tuple(sorted((name, value) for name, value in row.items() if name not in leave_out))


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file under a folder."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def state(home: Path) -> dict[str, object]:
    """What must be the same after another run: facts, what was printed or issued, masked and read pictures."""
    return {"facts": dump(home), "out": files(home / "out"), "blobs": sorted(files(home / "blobs"))}


def command(home: Path, *arguments: str, who: str = "organiser (test)") -> int:
    """One command, as it is typed; its exit status."""
    return int(cli.run(["--home", str(home), "--who", who, *arguments]))


# --- filling a sheet by hand ---------------------------------------------------------------------


def filled(
    home: Path, packet: int, rows: Sequence[Mapping[CriterionId, Given]], seed: int = 1, pen: pens.Pen = pens.CAREFUL
) -> list[bytes]:
    """The packet's score sheets with these crosses, as JPEG scans; a criterion left out stays empty."""
    pdf = (opened(home).out / "packets" / f"{packet_code(packet)}.pdf").read_bytes()
    part = all_of(home, facts.PacketRow, packet=packet)[0].key.part
    sheets = sorted({sheet.sheet for sheet in all_of(home, facts.Sheet, packet=packet)})
    first = all_of(home, facts.PacketPrint, packet=packet)[-1].pages - len(sheets) - 1  # the report slip comes last
    return filled_pages(
        home, pdf, {sheet: first + i for i, sheet in enumerate(sheets)}, rows, [seed, packet], pen, part
    )


def filled_pages(
    home: Path,
    pdf: bytes,
    sheets: Mapping[int, int],
    rows: Sequence[Mapping[CriterionId, Given]],
    seed: Sequence[int] = (1,),
    pen: pens.Pen = pens.CAREFUL,
    part: Part = WHOLE,
) -> list[bytes]:
    """Sheets of a part, each on the page (from 0) of a PDF that `sheets` says, with these crosses, as JPEG scans."""
    forms = {form.sheet: form for form in sheetform.sheet_forms(opened(home).procedure(), part)}
    rng = np.random.default_rng(list(seed))
    scans = []
    for sheet, page in sheets.items():
        drawn = rendered(pdf, page, DPI)
        picture, _truth = pens.fill_sheet(drawn, DPI, forms[sheet], rows, pen, rng)
        scans.append(jpeg(paper.grey(picture), Settings(DPI, 85, "score sheet")))
    return scans


def foreign_sheet() -> bytes:
    """The unfilled sheet of another procedure, as it would be scanned."""
    other = factories.procedure()
    form = sheetform.sheet_forms(other)[0]
    row = SheetRow(AnonymousNumber("1234567"), frozenset(c.id for c in other.criteria), ())
    return blank_raster(SheetContent(other, form, 1, 0, Marking(1), "Е. Анна Петровна", (row,)))


def pile(folder: Path, order: Sequence[int]) -> Path:
    """A folder with some pages of the sample scans, in this order, as a file of the same name."""
    reader, writer = pypdf.PdfReader(SAMPLES / "scans" / "scan-101.pdf"), pypdf.PdfWriter()
    for index in order:
        writer.add_page(reader.pages[index])
    folder.mkdir()
    with (folder / "scan-101.pdf").open("wb") as out:
        writer.write(out)
    return folder
