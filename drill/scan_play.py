"""One batch of the scan drill through the product's own commands, and what came of every page."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import util
from pathlib import Path
from unittest import mock

import cv2
import numpy as np

from crosscheck import facts, keys, safe
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.keys import Holder
from crosscheck.model import BlobId, Fate
from crosscheck.pool import Done, run_units
from crosscheck.procedure import Procedure
from crosscheck.register import Tokens, file_ref
from crosscheck.station import Station, open_station
from drill import canaries, district, foreign, scan_compare, scan_make, scan_plan
from drill.assessment import toml
from drill.canaries import Canary, Watch
from drill.containers import png
from drill.district import ClassSet, District, Pupil, Way
from drill.drawing import rendered
from drill.journey import PASSPHRASES, CommandFailed, Player
from drill.paper import grey
from drill.scan_compare import Verdict
from drill.scan_make import PageTruth, Task
from drill.scan_pages import Print
from drill.scan_plan import Chance, FilePlan, OwnWork, Rates
from packets.drawing.answers import FormIssue, draw_answer_forms
from scanning.leaks import ocr

RATES = Rates()
_REFERENCE_DPI = 150
_READING = facts.PageReading
_IDLE = 3  # own forms that never come back
_FIRST_CODE, _FIRST_FORM = 50001, 2001


@dataclass(frozen=True, slots=True)
class Batch:
    """Which batch of which run: `pages` is about how many, `form_pages` of how many pages the own forms are, `dpis`
    what scanners are set to."""

    seed: int
    number: int
    pages: int
    form_pages: int
    rates: Rates = RATES
    dpis: tuple[int, ...] = (200, 300)


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of a page: `fate` empty when the ledger doesn't know it; `right`: placed where it belongs; `flagged`:
    a finding says that a name stands in an answer; `why`: the product's words."""

    truth: PageTruth
    fate: str
    right: bool
    why: str
    masked: str
    flagged: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Twins:
    """Pages read twice with other identities: `pairs` masked both times, those whose pictures `differ`, those that were
    masked only once (`single`, with what was said of the other); by file and index."""

    pairs: int
    differ: tuple[tuple[str, int], ...]
    single: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A played batch; `heard`: where canaries were found, of `searched` files and outputs."""

    batch: Batch
    pages: tuple[PageResult, ...]
    twins: Twins
    heard: tuple[str, ...]
    searched: int


@contextlib.contextmanager
def at_station(root: Path) -> Iterator[Path]:
    """Passphrases and a folder for temporary files, as long as it lasts; that folder."""
    temporary = root / "tmp"
    temporary.mkdir(exist_ok=True)
    util.get_temp_dir()  # multiprocessing keeps one for as long as this process lives: not in ours, which goes sooner
    settings = PASSPHRASES | {"LC_ALL": "C"} | {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    with mock.patch.dict(os.environ, settings), mock.patch.object(tempfile, "tempdir", None):
        yield temporary


def play(batch: Batch, root: Path) -> Played:
    """Play a batch under `root`; its folder stays until the caller takes it away."""
    with at_station(root) as temporary:
        canary = canaries.hatched((batch.seed, batch.number))
        with Watch(temporary, canaries.spellings(canary)) as watch:
            folder = scanned(batch, root, canary)
            said = read(folder)
        return judged(batch, folder, canary, said, watch)


def scanned(batch: Batch, root: Path, canary: Canary) -> Path:
    """A registered station and a second one like it, scans taken into the one, twins into the other; their folder."""
    folder = root / f"batch-{batch.number:03d}"
    for name in ("district", "scans", "twins", "truth"):
        (folder / name).mkdir(parents=True)
    said = _Said(Player(folder / "station", say=False))
    chance = Chance(np.random.default_rng([batch.seed, batch.number]), batch.rates, batch.dpis)
    _prepare(batch, folder, said, canary, chance)
    shutil.copytree(folder / "station", folder / "second")
    said.run("ingest", str(folder / "scans"))
    second = _Said(Player(folder / "second", say=False))
    second.run("ingest", str(folder / "twins"))
    (folder / "said.txt").write_text("".join((*said.words, *second.words)), "utf-8")
    return folder


def read(folder: Path, *, twins: bool = True) -> str:
    """The pages of both stations read and masked (with `twins`; else of the first alone), those of the first put
    together; what all commands said."""
    said = _Said(Player(folder / "station", say=False))
    said.run("redact")
    said.run("number")
    second = _Said(Player(folder / "second", say=False))
    if twins:
        # OCR looks at what is masked by then, and on pages with streaks takes as long as ten of them: the first station
        # has it, and what twins must share was decided before.
        with mock.patch.object(ocr, "installed", return_value=None):
            second.run("redact")
    return "".join(((folder / "said.txt").read_text("utf-8"), *said.words, *second.words))


@dataclass
class _Said:
    """Runs commands and keeps every word they say, on both streams."""

    player: Player

    def __post_init__(self) -> None:
        self.words: list[str] = []

    def run(self, *arguments: str) -> None:
        heard = io.StringIO()
        try:
            with contextlib.redirect_stderr(heard):
                self.words.append(self.player.run(arguments))
        except CommandFailed as failed:
            raise CommandFailed(f"{failed}{heard.getvalue()}") from failed
        self.words.append(heard.getvalue())


# --- before scanning -------------------------------------------------------------------------------


def _prepare(batch: Batch, folder: Path, said: _Said, canary: Canary, chance: Chance) -> None:
    """A registered station with forms given out, and all files that will be scanned."""
    made = scan_plan.procedure(batch.form_pages)
    people = _people(batch, chance)
    files = [
        plan
        for way in (Way.VPR, Way.RDR)
        for plan in scan_plan.foreign_files(
            f"scan-{batch.number:03d}-{canary.latin}", foreign.FORMS[way.value], _codes(people, way), chance
        )
    ]
    _write_district(folder / "district", made, people, files, canary)
    said.run("init", "--recovery-sheet", str(folder / "recovery-sheet.txt"))
    said.run("register", str(folder / "district"))
    said.run("forms", "print", str(folder / "forms.pdf"), "--list", str(folder / "forms.csv"))
    works = _works(folder, made, people)
    files += scan_plan.own_files(f"scan-{batch.number:03d}-{canary.latin}", made, works, chance)
    tasks = [Task(plan, folder, int(chance.rng.integers(2**31)), canary) for plan in files]
    for outcome in run_units(tasks, scan_make.make, jobs=jobs(), prepare=one_thread):
        if not isinstance(outcome, Done):
            raise RuntimeError(f"a file could not be made: {outcome}")


def jobs() -> int:
    """How many processes to use at once."""
    return int(os.environ.get("CROSSCHECK_JOBS", "0")) or os.cpu_count() or 1


def one_thread() -> None:
    """Workers share the cores already."""
    cv2.setNumThreads(1)


def _people(batch: Batch, chance: Chance) -> list[Pupil]:
    """Pupils for about the wanted pages: own paper, half of it numbered by the district, and the two foreign forms."""
    own = _IDLE + max(2, round(batch.pages * batch.rates.own / batch.form_pages))
    left = max(0, batch.pages - (own - _IDLE) * batch.form_pages)
    counts = {Way.OWN: own, Way.VPR: round(left / 2 / 2), Way.RDR: round(left / 2 / 3)}
    sets = {
        way: ClassSet(school, "5А", way, count) for (way, count), school in zip(counts.items(), (3, 7, 12), strict=True)
    }
    ways = [way for way, count in counts.items() for _ in range(count)]
    codes = chance.rng.permutation(len(ways)) + _FIRST_CODE
    numbered = [i for i, way in enumerate(ways) if way is Way.OWN][::2]
    forms = {i: _FIRST_FORM + n for n, i in enumerate(numbered)}
    return [
        Pupil(str(code), f"Ученик {code}", sets[way], forms.get(i), False, {})
        for i, (way, code) in enumerate(zip(ways, codes, strict=True))
    ]


def _codes(people: Sequence[Pupil], way: Way) -> list[str]:
    return [pupil.code for pupil in people if pupil.class_set.way is way]


def _write_district(
    folder: Path, made: Procedure, people: Sequence[Pupil], files: Sequence[FilePlan], canary: Canary
) -> None:
    by_code = {pupil.code: pupil for pupil in people}
    sets = tuple(dict.fromkeys(pupil.class_set for pupil in people))
    schools = tuple((s.school, f"МБОУ СОШ № {s.school} {canary.cyrillic}") for s in sets)
    experts = tuple(
        (f"Э{i:02d}", f"{canary.cyrillic} Анна {i}", str(s.school), "Математика", "senior", "20", "Пункт 1", "")
        for i, s in enumerate(sets, start=1)
    )
    conflicts = (("Э01", "declared", str(sets[-1].school), "5А", "", f"просит не поручать: {canary.cyrillic}"),)
    tables = district.tables(District(schools, sets, tuple(people), experts, conflicts))
    tables["manifest.csv"] = district.manifest(_rows(files, by_code))
    for name, content in {**tables, "procedure.toml": toml(made)}.items():
        (folder / name).write_text(content, "utf-8")
    _write_templates(folder / "templates")


def _rows(files: Sequence[FilePlan], people: Mapping[str, Pupil]) -> Iterator[tuple[str, str, Pupil, str]]:
    for plan in files:
        first = 1
        for code, pages in plan.listed:
            yield plan.name, f"{first}-{first + pages - 1}", people[code], plan.template
            first += pages


def _write_templates(folder: Path) -> None:
    folder.mkdir()
    for form in foreign.FORMS.values():
        (folder / f"{form.name}.toml").write_text(foreign.template(form), "utf-8")
        for page in form.pages:
            image = grey(rendered(foreign.draw(form), page.page - 1, _REFERENCE_DPI))
            (folder / f"{form.name}-{page.page}.png").write_bytes(png(image, _REFERENCE_DPI, one_bit=False))


def _works(folder: Path, made: Procedure, people: Sequence[Pupil]) -> list[OwnWork]:
    """Own works with their printed pages: forms numbered by the district are drawn here, the others by the product."""
    with (folder / "forms.csv").open(encoding="utf-8-sig", newline="") as file:
        given = {row["participant"]: int(row["form"]) for row in csv.DictReader(file, delimiter=";")}
    own = [pupil for pupil in people if pupil.class_set.way is Way.OWN]
    numbered = [pupil.form for pupil in own if pupil.form is not None]
    with (folder / "numbered.pdf").open("wb") as out:
        draw_answer_forms(made, [FormIssue(number, 0) for number in numbered], out)
    # The product draws what the district numbered, too; what it numbered itself comes last, by number.
    issued = sorted(number for number in given.values() if number not in set(numbered))
    places = {n: (folder / "numbered.pdf", i) for i, n in enumerate(numbered)}
    places |= {n: (folder / "forms.pdf", len(given) - len(issued) + i) for i, n in enumerate(issued)}
    return [
        _own_work(pupil, given[pupil.code], places[given[pupil.code]], made.pages, idle=i < _IDLE)
        for i, pupil in enumerate(own)
    ]


def _own_work(pupil: Pupil, number: int, place: tuple[Path, int], pages: int, *, idle: bool) -> OwnWork:
    prints = tuple(Print(str(place[0]), place[1] * pages + page) for page in range(pages))
    return OwnWork(pupil.code, number, prints, pupil.form is None, idle)


# --- after it ----------------------------------------------------------------------------------------


def judged(batch: Batch, folder: Path, canary: Canary, said: str, watch: Watch) -> Played:
    """What came of every page; `said`: all words of the commands."""
    spelled = canaries.spellings(canary)
    heard = [f"station {name}" for name in canaries.singing(folder / "station", spelled)]
    heard += [f"second station {name}" for name in canaries.singing(folder / "second", spelled)]
    heard += [f"temporary {name}" for name in sorted(watch.heard)]
    # A command may name a file to whoever typed it: file names hold the Latin stem alone.
    heard += ["printed by a command"] if canary.cyrillic in said else []
    searched = sum(1 for name in ("station", "second") for path in (folder / name).rglob("*") if path.is_file())
    station, second = (open_station(folder / name, "drill", os.environ) for name in ("station", "second"))
    truths = scan_make.truths(folder)
    pages = tuple(_results(station, truths))
    return Played(batch, pages, _twins(station, second, truths), tuple(heard), searched)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the ledger says of a page."""

    page: str
    masked: str
    said: str


