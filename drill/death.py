"""Points of death: the scanning path is killed, or its disk fails, at one system call after another.

Then it is run again: whatever happened, the second run must end in the state of a run that nobody disturbed. Linux
only, with strace.
"""

from __future__ import annotations

import enum
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdf

from drill import hostile_pictures, sameness
from drill.demo import SAMPLES
from drill.gate import Gate
from drill.tracing import Call, NotTraceable, Runs

_WORK = (0, 1)  # pages of the sample scan that are one whole work, so that its batch is settled
_BUG = 70
# What needs room on a disk. A disk that is full stays full: all later calls fail, too.
_FILLING = ("write", "pwrite64", "mkdir", "mkdirat", "fallocate")
_GROWING = frozenset({*_FILLING, "openat", "ftruncate", "link", "linkat"})


class Trouble(enum.Enum):
    """What happens at a point."""

    KILLED = "killed"
    NO_SPACE = "no space"
    IO_ERROR = "I/O error"


@dataclass(frozen=True, slots=True)
class Point:
    """A call of the undisturbed run, what happens at it, and strace's words for that."""

    trouble: Trouble
    call: Call
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a point. `whole`: a run that went on to its end although it was disturbed left the right state."""

    point: Point
    reached: bool
    numbered: bool
    whole: bool
    second_status: int
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where runs happen: a registered station to copy, scans to take in, the state that all must end in, and the calls
    that change something there."""

    folder: Path
    base: Path
    scans: Path
    wanted: sameness.State
    calls: tuple[Call, ...]
    beyond: int

    @property
    def home(self) -> Path:
        return self.folder / "station"


def run(seed: int, points: int) -> tuple[Gate, ...]:
    """Try so many points, spread evenly over all there are; the seed chooses where the first lies."""
    try:
        with tempfile.TemporaryDirectory() as folder, Runs() as runs:
            ground = prepared(runs, registered(runs, Path(folder)))
            chosen = spread(every_point(ground.calls), points, seed)
            return gates(ground, [tried(runs, ground, point) for point in chosen])
    except NotTraceable as e:
        raise SystemExit(str(e)) from e


