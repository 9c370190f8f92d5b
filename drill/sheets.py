"""`python3 x.py drill sheets --cells N --seed N`: filled cells through the reader of score sheets, and the gates.

Memory stays the same however many: an errand is planned, played and counted, and nothing of it is kept."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck.pool import Done, run_units
from drill import sheet_events
from drill.gate import Gate
from drill.scan_drill import under
from drill.sheet_plan import WEAR, Deed, Sort, SumDeed
from drill.sheet_play import Errand, one_thread, planned, played

_OUT = Path(__file__).parent.parent / "build" / "drill"
_MOST_TROUBLE = 5000
_SOUND = "sound"
WEARS = tuple(one.value for one in WEAR)
Counts = Mapping[tuple[str, ...], int]


def run(seed: int, cells: int) -> tuple[Gate, ...]:
    """Play errands until so many cells were filled: prints a table, writes down what went wrong; the gates."""
    counts, trouble = counted(errands(seed, cells), jobs(), cells)
    print("\n".join(table(counts)))
    _OUT.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(line, ensure_ascii=False, default=str) for line in trouble]
    (_OUT / "sheets-trouble.jsonl").write_text("\n".join([*lines, ""]), "utf-8")
    return (*gates(counts), *sheet_events.gates(seed))


def jobs() -> int:
    """Processes to use."""
    named = os.environ.get("CROSSCHECK_JOBS", "")
    return int(named) if named.isdigit() and int(named) else len(os.sched_getaffinity(0))


def errands(seed: int, cells: int) -> Iterator[Errand]:
    """As many errands as fill so many cells, whatever comes of them."""
    number = 0
    while cells > 0:
        errand = Errand(seed, number)
        yield errand
        cells -= planned(errand).cells
        number += 1


def counted(many: Iterator[Errand], processes: int, cells: int) -> tuple[Counts, list[Mapping[str, object]]]:
    """What came of all errands."""
    counts: Counter[tuple[str, ...]] = Counter()
    trouble: list[Mapping[str, object]] = []
    step = max(1, cells // 50)
    said = 0
    for outcome in run_units(many, played, jobs=processes, prepare=one_thread):
        if not isinstance(outcome, Done):
            raise RuntimeError(f"an errand could not be played: {outcome}")
        counts.update(outcome.result.counts)
        trouble += outcome.result.trouble[: max(0, _MOST_TROUBLE - len(trouble))]
        done = sum(counts[key] for key in counts if key[0] == "cell")
        if done // step > said:
            said = done // step
            print(f"  {done} of {cells} cells; {_so_far(counts)}", file=sys.stderr, flush=True)
    return counts, trouble


def _so_far(counts: Counts) -> str:
    """What a long run has found already: the gates that counted anything, those that fail marked."""
    return "; ".join(f"{g.value} {g.name}{'' if g.ok else ' FAILED'}" for g in gates(counts) if g.value) or "nothing"


# --- counting ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What the event of a cell says (`drill.sheet_play`)."""

    style: str
    sort: str
    outcome: str
    deed: str
    usual: str
    state: str
    wear: str
    sum: str

    @property
    def read(self) -> bool:
        return self.outcome in ("right", "wrong")

    @property
    def plain_box(self) -> bool:
        """A box cell that can be read: of a row whose sum, if any, doesn't speak against it."""
        return (
            self.style == "boxes"
            and self.sort != Sort.ASK.value
            and self.state == _SOUND
            and self.sum != SumDeed.MISCOUNTED.value
        )

    @property
    def ordinary(self) -> bool:
        """A cross of a common pen, scanned as scanners should: grey, 200 to 300 dpi."""
        return self.plain_box and bool(self.usual) and self.sort == Sort.CLEAR.value

    @property
    def without_sum(self) -> bool:
        return self.ordinary and self.sum in (SumDeed.SPOILT.value, SumDeed.NONE.value)


def _cells(counts: Counts) -> Iterator[tuple[Cell, int]]:
    for event, count in counts.items():
        if event[0] == "cell" and event[3] not in ("lost", "invented"):
            yield Cell(*event[1:]), count


def _share(counts: Counts, test: Callable[[Cell], bool], among: Callable[[Cell], bool]) -> tuple[int, int]:
    """How many cells pass the test, and of how many."""
    found = [(test(cell), count) for cell, count in _cells(counts) if among(cell)]
    return sum(count for passes, count in found if passes), sum(count for _passes, count in found)


