"""A workbook as it was found in a file, as frozen values: nothing computed, nothing cleaned. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.table_values import Place


@dataclass(frozen=True, slots=True)
class Text:
    """Text; `2` typed into a cell that holds text is this."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and the format that it is shown by."""

    value: int | float
    shown_as: str = "General"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time or a duration, as ISO 8601 where there is one: what spreadsheets make of `1.2`."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is written, from its `=` on; never its value, which is whatever the last program believed."""

    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """An error value, as `#REF!`."""

    text: str


Content = Text | Number | Moment | Formula | Flag | Broken


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both corners included."""

    first: Place
    last: Place

    def __str__(self) -> str:
        return f"{self.first}:{self.last}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: cells that hold something, merged areas, and what is hidden (as far as cells hold something).
    commented: cells with a comment; what it says stays in the file, because it may name people."""

    title: str
    hidden: bool
    cells: Mapping[Place, Content]
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    commented: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook, in their order."""

    sheets: tuple[Sheet, ...]


class Reason(enum.Enum):
    """Why a file is not opened as a workbook."""

    UNREADABLE = "unreadable"  # something else under this name, or damaged
    LOCKED = "locked"  # by a password
    ACTIVE = "active"  # macros, controls, embedded objects
    LINKED = "linked"  # to other files, databases or programs
    TOO_LARGE = "too_large"
    STOPPED = "stopped"  # the process that opened it hung or ended


class Refused(enum.Enum):
    """A file that was not opened: what it is, in words to be translated."""

    NO_WORKBOOK = N_("it is no XLSX workbook")
    OLD_XLS = N_("it is an old XLS file")
    OPEN_DOCUMENT = N_("it is an OpenDocument table (ODS)")
    BINARY = N_("it is a binary workbook (XLSB)")
    DAMAGED = N_("it is damaged")
    DECLARATIONS = N_("its XML has declarations that no spreadsheet program writes")
    PASSWORD = N_("it is locked by a password")
    MACROS = N_("it has macros")
    OBJECTS = N_("it has controls or embedded objects")
    OTHER_FILES = N_("it is linked to other files")
    DATABASES = N_("it is linked to a database or a web page")
    LARGE_FILE = N_("the file is far larger than a form")
    LARGE_UNPACKED = N_("unpacked it is far larger than a form")
    MANY_CELLS = N_("it has far more cells than a form")
    MEMORY = N_("it needs more memory than allowed")
    SLOW = N_("it took too long to open")
    DIED = N_("it stopped the program that opens it")

    @property
    def reason(self) -> Reason:
        return _REASONS[self]


_REASONS = {
    Refused.NO_WORKBOOK: Reason.UNREADABLE,
    Refused.OLD_XLS: Reason.UNREADABLE,
    Refused.OPEN_DOCUMENT: Reason.UNREADABLE,
    Refused.BINARY: Reason.UNREADABLE,
    Refused.DAMAGED: Reason.UNREADABLE,
    Refused.DECLARATIONS: Reason.UNREADABLE,
    Refused.PASSWORD: Reason.LOCKED,
    Refused.MACROS: Reason.ACTIVE,
    Refused.OBJECTS: Reason.ACTIVE,
    Refused.OTHER_FILES: Reason.LINKED,
    Refused.DATABASES: Reason.LINKED,
    Refused.LARGE_FILE: Reason.TOO_LARGE,
    Refused.LARGE_UNPACKED: Reason.TOO_LARGE,
    Refused.MANY_CELLS: Reason.TOO_LARGE,
    Refused.MEMORY: Reason.TOO_LARGE,
    Refused.SLOW: Reason.STOPPED,
    Refused.DIED: Reason.STOPPED,
}
