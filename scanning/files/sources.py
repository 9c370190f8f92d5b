"""One scanned file -> page images: JPEG taken out of PDFs byte for byte, everything else as PNG.

Files come from anybody's scanner, so they are opened in a limited child process (`crosscheck.limited`,
`scanning.files.unpack`): a file that crashes or hangs a decoder costs that file, not the run.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from crosscheck.i18n import N_, gettext
from crosscheck.limited import Child, ChildFault
from scanning.errors import UndecodableImage

Grey = NDArray[np.uint8]


class Media(enum.Enum):
    """How a stored page image is encoded."""

    JPEG = "image/jpeg"
    PNG = "image/png"


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page of a scanned file: `index` from 0, the encoded image, its size in pixels, its resolution if known."""

    index: int
    stream: bytes
    media: Media
    width: int
    height: int
    dpi: float | None


class PageFaultKind(enum.Enum):
    """Why one page of an otherwise good file gave no image."""

    DAMAGED = "damaged"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class PageFault:
    """A page that gave no image; `detail` is what the decoder said."""

    index: int
    reason: PageFaultKind
    detail: str


class FileFaultKind(enum.Enum):
    """Why a file gave no pages."""

    EMPTY = "empty"
    UNKNOWN_TYPE = "unknown_type"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_PAGES = "no_pages"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"


FaultKind = FileFaultKind


@dataclass(frozen=True, slots=True)
class FileFault:
    """A file that gave no pages; `detail` is what the decoder said."""

    reason: FileFaultKind
    detail: str


@dataclass(frozen=True, slots=True)
class FileOpened:
    """A file's pages in order, each an image or what was wrong with it."""

    pages: tuple[RawPage | PageFault, ...]


@dataclass(frozen=True, slots=True)
class Caps:
    """Hard limits for one file: bytes, pages, pixels of a page, seconds of waiting and of CPU, memory of the child,
    bytes of all its images together."""

    file_bytes: int = 4 << 30
    pages: int = 4000
    page_pixels: int = 60_000_000
    seconds: float = 120.0
    memory_bytes: int = 2 << 30
    result_bytes: int = 4 << 30


_EXPLANATIONS: dict[FileFaultKind, tuple[str, str]] = {
    FileFaultKind.EMPTY: (N_("The file is empty."), N_("Copy or scan it again.")),
    FileFaultKind.UNKNOWN_TYPE: (
        N_("The file is not a PDF, JPEG, PNG or TIFF."),
        N_("Scan to one of these formats; the name of the file doesn't matter."),
    ),
    FileFaultKind.ENCRYPTED: (
        N_("The PDF is protected by a password."),
        N_("Switch protection off in the scanner's settings and scan again."),
    ),
    FileFaultKind.DAMAGED: (N_("The file is damaged."), N_("Copy it again from the scanner, or scan again.")),
    FileFaultKind.NO_PAGES: (N_("The file has no pages."), N_("Scan the pages again.")),
    FileFaultKind.TOO_LARGE: (
        N_("The file is larger than allowed."),
        N_("Scan in smaller portions, at 300 dpi at most."),
    ),
    FileFaultKind.TOO_MANY_PAGES: (N_("The file has more pages than allowed."), N_("Scan in smaller portions.")),
    FileFaultKind.TIMED_OUT: (N_("Opening the file took too long."), N_("Scan in smaller portions, or scan again.")),
    FileFaultKind.CRASHED: (
        N_("The file stopped the program that reads it."),
        N_("Scan the pages again; keep the file, somebody may want to examine it."),
    ),
}


def explain(fault: FileFault) -> str:
    """What was wrong with a file and what to do, in the language in use."""
    sentence, remedy = _EXPLANATIONS[fault.reason]
    return f"{gettext(sentence)} {gettext(remedy)}"


Said = RawPage | PageFault | FileFault


