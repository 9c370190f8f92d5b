"""A file that somebody sent, as a workbook: XLSX opened in the limited process, CSV as text. Refused by what it is.

For files that are no forms of ours: tables of marks, reports of check points.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.table_values import Place, Table, TableProblem
from crosscheck.tables import read_tables
from scoring.forms.book import Book, Content, Refused, Sheet, Text
from scoring.forms.opening import Opener

_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of workbooks, new and old ones
_MOST_LISTED = 200


class ReceivedMissing(CrosscheckError):
    """A file that isn't there, or can't be read."""

    number, exit = 3160, Exit.INPUT
    sentence = "The file {file} can't be opened: {detail}."
    remedy = "Check the path and the access rights, close the file in other programs, and try again."


class ReceivedRefused(CrosscheckError):
    """A file that is no plain table."""

    number, exit = 3161, Exit.INPUT
    sentence = "{file} is refused: {detail}. Nothing of it was run or recorded."
    remedy = "Don't open the file. Ask whoever sent it for a plain XLSX, without password, macros and links, or a CSV."


class ReceivedProblems(CrosscheckError):
    """A table with cells that can't be taken; `problems` lists all of them."""

    number, exit = 3162, Exit.INPUT
    sentence = "The file {file} can't be taken; problems: {count}.\n{listing}\n"
    remedy = "Have the cells named above corrected; nothing of this file was recorded."

    @property
    def problems(self) -> tuple[TableProblem, ...]:
        found = self.fields["problems"]
        assert isinstance(found, tuple)
        return found


def received(opener: Opener, path: Path) -> Book:
    """The workbook that a file is. Raises E3160, E3161, for CSV also E3001 to E3003."""
    if not _starts_like_workbook(path, opener.caps.file_bytes):
        return Book(tuple(_as_sheet(table) for table in read_tables(path)))
    found = opener.open(path)
    if isinstance(found, Refused):
        raise ReceivedRefused(file=path.name, detail=_(found.value))
    return found


def _starts_like_workbook(path: Path, most: int) -> bool:
    try:
        # Asked before opening: opening a pipe would wait for somebody to write into it.
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReceivedMissing(file=path.name, detail=_("it is no file"))
        if status.st_size > most:
            raise ReceivedRefused(file=path.name, detail=_(Refused.LARGE_FILE.value))
        with path.open("rb") as file:
            return file.read(len(_CONTAINERS[0])) in _CONTAINERS
    except OSError as e:
        raise ReceivedMissing(file=path.name, detail=e.strerror or str(e)) from e


def _as_sheet(table: Table) -> Sheet:
    rows = (table.header, *(row.cells for row in table.rows))
    found: dict[Place, Content] = {cell.place: Text(cell.text) for cells in rows for cell in cells if cell.text}
    return Sheet(table.sheet or "", False, found)


def problems(file: str, found: Sequence[TableProblem]) -> ReceivedProblems:
    """The error that lists the faults of a file."""
    lines = [f"  {problem}" for problem in found[:_MOST_LISTED]]
    if len(found) > _MOST_LISTED:
        lines.append(_("  and {more} more").format(more=len(found) - _MOST_LISTED))
    return ReceivedProblems(file=file, count=len(found), listing="\n".join(lines), problems=tuple(found))


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, or lie in a folder that is; what a spreadsheet program leaves beside an open file
    (`~$...`) isn't one of them. Raises ReceivedMissing."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [one for one in inside if one is path or not one.name.startswith(("~$", "."))]
        if not inside:
            raise ReceivedMissing(file=path.name, detail=_("the folder is empty"))
    return list(dict.fromkeys(found))
