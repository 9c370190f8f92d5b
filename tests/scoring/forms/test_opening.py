"""A file from a school may be anything: it is opened where it can do nothing, or refused for what it is."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.limited import ChildFault
from crosscheck.table_values import Place
from drill.form_saves import packed, parts_of, sheet_changed
from scoring.forms.book import (
    Area,
    Book,
    Broken,
    Flag,
    Formula,
    Moment,
    Number,
    Reason,
    Refused,
    Sheet,
    Text,
)
from scoring.forms.errors import (
    FormActive,
    FormLinked,
    FormLocked,
    FormMissing,
    FormStopped,
    FormTooLarge,
    FormUnreadable,
)
from scoring.forms.opening import Opener, decoded, encoded
from scoring.forms.returning import refusal
from scoring.forms.unpacking import Caps, unpacked
from scoring.forms.writing import write_form
from tests.scoring.forms.made import form, with_parts

FORM = write_form(form())
CAPS = Caps()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _of(sheet: str) -> bytes:
    return sheet_changed(FORM, lambda xml: xml.replace("</sheetData>", sheet + "</sheetData>"))


def _typed(change: Callable[[str], str]) -> bytes:
    types = parts_of(FORM)["[Content_Types].xml"].decode()
    return packed({**parts_of(FORM), "[Content_Types].xml": change(types).encode()})


def _doubled() -> bytes:
    """Two sheets of one name in the container: one program shows the first, another the second."""
    out = io.BytesIO(FORM)
    with zipfile.ZipFile(out, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def _locked() -> bytes:
    """A container that says that its parts are encrypted."""
    content = bytearray(FORM)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = 0
        while (begin := content.find(sign, begin)) >= 0:
            content[begin + at] |= 1
            begin += 4
    return bytes(content)


def _bomb() -> bytes:
    """A sheet of 1 GB of blanks, packed into 1 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts_of(FORM).items():
            made.writestr(name, content)
        with made.open("xl/worksheets/sheet2.xml", "w") as stream:
            for _megabyte in range(200):
                stream.write(bytes(1 << 20))
    return out.getvalue()


def _lying_bomb() -> bytes:
    """The same, with a container that says that it is small."""
    content = bytearray(_bomb())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(content)