def gates(ground: Ground, all_tried: Sequence[Tried]) -> tuple[Gate, ...]:
    """What must not happen at any point."""
    for one in all_tried:
        if said := _said(one):
            call = one.point.call
            print(
                f"  {one.point.trouble.value} at {call.name} {call.nth} ({call.arguments[:160]}): {said}",
                file=sys.stderr,
            )
    reached = [one for one in all_tried if one.reached]
    failed = [one for one in reached if one.point.trouble is not Trouble.KILLED]
    return (
        Gate("points after which the state differs", sum(bool(one.differs) for one in reached), 0, len(reached)),
        Gate("second runs that failed", sum(one.second_status != 0 for one in reached), 0, len(reached)),
        Gate("failures without a number", sum(not one.numbered for one in failed), 0, len(failed)),
        Gate("runs that ended well and were not whole", sum(not one.whole for one in failed), 0, len(failed)),
        # A run is never quite like another one: a few calls of the first may have no match in the next.
        Gate("points that were not reached", len(all_tried) - len(reached), len(all_tried) // 20, len(all_tried)),
        Gate("changes by other processes", ground.beyond, 0, len(ground.calls) + ground.beyond),
        Gate("files named before they were forced to disk", *unforced(ground.calls, ground.home)),
    )


def _said(one: Tried) -> str:
    if not one.reached:
        return ""
    said = [] if one.numbered else ["no number"]
    said += [] if one.whole else ["ended well and was not whole"]
    said += [f"the second run ended with {one.second_status}"] if one.second_status else []
    return "; ".join([*said, *(line[:300] for line in one.differs[:4])])


# --- ground --------------------------------------------------------------------------------------


def registered(runs: Runs, folder: Path) -> Path:
    """A folder with a registered station and scans for it."""
    runs.prepare(folder / "base")
    _make_scans(folder / "scans")
    return folder


def prepared(runs: Runs, folder: Path) -> Ground:
    """A registered station, run once undisturbed and once under trace."""
    base, scans, home = folder / "base", folder / "scans", folder / "station"
    shutil.copytree(base, home)
    if (status := runs.undisturbed(home, scans)) != 0:
        raise RuntimeError(f"the undisturbed run ended with {status}: {_log(home)}")
    wanted = sameness.state(home)
    _clear(home)
    shutil.copytree(base, home)
    ended = runs.traced(home, scans, ())
    _clear(home)
    changes = [call for call in ended.calls if call.changes(home)]
    ours = tuple(call for call in changes if call.process == ended.process)
    return Ground(folder, base, scans, wanted, ours, len(changes) - len(ours))


def _make_scans(folder: Path) -> None:
    """One whole work, and a file that can't be opened."""
    folder.mkdir()
    reader, writer = pypdf.PdfReader(SAMPLES / "single" / "scans" / "scan-101.pdf"), pypdf.PdfWriter()
    for index in _WORK:
        writer.add_page(reader.pages[index])
    with (folder / "a-work.pdf").open("wb") as out:
        writer.write(out)
    (folder / "broken.png").write_bytes(hostile_pictures.png(np.random.default_rng(1))[:900])


def _log(home: Path) -> str:
    log = home.with_name(f"{home.name}.log")
    return log.read_text("utf-8", "replace") if log.exists() else ""


def _clear(home: Path) -> None:
    shutil.rmtree(home)
    home.with_name(f"{home.name}.log").unlink(missing_ok=True)


# --- points --------------------------------------------------------------------------------------


def every_point(calls: Sequence[Call]) -> list[Point]:
    """Each call killed, out of space where it needs some, and failing."""
    return [point for at, call in enumerate(calls) for point in _points_at(calls, at, call)]


def _points_at(calls: Sequence[Call], at: int, call: Call) -> Iterator[Point]:
    here = f"when={call.nth}"
    yield Point(Trouble.KILLED, call, (f"{call.name}:signal=KILL:{here}",))
    yield Point(Trouble.IO_ERROR, call, (f"{call.name}:error=EIO:{here}",))
    if call.name in _GROWING:
        firsts = {name: next((c.nth for c in calls[at:] if c.name == name), None) for name in _FILLING}
        words = [f"{name}:error=ENOSPC:when={nth}+" for name, nth in firsts.items() if nth is not None]
        if call.name not in _FILLING:
            words.append(f"{call.name}:error=ENOSPC:{here}")
        yield Point(Trouble.NO_SPACE, call, tuple(words))


def spread(points: Sequence[Point], count: int, seed: int) -> list[Point]:
    """So many points at equal distances; all of them when there are no more."""
    if count >= len(points):
        return list(points)
    first = float(np.random.default_rng(seed).random())
    return [points[int((i + first) * len(points) / count)] for i in range(count)]


def tried(runs: Runs, ground: Ground, point: Point) -> Tried:
    """Disturb a run at a point, run again, compare."""
    home = ground.home
    shutil.copytree(ground.base, home)
    try:
        ended = runs.traced(home, ground.scans, point.words)
        numbered = ended.status not in (_BUG, -6, -7, -11) and "Traceback" not in _log(home)
        whole = ended.status != 0 or not sameness.differences(sameness.state(home), ground.wanted)
        second = runs.undisturbed(home, ground.scans)
        differs = sameness.differences(sameness.state(home), ground.wanted) if second == 0 else []
        return Tried(point, ended.disturbed, numbered, whole, second, tuple(differs))
    finally:
        _clear(home)


# --- what only a power cut would show ------------------------------------------------------------


def unforced(calls: Sequence[Call], home: Path) -> tuple[int, int, int]:
    """Pictures that were written but not forced to disk when the ledger was; the limit; pictures in all. Processes that
    are killed leave what they wrote to the system: only the order of the calls shows what a power cut would take."""
    waiting: set[str] = set()
    pictures = early = 0
    for call in calls:
        if call.name == "rename" and f"{home}/blobs/" in call.arguments:
            waiting.add(call.arguments)
            pictures += 1
        elif call.name == "syncfs" or (call.name == "fsync" and f"{home}/blobs/" in call.arguments):
            waiting.clear()
        elif call.name in ("fsync", "fdatasync") and "ledger.db" in call.arguments:
            early += len(waiting)
            waiting.clear()
    return early, 0, pictures
