"""A hot folder: which files in it are complete and not handled yet. Deciding is pure; looking and sleeping are given.

Scanners and copying programs write a file bit by bit. It is taken when it has stood still for a while and its end is
there; one that never gets its end is taken all the same after a long while, and then reported like any damaged file.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck.wholefile import private_folder
from scanning.files import tiffends

QUIET_S, PATIENCE_S = 3.0, 60.0
_TEMPORARY = (".part", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".partial", ".!ut", "~")
_HIDDEN = (".", "~")
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Look:
    """One file as it was seen at a moment: bytes, time of the last change in nanoseconds, whether its end is there."""

    size: int
    changed_ns: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Still:
    """Since when (seconds of the watch's clock) a file looks as it does."""

    look: Look
    since: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only go forward, and a way to wait; tests give their own."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Handled:
    """A line of the list of handled files."""

    name: str
    size: int
    changed_ns: int
    pages: int
    outcome: str


def is_temporary(name: str) -> bool:
    """Whether a name says that somebody is still writing, or that it is no scan: `scan.pdf.part`, `~$scan`, `.scan`."""
    return name.lower().endswith(_TEMPORARY) or name.startswith(_HIDDEN)


def follow(before: Mapping[Path, Still], seen: Mapping[Path, Look], now: float) -> dict[Path, Still]:
    """What is known of the files after another look: a file that changed starts to stand still anew."""
    return {
        path: before[path] if path in before and before[path].look == look else Still(look, now)
        for path, look in seen.items()
    }


def complete(known: Mapping[Path, Still], now: float) -> list[Path]:
    """Files that stood still long enough, in order of name."""
    return sorted(
        path
        for path, still in known.items()
        if now - still.since >= (QUIET_S if still.look.whole and still.look.size else PATIENCE_S)
    )


def ends_whole(head: bytes, tail: bytes) -> bool:
    """Whether the end of a file is there, for kinds that have one; others are whole when they stand still."""
    if b"%PDF-" in head:
        return b"%%EOF" in tail
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in tail
    if head.startswith(b"\x89PNG"):
        return b"IEND" in tail
    return True


def is_whole(path: Path, size: int) -> bool:
    """Whether the end of a file is there; not while somebody holds it so that it can't be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_TAIL)
            if head.startswith(tiffends.HEADS):
                return tiffends.all_there(file, size)
            file.seek(max(0, size - _TAIL))
            return ends_whole(head, file.read())
    except OSError:
        return False


def looks(folder: Path, known: Mapping[Path, Still], handled: Mapping[str, Handled]) -> dict[Path, Look]:
    """The files in a folder that wait: neither temporary nor handled as they are. A file that didn't change since the
    last look is not opened again."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if not any(is_temporary(part) for part in path.relative_to(folder).parts):
            waiting = _look(path, known.get(path), handled.get(name_of(folder, path)))
            if waiting is not None:
                found[path] = waiting
    return found


def _look(path: Path, before: Still | None, done: Handled | None) -> Look | None:
    try:
        seen = path.stat()
    except OSError:  # gone meanwhile
        return None
    size, changed = seen.st_size, seen.st_mtime_ns
    if not stat.S_ISREG(seen.st_mode) or (done is not None and (done.size, done.changed_ns) == (size, changed)):
        return None
    if before is not None and (before.look.size, before.look.changed_ns) == (size, changed) and before.look.whole:
        return before.look
    return Look(size, changed, is_whole(path, size))


def name_of(folder: Path, path: Path) -> str:
    """A file's name in the list: its path inside the folder."""
    return path.relative_to(folder).as_posix()


def watch(
    folder: Path, handled: Callable[[], Mapping[str, Handled]], clock: Clock, every_s: float, idle_s: float | None
) -> Iterator[Sequence[Path]]:
    """Portions of complete files as they come, without end, or until nothing came for `idle_s` seconds. Files are
    looked for every `every_s`; who takes a portion adds to what is `handled` before asking for the next."""
    known: dict[Path, Still] = {}
    busy = clock.now()
    while True:
        now = clock.now()
        known = follow(known, looks(folder, known, handled()), now)
        if ready := complete(known, now):
            yield ready
            # Also one that was not handled after all gets its time anew.
            known = {path: still for path, still in known.items() if path not in ready}
            busy = clock.now()
            continue
        if idle_s is not None and not known and now - busy >= idle_s:
            return
        clock.sleep(every_s)


# --- the list of handled files --------------------------------------------------------------------


def read_handled(path: Path) -> dict[str, Handled]:
    """The list, by name, the newest line of each; lines that a full disk cut short are passed over."""
    try:
        text = path.read_text("utf-8", "surrogateescape")  # a name need not be text
    except FileNotFoundError:
        return {}
    found = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) == 5 and all(field.isdecimal() for field in row[1:4]):
            found[row[0]] = Handled(row[0], int(row[1]), int(row[2]), int(row[3]), row[4])
    return found


def add_handled(path: Path, lines: Sequence[Handled]) -> None:
    """Add lines to the list, durably. Its names are as personal as the files': nobody else may read it."""
    private_folder(path.parent)
    made = io.StringIO()
    csv.writer(made).writerows([one.name, one.size, one.changed_ns, one.pages, one.outcome] for one in lines)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        # A line that was cut short ends here, so that the next one begins on its own.
        os.write(handle, b"\r\n" + made.getvalue().encode("utf-8", "surrogateescape"))
        os.fsync(handle)
    finally:
        os.close(handle)