def _to_person(cell: Cell) -> bool:
    return cell.outcome == "person"


def _sheets(counts: Counts, state: str, *outcomes: str) -> int:
    return sum(n for e, n in counts.items() if e[0] == "sheet" and e[2] == state and (not outcomes or e[3] in outcomes))


def _sums(counts: Counts, deed: SumDeed | None, *outcomes: str) -> int:
    return sum(
        n
        for e, n in counts.items()
        if e[0] == "sum" and deed in (None, SumDeed(e[2])) and (not outcomes or e[3] in outcomes)
    )


def gates(counts: Counts) -> tuple[Gate, ...]:
    """What must not happen."""
    wrong, read = _share(counts, lambda c: c.outcome == "wrong", lambda c: c.read and c.sort != Sort.ASK.value)
    asked, doubtful = _share(counts, lambda c: c.read, lambda c: c.sort == Sort.ASK.value)
    lost = sum(n for e, n in counts.items() if e[0] == "cell" and e[3] in ("lost", "invented"))
    every = sum(n for e, n in counts.items() if e[0] == "cell")
    ordinary, of_ordinary = _share(counts, _to_person, lambda c: c.ordinary)
    plain, of_plain = _share(counts, _to_person, lambda c: c.plain_box)
    bare, of_bare = _share(counts, _to_person, lambda c: c.without_sum)
    digits, of_digits = _share(counts, _to_person, lambda c: c.style == "digits" and c.state == _SOUND)
    destroyed = _sheets(counts, "destroyed")
    misread, of_sums = _sums(counts, None, "misread"), _sums(counts, None)
    miscounted = _sums(counts, SumDeed.MISCOUNTED)
    return (
        Gate("wrong points accepted", wrong, 0, read),
        Gate("cells accepted that nobody can know", asked, 0, doubtful),
        Gate("rows accepted with a sum that is not theirs", _sums(counts, None, "accepted miscounted"), 0, miscounted),
        Gate("cells lost or invented", lost, 0, every),
        Gate(
            "destroyed sheets not refused by name",
            destroyed - _sheets(counts, "destroyed", "refused by name"),
            0,
            destroyed,
        ),
        Gate("box cells of ordinary pens and scans to a person", ordinary, under(1.0, of_ordinary), of_ordinary),
        Gate("box cells that can be read to a person", plain, under(5.0, of_plain), of_plain),
        Gate("box cells beside no readable sum to a person", bare, under(5.0, of_bare), of_bare),
        Gate("digit cells to a person (stated)", digits, of_digits, of_digits),
        Gate("sums read as another (stated)", misread, of_sums, of_sums),
    )


# --- the table --------------------------------------------------------------------------------------


def table(counts: Counts) -> list[str]:
    """A line for each kind of paper and each deed, boxes and digits apart."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for cell, count in _cells(counts):
        if cell.state == _SOUND:
            rows.setdefault((f"{cell.style}, paper", cell.wear), Counter())[cell.outcome] += count
        if cell.usual and cell.state == _SOUND:
            rows.setdefault((f"{cell.style}, marks on ordinary paper", cell.deed), Counter())[cell.outcome] += count
    lines: list[tuple[str, ...]] = [("what", "cells", "right", "to person", "%", "wrong")]
    for group in sorted({group for group, _name in rows}):
        lines.append((group, "", "", "", "", ""))
        lines += [_line(name, rows[group, name]) for name in _ordered(group, rows)]
    lines += [("sheets", "", "", "", "", "")]
    lines += [(f"  {' · '.join(e[1:])}", str(n), "", "", "", "") for e, n in sorted(counts.items()) if e[0] == "sheet"]
    width = max(len(line[0]) for line in lines)
    return ["  ".join((f"{line[0]:<{width}}", *(f"{each:>9}" for each in line[1:]))).rstrip() for line in lines]


def _ordered(group: str, rows: Mapping[tuple[str, str], Counter[str]]) -> Sequence[str]:
    deeds = [deed.value for deed in Deed]
    names = [name for each, name in rows if each == group]
    return sorted(names, key=lambda name: (deeds.index(name) if name in deeds else 0, name))


def _line(name: str, found: Counter[str]) -> tuple[str, ...]:
    n = found.total()
    share = f"{100 * found['person'] / n:.2f}"
    return (f"  {name}", str(n), str(found["right"]), str(found["person"]), share, str(found["wrong"]))
