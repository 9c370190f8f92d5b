"""The journal of a check point without network: a file to which every move is added, taken into the ledger later.

One JSON object a line, each with the SHA-256 of all lines up to it: a line that was changed, left out or put in is seen
when the file is read. A line that was cut off while it was written is the last one, and is left out.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscheck.i18n import gettext as _
from packets.custody import Direction
from packets.errors import FileNotWritten, JournalAltered, JournalUnreadable

_LARGEST_FILE = 50_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A move as it was noted: the code as it was read, and when, where and by whom. at: in UTC, ISO 8601."""

    code: str
    direction: Direction
    point: str
    at: str
    by: str
    why: str = ""

    @property
    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self.at)


def entries(path: Path) -> tuple[Entry, ...]:
    """All entries of a journal; none where there is no file. Raises JournalUnreadable, JournalAltered."""
    return tuple(entry for entry, _ in _lines(path))


def add(path: Path, entry: Entry) -> None:
    """Add an entry; it is on the disk when this returns. Raises FileNotWritten (E6027)."""
    known = _lines(path)
    line = _line(known[-1][1] if known else "", entry)
    whole = "".join(f"{text}\n" for _, text in known)
    torn = path.exists() and path.stat().st_size > len(whole.encode())
    try:
        with path.open("r+b" if torn else "ab") as file:
            if torn:
                file.truncate(len(whole.encode()))
                file.seek(0, os.SEEK_END)
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as e:
        raise FileNotWritten(file=path, reason=e.strerror or type(e).__name__) from e


def _line(before: str, entry: Entry) -> str:
    row = asdict(entry) | {"direction": entry.direction.value}
    return json.dumps(row | {"chain": _chain(before, row)}, ensure_ascii=False, sort_keys=True)


def _chain(before: str, row: Mapping[str, object]) -> str:
    """`before`: the line before, which holds the hash of the one before it."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _lines(path: Path) -> list[tuple[Entry, str]]:
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as trouble:
        raise JournalUnreadable(file=path, cause=trouble.strerror or str(trouble)) from trouble
    if len(content) > _LARGEST_FILE:
        raise JournalUnreadable(file=path, cause=f"{len(content)} B")
    *complete, _torn = content.split(b"\n")
    if complete and not (complete[0].startswith(b"{") and b'"chain"' in complete[0]):
        raise JournalUnreadable(file=path, cause=_("no journal of packets"))
    found: list[tuple[Entry, str]] = []
    for number, line in enumerate(complete, start=1):
        found.append((_entry(path, number, line, found[-1][1] if found else ""), line.decode("utf-8", "replace")))
    return found


def _entry(path: Path, number: int, line: bytes, before: str) -> Entry:
    try:
        row = json.loads(line)
        chain = row.pop("chain")
        entry = Entry(**(row | {"direction": Direction(row["direction"])}))
        if not all(isinstance(value, str) for value in row.values()) or entry.moment.tzinfo is None:
            raise ValueError(line)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise JournalAltered(file=path, line=number) from e
    if chain != _chain(before, row):
        raise JournalAltered(file=path, line=number)
    return entry
