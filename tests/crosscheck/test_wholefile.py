"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from crosscheck import wholefile


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """What was there before is replaced, and no temporary file stays."""
    path = tmp_path / "a"
    path.write_bytes(b"a longer text that was there before")
    wholefile.write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert _names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Folders are 0700 and files 0600, whatever the umask lets through."""
    before = os.umask(0)
    try:
        wholefile.private_folder(tmp_path / "x" / "y")
        wholefile.write_whole(tmp_path / "x" / "y" / "a", b"1")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "x", tmp_path / "x/y", tmp_path / "x/y/a")]
    assert modes == [0o700, 0o700, 0o600]


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_refusing_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """No space at any step: the old content stays, no half-written file appears."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="space"):
        wholefile.write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["a"]


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes three bytes at a time still gets all of them, in order."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    wholefile.write_whole(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    """Of two processes that make the same file, the second is told and changes nothing."""
    wholefile.write_new(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        wholefile.write_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert _names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not link here")
def test_a_memory_stick_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system has no links a new file is still made, and still never replaces another."""

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    wholefile.write_new(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        wholefile.write_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert _names(tmp_path) == ["a"]
