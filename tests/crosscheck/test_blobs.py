"""Content-addressed files."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import blobs
from crosscheck.blobs import BlobStore
from crosscheck.model import BlobId
from crosscheck.wholefile import TEMPORARY

ADDRESS = BlobId("ab" * 32)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@settings(max_examples=25)
@given(data=st.binary(max_size=300))
def test_what_is_put_is_got(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """The bytes come back, and the address is their SHA-256."""
    store = BlobStore(tmp_path_factory.mktemp("blobs"))
    blob = store.put(data)
    assert blob == hashlib.sha256(data).hexdigest()
    assert store.get(blob) == data


def test_putting_twice_is_putting_once(tmp_path: Path) -> None:
    """The same bytes make one file, which is not written again."""
    store = BlobStore(tmp_path)
    store.put(b"page")
    (file,) = _files(tmp_path)
    before = file.stat().st_mtime_ns
    store.put(b"page")
    assert [path.stat().st_mtime_ns for path in _files(tmp_path)] == [before]


def test_an_altered_file_is_refused_and_healed(tmp_path: Path) -> None:
    """One flipped bit is noticed when the file is read; putting the true bytes again repairs it."""
    store = BlobStore(tmp_path)
    blob = store.put(b"page")
    (file,) = _files(tmp_path)
    file.write_bytes(b"pagf")
    with pytest.raises(blobs.BlobAltered, match="E4042"):
        store.get(blob)
    store.put(b"page")
    assert store.get(blob) == b"page"


def test_a_sealed_blob_is_verified_too(tmp_path: Path) -> None:
    """A sealed file that was altered, cut short or moved to another address is refused."""
    store = BlobStore(tmp_path)
    store.put_as(ADDRESS, b"ciphertext")
    assert store.get(ADDRESS) == b"ciphertext"
    (file,) = _files(tmp_path)
    whole = file.read_bytes()
    other = BlobId("ab" + "cd" * 31)
    (file.parent / f"{other[2:]}.sealed").write_bytes(whole)
    for address, content in ((ADDRESS, whole[:-1] + b"?"), (ADDRESS, whole[:20]), (ADDRESS, b""), (other, whole)):
        (file.parent / f"{address[2:]}.sealed").write_bytes(content)
        with pytest.raises(blobs.BlobAltered):
            store.get(address)


def test_a_damaged_sealed_blob_is_healed(tmp_path: Path) -> None:
    """Sealing the same original again repairs its damaged file."""
    store = BlobStore(tmp_path)
    store.put_as(ADDRESS, b"ciphertext")
    _files(tmp_path)[0].write_bytes(b"noise")
    store.put_as(ADDRESS, b"ciphertext")
    assert store.get(ADDRESS) == b"ciphertext"


def test_another_sealing_at_the_same_address_is_refused(tmp_path: Path) -> None:
    """The first file stays: the keys that were recorded open that one."""
    store = BlobStore(tmp_path)
    store.put_as(ADDRESS, b"sealed once")
    store.put_as(ADDRESS, b"sealed once")
    with pytest.raises(blobs.BlobDiffers, match="E4043"):
        store.put_as(ADDRESS, b"sealed differently")
    assert store.get(ADDRESS) == b"sealed once"


def test_a_missing_blob_is_an_error_with_its_address(tmp_path: Path) -> None:
    """Asking for what was never stored names the address."""
    store = BlobStore(tmp_path / "never made")
    assert not store.has(ADDRESS)
    with pytest.raises(blobs.BlobMissing, match=ADDRESS):
        store.get(ADDRESS)


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n", "ж" * 64])
def test_only_addresses_are_addresses(tmp_path: Path, wrong: str) -> None:
    """Nothing but 64 hex characters ever becomes a path."""
    with pytest.raises(blobs.BlobAddressInvalid):
        BlobStore(tmp_path).get(BlobId(wrong))


def test_the_store_lists_what_it_has(tmp_path: Path) -> None:
    """Addresses come in order; unfinished and strange files are not among them."""
    store = BlobStore(tmp_path)
    wanted = sorted([store.put(bytes([n])) for n in range(20)] + [ADDRESS])
    store.put_as(ADDRESS, b"sealed")
    (tmp_path / "ab" / f"{TEMPORARY}1-2").write_bytes(b"half")
    (tmp_path / "ab" / "notes.txt").write_bytes(b"strange")
    assert list(store) == wanted
    assert all(store.has(blob) for blob in wanted)


def test_sweeping_spares_files_in_the_making(tmp_path: Path) -> None:
    """Only unfinished files older than the limit go; blobs stay."""
    store = BlobStore(tmp_path)
    blob = store.put(b"page")
    old, young = (tmp_path / blob[:2] / f"{TEMPORARY}{name}" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1_000_000, 1_000_000))
    assert store.sweep() == 1
    assert (old.exists(), young.exists(), store.get(blob)) == (False, True, b"page")


@pytest.mark.parametrize("call", ["write", "replace", "fsync", "mkdir"])
def test_no_space_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A full disk is a numbered error with the system's reason, and no partial file stays."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = BlobStore(tmp_path)
    monkeypatch.setattr(os, call, full)
    with pytest.raises(blobs.BlobNotWritten, match="No space left"):
        store.put(b"page")
    monkeypatch.undo()
    assert _files(tmp_path) == []
    assert store.get(store.put(b"page")) == b"page"


def test_unforced_files_are_forced_before_the_ledger_speaks_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one call for each file, but one for all; where the system has no such call each file is forced as always."""
    forced: list[object] = []
    monkeypatch.setattr(os, "fsync", forced.append)
    monkeypatch.setattr(blobs, "_sync_call", lambda: forced.append)
    store = BlobStore(tmp_path)
    (tmp_path / "ab").mkdir()
    hasty = store.unforced()
    hasty.put_as(ADDRESS, b"ciphertext")
    assert (store.get(ADDRESS), forced) == (b"ciphertext", [])
    store.force()
    assert forced == [tmp_path]
    monkeypatch.setattr(blobs, "_sync_call", lambda: None)
    store.unforced().put_as(BlobId("ab" + "cd" * 31), b"ciphertext")
    assert len(forced) > 1
    before = len(forced)
    store.force()
    assert len(forced) == before


