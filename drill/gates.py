"""The day as gates: what must not happen, counted over a played day, with any seed. And the drills there are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from drill import allocate, death, forms, hostile, namesakes
from drill.demo import SAMPLES
from drill.gate import Drill, Gate
from drill.journey import Day, play
from drill.scan_drill import run as scan


def gates_of(day: Day) -> tuple[Gate, ...]:
    """The gates of a played day."""
    compared = day.comparison
    accepted = compared.cells - compared.cells_to_person
    # Of readable cells: a sheet that nobody could read would otherwise hide behind "a person looks".
    most_to_person = compared.cells // 20
    return (
        Gate("pages attributed to a wrong work", compared.wrong_attributions, 0, compared.pages_placed),
        Gate("pages with identity outside answers", compared.leaked_pages, 0, compared.pages_masked),
        Gate("wrong points accepted", compared.wrong_points_accepted, 0, accepted),
        Gate("assignments against a conflict", compared.conflicts, 0, day.markings),
        Gate("laws that don't balance", int(not day.balances_ok), 0, 1),
        Gate("slips of schools not found", abs(day.slips.made - day.slips.found), 0, day.slips.made),
        Gate("cells shown to a person", compared.cells_to_person, most_to_person, compared.cells),
    )


def journey(seed: int, days: int) -> tuple[Gate, ...]:
    """The district's day (two markings, third ones, three kinds of forms) and the simplest one (one marking), the first
    `days` of them."""
    found: list[Gate] = []
    for name, samples, district in (
        ("district", SAMPLES, SAMPLES / "district"),
        ("single", SAMPLES / "single", SAMPLES / "single"),
    )[:days]:
        with tempfile.TemporaryDirectory() as folder:
            day = play(samples, district, Path(folder) / "station", seed)
        found += [Gate(f"{name}: {gate.name}", gate.value, gate.limit, gate.n) for gate in gates_of(day)]
    return tuple(found)


DRILLS: Mapping[str, Drill] = {
    "journey": Drill(journey, "days", 2),
    "scan": Drill(scan, "pages", 600),
    "hostile": Drill(hostile.run, "files", 1000),
    "death": Drill(death.run, "points", 300),
    "allocate": Drill(allocate.run, "instances", 500),
    "identity": Drill(namesakes.run, "people", 2000),
    "forms": Drill(forms.run, "files", 200),
}
