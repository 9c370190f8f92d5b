"""Bugs to plant in a run: each must be seen by the drill of points of death."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from crosscheck import blobs
from crosscheck.blobs import BlobStore
from crosscheck.model import BlobId


def late_pictures() -> None:
    """Pictures are written only when one is read: after the ledger has spoken of them."""
    write, get = BlobStore._write, BlobStore.get
    waiting: list[tuple[BlobStore, BlobId, Path, bytes]] = []

    def later(store: BlobStore, blob: BlobId, path: Path, data: bytes) -> None:
        waiting.append((store, blob, path, bytes(data)))

    def written_first(store: BlobStore, blob: BlobId) -> bytes:
        while waiting:
            write(*waiting.pop(0))
        return get(store, blob)

    mock.patch.object(BlobStore, "_write", later).start()
    mock.patch.object(BlobStore, "get", written_first).start()


def forgotten_force() -> None:
    """Nobody waits until pictures are on the disk."""
    mock.patch.object(blobs, "write_whole", blobs._write_unforced).start()
    mock.patch.object(BlobStore, "force").start()
