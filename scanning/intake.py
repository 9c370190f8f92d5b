"""Scanned files into the ledger: every page counted and its picture kept before anything else happens.

Pictures of works are sealed at once, for the batch's working key and for the district; pictures of score
sheets carry no identity and are kept as they are. A file is known by its content: taking it in twice
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, keys, vault
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PublicKey, WorkingKey
from crosscheck.model import BlobId
from crosscheck.register import file_ref
from crosscheck.station import Station
from crosscheck.vault import RecordKind
from scanning.sources import FileFault, FileOpened, Opener, PageFault, PageFaultKind, RawPage, explain

WORKS, SHEETS = "works", "sheets"
_PAGE_FAULTS = {PageFaultKind.DAMAGED: N_("damaged"), PageFaultKind.TOO_LARGE: N_("too large")}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `pages` scanned; `fault` in words when it could not be opened; `known`
    when it was taken in before."""

    name: str
    pages: int
    fault: str
    known: bool


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order of name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found


def take_in(station: Station, paths: Iterable[Path], purpose: str) -> Iterator[Taken]:
    """Take files in, one commit each; a file that is no scan is recorded with its fault and the rest goes on."""
    with Opener() as opener:
        for path in files_of(paths):
            yield _take_file(station, opener, path, purpose)


def _open_batch(station: Station, purpose: str) -> str:
    """The batch that is open for this purpose at this station: the newest whose working key still lives here."""
    with station.ledger.writing() as writer:
        open_ones = queries.lacking(
            writer.connection, facts.Batch, facts.WorkingKeyDestroyed, on="batch", purpose=purpose
        )
        # Another station's batch is open there, not here: its key never leaves it.
        if ours := [batch for batch in open_ones if keys.has_working_key(station.keys, batch.batch)]:
            return ours[-1].batch
        number = queries.count_of(writer.connection, facts.Batch)
        batch = f"{station.settings.station}-{number + 1:03d}"
        keys.new_working_key(station.keys, batch)
        writer.append(facts.Batch(batch, purpose))
        return batch


def _take_file(station: Station, opener: Opener, path: Path, purpose: str) -> Taken:
    content = path.read_bytes()
    file = _file_id(station, content, purpose)
    while True:
        with station.ledger.reading() as connection:
            known = queries.one_of(connection, facts.ScanFile, file=file)
        if known is not None:
            return Taken(path.name, known.pages, known.fault, True)
        # A batch is opened for a file that is new: taking known ones in again must not leave an empty one.
        batch = _open_batch(station, purpose)
        opened = opener.open(path)
        keeper = _Keeper(station, batch, purpose)
        kept = [keeper.keep(file, page) for page in opened.pages] if isinstance(opened, FileOpened) else []
        scanned = facts.ScanFile(file, batch, file_ref(station, path.name), len(kept), _fault(opened))
        if _recorded(station, keeper, scanned, kept, path.name, len(content)):
            return Taken(path.name, len(kept), scanned.fault, False)


def _file_id(station: Station, content: bytes, purpose: str) -> str:
    """A file is known by its content, works and sheets apart: what was taken in as the wrong one can still be taken
    in as the right one."""
    return keys.keyed(station.secret(), "file" if purpose == WORKS else "sheets-file", content)[:24]


def _recorded(
    station: Station, keeper: _Keeper, file: facts.ScanFile, kept: Sequence[_Kept], name: str, size: int
) -> bool:
    """Record a file and its pages at once. False when another process took it in meanwhile, or ended the batch:
    pages sealed for a key that is gone could never be read."""
    with station.ledger.writing() as writer:
        taken = queries.one_of(writer.connection, facts.ScanFile, file=file.file)
        ended = queries.one_of(writer.connection, facts.WorkingKeyDestroyed, batch=file.batch)
        if taken is not None or ended is not None:
            return False
        writer.append(file)
        keeper.keep_name(writer, file.file, name)
        for page in kept:
            keeper.record(writer, page)
        if file.fault:
            # The name is in the vault: `crosscheck pages files` shows it.
            writer.append(facts.Finding(f"file-{file.file}", "file", file.file, f"{file.fault} ({size} bytes)"))
    return True


def _fault(opened: FileOpened | FileFault) -> str:
    return "" if isinstance(opened, FileOpened) else explain(opened)


@dataclass(frozen=True, slots=True)
class _Kept:
    fact: facts.ScanPage
    wraps: tuple[vault.Wrap, ...]


class _Keeper:
    """Keeps the pictures of one file: sealed for works, plain for sheets."""

    def __init__(self, station: Station, batch: str, purpose: str) -> None:
        self.station, self.purpose = station, purpose
        self.secret = station.secret()
        district = keys.public_keys(station.keys)[Holder.DISTRICT]
        self.recipients: tuple[WorkingKey | PublicKey, ...] = (keys.working_key(station.keys, batch), district)

    def keep(self, file: str, page: RawPage | PageFault) -> _Kept:
        name = keys.keyed(self.secret, "page", f"{file}:{page.index}")[:20]
        if isinstance(page, PageFault):
            why = _("page {n} can't be opened: {reason}").format(n=page.index + 1, reason=_(_PAGE_FAULTS[page.reason]))
            return _Kept(facts.ScanPage(name, file, page.index, "", "", why), ())
        if self.purpose == SHEETS:
            address = self.station.blobs.put(page.stream)
            return _Kept(facts.ScanPage(name, file, page.index, page.media.value, address, ""), ())
        return self._sealed(file, name, page)

    def _sealed(self, file: str, name: str, page: RawPage) -> _Kept:
        # The address is a keyed hash of the plain text: a re-run finds the same file, and nobody without
        # the secret can test a guess at what the picture shows.
        record = vault.RecordId(original_record(name))
        sealed = vault.seal_repeatably(self.secret, record, RecordKind.ORIGINAL, page.stream, self.recipients)
        address = keys.keyed(self.secret, "original", name.encode() + page.stream)
        self.station.blobs.put_as(BlobId(address), vault.pack(sealed))
        return _Kept(facts.ScanPage(name, file, page.index, page.media.value, address, ""), sealed.wraps)

    def keep_name(self, writer: Writer, file: str, name: str) -> None:
        """The file's name, sealed like the originals: schools put their numbers into it."""
        record = vault.RecordId(f"{RecordKind.FILE_NAME.value}:{file}:0")
        sealed = vault.seal(record, RecordKind.FILE_NAME, name.encode(), self.recipients)
        writer.append(facts.SealedRecord(record, RecordKind.FILE_NAME.value, sealed.nonce, sealed.ciphertext))
        for wrap in sealed.wraps:
            writer.add_key(record, wrap.holder, wrap.wrapped)

    def record(self, writer: Writer, page: _Kept) -> None:
        writer.append(page.fact)
        for wrap in page.wraps:
            writer.add_key(original_record(page.fact.page), wrap.holder, wrap.wrapped)


def original_record(page: str) -> str:
    """The vault's name of a page's original."""
    return f"{RecordKind.ORIGINAL.value}:{page}"
