"""The day as gates: what must not happen, counted over a played day, with any seed. And the drills there are."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drill import allocate, death, excess, forms, hostile, markers, namesakes, packets, severity, sheets
from drill.demo import SAMPLES
from drill.gate import Drill, Gate
from drill.journey import Day, play
from drill.scan_drill import run as scan


def gates_of(day: Day, most: float = 0.05) -> tuple[Gate, ...]:
    """The gates of a played day; `most`: of all cells that a person may be shown."""
    compared = day.comparison
    accepted = compared.accepted
    # Of readable cells: a sheet that nobody could read would otherwise hide behind "a person looks".
    most_to_person = int(compared.cells * most)
    return (
        Gate("pages attributed to a wrong work", compared.wrong_attributions, 0, compared.pages_placed),
        Gate("pages with identity outside answers", compared.leaked_pages, 0, compared.pages_masked),
        Gate("wrong points accepted", compared.wrong_points_accepted, 0, accepted),
        Gate("assignments against a conflict", compared.conflicts, 0, day.markings),
        Gate("laws that don't balance", int(not day.balances_ok), 0, 1),
        Gate("slips of schools not found", abs(day.slips.made - day.slips.found), 0, day.slips.made),
        Gate("miscounted rows accepted", compared.miscounted_accepted, 0, compared.miscounted),
        Gate("cells shown to a person", compared.cells_to_person, most_to_person, compared.cells),
    )


@dataclass(frozen=True, slots=True)
class _DayPlan:
    """A day to play. `sheet`: how scores are written down, as `[sheet]` in procedure.toml says it, where it differs
    from what the samples say; `most`: of all cells that a person may be shown."""

    name: str
    samples: Path
    district: Path
    sheet: str = ""
    most: float = 0.05


# Digits go to a person by design; how many is shown. So does a whole row whose expert miscounted: it is counted apart.
_DAYS = (
    _DayPlan("district", SAMPLES, SAMPLES / "district"),
    _DayPlan("single", SAMPLES / "single", SAMPLES / "single"),
    _DayPlan("sums", SAMPLES / "single", SAMPLES / "single", 'control = "rows"'),
    _DayPlan("digits", SAMPLES / "single", SAMPLES / "single", 'style = "digits"\ncontrol = "rows"', 1.0),
)


def journey(seed: int, days: int) -> tuple[Gate, ...]:
    """The first `days` of these: the district's day (two markings, third ones, three kinds of forms), the simplest one
    (one marking), that one with row sums, and with digits and row sums."""
    found: list[Gate] = []
    for plan in _DAYS[:days]:
        with tempfile.TemporaryDirectory() as folder:
            day = play(plan.samples, _tables(plan, Path(folder)), Path(folder) / "station", seed)
        found += [
            Gate(f"{plan.name}: {gate.name}", gate.value, gate.limit, gate.n) for gate in gates_of(day, plan.most)
        ]
    return tuple(found)


def _tables(plan: _DayPlan, folder: Path) -> Path:
    """The district's folder, with another `[sheet]` where the plan has one."""
    if not plan.sheet:
        return plan.district
    copy = folder / "district"
    shutil.copytree(plan.district, copy, ignore=shutil.ignore_patterns("scans"))
    procedure = copy / "procedure.toml"
    procedure.write_text(f"{procedure.read_text('utf-8')}\n[sheet]\n{plan.sheet}\n", "utf-8")
    return copy


DRILLS: Mapping[str, Drill] = {
    "journey": Drill(journey, "days", len(_DAYS)),
    "scan": Drill(scan, "pages", 600),
    "hostile": Drill(hostile.run, "files", 1000),
    "death": Drill(death.run, "points", 300),
    "allocate": Drill(allocate.run, "instances", 500),
    "identity": Drill(namesakes.run, "people", 2000),
    "packets": Drill(packets.run, "districts", 1000),
    "forms": Drill(forms.run, "files", 200),
    "severity": Drill(severity.run, "districts", 200),
    "excess": Drill(excess.run, "districts", 1000),
    "markers": Drill(markers.run, "districts", 100),
    "sheets": Drill(sheets.run, "cells", 20_000),
}
