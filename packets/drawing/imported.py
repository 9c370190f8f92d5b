"""Pages of somebody else's PDF among our own: each becomes a form that is drawn like a picture.

Only what a page shows is taken over: its contents, what these need, and its transparency group. Annotations, scripts,
attachments, metadata and everything else a file may carry stay out.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, Transformation
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject

from crosscheck.geometry import A4_HEIGHT, Box
from crosscheck.pdffile import Raw, stream
from crosscheck.typeset import POINT, Press

_DEEPEST = 200  # dictionaries within each other; a page needs a dozen
# What links back to pages or holds another program's own data would take the whole file along; `Length` is made anew.
_LEFT_OUT = frozenset(
    {"/Length", "/Parent", "/StructParent", "/StructParents", "/PieceInfo", "/Metadata", "/OPI", "/OC", "/Alternates"}
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Pages of a PDF that was opened with pypdf. `key` names them in our file: the same key, the same pages."""

    key: str
    pages: tuple[PageObject, ...]


def draw_foreign(press: Press, source: Foreign, index: int, box: Box) -> None:
    """Draw page `index`, turned as its viewer turns it, as large as fits into `box`, from its top.

    Raises whatever pypdf raises on a broken file.
    """
    page = source.pages[index]
    name = f"{source.key}-{index}"
    if not press.file.knows(press.canvas._doc.getXObjectName(name)):
        press.canvas._doc.addForm(name, _Taking(press, source.key).form(page))
    matrix = _placed(page, box)
    press.canvas.saveState()
    press.canvas.transform(*matrix)
    press.canvas.doForm(name)
    press.canvas.restoreState()


def _placed(page: PageObject, box: Box) -> tuple[float, ...]:
    """The matrix that puts what a viewer shows of the page into `box`."""
    crop = page.cropbox
    upright = Transformation().rotate(-page.rotation)
    corners = [upright.apply_on(corner) for corner in (crop.lower_left, crop.upper_right)]
    left, low = min(x for x, _ in corners), min(y for _, y in corners)
    wide, high = max(x for x, _ in corners) - left, max(y for _, y in corners) - low
    scale = min(box.w / POINT / wide, box.h / POINT / high)
    margin = box.x / POINT + (box.w / POINT - wide * scale) / 2
    foot = (A4_HEIGHT - box.y) / POINT - high * scale
    return tuple(float(n) for n in upright.translate(-left, -low).scale(scale).translate(margin, foot).ctm)


class _Taking:
    """Takes objects of pypdf over into a document of reportlab, each once, however often it is referred to."""

    def __init__(self, press: Press, key: str) -> None:
        self.document: Any = press.canvas._doc
        self.file = press.file
        self.key = key

    def form(self, page: PageObject) -> Raw:
        """A form that shows the page."""
        contents = page.get_contents()
        packed = zlib.compress(b"" if contents is None else contents.get_data())
        entries = [
            b"/Type /XObject /Subtype /Form /Filter /FlateDecode",
            b"/BBox " + _plain(ArrayObject(page.cropbox)),
            b"/Resources " + self._taken(page.get("/Resources", DictionaryObject()), 0),
        ]
        if "/Group" in page:
            entries.append(b"/Group " + self._taken(page["/Group"], 0))
        return stream(b"\n".join(entries), packed)

    def _taken(self, thing: object, depth: int) -> bytes:
        if depth > _DEEPEST:
            raise RecursionError("objects within each other without end")
        match thing:
            case IndirectObject():
                return self._referred(thing, depth)
            case DictionaryObject():
                return b"<<" + self._entries(thing, depth) + b">>"
            case ArrayObject():
                return b"[" + b" ".join(self._taken(one, depth + 1) for one in thing) + b"]"
            case PdfObject():
                return _plain(thing)
        raise TypeError(f"{type(thing).__name__} in a PDF")

    def _entries(self, thing: DictionaryObject, depth: int) -> bytes:
        kept = (name for name in thing if name not in _LEFT_OUT)
        return b"\n".join(
            _plain(NameObject(name)) + b" " + self._taken(thing.raw_get(name), depth + 1) for name in kept
        )

    def _referred(self, thing: IndirectObject, depth: int) -> bytes:
        name = f"{self.key}.{thing.idnum}.{thing.generation}"
        if not self.file.knows(name):
            held = Raw()
            self.document.Reference(held, name)  # first the name, then what it stands for: objects may go in circles
            meant = thing.get_object()
            if isinstance(meant, StreamObject):
                held.data = stream(self._entries(meant, depth + 1), meant._data).data
            else:
                held.data = self._taken(meant, depth + 1)
        return b"%d %d R" % tuple(self.document.idToObjectNumberAndVersion[name])


def _plain(thing: PdfObject) -> bytes:
    written = io.BytesIO()
    thing.write_to_stream(written)
    return written.getvalue()


@contextmanager
def quiet() -> Iterator[None]:
    """Without pypdf's word on every repair it makes; the outcome is what counts here."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
