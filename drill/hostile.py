"""Hostile files against the opener of scans: it never dies, never hangs, says something of every file.

Judged from outside: what was said, how long it took, what lies in the folders afterwards, how much memory the
children took, and whether a good file still opens to exactly its page.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drill import hostile_pictures
from drill.gate import Gate
from drill.hostile_files import hostile_files
from drill.recipe import Expected, Hostile, Opens, Refused, Told, Unseen
from scanning.errors import UndecodableImage
from scanning.files.decoding import Decoder, DecoderCaps
from scanning.files.sources import (
    Caps,
    FileFault,
    FileOpened,
    Media,
    Opener,
    RawPage,
    decode,
    explain,
)

# Small caps: a bomb goes off as well at one second as at two minutes.
CAPS = Caps(
    file_bytes=100 << 20,
    pages=300,
    page_pixels=16_000_000,
    seconds=1.0,
    memory_bytes=1 << 30,
    result_bytes=256 << 20,
)
GRACE_S = 2.0  # to notice, to end the child and to wait for it
DECODER_CAPS = DecoderCaps(pixels=CAPS.page_pixels, seconds=5.0)
_DECODED = 3  # pages of a file that are decoded, too
GENEROUS_S = 30.0  # for a good file: a new child's start counts against its time, on a busy computer too
_SAID_EVERY = 5_000
_EMPTY_PAPER_BYTES = 4_096  # a picture of many megapixels that is all white is stored in less
Said = FileOpened | FileFault
Opening = Callable[[Path, float], Said]  # opens a file in at most so many seconds
Decoding = Callable[[RawPage], object]  # raises UndecodableImage


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one file; its pages themselves are let go, or a hundred thousand files would fill the memory.

    stopped: opening it raised. late: it took longer than allowed. told: something was said of it. expected: what was
    said fits the file. pages, white: pages that came out, and those without any ink. decoded: its pages were decoded
    or refused. good: a good file opened after it.
    """

    stopped: bool
    late: bool
    told: bool
    expected: bool
    pages: int
    white: int
    decoded: bool
    good: bool


def run(seed: int, files: int) -> tuple[Gate, ...]:
    """Open so many hostile files, a good one after each, with one `Opener`; decode their pages with one `Decoder`."""
    with Opener(CAPS) as opener, Decoder(DECODER_CAPS) as decoder:
        return gates(opening_of(opener), hostile_files(seed, files), CAPS, _decoding_of(decoder))


def _decoding_of(decoder: Decoder) -> Decoding:
    return lambda page: decoder.decode(page.stream, page.media)


def opening_of(opener: Opener) -> Opening:
    """This opener, its clock set anew for each file."""
    caps = opener.caps

    def opening(path: Path, seconds: float) -> Said:
        opener.caps = dataclasses.replace(caps, seconds=seconds)
        return opener.open(path)

    return opening


def not_decoded(_page: RawPage) -> None:
    """Leaves pages as they are."""


def gates(
    opening: Opening, files: Iterable[Hostile], caps: Caps = CAPS, decoding: Decoding = not_decoded
) -> tuple[Gate, ...]:
    """What must not happen when these files are opened under these caps."""
    with tempfile.TemporaryDirectory() as folder, _temporary_files_in(Path(folder) / "temporary"):
        before = _peak_of_children()
        _good_opens(opening, Path(folder))  # the child has started when the first hostile file comes
        tried = list(_all_tried(opening, decoding, files, Path(folder), caps))
        memory = _over_memory(before, caps)
        left = [path for path in Path(folder).rglob("*") if path.is_file()]
    return (
        _gate("files that stopped the station", [one.stopped for one in tried]),
        _gate("files that held it longer than allowed", [one.late for one in tried]),
        _gate("files of which nothing was said", [not one.told for one in tried]),
        _gate("files called what they are not", [not one.expected for one in tried]),
        Gate("written pages shown as empty paper", sum(one.white for one in tried), 0, sum(one.pages for one in tried)),
        _gate("files whose pages stopped the decoder", [not one.decoded for one in tried]),
        _gate("good files not opened after a hostile one", [not one.good for one in tried]),
        Gate("files written by a decoder", len(left), 0, len(tried)),
        memory,
    )


def _gate(name: str, happened: Sequence[bool]) -> Gate:
    return Gate(name, sum(happened), 0, len(happened))


# --- one file ------------------------------------------------------------------------------------


def _all_tried(
    opening: Opening, decoding: Decoding, files: Iterable[Hostile], folder: Path, caps: Caps
) -> Iterator[Tried]:
    for number, file in enumerate(files, start=1):
        yield _try(opening, decoding, file, folder, caps)
        if number % _SAID_EVERY == 0:
            print(f"  {number} files", file=sys.stderr)


