"""Taking a hot folder in: portions of complete files, the list of what was handled, nothing deleted unless asked."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from crosscheck import keys
from crosscheck.station import Station
from scanning.incoming import intake, watching
from scanning.incoming.intake import Taken
from scanning.incoming.watching import Clock, Handled

CLOCK = Clock(time.monotonic, time.sleep)


@dataclass(frozen=True, slots=True)
class Order:
    """What to watch and how: seconds between looks, seconds without a new file that end it (None: Ctrl-C does),
    whether files go once they are recorded."""

    folder: Path
    purpose: str
    every_s: float
    idle_s: float | None
    delete_handled: bool


def listing(station: Station, order: Order) -> Path:
    """The list of handled files of one folder: beside the station's home, because names of scans are personal."""
    name = keys.keyed(station.secret(), "watched", f"{order.purpose}:{order.folder.resolve().as_posix()}")[:16]
    return station.home / "watched" / f"{name}.csv"


def take_in(
    station: Station, order: Order, clock: Clock = CLOCK, moved: Callable[[int], None] = intake.nothing
) -> Generator[Taken, None, None]:
    """Take in what comes into the folder, each file once for every content it has; see `watching.watch`."""
    path = listing(station, order)
    handled = watching.read_handled(path)
    for portion in watching.watch(order.folder, lambda: handled, clock, order.every_s, order.idle_s):
        seen = {one: _look(order.folder, one) for one in portion}
        for taken in intake.take_in(station, seen, order.purpose, moved):
            look = seen[taken.path]
            if look is not None and taken.file:
                done = Handled(look.name, look.size, look.changed_ns, taken.pages, _outcome(taken))
                watching.add_handled(path, [done])
                handled[done.name] = done
                if order.delete_handled and not taken.fault:
                    _delete(taken.path, look)
            yield taken


def _look(folder: Path, path: Path) -> Handled | None:
    """A file as it is before it is taken in: what changes from now on is a new file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return Handled(watching.name_of(folder, path), seen.st_size, seen.st_mtime_ns, 0, "")


def _outcome(taken: Taken) -> str:
    return "fault" if taken.fault else ("known" if taken.known else "taken")


def _delete(path: Path, look: Handled) -> None:
    """Remove a file whose pages are recorded, unless it is another one by now. A file that won't go stays: it is
    handled, and nothing is lost by it."""
    with contextlib.suppress(OSError):
        seen = path.stat()
        if (seen.st_size, seen.st_mtime_ns) == (look.size, look.changed_ns):
            path.unlink()


def listed(station: Station, order: Order) -> Iterable[Handled]:
    """What was handled of the folder, in order of name."""
    return sorted(watching.read_handled(listing(station, order)).values(), key=lambda one: one.name)
