"""Forms that came back are opened in a limited child process: it holds no key, writes nothing and reaches nobody.

A file from a school may be anything. What it costs is bounded: bytes before it is looked at, then memory, seconds
and cells. What the child says is a plain list of cells, built anew here; a child that talks nonsense opened nothing.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Any

from crosscheck.i18n import gettext as _
from crosscheck.limited import Child, ChildFault
from crosscheck.table_values import Place
from scoring.forms.book import (
    Area,
    Book,
    Broken,
    Content,
    Flag,
    Formula,
    Moment,
    Number,
    Refused,
    Sheet,
    Text,
)
from scoring.forms.errors import FormMissing
from scoring.forms.unpacking import Caps

_TEXTS: tuple[type[Text | Moment | Formula | Broken], ...] = (Text, Moment, Formula, Broken)
_START_SECONDS = 30.0  # for the child to load its library, on a busy computer


class Opener:
    """Opens one file after another in one child, which is replaced after a file that it refused. Not for several
    threads at once."""

    def __init__(self, caps: Caps | None = None) -> None:
        self.caps = caps or Caps()
        self._child = Child("scoring.forms.opening_main")

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def open(self, path: Path) -> Book | Refused:
        """The workbook in a file. Raises FormMissing when there is no such file to read, and ReaderNotStarted."""
        content = _content(path, self.caps.file_bytes)
        if isinstance(content, Refused):
            return content
        found = self._asked(content)
        if isinstance(found, Refused):
            self._child.close()  # whatever it was fed, it is not asked again
        return found

    def _asked(self, content: bytes) -> Book | Refused:
        caps = self.caps
        limits = {"cpu": caps.seconds, "memory": caps.memory_bytes, "unpacked": caps.unpacked_bytes}
        head = json.dumps({**limits, "file": caps.file_bytes, "parts": caps.parts, "cells": caps.cells}).encode()
        request = len(head).to_bytes(4, "big") + head + content
        match self._child.ask(request, caps.seconds + _START_SECONDS, caps.answer_bytes):
            case ChildFault.TIMED_OUT:
                return Refused.SLOW
            case ChildFault.TOO_MUCH:
                return Refused.MANY_CELLS
            case (answer,):
                return decoded(answer)
            case _:
                return Refused.DIED


def _content(path: Path, most: int) -> bytes | Refused:
    try:
        # Asked before opening: opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FormMissing(file=path.name, detail=_("it is no file"))
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as e:
        raise FormMissing(file=path.name, detail=e.strerror or str(e)) from e
    return content if len(content) <= most else Refused.LARGE_FILE


# --- what the child says -------------------------------------------------------------------------


def encoded(said: Book | Refused) -> bytes:
    """A workbook, or why there is none, as JSON."""
    if isinstance(said, Refused):
        return json.dumps({"refused": said.name}).encode()
    return json.dumps({"sheets": [_plain(sheet) for sheet in said.sheets]}).encode()


def _plain(sheet: Sheet) -> dict[str, object]:
    return {
        "title": sheet.title,
        "hidden": sheet.hidden,
        "cells": [[place.row, place.column, *_plain_content(content)] for place, content in sheet.cells.items()],
        "merged": [[a.first.row, a.first.column, a.last.row, a.last.column] for a in sheet.merged],
        "rows": sorted(sheet.hidden_rows),
        "columns": sorted(sheet.hidden_columns),
        "commented": [[place.row, place.column] for place in sorted(sheet.commented)],
    }


def _plain_content(content: Content) -> tuple[object, ...]:
    match content:
        case Number(value=value, shown_as=shown_as):
            return ("Number", value, shown_as)
        case Flag(value=flag):
            return ("Flag", flag)
        case Text(text=text) | Moment(text=text) | Formula(text=text) | Broken(text=text):
            return (type(content).__name__, text)


def decoded(answer: bytes) -> Book | Refused:
    """The inverse of `encoded`; whatever else it is, it is no workbook."""
    try:
        said = json.loads(answer)
        if "refused" in said:
            return Refused[str(said["refused"])]
        return Book(tuple(_sheet(sheet) for sheet in said["sheets"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Refused.DIED


def _sheet(said: Any) -> Sheet:
    return Sheet(
        title=str(said["title"]),
        hidden=bool(said["hidden"]),
        cells={_place(cell[0], cell[1]): _of(*cell[2:]) for cell in said["cells"]},
        merged=tuple(Area(_place(a[0], a[1]), _place(a[2], a[3])) for a in said["merged"]),
        hidden_rows=frozenset(int(row) for row in said["rows"]),
        hidden_columns=frozenset(int(column) for column in said["columns"]),
        commented=frozenset(_place(*place) for place in said["commented"]),
    )


def _place(row: Any, column: Any) -> Place:
    if not (int(row) > 0 and int(column) > 0):
        raise ValueError("rows and columns count from 1")
    return Place(int(row), int(column))


def _of(kind: str, value: Any, shown_as: str = "") -> Content:
    if kind == "Number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError("not a number")
        return Number(value, str(shown_as))
    if kind == "Flag":
        return Flag(bool(value))
    made = {one.__name__: one for one in _TEXTS}[kind]
    return made(str(value))
