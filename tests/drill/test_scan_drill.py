"""The scan drill on a few pages: it holds, and with a planted bug it fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crosscheck import labels
from crosscheck.geometry import Box
from crosscheck.labels import Fault
from drill import canaries, scan_drill
from drill.canaries import Canary, Watch
from drill.gate import Gate
from drill.scan_drill import under
from drill.scan_plan import Rates
from drill.scan_play import Batch, Played, at_station, judged, read, scanned
from scanning import redact
from scanning.codes import barcodes
from scanning.collating import collate, collation
from scanning.leaks import leakcheck
from scanning.leaks.leakcheck import LeakProof
from scanning.masking import redaction
from tests.journey import played

# Small enough for every run of the tests; enough pages whose labels lie to try whoever believes them.
TINY = Batch(
    seed=19,
    number=0,
    pages=8,
    form_pages=1,
    rates=Rates(undamaged=1.0, own=0.6, misread=0.25, other_ledger=0.6, foreign_event=0.0, twins=1.0, patterns=0.5),
    dpis=(150,),
)


@dataclass(frozen=True, slots=True)
class World:
    """A folder with scans taken in and nothing read, and what was planted in them."""

    folder: Path
    canary: Canary


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once: every test reads a copy of it."""
    canary = canaries.hatched((TINY.seed, TINY.number))
    root = tmp_path_factory.mktemp("scan-drill")
    with played.settled(), at_station(root):
        return World(scanned(TINY, root, canary), canary)


Play = Callable[..., dict[str, Gate]]


@pytest.fixture
def play(world: World, tmp_path: Path) -> Iterator[Play]:
    """Reads the scans with the product as it is by then; the gates by name."""

    def done(*, twins: bool = False) -> dict[str, Gate]:
        folder = tmp_path / "read"
        shutil.copytree(world.folder, folder)
        return {gate.name: gate for gate in scan_drill.gates([_read(folder, tmp_path, world.canary, twins)])}

    with played.settled():
        yield done


def _read(folder: Path, root: Path, canary: Canary, twins: bool) -> Played:
    with at_station(root) as temporary, Watch(temporary, canaries.spellings(canary)) as watch:
        said = read(folder, twins=twins)
    with at_station(root):
        return judged(TINY, folder, canary, said, watch)


def failed(gates: dict[str, Gate]) -> set[str]:
    """Names of the gates that fail."""
    return {name for name, gate in gates.items() if not gate.ok}


WRONG = "pages attributed to a wrong work or page"
LEAKED = "masked pages with anything but answers"
BARE = "masked pages without their own answers"
TWINS = "twins whose masked pages differ"
HEARD = "places where a canary was found"
ASKED = "pages not destroyed sent to a person"


def test_the_drill_holds_and_has_something_to_try(play: Play) -> None:
    """No gate fails, and each that must not be empty had chances to."""
    gates = play(twins=True)
    assert failed(gates) == set()
    assert all(gates[name].n > 0 for name in (WRONG, LEAKED, BARE, TWINS, HEARD, ASKED))


# --- planted bugs ------------------------------------------------------------------------------------


def _no_leak_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_anything: object, **_named: object) -> LeakProof:
        passed = leakcheck.Check(leakcheck.CheckName.NO_CODE, True, 0)
        return LeakProof((passed,))

    monkeypatch.setattr(leakcheck, "check", blind)


def _masking(monkeypatch: pytest.MonkeyPatch, changed: Callable[[Sequence[Box]], list[Box]]) -> None:
    """The product masks by other zones than it was told, and asks nobody about the guard."""
    real: Callable[..., Any] = redaction.redact

    def other(
        grey: Any, registration: Any, zones: Sequence[Box], _identity: Sequence[Box], *more: Any, **named: Any
    ) -> Any:
        return real(grey, registration, changed(zones), [], *more, **named)

    monkeypatch.setattr(redaction, "redact", other)


def _off(zones: Sequence[Box]) -> list[Box]:
    return [Box(zone.x, zone.y - 3.0, zone.w, zone.h) for zone in zones]


def _with_identity(zones: Sequence[Box]) -> list[Box]:
    return [*zones, Box(26, 22, 134, 34)]


