"""Files that appear whole or not at all, also after a power cut. Standard library only.

The bytes go to a temporary file in the same folder, are forced to disk, and only then get their
name; the folder is forced to disk last, because the name lives there. Nobody but the owner may read
them (0600 in folders of 0700, where the system has such modes).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".partial-"
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
# What a network share or a memory stick answers when it has no such operation.
_NOT_OFFERED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)


def private_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, closed to others, and force the names to disk."""
    missing = [at for at in (folder, *folder.parents) if not at.exists()]
    for at in reversed(missing):
        at.mkdir(mode=0o700, exist_ok=True)
        sync_folder(at.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` as `path`, replacing what was there; on an OSError nothing is left behind."""
    _appear(path, data, os.replace)


@contextlib.contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, piece by piece, that gets its name when the block ends; on any error nothing is left."""
    partial = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(partial, _FLAGS, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_new(path: Path, data: bytes) -> None:
    """Write `data` as `path`, which must not exist: FileExistsError when another process was first."""
    _appear(path, data, _rename_new)


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to disk. Windows has no such call and keeps names in its own journal."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as trouble:
        if trouble.errno not in _NOT_OFFERED:
            raise
    finally:
        os.close(handle)


def _appear(path: Path, data: bytes, name: Callable[[Path, Path], None]) -> None:
    partial = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        _write(partial, data)
        name(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, _FLAGS, 0o600)
    try:
        waiting = memoryview(data)
        while waiting:
            waiting = waiting[os.write(handle, waiting) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename_new(partial: Path, path: Path) -> None:
    if os.name == "nt":  # there a rename refuses an existing name by itself
        os.rename(partial, path)
        return
    try:
        os.link(partial, path)
        partial.unlink()
    except OSError as trouble:
        if trouble.errno not in _NOT_OFFERED:
            raise
        os.close(os.open(path, _FLAGS, 0o600))  # no links here (FAT): take the name first, empty, then fill it at once
        os.replace(partial, path)
