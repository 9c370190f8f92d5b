"""The process that draws packets and copies as many bytes (`python -m benchmarks.print_run FILE`)."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from crosscheck.blobs import BlobStore
from crosscheck.model import BlobId
from crosscheck.numbering import packet_code
from packets import printing
from packets.printing import Unit

_ALONE = 5  # every so many packets are drawn once more by themselves


@dataclass(frozen=True, slots=True)
class Spent:
    """What drawing all packets took. Seconds of CPU but for those of `wall`; `drawing_s` of `alone` pages only; `peak`
    and the rest in bytes."""

    pages: int
    cpu_s: float
    wall_s: float
    drawing_s: float
    alone: int
    copied_s: float
    copied_wall_s: float
    bytes: int
    pictures: int
    peak: int


def drawn(units: Sequence[Unit]) -> Spent:
    """Every packet drawn as the stage does it, and copied; files go as soon as they were measured."""
    printing.work(replace(units[0], rows=units[0].rows[:1]))  # imports, fonts and the criteria are there once
    spent = Spent(0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0, 0, 0)
    for unit in units:
        spent = _packet(unit, spent)
    return replace(spent, peak=_peak())


def _packet(unit: Unit, spent: Spent) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    done = printing.work(unit)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    path = unit.out / f"{packet_code(unit.packet)}.pdf"
    size = path.stat().st_size
    copied, copied_wall = _copied(unit, path.with_suffix(".copy"), size)
    path.unlink()
    drawing, alone = _alone(unit, path) if unit.packet % _ALONE == 0 else (0.0, 0)
    pictures = sum(BlobStore(unit.blobs).size(BlobId(page.blob)) for row in unit.rows for page in row.copies)
    return Spent(
        spent.pages + done.drawn.pages,
        spent.cpu_s + cpu,
        spent.wall_s + wall,
        spent.drawing_s + drawing,
        spent.alone + alone,
        spent.copied_s + copied,
        spent.copied_wall_s + copied_wall,
        spent.bytes + size,
        spent.pictures + pictures,
        0,
    )


def _alone(unit: Unit, path: Path) -> tuple[float, int]:
    """Drawing without the pictures of unfilled sheets and without the file's digest: seconds of CPU, pages."""
    begun = time.process_time()
    drawn = printing.draw_to(path, unit, printing.content_of(unit))
    spent = time.process_time() - begun
    path.unlink()
    return spent, drawn.pages


def _copied(unit: Unit, path: Path, size: int) -> tuple[float, float]:
    """The least that it can take: the masked pages read, and as many bytes as the packet has written and forced."""
    cpu, wall = time.process_time(), time.perf_counter()
    left = size
    with path.open("wb") as out:
        for row in unit.rows:
            for page in row.copies:
                data = (unit.blobs / page.blob[:2] / f"{page.blob[2:]}.plain").read_bytes()
                out.write(data)
                left -= len(data)
        out.write(bytes(max(0, left)))
        out.flush()
        os.fsync(out.fileno())
    spent = time.process_time() - cpu, time.perf_counter() - wall
    path.unlink()
    return spent


def _peak() -> int:
    """0 where the system doesn't tell. Not by `getrusage`, which counts the process that started this one too."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    units = pickle.loads(Path(sys.argv[1]).read_bytes())
    print(json.dumps(asdict(drawn(units))))