def _laughing() -> bytes:
    """An XML whose entities are made of entities."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return sheet_changed(FORM, lambda xml: f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>' + xml.replace("00017", "&l9;"))


HOSTILE: dict[str, tuple[Callable[[], bytes], Refused]] = {
    "nothing": (lambda: b"", Refused.NO_WORKBOOK),
    "a picture": (lambda: b"\xff\xd8\xff\xe0" + bytes(100), Refused.NO_WORKBOOK),
    "a table of commas": (lambda: "код;1;2\n00017;1;2\n".encode(), Refused.NO_WORKBOOK),
    "an old workbook": (lambda: OLE + bytes(2000), Refused.OLD_XLS),
    "a locked workbook": (lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Refused.PASSWORD),
    "locked parts": (_locked, Refused.PASSWORD),
    "an OpenDocument table": (
        lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        Refused.OPEN_DOCUMENT,
    ),
    "a text document": (
        lambda: packed({"[Content_Types].xml": b"<Types>wordprocessingml</Types>", "word/document.xml": b"<a/>"}),
        Refused.NO_WORKBOOK,
    ),
    "an archive": (lambda: packed({"a.txt": b"x"}), Refused.NO_WORKBOOK),
    "a binary workbook": (lambda: with_parts(FORM, xl__workbook_bin=b"x"), Refused.BINARY),
    "macros": (lambda: with_parts(FORM, xl__vbaProject_bin=b"x"), Refused.MACROS),
    "macros by type": (
        lambda: _typed(lambda xml: xml.replace("spreadsheetml.sheet.main", "spreadsheetml.sheet.macroEnabled.main")),
        Refused.MACROS,
    ),
    "old macros": (lambda: with_parts(FORM, xl__macrosheets__sheet1_xml=b"<a/>"), Refused.MACROS),
    "controls": (lambda: with_parts(FORM, xl__activeX__activeX1_xml=b"<a/>"), Refused.OBJECTS),
    "embedded objects": (lambda: with_parts(FORM, xl__embeddings__oleObject1_bin=b"x"), Refused.OBJECTS),
    "links to files": (lambda: with_parts(FORM, xl__externalLinks__externalLink1_xml=b"<a/>"), Refused.OTHER_FILES),
    "links to a database": (lambda: with_parts(FORM, xl__connections_xml=b"<a/>"), Refused.DATABASES),
    "a query": (lambda: with_parts(FORM, xl__queryTables__queryTable1_xml=b"<a/>"), Refused.DATABASES),
    "two parts of one name": (_doubled, Refused.DAMAGED),
    "a bomb": (_bomb, Refused.LARGE_UNPACKED),
    "a bomb that lies": (_lying_bomb, Refused.DAMAGED),
    "many parts": (lambda: packed({**parts_of(FORM), **{f"x/{n}": b"" for n in range(600)}}), Refused.LARGE_UNPACKED),
    "a million rows": (
        lambda: _of("".join(f'<row r="{n}" ht="15" customHeight="1"/>' for n in range(20, 1_000_000))),
        Refused.LARGE_UNPACKED,
    ),
    "many cells": (
        lambda: _of("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(20, 60_000))),
        Refused.MANY_CELLS,
    ),
    "a large file": (lambda: FORM + os.urandom(5_000_000), Refused.LARGE_FILE),
    "entities": (_laughing, Refused.DECLARATIONS),
    "entities in UTF-16": (
        lambda: packed({**parts_of(FORM), "xl/styles.xml": "<!DOCTYPE x><x/>".encode("utf-16")}),
        Refused.DECLARATIONS,
    ),
    "a cut file": (lambda: FORM[: len(FORM) // 2], Refused.DAMAGED),
    "XML that breaks off": (lambda: sheet_changed(FORM, lambda xml: xml[: len(xml) // 2]), Refused.DAMAGED),
    "no sheet": (
        lambda: packed({name: part for name, part in parts_of(FORM).items() if "sheet1" not in name}),
        Refused.DAMAGED,
    ),
    "a number of a thousand digits": (
        lambda: _of(f'<row r="90"><c r="A90"><v>{"9" * 5000}</v></c></row>'),
        Refused.DAMAGED,
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_form_is_refused_for_what_it_is(kind: str) -> None:
    """Renamed, locked, with macros, linked, far too large, broken."""
    make, refused = HOSTILE[kind]
    assert unpacked(make(), CAPS) is refused


def test_every_way_to_be_refused_is_tried() -> None:
    """But for what only the process can tell."""
    assert set(Refused) - {refused for _make, refused in HOSTILE.values()} == {
        Refused.MEMORY, Refused.SLOW, Refused.DIED,
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(FORM) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(at: int, value: int) -> None:
    """Parts carry sums: what still opens says what it said."""
    content = bytearray(FORM)
    content[at] = value
    found = unpacked(bytes(content), CAPS)
    assert isinstance(found, Refused) or found == unpacked(FORM, CAPS)


# --- the process ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    with Opener() as made:
        yield made


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "форма.xlsx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["macros", "a bomb", "entities", "a million rows", "many cells", "a cut file"])
def test_a_refused_file_leaves_nothing_behind(opener: Opener, tmp_path: Path, kind: str) -> None:
    """The next file is opened by a fresh process, to the same workbook as ever."""
    make, refused = HOSTILE[kind]
    assert opener.open(_file(tmp_path, make())) is refused
    assert opener.open(_file(tmp_path, FORM)) == unpacked(FORM, CAPS)
    assert [path.name for path in tmp_path.iterdir()] == ["форма.xlsx"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't limit address space")
def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    """Half a million cells without anything in them: within the size, beyond the memory."""
    content = _of("".join(f'<row r="{n}">{"<c/>" * 1000}</row>' for n in range(20, 500)))
    with Opener(replace(CAPS, memory_bytes=80 << 20)) as small:
        assert small.open(_file(tmp_path, content)) is Refused.MEMORY
        assert isinstance(small.open(_file(tmp_path, FORM)), Book)


def test_a_process_that_hangs_or_dies_is_said_to(
    opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whatever else it may answer than a workbook."""
    path = _file(tmp_path, FORM)
    for answer, refused in (
        (ChildFault.TIMED_OUT, Refused.SLOW),
        (ChildFault.CRASHED, Refused.DIED),
        (ChildFault.TOO_MUCH, Refused.MANY_CELLS),
        ((), Refused.DIED),
        ((b"{}", b"{}"), Refused.DIED),
    ):
        monkeypatch.setattr(opener._child, "ask", lambda *_arguments, answer=answer: answer)
        assert opener.open(path) is refused