@pytest.mark.parametrize("changed", [_off, _with_identity], ids=["mask off by 3 mm", "identity copied"])
def test_a_wrong_mask_fails_the_drill_with_the_leak_check_on(
    monkeypatch: pytest.MonkeyPatch, play: Play, changed: Callable[[Sequence[Box]], list[Box]]
) -> None:
    """Either the leak check stops the pages, and people are asked about all of them, or the drill sees it."""
    _masking(monkeypatch, changed)
    assert failed(play()) & {ASKED, LEAKED}


def test_a_mask_off_by_3_mm_fails_the_drill_without_the_leak_check(monkeypatch: pytest.MonkeyPatch, play: Play) -> None:
    """What stands above a zone shows up in the output."""
    _no_leak_check(monkeypatch)
    _masking(monkeypatch, _off)
    assert LEAKED in failed(play())


def test_a_copied_identity_fails_the_drill_without_the_leak_check(monkeypatch: pytest.MonkeyPatch, play: Play) -> None:
    """It is seen by two means: by what stands outside the answers, and by twins that differ."""
    _no_leak_check(monkeypatch)
    _masking(monkeypatch, _with_identity)
    assert failed(play(twins=True)) >= {LEAKED, TWINS}


def test_swapped_pages_fail_the_drill(monkeypatch: pytest.MonkeyPatch, play: Play) -> None:
    """Two pages of different works that are put into each other's place."""
    real: Callable[..., Any] = collation.collate

    def swapped(*arguments: Any, **named: Any) -> Any:
        placed = dict(real(*arguments, **named))
        known = [page for page, place in placed.items() if place.fate.value == "known"]
        placed[known[0]], placed[known[-1]] = placed[known[-1]], placed[known[0]]
        return placed

    monkeypatch.setattr(collate, "collate", swapped)
    assert WRONG in failed(play())


def test_readings_that_slip_by_a_page_fail_the_drill(monkeypatch: pytest.MonkeyPatch, play: Play) -> None:
    """Every page gets the reading of the one before it, masked picture and all."""
    real: Callable[..., Any] = redact._read
    before: list[Any] = []

    def late(*arguments: Any) -> Any:
        before.append(real(*arguments))
        return before[max(0, len(before) - 2)]

    monkeypatch.setattr(redact, "_read", late)
    assert failed(play()) & {WRONG, BARE, LEAKED}


def _unchecked(payload: str) -> Any:
    said = payload[:-4]
    return _PARSE(f"{said}{labels._crc(said[:-1]):04X}")


_PARSE = labels.parse_text


@pytest.mark.parametrize("off", ["check", "MAC"])
def test_labels_that_nobody_checks_fail_the_drill(monkeypatch: pytest.MonkeyPatch, play: Play, off: str) -> None:
    """A damaged label read as another's, and another ledger's label of the same number, would be believed."""
    if off == "check":
        monkeypatch.setattr(barcodes, "_parsed", barcodes._parsed.__wrapped__)  # it remembers what was checked before
        monkeypatch.setattr(labels, "parse_text", _unchecked)
        monkeypatch.setattr(labels, "parse_digits", lambda _payload: Fault.ALIEN)
    else:
        monkeypatch.setattr(redact, "genuine", lambda _label, _key: True)
    assert WRONG in failed(play())


def test_a_log_that_names_files_fails_the_drill(world: World, tmp_path: Path) -> None:
    """Whatever a command leaves in the station's folder is searched."""
    folder = tmp_path / "careless"
    shutil.copytree(world.folder, folder)
    names = "\n".join(sorted(os.listdir(folder / "scans")))
    (folder / "station" / "debug.log").write_text(names, "utf-8")
    with played.settled(), at_station(tmp_path) as temporary:
        found = judged(TINY, folder, world.canary, "", Watch(temporary, canaries.spellings(world.canary)))
    assert len(found.heard) == 1
    assert HEARD in failed({gate.name: gate for gate in scan_drill.gates([found])})


# --- the gates themselves --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "n", "most"), [(0.5, 100, 0), (0.5, 200, 0), (0.5, 201, 1), (5.0, 100, 4), (5.0, 0, 0)]
)
def test_limits_are_whole_pages_strictly_under_their_share(percent: float, n: int, most: int) -> None:
    """Under 0.5 % of 200 pages is none; of 201, one."""
    assert under(percent, n) == most


def test_a_run_is_cut_into_batches_of_all_lengths_of_forms() -> None:
    """All pages are played, and forms of 1 to 4 pages each have a batch."""
    found = scan_drill.batches(1, 5000)
    assert sum(batch.pages for batch in found) == 5000
    assert {batch.form_pages for batch in found} == {1, 2, 3, 4}
