"""Files sent as forms that are none: renamed, locked, with macros, linked, far too large, broken, made to harm."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping

from drill.form_saves import packed, parts_of, sheet_changed
from drill.hostile_files import flipped, head_kept, overwritten, shuffled, truncated
from drill.recipe import Dice
from scoring.forms.book import Refused

Make = Callable[[bytes, Dice], bytes]  # from a filled form
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = "[Content_Types].xml"
_MEGABYTE = bytes(1 << 20)
_LYING_SIZE = 1000


def _with(name: str, content: bytes = b"<a/>") -> Make:
    return lambda form, _dice: packed({**parts_of(form), name: content})


def _only(parts: Mapping[str, bytes]) -> Make:
    return lambda _form, _dice: packed(parts)


def _bytes(content: bytes) -> Make:
    return lambda _form, dice: content + dice.bytes(int(dice.integers(0, 3000)))


def _rows(xml: Callable[[int], str], rows: int) -> Make:
    def make(form: bytes, _dice: Dice) -> bytes:
        more = "".join(xml(n) for n in range(100, 100 + rows))
        return sheet_changed(form, lambda sheet: sheet.replace("</sheetData>", more + "</sheetData>"))

    return make


def _macro_type(form: bytes, _dice: Dice) -> bytes:
    types = parts_of(form)[_TYPES].decode().replace("spreadsheetml.sheet.main", "spreadsheetml.sheet.macroEnabled.main")
    return packed({**parts_of(form), _TYPES: types.encode()})


def _locked(form: bytes, _dice: Dice) -> bytes:
    content = bytearray(form)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = 0
        while (begin := content.find(sign, begin)) >= 0:
            content[begin + at] |= 1
            begin += 4
    return bytes(content)


def _bomb(form: bytes, dice: Dice) -> bytes:
    """Hundreds of megabytes of blanks in a part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts_of(form).items():
            made.writestr(name, content)
        with made.open("xl/worksheets/sheet9.xml", "w") as stream:
            for _n in range(int(dice.integers(20, 300))):
                stream.write(_MEGABYTE)
    return out.getvalue()


def _lying_bomb(form: bytes, dice: Dice) -> bytes:
    """The same, and the container says that it is small."""
    content = bytearray(_bomb(form, dice))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", _LYING_SIZE)
    return bytes(content)


def _doubled(form: bytes, _dice: Dice) -> bytes:
    out = io.BytesIO(form)
    with zipfile.ZipFile(out, "a") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def _laughing(form: bytes, _dice: Dice) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return sheet_changed(
        form, lambda xml: f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>' + xml.replace("</v>", "&l9;</v>")
    )


def _reaching_out(form: bytes, _dice: Dice) -> bytes:
    entity = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return sheet_changed(form, lambda xml: entity + xml.replace("</v>", "&secret;</v>", 1))


def _deep(_dice: Dice, form: bytes) -> bytes:
    """Elements within elements: a reader that goes down with them falls."""
    depth = 200_000
    return sheet_changed(form, lambda xml: xml.replace("</sheetData>", "</sheetData>" + "<x>" * depth + "</x>" * depth))


def _broken_xml(form: bytes, dice: Dice) -> bytes:
    return sheet_changed(form, lambda xml: xml[: int(dice.integers(1, len(xml) - 20))])


NOT_FORMS: Mapping[str, tuple[Make, frozenset[Refused]]] = {
    "a picture": (_bytes(b"\xff\xd8\xff\xe0"), frozenset({Refused.NO_WORKBOOK})),
    "a PDF": (_bytes(b"%PDF-1.7\n"), frozenset({Refused.NO_WORKBOOK})),
    "a table of commas": (_bytes("код;1;2\n00017;1;2\n".encode()), frozenset({Refused.NO_WORKBOOK})),
    "an old workbook": (_bytes(_OLE + bytes(2000)), frozenset({Refused.OLD_XLS})),
    "a locked workbook": (
        _bytes(_OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")), frozenset({Refused.PASSWORD}),
    ),
    "locked parts": (_locked, frozenset({Refused.PASSWORD})),
    "an OpenDocument table": (
        _only({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        frozenset({Refused.OPEN_DOCUMENT}),
    ),
    "a text document": (
        _only({_TYPES: b"<Types>wordprocessingml</Types>", "word/document.xml": b"<a/>"}),
        frozenset({Refused.NO_WORKBOOK}),
    ),
    "a binary workbook": (_with("xl/workbook.bin"), frozenset({Refused.BINARY})),
    "macros": (_with("xl/vbaProject.bin", b"\0" * 500), frozenset({Refused.MACROS})),
    "macros by type": (_macro_type, frozenset({Refused.MACROS})),
    "old macros": (_with("xl/macrosheets/sheet1.xml"), frozenset({Refused.MACROS})),
    "controls": (_with("xl/activeX/activeX1.xml"), frozenset({Refused.OBJECTS})),
    "embedded objects": (_with("xl/embeddings/oleObject1.bin"), frozenset({Refused.OBJECTS})),
    "links to files": (_with("xl/externalLinks/externalLink1.xml"), frozenset({Refused.OTHER_FILES})),
    "a connection": (_with("xl/connections.xml"), frozenset({Refused.DATABASES})),
    "two parts of one name": (_doubled, frozenset({Refused.DAMAGED})),
    "a bomb": (_bomb, frozenset({Refused.LARGE_UNPACKED})),
    "a bomb that lies": (_lying_bomb, frozenset({Refused.DAMAGED})),
    "a million rows": (
        _rows(lambda n: f'<row r="{n}" ht="15" customHeight="1"/>', 1_000_000), frozenset({Refused.LARGE_UNPACKED}),
    ),
    "a million cells": (
        _rows(lambda n: f'<row r="{n}">{"<c/>" * 1000}</row>', 1000),
        frozenset({Refused.MEMORY, Refused.MANY_CELLS, Refused.SLOW, Refused.DIED}),
    ),
    "many cells": (
        _rows(lambda n: f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><v>1</v></c></row>', 40_000),
        frozenset({Refused.MANY_CELLS, Refused.MEMORY}),
    ),
    "entities": (_laughing, frozenset({Refused.DECLARATIONS})),
    "an entity that reads a file": (_reaching_out, frozenset({Refused.DECLARATIONS})),
    "XML that breaks off": (_broken_xml, frozenset({Refused.DAMAGED})),
    "a large file": (lambda form, dice: form + dice.bytes(4_500_000), frozenset({Refused.LARGE_FILE})),
}  # fmt: skip
DEAR = frozenset({"a bomb", "a bomb that lies", "a million rows", "a million cells", "many cells", "a large file"})

# What happens to a form that says afterwards what it said, or is refused.
DAMAGES: Mapping[str, Callable[[Dice, bytes], bytes]] = {
    "truncated": truncated,
    "bits flipped": flipped,
    "overwritten": overwritten,
    "blocks shuffled": shuffled,
    "head only": head_kept,
    "XML far too deep": _deep,
}


def deck(names: Mapping[str, object], dice: Dice) -> Iterator[str]:
    """Names without end, each as often as any other; dear ones a tenth as often."""
    while True:
        for name in dice.permutation(sorted(names)):
            if name not in DEAR or dice.random() < 0.1:
                yield str(name)