def _try(opening: Opening, decoding: Decoding, file: Hostile, folder: Path, caps: Caps) -> Tried:
    path = folder / file.name
    path.write_bytes(file.content)
    begun = time.monotonic()
    try:
        said = opening(path, caps.seconds)
    except Exception as e:  # whatever it is, it would have ended the run
        print(f"  {file.kind}: {type(e).__name__}: {e}", file=sys.stderr)
        said = None
    seconds = time.monotonic() - begun
    path.unlink()
    fits, (pages, white) = said is None or _as_expected(file.expected, said), _pages_and_white(file.kind, said)
    if not fits:
        print(f"  {file.kind}: {file.expected}, but: {_words(said)}", file=sys.stderr)
    return Tried(
        stopped=said is None,
        late=seconds > caps.seconds + GRACE_S,
        told=_is_told(said),
        expected=fits,
        pages=pages,
        white=white,
        decoded=_decode(decoding, said),
        good=_good_opens(opening, folder),
    )


def _decode(decoding: Decoding, said: Said | None) -> bool:
    """Whether the first pages were decoded or refused, each with its reason."""
    found = said.pages if isinstance(said, FileOpened) else ()
    for page in [page for page in found if isinstance(page, RawPage)][:_DECODED]:
        try:
            decoding(page)
        except UndecodableImage as e:
            if not str(e.fields["detail"]).strip():
                return False
        except Exception as e:  # a worker would have died of it
            print(f"  {type(e).__name__}: {e}", file=sys.stderr)
            return False
    return True


def _good_opens(opening: Opening, folder: Path) -> bool:
    """Whether an ordinary file opens to exactly its page."""
    content = hostile_pictures.jpeg(np.random.default_rng(0))
    path = folder / "good.jpg"
    path.write_bytes(content)
    try:
        said = opening(path, GENEROUS_S)
    except Exception:
        return False
    finally:
        path.unlink()
    return isinstance(said, FileOpened) and [p.stream for p in said.pages if isinstance(p, RawPage)] == [content]


# --- what was said -------------------------------------------------------------------------------


def _is_told(said: Said | None) -> bool:
    match said:
        case None:
            return True  # counted as what stopped the station
        case FileFault():
            return bool(explain(said).strip())
        case FileOpened():
            return bool(said.pages) and all(isinstance(p, RawPage) or p.reason.value for p in said.pages)


def _as_expected(expected: Expected, said: Said) -> bool:
    match expected:
        case Opens(pages):
            opened = said.pages if isinstance(said, FileOpened) else ()
            return len(opened) == pages and all(isinstance(page, RawPage) for page in opened)
        case Refused(reasons):
            return isinstance(said, FileFault) and said.reason in reasons
        case Unseen():
            return not isinstance(said, FileOpened) or not any(isinstance(p, RawPage) for p in said.pages)
        case Told():
            return True


def _pages_and_white(kind: str, said: Said | None) -> tuple[int, int]:
    """Pages that came out, and those without any ink: every page of these files is written on."""
    found = said.pages if isinstance(said, FileOpened) else ()
    pages = [page for page in found if isinstance(page, RawPage)]
    white = sum(_is_white(page) for page in pages)
    if white:
        print(f"  {kind}: empty paper", file=sys.stderr)
    return len(pages), white


def _is_white(page: RawPage) -> bool:
    # Only what was drawn or decoded can be white by mistake; a JPEG is handed on as it is.
    if page.media is Media.JPEG or len(page.stream) > _EMPTY_PAPER_BYTES:
        return False
    return bool(np.all(decode(page.stream, page.media) == 255))


def _words(said: Said | None) -> str:
    match said:
        case None:
            return "nothing"
        case FileFault():
            return f"{said.reason.value} {said.detail}"
        case FileOpened():
            return ", ".join(p.media.value if isinstance(p, RawPage) else p.reason.value for p in said.pages)


# --- the computer --------------------------------------------------------------------------------


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Children started now make their temporary files here, where they are found."""
    folder.mkdir()
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _peak_of_children() -> int:
    """Bytes of memory that the largest child so far had, and living ones; 0 where the system tells nothing."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit, peak_of_living_children())


def peak_of_living_children() -> int:
    """Bytes of memory that the largest child alive took at most; 0 where the system tells nothing."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError):
            said = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line)
            if int(said.get("PPid", "0")) == os.getpid() and "VmHWM" in said:
                peaks.append(int(said["VmHWM"].split()[0]) * 1024)
    return max(peaks)


def _over_memory(before: int, caps: Caps) -> Gate:
    """Children of before count too: where one was larger than the cap, nothing can be said."""
    chances = int(0 < before <= caps.memory_bytes or (before == 0 and _peak_of_children() > 0))
    return Gate("children over their memory", int(chances and _peak_of_children() > caps.memory_bytes), 0, chances)
