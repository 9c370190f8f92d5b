"""Which files and sheets of a district's folder are which table: a misspelt name is a fault, never a missing table."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from crosscheck.i18n import gettext as _
from crosscheck.table_values import Table, TableProblem
from crosscheck.tables import TableProblems, read_tables

REQUIRED = ("schools", "class_sets", "participants", "experts")
OPTIONAL = ("conflicts", "manifest", "school_aliases", "school_pairs", "last_year", "distances", "marked_at")
TABLES = REQUIRED + OPTIONAL
_SUFFIXES = (".csv", ".xlsx")


def tables_of(source: Path | Sequence[Path], problems: list[TableProblem]) -> dict[str, Table]:
    """The tables of a folder or of given files, by name; faults are added to `problems`."""
    tables = _gathered(_files(source, problems), problems)
    for name in REQUIRED:
        if name not in tables:
            problems.append(TableProblem(name, None, "", _("no such table"), _("a file {name}.csv").format(name=name)))
    return tables


def _files(source: Path | Sequence[Path], problems: list[TableProblem]) -> list[Path]:
    if not isinstance(source, Path):
        return list(source)
    if not source.is_dir():
        return [source]
    files = []
    for path in sorted(source.iterdir()):
        # A spreadsheet program leaves ~$name.xlsx beside a file that is open in it.
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith(("~$", ".")):
            continue
        close = difflib.get_close_matches(path.stem.lower(), TABLES, n=1, cutoff=0.75)
        if path.stem.lower() in TABLES or path.suffix.lower() == ".xlsx":
            files.append(path)
        elif close:
            # A misspelt conflicts.csv must not be taken for "nobody declared a conflict".
            problems.append(TableProblem(path.name, None, "", path.stem, close[0]))
    return files


def _gathered(files: Sequence[Path], problems: list[TableProblem]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for path in files:
        try:
            read = read_tables(path)
        except TableProblems as error:
            problems.extend(error.problems)
            continue
        for name, table in _named(path, read, problems):
            if name in tables:
                first = tables[name].source
                allowed = _("one table {name} (there is one in {first})").format(name=name, first=first)
                problems.append(TableProblem(table.source, table.sheet, "", name, allowed))
            tables[name] = table
    return tables


def _named(path: Path, read: tuple[Table, ...], problems: list[TableProblem]) -> list[tuple[str, Table]]:
    stem = path.stem.lower()
    if stem in TABLES:
        if len(read) > 1:
            problems.append(
                TableProblem(path.name, read[1].sheet, "", _("a second sheet"), _("one sheet in this file"))
            )
        return [(stem, read[0])]
    named = []
    for table in read:
        name = (table.sheet or stem).strip().lower()
        close = difflib.get_close_matches(name, TABLES, n=1, cutoff=0.75)
        if name in TABLES:
            named.append((name, table))
        elif close:
            problems.append(TableProblem(path.name, table.sheet, "", name, close[0]))
    if not named:
        allowed = _("tables named {names}").format(names=", ".join(TABLES))
        problems.append(TableProblem(path.name, None, "", _("none of the register's tables"), allowed))
    return named
