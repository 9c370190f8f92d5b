"""A PDF that is written while it is drawn: large objects go to the disk at once and leave the memory.

reportlab keeps a document until it is finished and then makes one string of it: three times the size of all scans.
Here an object may be written as soon as it is known; the rest follows at the end, and the bytes depend on nothing else.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

_HEADER = b"%%PDF-%d.%d\n%%\xe2\xe3\xcf\xd3\n"  # the second line tells programs that this is no text


class _Properties(pdfdoc.PDFInfo):  # type: ignore[misc]  # reportlab has no types
    """Properties that name nobody and no day."""

    def format(self, document: Any) -> bytes:
        name = pdfdoc.PDFString("crosscheck")
        return bytes(pdfdoc.PDFDictionary({"Creator": name, "Producer": name}).format(document))


class StraightFile:
    """The file behind a canvas of reportlab."""

    def __init__(self, canvas: Canvas, out: BinaryIO) -> None:
        self._document: Any = canvas._doc
        self._out = out
        self._offset = 0
        self._document.encrypt.prepare(self._document)
        self._document.info = _Properties()
        self._add(_HEADER % tuple(self._document._pdfVersion))
        # The one place where reportlab makes the file; everything before it stays its own.
        self._document.format = self._rest

    def knows(self, name: str) -> bool:
        """Was an object of this name drawn or written?"""
        return name in self._document.idToObject

    def write(self, name: str, thing: Any) -> None:
        """Write an object at once. It must not refer to what isn't known yet."""
        document = self._document
        document.Reference(thing, name)
        self._put(name, thing)
        document.idToObject[name] = None  # written: nobody asks for it any more

    def _put(self, name: str, thing: Any) -> None:
        made = pdfdoc.PDFIndirectObject(name, thing).format(self._document)
        self._document.idToOffset[name] = self._add(made)

    def _add(self, data: bytes) -> int:
        start, self._offset = self._offset, self._offset + len(data)
        self._out.write(data)
        return start

    def _rest(self) -> bytes:
        """What reportlab would call to have the whole file: all that isn't written yet, then the table of objects."""
        document = self._document
        catalogue, info = document.Reference(document.Catalog), document.Reference(document.info)
        names: list[str] = []
        while (name := document.numberToId.get(len(names) + 1)) is not None:  # formatting may add objects
            names.append(name)
            if name not in document.idToOffset:
                self._put(name, document.idToObject[name])
        table = pdfdoc.PDFCrossReferenceTable()
        table.addsection(0, names)
        start = self._add(table.format(document))
        trailer = pdfdoc.PDFTrailer(startxref=start, Size=len(names) + 1, Root=catalogue, Info=info, ID=document.ID())
        self._add(trailer.format(document))
        return b""
