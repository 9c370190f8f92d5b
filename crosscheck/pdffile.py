"""A PDF that is written while it is drawn: large objects go to the disk at once and leave the memory.

reportlab keeps a document until it is finished and then makes one string of it: three times the size of all scans.
Here an object may be written as soon as it is known; the rest follows at the end, and the bytes depend on nothing else.
"""

from __future__ import annotations

import zlib
from typing import Any, BinaryIO

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas


def _plain(number: float) -> bytes:
    return f"{number:.4f}".rstrip("0").rstrip(".").encode()


_HEADER = b"%%PDF-%d.%d\n%%\xe2\xe3\xcf\xd3\n"  # the second line tells programs that this is no text


class Properties(pdfdoc.PDFInfo):  # type: ignore[misc]  # reportlab has no types
    """Properties that name nobody and no day."""

    def format(self, document: Any) -> bytes:
        name = pdfdoc.PDFString("crosscheck")
        return bytes(pdfdoc.PDFDictionary({"Creator": name, "Producer": name}).format(document))


class Raw(pdfdoc.PDFObject):  # type: ignore[misc]
    """An object whose bytes are known; set later where it takes part in a circle. Others refer to it."""

    __RefOnly__ = 1

    def __init__(self, data: bytes = b"null") -> None:
        self.data = data

    def format(self, _document: object) -> bytes:
        return self.data


def stream(entries: bytes, data: bytes) -> Raw:
    """A stream of `data`; `entries` of its dictionary besides the length."""
    return Raw(b"<<%s /Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data))


class StraightFile:
    """The file behind a canvas of reportlab."""

    def __init__(self, canvas: Canvas, out: BinaryIO) -> None:
        self._document: Any = canvas._doc
        self._out = out
        self._offset = 0
        self._document.encrypt.prepare(self._document)
        self._document.info = Properties()
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

    def page(self, canvas: Any, width: float, height: float) -> None:
        """Write the page that a canvas holds, and begin the next one. A page is small: making it of all the objects
        that reportlab has for it took most of the time of a copy."""
        document = self._document
        if canvas._shadingUsed or canvas._colorsUsed or canvas._annotationrefs or canvas._extgstate.getState():
            canvas._pagesize = (width, height)
            canvas.showPage()  # nothing of ours needs these; whoever does gets them
            return
        packed = zlib.compress("\n".join([canvas._preamble, *canvas._code, " "]).encode("latin-1"))
        contents = self._number(stream(b"/Filter /FlateDecode", packed), f"Contents{document.pageCounter}")
        names = dict.fromkeys(map(document.getXObjectName, canvas._formsinuse))
        shown = b" ".join(b"/%s %d 0 R" % (name.encode(), self._known(name)) for name in names)
        resources = b"<</Font %d 0 R /XObject <<%s>>>>" % (self._known(pdfdoc.BasicFonts), shown)
        parent, box = self._known_thing(document.Pages), b"[0 0 %s %s]" % (_plain(width), _plain(height))
        entries = (parent, box, contents, resources)
        page = Raw(b"<</Type /Page /Parent %d 0 R /MediaBox %s /Contents %d 0 R /Resources %s>>" % entries)
        name = document.thisPageName()
        document.addPage(page)
        self._put(name, page)
        page.data = b""
        canvas._startPage()

    def _number(self, thing: Any, name: str) -> int:
        """Write an object at once; its number."""
        self.write(name, thing)
        return self._known(name)

    def _known(self, name: str) -> int:
        return int(self._document.idToObjectNumberAndVersion[name][0])

    def _known_thing(self, thing: Any) -> int:
        return self._known(self._document.Reference(thing).name)

    def _put(self, name: str, thing: Any) -> None:
        if isinstance(thing, Raw):
            made = b"%d 0 obj\n%s\nendobj\n" % (self._known(name), thing.data)
        else:
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
