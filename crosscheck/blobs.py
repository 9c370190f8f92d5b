"""Content-addressed files: page images, crops, sealed originals. Written once, never changed.

A plain blob is addressed by the SHA-256 of its bytes. A sealed blob is addressed by a keyed hash of
what it hides (`crosscheck.keys.keyed`): a plain hash of an original would let anyone who holds a copy
prove that it is here, and a hash of the ciphertext would differ on every run. A sealed file therefore
begins with the SHA-256 of its address and content, so that both kinds are verified when they are read.

Doing it twice is harmless, in any number of processes: the bytes are the same, and a file appears
whole or not at all.

Forcing each file to disk takes longer than anything else that is done to a page. Who stores many files
before one commit uses `unforced()` and calls `force()` before the ledger speaks of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import BlobId
from crosscheck.wholefile import TEMPORARY, private_folder, sync_folder, write_whole

_ADDRESS = re.compile(r"[0-9a-f]{64}")
_PLAIN, _SEALED = ".plain", ".sealed"
_DIGEST_BYTES = 32


class BlobNotWritten(CrosscheckError):
    number = 4040
    exit = Exit.LEDGER
    sentence = "The file {blob} could not be stored in {folder}: {cause}."
    remedy = "Free some space or repair the disk, then run the command again; nothing half-written was left."


class BlobMissing(CrosscheckError):
    number = 4041
    exit = Exit.LEDGER
    sentence = "There is no stored file {blob} in {folder}."
    remedy = (
        "Bring the folder of blobs or this file back from the backup, then run the command again: whatever needs it "
        "waits. If a page is lost for good, scan it again and set the old one aside with `crosscheck pages discard`."
    )


class BlobAltered(CrosscheckError):
    number = 4042
    exit = Exit.LEDGER
    sentence = "The stored file {blob} in {folder} is not what was put there: its checksum differs."
    remedy = (
        "Bring it back from the backup, then run the command again: whatever needs it waits. If a page is lost for "
        "good, scan it again and set the old one aside with `crosscheck pages discard`."
    )


class BlobDiffers(CrosscheckError):
    number = 4043
    exit = Exit.LEDGER
    sentence = "A different sealed file is already stored in {folder} as {blob}."
    remedy = "Report this: the same original was sealed in two ways, and the keys recorded open only one of them."


class BlobAddressInvalid(CrosscheckError):
    number = 4044
    exit = Exit.LEDGER
    sentence = "{blob!r} is not an address of a stored file."
    remedy = "An address is 64 characters 0-9 and a-f; copy it again from the listing."


class BlobUnreadable(CrosscheckError):
    number = 4045
    exit = Exit.LEDGER
    sentence = "The stored file {blob} in {folder} could not be read: {cause}."
    remedy = "Check the disk and who may read the folder, then run the command again."


class BlobStore:
    """Blobs in a local or mounted folder. Holds nothing but the folder's name: safe to send to a worker."""

    def __init__(self, root: Path, *, forced: bool = True) -> None:
        self.root = root
        self.forced = forced

    def unforced(self) -> BlobStore:
        """The same store, where files need not be on the disk when they are stored: that is left to `force`. What is
        lost in a power cut before is stored again by the next run."""
        return BlobStore(self.root, forced=_sync_call() is None)

    def force(self) -> None:
        """Force to disk what any process has stored unforced. E4040 when the disk refuses."""
        if (sync := _sync_call()) is not None and self.root.exists():
            try:
                sync(self.root)
            except OSError as trouble:
                raise BlobNotWritten(blob="*", folder=self.root, cause=trouble.strerror or trouble) from trouble

    def put(self, data: bytes) -> BlobId:
        """Store plain bytes; their address. E4040 when the disk refuses."""
        blob = BlobId(hashlib.sha256(data).hexdigest())
        path = self._path(blob, _PLAIN)
        # What is there but differs was damaged on disk: its true content is in our hands, so heal it.
        if self._stored(blob, path) != data:
            self._write(blob, path, data)
        else:
            self._settle(blob, path)
        return blob

    def put_as(self, address: BlobId, data: bytes) -> None:
        """Store sealed bytes at `address` (64 hex characters of a keyed hash). E4043 when others are there."""
        path = self._path(address, _SEALED)
        framed = b"".join((_digest(address, data), data))
        stored = self._stored(address, path)
        if stored == framed:
            self._settle(address, path)
            return
        if stored is not None and _is_sound(address, stored):
            raise BlobDiffers(blob=address, folder=self.root)
        self._write(address, path, framed)

    def get(self, blob: BlobId) -> bytes:
        """The bytes at an address, verified. E4041 when there are none, E4042 when they were altered."""
        plain = self._stored(blob, self._path(blob, _PLAIN))
        if plain is not None:
            if hashlib.sha256(plain).hexdigest() != blob:
                raise BlobAltered(blob=blob, folder=self.root)
            return plain
        framed = self._stored(blob, self._path(blob, _SEALED))
        if framed is None:
            raise BlobMissing(blob=blob, folder=self.root)
        if not _is_sound(blob, framed):
            raise BlobAltered(blob=blob, folder=self.root)
        return framed[_DIGEST_BYTES:]

    def discard(self, blob: BlobId) -> None:
        """Remove what is stored at the address; harmless when nothing is."""
        for suffix in (_PLAIN, _SEALED):
            self._path(blob, suffix).unlink(missing_ok=True)

    def has(self, blob: BlobId) -> bool:
        """Whether something is stored at the address (not whether it is sound: `get` tells)."""
        return self._path(blob, _PLAIN).is_file() or self._path(blob, _SEALED).is_file()

    def size(self, blob: BlobId) -> int:
        """How many bytes are stored at the address; 0 where there are none."""
        for path in (self._path(blob, _PLAIN), self._path(blob, _SEALED)):
            with contextlib.suppress(FileNotFoundError):
                return path.stat().st_size
        return 0

    def __iter__(self) -> Iterator[BlobId]:
        """Every address in the store, in order; unfinished files are not there."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            if path.suffix in (_PLAIN, _SEALED) and _ADDRESS.fullmatch(path.parent.name + path.stem):
                yield BlobId(path.parent.name + path.stem)

    def sweep(self, *, older_than_s: float = 86_400) -> int:
        """Remove what killed processes left unfinished; how many. Younger files may still be in the making."""
        removed, limit = 0, time.time() - older_than_s
        for path in self.root.glob(f"[0-9a-f][0-9a-f]/{TEMPORARY}*"):
            with contextlib.suppress(FileNotFoundError):  # another process may be sweeping too
                if path.stat().st_mtime < limit:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, blob: BlobId, suffix: str) -> Path:
        if not _ADDRESS.fullmatch(blob):
            raise BlobAddressInvalid(blob=blob)
        return self.root / blob[:2] / (blob[2:] + suffix)

    def _stored(self, blob: BlobId, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise BlobUnreadable(blob=blob, folder=self.root, cause=trouble.strerror or trouble) from trouble

    def _settle(self, blob: BlobId, path: Path) -> None:
        """A file that was there already: it may be from a run that was killed before it forced anything to disk."""
        if self.forced and _sync_call() is not None:
            try:
                for at in (path, path.parent):
                    sync_folder(at)
            except OSError as trouble:
                raise BlobNotWritten(blob=blob, folder=self.root, cause=trouble.strerror or trouble) from trouble

    def _write(self, blob: BlobId, path: Path, data: bytes) -> None:
        try:
            if not path.parent.is_dir():
                private_folder(path.parent)
            write = write_whole if self.forced else _write_unforced
            _patiently(lambda: write(path, data))
        except OSError as trouble:
            raise BlobNotWritten(blob=blob, folder=self.root, cause=trouble.strerror or trouble) from trouble


def _digest(address: BlobId, data: bytes | memoryview) -> bytes:
    # The address is in the digest, so that a sealed file moved to another address is noticed.
    digest = hashlib.sha256(address.encode("ascii"))
    digest.update(data)
    return digest.digest()


def _is_sound(address: BlobId, framed: bytes) -> bool:
    return framed[:_DIGEST_BYTES] == _digest(address, memoryview(framed)[_DIGEST_BYTES:])


def _write_unforced(path: Path, data: bytes) -> None:
    partial = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            waiting = memoryview(data)
            while waiting:
                waiting = waiting[os.write(handle, waiting) :]
        finally:
            os.close(handle)
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


@cache
def _sync_call() -> Callable[[Path], None] | None:
    """Forces all that was written to the file system of a folder; None where the system can't (all but Linux)."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if sys.platform == "linux" else None
    if syncfs is None:
        return None

    def sync(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            if syncfs(handle) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        finally:
            os.close(handle)

    return sync


def _patiently(write: Callable[[], None], *, tries: int = 5, pause_s: float = 0.05) -> None:
    # On Windows a name can't be replaced while another process has it open: it soon closes it.
    for left in reversed(range(tries)):
        try:
            write()
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(pause_s)
