"""Scanned files into the ledger: every page counted and its picture kept before anything else happens.

Pictures of works are sealed at once, for the batch's working key and for the district; pictures of score
sheets carry no identity and are kept as they are. A file is known by its content: taking it in twice
changes nothing. Pages stream: one is in memory while the next is read (`scanning.incoming.lines`), and the facts of
a file are recorded together at its end, so that a killed run leaves nothing but pictures that the next one finds.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, keys, vault
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PublicKey, WorkingKey
from crosscheck.memory import keep_freed
from crosscheck.model import BlobId
from crosscheck.register import file_ref
from crosscheck.station import Station
from crosscheck.vault import RecordKind
from scanning.files.sources import FileFault, Opener, PageFault, PageFaultKind, RawPage, explain
from scanning.incoming.lines import Line, in_order

WORKS, SHEETS = "works", "sheets"
_PAGE_FAULTS = {PageFaultKind.DAMAGED: N_("damaged"), PageFaultKind.TOO_LARGE: N_("too large")}
_CHANGED = N_("The file changed while it was read. Wait until it is written, then take it in again.")
_UNREACHABLE = N_("The file can't be read ({reason}). Check the disk and who may read the file, then take it in again.")
_PORTION = 1 << 20
_TAG_BYTES = 16  # of AES-GCM, at the end of what is sealed
# What may wait to be sealed at once: a few pages, and of large ones fewer.
_WAITING_PAGES, _WAITING_BYTES = 4, 1 << 24


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `pages` scanned; `fault` in words when it could not be opened; `known`
    when it was taken in before; `file` its name in the ledger, empty when nothing was recorded because it changed
    or could not be read."""

    name: str
    pages: int
    fault: str
    known: bool
    path: Path
    file: str


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order of name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found


def nothing(_pages: int) -> None:
    """Tells nobody how far it is."""


def take_in(
    station: Station, paths: Iterable[Path], purpose: str, moved: Callable[[int], None] = nothing
) -> Iterator[Taken]:
    """Take files in, several at once, each recorded by a commit of its own, in any order; a file that is no scan is
    recorded with its fault and the rest goes on. `moved` is told of pages as they are kept, from any thread."""
    keep_freed()
    files = files_of(paths)
    with Line(min(station.jobs, max(1, len(files))), Opener) as line:
        intake = _Intake(station, purpose, line, moved)
        waiting = iter(files)
        for read in line.finished(intake.read, waiting):
            yield intake.settled(read)


@dataclass(frozen=True, slots=True)
class _Before:
    """A file that was taken in before."""

    path: Path
    fact: facts.ScanFile


