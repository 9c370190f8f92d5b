"""From the bytes of a file to a workbook. Runs in the limited child process; also alone, in tests.

Before a spreadsheet library sees it, the container is looked at: its parts are unpacked within a budget and checked
against their sums, and whatever a form has no use for (macros, objects, links, declarations of XML) refuses the file.
"""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crosscheck.table_values import Place
from scoring.forms.book import Area, Book, Broken, Content, Flag, Formula, Moment, Number, Refused, Sheet, Text

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_READ_AT_ONCE = 1 << 16
_FLAG_ENCRYPTED = 1
_LEAST_HEIGHT, _LEAST_WIDTH = 2.0, 0.5  # points, characters: what is lower or narrower is as good as hidden
_DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
# Parts by what their names hold, in lower case; a form has none of them.
_NOT_IN_FORMS = (
    ("vbaproject", Refused.MACROS),
    ("/macrosheets/", Refused.MACROS),
    ("/dialogsheets/", Refused.MACROS),
    ("/activex/", Refused.OBJECTS),
    ("/embeddings/", Refused.OBJECTS),
    ("/ctrlprops/", Refused.OBJECTS),
    ("/externallinks/", Refused.OTHER_FILES),
    ("xl/connections.xml", Refused.DATABASES),
    ("/querytables/", Refused.DATABASES),
)
_TYPES = "[Content_Types].xml"
_WORKBOOK_TYPE = b"spreadsheetml"
_MACRO_TYPE = b"macroenabled"


@dataclass(frozen=True, slots=True)
class Caps:
    """Hard limits for one file: bytes of the file and of all its parts unpacked, parts, cells that hold something,
    seconds of CPU and by the clock, memory of the child, bytes of its answer. A form of a class takes 20 KB, 100
    unpacked."""

    file_bytes: int = 4_000_000
    unpacked_bytes: int = 8_000_000
    parts: int = 500
    cells: int = 50_000
    seconds: float = 20.0
    memory_bytes: int = 256 << 20
    answer_bytes: int = 32_000_000


class _Refuse(Exception):
    """The file is refused; the argument says as what."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused)
        self.refused = refused


def unpacked(content: bytes, caps: Caps) -> Book | Refused:
    """The workbook that these bytes are, or what else they are. May use memory and time: see `opening`."""
    try:
        if len(content) > caps.file_bytes:
            return Refused.LARGE_FILE
        if content[: len(_ZIP)] != _ZIP:
            return _other_kind(content)
        _look_at_container(content, caps)
        return _workbook(content, caps)
    except _Refuse as e:
        return e.refused
    except MemoryError:
        return Refused.MEMORY


def _other_kind(content: bytes) -> Refused:
    if content[: len(_OLE)] != _OLE:
        return Refused.NO_WORKBOOK
    return Refused.PASSWORD if _ENCRYPTED_PACKAGE in content else Refused.OLD_XLS


# --- the container -------------------------------------------------------------------------------


def _look_at_container(content: bytes, caps: Caps) -> None:
    """Raises _Refuse unless every part is whole, the sum of them within the budget, and nothing of them foreign."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _look_at_parts(packed, packed.infolist(), caps)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, ValueError, EOFError) as e:
        raise _Refuse(Refused.DAMAGED) from e
    except RuntimeError as e:  # what zipfile says of a part with a password
        raise _Refuse(Refused.PASSWORD) from e


def _look_at_parts(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo], caps: Caps) -> None:
    names = [part.filename.replace("\\", "/") for part in parts]
    if len(parts) > caps.parts or sum(part.file_size for part in parts) > caps.unpacked_bytes:
        raise _Refuse(Refused.LARGE_UNPACKED)
    if any(part.flag_bits & _FLAG_ENCRYPTED for part in parts):
        raise _Refuse(Refused.PASSWORD)
    # Of two parts with one name, programs differ in which they take: nobody knows what the school saw.
    if len({name.casefold() for name in names}) != len(names):
        raise _Refuse(Refused.DAMAGED)
    _look_at_names(names)
    for part in parts:
        _look_at_part(part.filename, _read(packed, part, caps))