def _answer(cell: Sequence[object]) -> bytes:
    sheet = {"title": "a", "hidden": False, "cells": [cell], "merged": [], "rows": [], "columns": []}
    return json.dumps({"sheets": [sheet]}).encode()


NONSENSE = (
    *(b"", b"\xff", b"[]", b"1", b"{}", b'{"refused": "NO_SUCH"}', b'{"refused": []}', b'{"sheets": 1}'),
    b'{"sheets": [{"title": "a"}]}',
    *(_answer(cell) for cell in ([0, 1, "Text", "x"], [1, 0, "Text", "x"], [1, 1, "Path", "x"], ["a", 1, "Text", "x"])),
    *(_answer(cell) for cell in ([1, 1, "Number", "x"], [1, 1, "Number", True, "0"], [1, 1], [1, 1, "Text"])),
)


@pytest.mark.parametrize("answer", NONSENSE)
def test_an_answer_that_makes_no_sense_opened_nothing(answer: bytes) -> None:
    """A process that was taken over says what it likes; only a list of cells is believed."""
    assert decoded(answer) is Refused.DIED


BOOK = Book(
    (
        Sheet(
            "Лист1",
            True,
            {
                Place(1, 1): Text("=x"), Place(1, 2): Number(2), Place(2, 1): Number(2.5, "0%"),
                Place(3, 3): Flag(False),
                Place(3, 4): Moment("2026-02-01"), Place(4, 1): Formula("=1"), Place(4, 2): Broken("#REF!"),
            },
            (Area(Place(1, 1), Place(2, 2)),),
            frozenset({3}),
            frozenset({2, 4}),
        ),
        Sheet("", False, {}),
    )
)  # fmt: skip


def test_what_the_process_says_arrives_as_it_was_said() -> None:
    """Every kind of cell, and every refusal."""
    assert decoded(encoded(BOOK)) == BOOK
    for refused in Refused:
        assert decoded(encoded(refused)) is refused


def test_a_file_that_is_not_there_is_missing(opener: Opener, tmp_path: Path) -> None:
    """Nor is a folder a form, nor a pipe, which would wait for ever."""
    with pytest.raises(FormMissing, match="E3100"):
        opener.open(tmp_path / "none.xlsx")
    with pytest.raises(FormMissing):
        opener.open(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        with pytest.raises(FormMissing):
            opener.open(tmp_path / "pipe.xlsx")


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        (Reason.UNREADABLE, FormUnreadable),
        (Reason.LOCKED, FormLocked),
        (Reason.ACTIVE, FormActive),
        (Reason.LINKED, FormLinked),
        (Reason.TOO_LARGE, FormTooLarge),
        (Reason.STOPPED, FormStopped),
    ],
)
def test_each_refusal_has_its_error(reason: Reason, error: type[Exception]) -> None:
    """With the file's name and what it is."""
    for refused in Refused:
        if refused.reason is reason:
            found = refusal("форма.xlsx", refused)
            assert type(found) is error
            assert "форма.xlsx" in str(found)
            assert refused.value in str(found)