@dataclass(frozen=True, slots=True)
class _NotRead:
    """A file of which nothing is recorded, and why, in words: it changed meanwhile, or the system won't give it."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class _Kept:
    fact: facts.ScanPage
    wraps: tuple[vault.Wrap, ...]


@dataclass(frozen=True, slots=True)
class _New:
    """A file that was read and whose pictures are kept, to be recorded."""

    path: Path
    size: int
    fact: facts.ScanFile
    pages: tuple[_Kept, ...]


class _Intake:
    """One run: reads files in the threads of a line, records them in the thread of the caller."""

    def __init__(self, station: Station, purpose: str, line: Line[Opener], moved: Callable[[int], None]) -> None:
        self.station, self.purpose, self.line, self.moved = station, purpose, line, moved
        self._keepers: dict[str, _Keeper] = {}

    def read(self, opener: Opener, path: Path) -> _Before | _NotRead | _New:
        """Open a file and keep its pictures; runs in any thread."""
        try:
            return self._read(opener, path)
        except OSError as trouble:  # of this file: the ledger and the store have numbered errors
            return _NotRead(path, _(_UNREACHABLE).format(reason=trouble.strerror or type(trouble).__name__))

    def _read(self, opener: Opener, path: Path) -> _Before | _NotRead | _New:
        before = _look(path)
        file = file_id(self.station, path, self.purpose)
        with self.station.ledger.reading() as connection:
            known = queries.one_of(connection, facts.ScanFile, file=file)
        if known is not None:
            return _Before(path, known)
        # A batch is opened for a file that is new: taking known ones in again must not leave an empty one.
        keeper = self._keeper(_open_batch(self.station, self.purpose))
        kept: list[_Kept] = []
        fault: FileFault | None = None
        said = opener.pages(path)
        for page in in_order(self.line.submit, lambda one: keeper.keep(file, one), said, _weight, _WAITING_BYTES):
            if isinstance(page, FileFault):
                fault = page
            else:
                kept.append(page)
                self.moved(1)
        if _look(path) != before:
            return _NotRead(path, _(_CHANGED))
        if kept:
            keeper.blobs.force()
        words = "" if fault is None else explain(fault)
        pages = () if fault is not None else tuple(kept)
        reference = file_ref(self.station, path.name)
        return _New(path, before[0], facts.ScanFile(file, keeper.batch, reference, len(pages), words), pages)

    def settled(self, read: _Before | _NotRead | _New) -> Taken:
        """Record what was read; read it again when another process took it in meanwhile, or ended the batch."""
        while True:
            match read:
                case _Before(path, fact):
                    return Taken(path.name, fact.pages, fact.fault, True, path, fact.file)
                case _NotRead(path, why):
                    return Taken(path.name, 0, why, False, path, "")
                case _New(path, size, fact, pages):
                    if _recorded(self.station, self._keeper(fact.batch), fact, pages, path.name, size):
                        return Taken(path.name, fact.pages, fact.fault, False, path, fact.file)
                    read = self.line.alone(self.read, path)

    def _keeper(self, batch: str) -> _Keeper:
        if batch not in self._keepers:
            self._keepers[batch] = _Keeper(self.station, batch, self.purpose)
        return self._keepers[batch]


def _weight(page: RawPage | PageFault | FileFault) -> int:
    return len(page.stream) if isinstance(page, RawPage) else 0


def _look(path: Path) -> tuple[int, int, int]:
    """What changes when a file does."""
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


def file_id(station: Station, path: Path, purpose: str) -> str:
    """A file is known by its content, works and sheets apart: what was taken in as the wrong one can still be taken
    in as the right one. A keyed hash (`keys.keyed`, of a file of any size): a plain one would let guesses be tested."""
    domain = b"file" if purpose == WORKS else b"sheets-file"
    made = hmac.new(station.secret(), len(domain).to_bytes(4, "big") + domain, hashlib.sha256)
    with path.open("rb", buffering=0) as content:
        while portion := content.read(_PORTION):
            made.update(portion)
    return made.hexdigest()[:24]


def _open_batch(station: Station, purpose: str) -> str:
    """The batch that is open for this purpose at this station: the newest that nobody closed and whose working key
    still lives here."""
    with station.ledger.writing() as writer:
        connection = writer.connection
        closed = {fact.batch for fact in queries.all_of(connection, facts.BatchClosed)}
        open_ones = queries.lacking(connection, facts.Batch, facts.WorkingKeyDestroyed, on="batch", purpose=purpose)
        # Another station's batch is open there, not here: its key never leaves it.
        ours = [one for one in open_ones if one.batch not in closed and keys.has_working_key(station.keys, one.batch)]
        if ours:
            return ours[-1].batch
        number = queries.count_of(connection, facts.Batch)
        batch = f"{station.settings.station}-{number + 1:03d}"
        keys.new_working_key(station.keys, batch)
        writer.append(facts.Batch(batch, purpose))
        return batch


def _recorded(
    station: Station, keeper: _Keeper, file: facts.ScanFile, kept: Iterable[_Kept], name: str, size: int
) -> bool:
    """Record a file and its pages at once. False when another process took it in meanwhile, or closed or ended the
    batch: pages sealed for a key that is gone could never be read, and a closed batch was counted."""
    with station.ledger.writing() as writer:
        if queries.one_of(writer.connection, facts.ScanFile, file=file.file) is not None:
            return False
        for over in (facts.WorkingKeyDestroyed, facts.BatchClosed):
            if queries.one_of(writer.connection, over, batch=file.batch) is not None:
                return False
        writer.append(file)
        keeper.keep_name(writer, file.file, name)
        keeper.record(writer, kept)
        if file.fault:
            # The name is in the vault: `crosscheck pages files` shows it.
            writer.append(facts.Finding(f"file-{file.file}", "file", file.file, f"{file.fault} ({size} bytes)"))
    return True


class _Keeper:
    """Keeps the pictures of a batch's files: sealed for works, plain for sheets. Safe in several threads."""

    def __init__(self, station: Station, batch: str, purpose: str) -> None:
        self.station, self.batch, self.purpose = station, batch, purpose
        self.secret = station.secret()
        district = keys.public_keys(station.keys)[Holder.DISTRICT]
        # Forcing page by page takes longer than all the rest; the whole file is forced before it is recorded.
        self.blobs = station.blobs.unforced()
        self.recipients: tuple[WorkingKey | PublicKey, ...] = (keys.working_key(station.keys, batch), district)

    def keep(self, file: str, page: RawPage | PageFault | FileFault) -> _Kept | FileFault:
        """Keep one page's picture; trouble with the whole file is passed on."""
        if isinstance(page, FileFault):
            return page
        name = keys.keyed(self.secret, "page", f"{file}:{page.index}")[:20]
        if isinstance(page, PageFault):
            why = _("page {n} can't be opened: {reason}").format(n=page.index + 1, reason=_(_PAGE_FAULTS[page.reason]))
            return _Kept(facts.ScanPage(name, file, page.index, "", "", why), ())
        if self.purpose == SHEETS:
            address = self.blobs.put(page.stream)
            return _Kept(facts.ScanPage(name, file, page.index, page.media.value, address, ""), ())
        return self._sealed(file, name, page)

    def _sealed(self, file: str, name: str, page: RawPage) -> _Kept:
        # The address is a keyed hash of the plain text, so that a re-run finds the same file and nobody without the
        # secret can test a guess at what the picture shows. The seal's own tag is one already: its key is made of the
        # secret and the plain text. Hashing a second time would cost as much as sealing.
        record = vault.RecordId(original_record(name))
        sealed = vault.seal_repeatably(self.secret, record, RecordKind.ORIGINAL, page.stream, self.recipients)
        address = keys.keyed(self.secret, "original", name.encode() + sealed.ciphertext[-_TAG_BYTES:])
        self.blobs.put_as(BlobId(address), vault.pack(sealed))
        return _Kept(facts.ScanPage(name, file, page.index, page.media.value, address, ""), sealed.wraps)

    def keep_name(self, writer: Writer, file: str, name: str) -> None:
        """The file's name, sealed like the originals: schools put their numbers into it."""
        record = vault.RecordId(f"{RecordKind.FILE_NAME.value}:{file}:0")
        sealed = vault.seal(record, RecordKind.FILE_NAME, name.encode(), self.recipients)
        writer.append(facts.SealedRecord(record, RecordKind.FILE_NAME.value, sealed.nonce, sealed.ciphertext))
        writer.add_keys((record, wrap.holder, wrap.wrapped) for wrap in sealed.wraps)

    def record(self, writer: Writer, kept: Iterable[_Kept]) -> None:
        """Record pages and the keys of their pictures."""
        pages = list(kept)
        writer.append_all(page.fact for page in pages)
        writer.add_keys(
            (original_record(page.fact.page), wrap.holder, wrap.wrapped) for page in pages for wrap in page.wraps
        )


def original_record(page: str) -> str:
    """The vault's name of a page's original."""
    return f"{RecordKind.ORIGINAL.value}:{page}"