def _look_at_names(names: list[str]) -> None:
    if _TYPES not in names:
        raise _Refuse(Refused.OPEN_DOCUMENT if "mimetype" in names else Refused.NO_WORKBOOK)
    lower = [name.casefold() for name in names]
    for sign, refused in _NOT_IN_FORMS:
        if any(sign in f"/{name}" for name in lower):
            raise _Refuse(refused)
    if "xl/workbook.bin" in lower:
        raise _Refuse(Refused.BINARY)


def _read(packed: zipfile.ZipFile, part: zipfile.ZipInfo, caps: Caps) -> bytes:
    """A part whole; `zipfile` compares it with its sum at the end and gives no more than the part declares."""
    found, left = io.BytesIO(), caps.unpacked_bytes
    try:
        with packed.open(part) as stream:
            while chunk := stream.read(_READ_AT_ONCE):
                left -= len(chunk)
                if left < 0:
                    raise _Refuse(Refused.LARGE_UNPACKED)
                found.write(chunk)
    except (_Refuse, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, MemoryError):
        raise
    except Exception as e:  # zlib.error, lzma.LZMAError and whatever a packer may raise
        raise _Refuse(Refused.DAMAGED) from e
    return found.getvalue()


def _look_at_part(name: str, content: bytes) -> None:
    if not name.casefold().endswith((".xml", ".rels")):
        return
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in content for word in _DECLARATIONS):
            raise _Refuse(Refused.DECLARATIONS)
    if name == _TYPES:
        if _MACRO_TYPE in content.lower():
            raise _Refuse(Refused.MACROS)
        if _WORKBOOK_TYPE not in content.lower():
            raise _Refuse(Refused.NO_WORKBOOK)


# --- the workbook --------------------------------------------------------------------------------


def _workbook(content: bytes, caps: Caps) -> Book:
    # Loaded here: whoever only wants the limits must not load it.
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that a form doesn't need
            loaded = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
        # Sheets of charts hold no cells: nothing can be stated there.
        sheets = tuple(_sheet(sheet, caps) for sheet in loaded.worksheets)
    except (_Refuse, MemoryError):
        raise
    except Exception as e:
        # openpyxl has no error of its own: anything may come out of a damaged file.
        raise _Refuse(Refused.DAMAGED) from e
    if not sheets:
        raise _Refuse(Refused.DAMAGED)
    return Book(sheets)


def _sheet(sheet: Any, caps: Caps) -> Sheet:
    cells: dict[Place, Content] = {}
    # `iter_rows` would make every cell up to the last one; one cell in the farthest corner would fill the memory.
    for (row, column), cell in sheet._cells.items():
        if (content := _content(cell)) is not None:
            cells[Place(int(row), int(column))] = content
            if len(cells) > caps.cells:
                raise _Refuse(Refused.MANY_CELLS)
    merged = tuple(Area(Place(m.min_row, m.min_col), Place(m.max_row, m.max_col)) for m in sheet.merged_cells.ranges)
    rows = frozenset(place.row for place in cells)
    columns = frozenset(place.column for place in cells)
    return Sheet(
        title=str(sheet.title),
        hidden=sheet.sheet_state != "visible",
        cells=cells,
        merged=merged,
        hidden_rows=frozenset(row for row in rows if _row_hidden(sheet, row)),
        commented=frozenset(Place(int(r), int(c)) for (r, c), cell in sheet._cells.items() if cell.comment is not None),
        hidden_columns=columns & frozenset(_hidden_columns(sheet, max(columns, default=0))),
    )


def _row_hidden(sheet: Any, row: int) -> bool:
    if row not in sheet.row_dimensions:
        return bool(sheet.sheet_format.zeroHeight)
    about = sheet.row_dimensions[row]
    return bool(about.hidden) or (about.height is not None and about.height < _LEAST_HEIGHT)


def _hidden_columns(sheet: Any, last: int) -> Iterator[int]:
    for about in sheet.column_dimensions.values():
        if about.hidden or (about.customWidth and about.width < _LEAST_WIDTH):
            yield from range(about.min or 0, min(about.max or 0, last) + 1)


def _content(cell: Any) -> Content | None:
    value, kind = cell.value, cell.data_type
    if value is None:
        return None
    if kind == "f":
        return Formula(str(getattr(value, "text", None) or value))
    if kind == "e":
        return Broken(str(value))
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, int | float):
        return Number(value, str(cell.number_format))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return Moment(value.isoformat())
    if isinstance(value, datetime.timedelta):
        return Moment(str(value))
    return Text(str(value))