def _seen(station: Station, names: Sequence[str]) -> dict[tuple[str, int], _Seen]:
    """Pages of the files named, by file name and index."""
    called = {file_ref(station, name): name for name in names}
    with station.ledger.reading() as connection:
        files = {file.file: called[file.file_ref] for file in queries.all_of(connection, facts.ScanFile)}
        read = {reading.page: (reading.masked, reading.evidence) for reading in queries.all_of(connection, _READING)}
        pages = queries.all_of(connection, facts.ScanPage)
    return {
        (files[page.file], page.position): _Seen(page.page, *read.get(page.page, ("", page.fault))) for page in pages
    }


def _results(station: Station, truths: Sequence[PageTruth]) -> Iterator[PageResult]:
    seen = _seen(station, sorted({truth.file for truth in truths}))
    names = Tokens(
        safe.open_index(
            station, keys.unlock(station.keys, Holder.COORDINATOR, PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"])
        )
    )
    with station.ledger.reading() as connection:
        fates = {fate.page: fate for fate in queries.latest_of(connection, facts.PageFate)}
        flagged = {f.subject for f in queries.all_of(connection, facts.Finding) if f.kind == "name_in_answer"}
    blobs = BlobStore(station.home / "blobs")
    for truth in truths:
        found = seen.get((truth.file, truth.index))
        fate = fates.get(found.page) if found is not None else None
        if found is None or fate is None:
            yield PageResult(truth, "", False, "", "", False, Verdict())
            continue
        owner = truth.plan.owner
        right = owner is not None and (fate.work, fate.page_no) == (names.work(owner[0]), owner[1])
        judged = scan_compare.verdict(blobs.get(BlobId(found.masked)), truth) if found.masked else Verdict()
        told = replace(truth, answers=b"")  # compared: a long run must not keep them
        words = f"{fate.why}; {found.said}" if fate.fate != Fate.KNOWN.value else ""
        yield PageResult(told, fate.fate, right, words, found.masked, found.page in flagged, judged)


def _twins(station: Station, second: Station, truths: Sequence[PageTruth]) -> Twins:
    names = sorted({truth.file for truth in truths})
    mine, others = _seen(station, names), _seen(second, names)
    both = [(place, mine[place], others[place]) for place in sorted(others) if place in mine]
    return Twins(
        pairs=sum(1 for _place, a, b in both if a.masked and b.masked),
        differ=tuple(place for place, a, b in both if a.masked and b.masked and a.masked != b.masked),
        single=tuple((*place, (b if a.masked else a).said) for place, a, b in both if bool(a.masked) != bool(b.masked)),
    )