@pytest.mark.skipif(os.name == "nt", reason="files are always forced there")
def test_a_file_found_in_the_store_is_forced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be from a run that was killed before it forced anything: whoever records it next must not rely on it."""
    BlobStore(tmp_path).unforced().put(b"page")
    BlobStore(tmp_path).unforced().put_as(ADDRESS, b"sealed")
    forced: list[int] = []
    monkeypatch.setattr(blobs, "_sync_call", lambda: lambda _folder: None)
    monkeypatch.setattr(os, "fsync", forced.append)
    BlobStore(tmp_path).put(b"page")
    BlobStore(tmp_path).put_as(ADDRESS, b"sealed")
    assert len(forced) == 4  # file and folder of each
    BlobStore(tmp_path).unforced().put(b"page")
    assert len(forced) == 4


def test_a_disk_that_can_not_be_forced_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's reason, when all is forced at once and when one file is."""

    def full(_folder: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    store = BlobStore(tmp_path)
    store.put(b"page")
    monkeypatch.setattr(blobs, "_sync_call", lambda: full)
    with pytest.raises(blobs.BlobNotWritten, match="Input/output"):
        store.force()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(blobs.BlobNotWritten, match="Input/output"):
        store.put(b"page")


def test_no_space_leaves_nothing_unforced_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails half way leaves no partial file."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(blobs.BlobNotWritten, match="No space left"):
        BlobStore(tmp_path).unforced().put(b"page")
    assert _files(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forces a whole file system")
def test_linux_forces_everything_with_one_call(tmp_path: Path) -> None:
    """The call is there, and tells what it couldn't do."""
    sync = blobs._sync_call()
    assert sync is not None
    sync(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        sync(tmp_path / "nowhere")


def test_an_unreadable_file_is_not_a_missing_one(tmp_path: Path) -> None:
    """Trouble with reading says so; it never looks as if nothing were stored."""
    store = BlobStore(tmp_path)
    blob = store.put(b"page")
    (file,) = _files(tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(blobs.BlobUnreadable, match="E4045"):
        store.get(blob)


def _put_many(root: Path, gate: object) -> None:
    store = BlobStore(root)
    gate.wait(20)  # type: ignore[attr-defined]
    for n in range(40):
        store.put(bytes([n]) * 5000)
        store.put_as(BlobId(f"{n:064x}"), bytes([n]) * 700)


def test_two_processes_may_put_the_same_blobs(tmp_path: Path) -> None:
    """Racing processes both succeed; every blob is there once and whole, and nothing else."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(2)
    workers = [context.Process(target=_put_many, args=(tmp_path, gate)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    store = BlobStore(tmp_path)
    assert len(_files(tmp_path)) == 80
    assert sorted(len(store.get(blob)) for blob in store) == [700] * 40 + [5000] * 40
