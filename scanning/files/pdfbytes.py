"""A look at a PDF's bytes, for what PDFium doesn't tell: words of its dictionaries, and images turned into negatives.

An image whose values are turned over by /Decode would come out as a negative if it were taken as it is. Image
dictionaries are never compressed, so a look at the file's bytes finds them all; but searching every byte of a scan
costs a third of taking it in. Scanners write one image after the other, each behind its dictionary: then only the
bytes between the images are searched.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType

ENCRYPTED = re.compile(rb"/Encrypt\b")
NO_PAGES, A_PAGE = re.compile(rb"/Count\s+0\b"), re.compile(rb"/Type\s*/Page\b")
TURNED_OVER = re.compile(rb"/Decode\s*[\[\d]")
_PORTION, _LONGEST_MATCH = 1 << 20, 64
_NEAR = 1 << 15  # how far behind one image the next is looked for
_HEAD, _TAIL = 512, 512
_ENDS = re.compile(rb"\s*endstream")


def mentions(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether the file's bytes match anywhere, read in portions that overlap. OSError when it can't be read."""
    with path.open("rb") as file:
        before = b""
        while portion := file.read(_PORTION):
            if pattern.search(before + portion):
                return True
            before = portion[-_LONGEST_MATCH:]
    return False


class Negatives:
    """Which images of a PDF may be negatives: asked for one image after the other, in the order of pages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._searched = 0  # up to here, every byte outside the images was searched
        self._anywhere: bool | None = None

    def __enter__(self) -> Negatives:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def anywhere(self) -> bool:
        """Whether any image of the file is turned over."""
        if self._anywhere is None:
            self._anywhere = mentions(self._path, TURNED_OVER)
        return self._anywhere

    def perhaps(self, stream: bytes) -> bool:
        """Whether the image of these bytes may be turned over: its dictionary says so, or it was not found where the
        next image should be and any other says so."""
        if self._anywhere is not None:
            return self._anywhere
        self._file.seek(self._searched)
        near = self._file.read(_NEAR)
        at = near.find(stream[:_HEAD])
        if at < 0 or not self._ends_at(stream, self._searched + at + len(stream)):
            return self.anywhere()
        if TURNED_OVER.search(near, 0, at):
            return True
        self._searched += at + len(stream)
        return False

    def _ends_at(self, stream: bytes, end: int) -> bool:
        """Whether the image that was found is this one to its end: most scans begin alike."""
        tail = stream[-_TAIL:]
        self._file.seek(end - len(tail))
        found = self._file.read(len(tail) + 32)
        return found.startswith(tail) and _ENDS.match(found, len(tail)) is not None
