"""A whole check day, played through the product's own commands: from a district's files to published results.

Every step that belongs to the product is one of its commands; only what people and paper do is simulated.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from crosscheck import cli, facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.model import AnonymousNumber, Given, WorkId
from crosscheck.numbering import spaced
from crosscheck.station import Station, open_station
from drill import people, slips
from drill.compare import Comparison, compare
from drill.people import Knowledge, Marked
from drill.truth import read as read_truth
from scoring import agreement, results
from scoring.forms import comparing
from scoring.measures.figures import Figure, Known

PASSPHRASES = {
    "CROSSCHECK_DISTRICT_PASSPHRASE": "drill district words",
    "CROSSCHECK_ORGANISER_PASSPHRASE": "drill organiser words",
    "CROSSCHECK_COORDINATOR_PASSPHRASE": "drill coordinator words",
}
MOST_ROUNDS = 4
UNITS: Mapping[str, type[object]] = {
    "register": facts.Work,
    "ingest": facts.ScanPage,
    "redact": facts.PageReading,
    "number": facts.Number,
    "pages": facts.PageDecision,
    "allocate": facts.Assignment,
    "print": facts.PacketPrint,
    "read": facts.SheetReading,
    "review": facts.Score,
    "enter": facts.Score,
    "reconcile": facts.ThirdCall,
    "adjudicate": facts.Assignment,
    "report": facts.Report,
    "appeal": facts.Appeal,
    "release": facts.Release,
    "publish": facts.Report,
    "forms": facts.SchoolReturn,
}


class CommandFailed(RuntimeError):
    """A command of the product ended otherwise than a check day expects."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """A command as it was run: units it did, seconds it took."""

    name: str
    units: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Slips:
    """Cells that schools typed otherwise than what stands, and cells that the program says differ."""

    made: int
    found: int


@dataclass(frozen=True, slots=True)
class Day:
    """What a played day ended with."""

    stages: tuple[StageTime, ...]
    fates: Mapping[str, int]
    works: int
    markings: int
    discrepancies: int
    kappa: str
    exact: str
    findings_open: int
    balances_ok: bool
    comparison: Comparison
    slips: Slips
    seconds: float


@dataclass
class Player:
    """Runs commands one after another, as an operator types them, and keeps their times."""

    home: Path
    say: bool
    stages: list[StageTime] = field(default_factory=list)

    def run(self, arguments: Sequence[str], who: str = "organiser (drill)") -> str:
        """One command; what it printed. A person being needed is no failure."""
        out = io.StringIO()
        name = arguments[0]
        before, begun = self._count(name), time.monotonic()
        with contextlib.redirect_stdout(out):
            status = cli.run(["--home", str(self.home), "--who", who, *arguments])
        seconds = round(time.monotonic() - begun, 2)
        self.stages.append(StageTime(name, self._count(name) - before, seconds))
        if status not in (0, 10):
            raise CommandFailed(f"crosscheck {' '.join(arguments)}: status {status}\n{out.getvalue()}")
        return out.getvalue()

    def _count(self, name: str) -> int:
        """How many facts of the kind that a stage is about the ledger holds: its units are the difference."""
        if name not in UNITS or not (self.home / "station.toml").exists():
            return 0
        station = open_station(self.home, "drill", os.environ)
        with station.ledger.reading() as connection:
            return queries.count_of(connection, UNITS[name])

    def stage(self, *arguments: str) -> None:
        """A command whose line is shown to whoever watches."""
        printed = self.run(arguments).strip()
        if self.say:
            took = self.stages[-1].seconds
            print(f"  {arguments[0]:<11} {took:6.1f} s  {printed.splitlines()[-1] if printed else ''}", flush=True)


def play(samples: Path, district: Path, home: Path, seed: int, *, say: bool = False) -> Day:
    """Play the day of one set of samples in an empty folder."""
    begun = time.monotonic()
    player = Player(home, say)
    with mock.patch.dict(os.environ, PASSPHRASES):
        known = prepare(player, samples, district)
        meant = _mark(player, known, seed)
        _finish(player)
        slips = _schools(player, seed)
        player.stage("ledger", "verify")
        return _summary(player, known, district, meant, slips, time.monotonic() - begun)


def _opened(player: Player) -> Station:
    return open_station(player.home, "drill", os.environ)


def prepare(player: Player, samples: Path, district: Path) -> Knowledge:
    """From files to packets: register, scan, mask, settle what waits, allocate, print."""
    player.stage("init", "--recovery-sheet", str(player.home.parent / "recovery-sheet.txt"))
    player.stage("register", str(district))
    player.stage("ingest", str(samples / "scans"))
    player.stage("redact")
    player.stage("number")
    truth = read_truth(samples / "truth.json")
    known = people.know(
        _opened(player), truth, samples / "scans", district, PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"]
    )
    decisions = people.settle_pages(player.run, known)
    if player.say:
        print(f"  people settle the pages that wait: {decisions} decisions", flush=True)
    player.stage("allocate")
    player.stage("print")
    return known


def _mark(player: Player, known: Knowledge, seed: int) -> dict[tuple[str, str], Given]:
    """Rounds of marking until nothing more is called: independent markings first, then third ones."""
    meant: dict[tuple[str, str], Given] = {}
    done: set[int] = set()
    for round_ in range(1, MOST_ROUNDS + 1):
        station = _opened(player)
        with station.ledger.reading() as connection:
            packets = sorted({p.packet for p in queries.all_of(connection, facts.PacketPrint)} - done)
        if not packets:
            return meant
        folder = player.home.parent / f"scanned-sheets-{round_}"
        marked = people.mark_packets(station, station.procedure(), known, packets, folder, seed, round_ == 1)
        meant |= marked.meant
        done |= set(packets)
        if player.say:
            print(f"  people mark {len(packets)} packets and scan the sheets: {len(marked.files)} files", flush=True)
        _take_back(player, station, marked, folder, meant)
    return meant


def _take_back(
    player: Player, station: Station, marked: Marked, folder: Path, meant: Mapping[tuple[str, str], Given]
) -> None:
    player.stage("ingest", "--sheets", str(folder))
    player.stage("read")
    if marked.keyed is not None:
        code, lines = people.typed(station, station.procedure(), marked)
        with mock.patch.object(sys, "stdin", io.StringIO(lines)):
            player.stage("enter", code)
    settled = people.settle_cells(player.run, meant)
    if player.say:
        print(f"  people settle {settled} doubtful cells", flush=True)
    player.stage("reconcile")
    player.stage("adjudicate")
    player.stage("print")


def _finish(player: Player) -> None:
    """Report, release, publish; one appeal is heard in between."""
    player.stage("report")
    station = _opened(player)
    with station.ledger.reading() as connection:
        number = min(n.number for n in queries.all_of(connection, facts.Number))
    player.stage(
        "appeal", "file", spaced(AnonymousNumber(number)), "--ground", "task 6 was marked against the criteria"
    )
    decided = ("--outcome", "rejected", "--reason", "the criteria were applied as agreed at the meeting")
    player.run(["appeal", "panel", "AP001", "--size", "3", "--chair", "chair of the commission=-"], who="secretary")
    player.run(["appeal", "decide", "AP001", *decided], who="chair of the commission")
    player.stage("reconcile")
    player.stage("release", "--why", "protocol 4 of the district commission")
    player.stage("publish")


def _schools(player: Player, seed: int) -> Slips:
    """The forms go to the schools, which type the scores in with a few slips, and come back."""
    folder = player.home.parent / "forms"
    player.stage("forms", "export", str(folder))
    station, passphrase = _opened(player), PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"]
    made = slips.type_in(station, passphrase, folder, seed)
    if player.say:
        print(f"  schools type the scores into their forms, {made} cells wrongly", flush=True)
    player.stage("forms", "import", str(folder))
    player.stage("report")
    player.stage("publish")
    with station.ledger.reading() as connection:
        works = [WorkId(work.work) for work in queries.all_of(connection, facts.Work)]
        found = comparing.open_differences(connection, station.procedure(), works)
    return Slips(made, found)


def _summary(
    player: Player,
    known: Knowledge,
    district: Path,
    meant: Mapping[tuple[str, str], Given],
    typed: Slips,
    seconds: float,
) -> Day:
    station = _opened(player)
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        counted = state.counts(connection, procedure)
        laws = state.all_laws(connection, procedure)
        findings = queries.open_findings(connection)
        called = {call.work for call in queries.all_of(connection, facts.ThirdCall)}
        seen = results.works_seen(connection, procedure)
    agreed = agreement.summary(procedure, [work.scores() for work in seen]).totals
    return Day(
        stages=_by_name(player.stages),
        fates=dict(Counter(counted.fates)),
        works=counted.numbered,
        markings=counted.assigned,
        discrepancies=len(called),
        kappa=_figure(agreed.kappa),
        exact=_figure(agreed.exact),
        findings_open=len(findings),
        balances_ok=all(law.balanced for law in laws),
        comparison=compare(station, known, district, meant),
        slips=typed,
        seconds=round(seconds, 1),
    )


def _by_name(times: Sequence[StageTime]) -> tuple[StageTime, ...]:
    """One row for each command, in the order of first use: some are run again for third markings."""
    found: dict[str, StageTime] = {}
    for one in times:
        sofar = found.get(one.name, StageTime(one.name, 0, 0.0))
        found[one.name] = StageTime(one.name, sofar.units + one.units, round(sofar.seconds + one.seconds, 2))
    return tuple(found.values())


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f}" if isinstance(figure, Known) else "not enough data"