class Opener:
    """Opens many files one after another in one limited child process, replaced when it dies or hangs."""

    def __init__(self, caps: Caps | None = None) -> None:
        self.caps = caps or Caps()
        self._child = Child("scanning.files.limited_main")

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def interrupt(self) -> None:
        """Stop, from another thread, what is being opened: whoever waits for its pages gets a FileFault."""
        self._child.interrupt()

    def open(self, path: Path) -> FileOpened | FileFault:
        """All pages of one file at once, for files that are known to be small; `pages` keeps memory constant.
        Never raises for what is in the file; raises OSError if `path` can't be examined."""
        found: list[RawPage | PageFault] = []
        for said in self.pages(path):
            if isinstance(said, FileFault):
                return said
            found.append(said)
        return FileOpened(tuple(found))

    def pages(self, path: Path) -> Iterator[Said]:
        """The pages of one file in order, one in memory at a time. A FileFault ends it, also in the middle: then the
        pages before it were good, and the rest is not known.

        Never raises for what is in the file; raises OSError if `path` can't be examined.
        """
        size = path.stat().st_size
        if size == 0:
            yield FileFault(FileFaultKind.EMPTY, "")
        elif size > self.caps.file_bytes:
            yield FileFault(FileFaultKind.TOO_LARGE, f"{size} bytes")
        else:
            request = json.dumps({"path": str(path.resolve()), "caps": asdict(self.caps)}).encode()
            with closing(self._child.stream(request, self.caps.seconds, self.caps.result_bytes)) as frames:
                yield from self._pages(frames)

    def _pages(self, frames: Iterator[bytes | ChildFault]) -> Iterator[Said]:
        """Check and rebuild what the child says; a child that talks nonsense counts as crashed."""
        index = 0
        for frame in frames:
            said = self._fault(frame) if isinstance(frame, ChildFault) else _heard(index, frame, frames)
            if isinstance(said, ChildFault):
                said = self._fault(said)
            if isinstance(said, FileFault):
                # Heard out: a child that says only this is sound, and goes on with the next file.
                next(frames, None)
                yield said
                return
            yield said
            index += 1
        if index == 0:
            yield FileFault(FileFaultKind.NO_PAGES, "")

    def _fault(self, fault: ChildFault) -> FileFault:
        match fault:
            case ChildFault.TIMED_OUT:
                return FileFault(FileFaultKind.TIMED_OUT, f"{self.caps.seconds:g} s")
            case ChildFault.CRASHED:
                return FileFault(FileFaultKind.CRASHED, "")
            case ChildFault.TOO_MUCH:
                return FileFault(FileFaultKind.TOO_LARGE, f"more than {self.caps.result_bytes} bytes of images")


def _heard(index: int, head: bytes, frames: Iterator[bytes | ChildFault]) -> Said | ChildFault:
    """One thing that the child says; the image of a page is the frame behind its head."""
    try:
        said = json.loads(head)
        match said["say"]:
            case "file_fault":
                return FileFault(FileFaultKind(said["reason"]), str(said["detail"]))
            case "page_fault":
                return PageFault(index, PageFaultKind(said["reason"]), str(said["detail"]))
            case _:
                stream = next(frames)
                return stream if isinstance(stream, ChildFault) else _page(index, said, stream)
    except (ValueError, KeyError, TypeError, StopIteration) as e:
        return FileFault(FileFaultKind.CRASHED, f"{type(e).__name__} in the answer")


def _page(index: int, said: dict[str, object], stream: bytes) -> RawPage:
    dpi = said["dpi"]
    return RawPage(
        index=index,
        stream=stream,
        media=Media(said["media"]),
        width=int(str(said["width"])),
        height=int(str(said["height"])),
        dpi=float(dpi) if isinstance(dpi, int | float) else None,
    )


def open_file(path: Path, caps: Caps | None = None) -> FileOpened | FileFault:
    """The pages of one file, opened in a limited child process of its own (for many files keep an `Opener`)."""
    with Opener(caps) as opener:
        return opener.open(path)


def decode(stream: bytes, media: Media) -> Grey:
    """A stored page image as grey pixels, HxW uint8. Raises UndecodableImage."""
    try:
        # strict=False: scanners leave harmless warnings (extra bytes before a marker)
        grey = (
            simplejpeg.decode_jpeg(stream, colorspace="GRAY", strict=False)[:, :, 0]
            if media is Media.JPEG
            else _decoded_png(stream)
        )
    except ValueError as e:
        raise UndecodableImage(detail=str(e).strip() or type(e).__name__) from e
    return np.ascontiguousarray(grey, dtype=np.uint8)


def _decoded_png(stream: bytes) -> Grey:
    import cv2  # not at the top: the child that decodes JPEGs starts three times as fast without it

    try:
        grey = cv2.imdecode(np.frombuffer(stream, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as e:
        raise ValueError(str(e)) from e
    if grey is None or grey.size == 0:
        raise ValueError("no image in it")
    return np.asarray(grey, np.uint8)
