"""Which runs on this computer are alive: each holds a lock that the system takes away when it dies.

A killed run leaves its leases behind. The next run need not wait until they expire: a lock file that
nobody holds belongs to a dead one. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_SUFFIX = ".lock"


@contextlib.contextmanager
def alive(folder: Path) -> Iterator[str]:
    """Hold a lock of our own for as long as the context lasts; yields the name of this run."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    path = folder / f"{name}{_SUFFIX}"
    with path.open("a+b") as file:
        if not _taken(file):
            raise RuntimeError(f"{path} is new, and somebody holds it")
        try:
            yield name
        finally:
            _let_go(file)
    path.unlink(missing_ok=True)


def dead(folder: Path) -> list[str]:
    """Names of runs that ended without saying so; each is told once."""
    found = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError), path.open("a+b") as file:
            if not _taken(file):
                continue
            _let_go(file)
            found.append(path.name.removesuffix(_SUFFIX))
        if found[-1:] == [path.name.removesuffix(_SUFFIX)]:
            path.unlink(missing_ok=True)
    return found


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
