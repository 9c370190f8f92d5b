"""Covers and stickers for works on foreign forms: numbered, recorded with what they declare, and drawn."""

from __future__ import annotations

import enum
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, keys, safe, tables
from crosscheck.coverform import FOREIGN_WORK
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.keys import PrivateKey
from crosscheck.labels import Label
from crosscheck.procedure import ForeignPaper
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import write_whole
from packets.drawing.separators import ClassSeparator, Separator, WorkSeparator, draw_covers, draw_stickers, label_of

MOST_PAGES = 99


class NoForeignForms(CrosscheckError):
    number, exit = 5020, Exit.PRINTING
    sentence = "The procedure uses no forms of others: its works need neither covers nor stickers."
    remedy = "Own forms carry codes: use `crosscheck forms print` without --make, or name a template in [paper]."


class OtherPages(CrosscheckError):
    number, exit = 5021, Exit.PRINTING
    sentence = "{works} works were declared with another number of pages before, one of them with {known}, now {asked}."
    remedy = "Print with the same number; a page that does not exist is declared with `crosscheck pages missing`."


class BadPagesList(CrosscheckError):
    number, exit = 5022, Exit.PRINTING
    sentence = "{file}, row {row}: {found} is not a registered participant and a number of pages from 1 to 99."
    remedy = "The table has the columns participant and pages, one row for each participant; nothing was printed."


class UnevenClass(CrosscheckError):
    number, exit = 5023, Exit.PRINTING
    sentence = "The works of {count} class-sets differ in their numbers of pages."
    remedy = "One cover counts for all works of a class: print a cover for each work (--make work-covers)."


class Make(enum.Enum):
    """What to print."""

    CLASS_COVERS = "class-covers"
    WORK_COVERS = "work-covers"
    STICKERS = "stickers"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to print: for these schools only (empty: for all), how many pages a work has, for whom it is another
    number (a table participant;pages)."""

    make: Make
    pages: int
    pages_from: Path | None = None
    schools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """How many covers or stickers are new, how many were drawn, on how many pages."""

    new: int
    drawn: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Writer:
    """One participant who writes on a foreign form."""

    work: str
    school: str
    class_name: str
    class_token: str
    code: str
    pages: int


def make(station: Station, coordinator: PrivateKey, wanted: Wanted, file: Path) -> Made:
    """Number and record what is missing, draw all of it into `file`. E5020-E5023."""
    procedure = station.procedure()
    if not any(isinstance(paper, ForeignPaper) for paper in procedure.papers):
        raise NoForeignForms
    index = safe.open_index(station, coordinator)
    writers = _writers(station, coordinator, wanted)
    with station.ledger.writing() as writer:
        present = _on_foreign_forms(writer, writers)
        _declare(writer, present)
        subjects = _subjects(present, wanted.make, index)
        new, numbers = _number(writer, subjects)
    separators = _separators(present, wanted.make, index, numbers)
    drawn = io.BytesIO()
    key = keys.label_key(station.keys)
    if wanted.make is Make.STICKERS:
        pages = draw_stickers(procedure, [s for s in separators if isinstance(s, WorkSeparator)], key, drawn)
    else:
        pages = draw_covers(procedure, separators, key, drawn)
    write_whole(file, drawn.getvalue())
    return Made(new, len(separators), pages)


# --- who writes on foreign forms -----------------------------------------------------------------


def class_labels(station: Station, coordinator: PrivateKey, own: Mapping[str, bool]) -> Mapping[str, Label]:
    """Labels of the sheets that lie on top of class-sets, by the token of the class; `own`: are all its works on our
    own forms?

    Those say themselves whose they are: the sheet is a cover that declares no work on a form of others, so that a scan
    of it is set aside and nothing else may lie behind it. A class with forms of others gets the codes of its cover that
    was printed last, or none.
    """
    procedure, index = station.procedure(), safe.open_index(station, coordinator)
    subjects = {token: _class_subject(index, token) for token in own}
    with station.ledger.writing() as writer:
        every = queries.all_of(writer.connection, facts.Cover)
        printed = {row.subject: row.cover for row in every if row.works and not row.work}
        ours = [(subjects[token], "", 0, procedure.pages) for token in own if own[token]]
        numbered = _number(writer, ours)[1]
    numbers = {token: (numbered if own[token] else printed).get(subject) for token, subject in subjects.items()}
    key = keys.label_key(station.keys)
    return {token: label_of(procedure, number, key) for token, number in numbers.items() if number is not None}


def _writers(station: Station, coordinator: PrivateKey, wanted: Wanted) -> list[_Writer]:
    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.REGISTER, coordinator, "covers of works")

    people, schools, classes = opened(RecordKind.PARTICIPANT), opened(RecordKind.SCHOOL), opened(RecordKind.CLASS_SET)
    own = _pages_of(wanted.pages_from, {row["code"] for row in people.values()}) if wanted.pages_from else {}
    found = [
        _Writer(
            work,
            schools[row["school"]]["school"],
            classes[row["class"]]["class"],
            row["class"],
            row["code"],
            own.get(row["code"], wanted.pages),
        )
        for work, row in people.items()
    ]
    chosen = [one for one in found if not wanted.schools or one.school in wanted.schools]
    return sorted(chosen, key=lambda one: (one.school, one.class_name, one.code))


def _pages_of(file: Path, codes: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in tables.read_tables(file):
        names = [cell.text.casefold() for cell in table.header]
        for row in table.rows:
            cells = dict(zip(names, (cell.text for cell in row.cells), strict=False))
            code, pages = cells.get("participant", ""), cells.get("pages", "")
            whole = pages.isascii() and pages.isdigit() and len(pages) <= 2 and 1 <= int(pages) <= MOST_PAGES
            if code not in codes or code in found or not whole:
                raise BadPagesList(file=file, row=row.number, found=f"“{code};{pages}”")
            found[code] = int(pages)
    return found


def _on_foreign_forms(writer: Writer, writers: Sequence[_Writer]) -> list[_Writer]:
    """Those who were present, have no form of ours and are in no manifest of a file."""
    settled = {form.work for form in queries.all_of(writer.connection, facts.IssuedForm)}
    settled |= {absence.work for absence in queries.all_of(writer.connection, facts.Absence)}
    for row in queries.all_of(writer.connection, facts.ManifestPage):
        if not row.file_ref.startswith(FOREIGN_WORK):
            settled.add(row.work)
    return [one for one in writers if one.work not in settled]


# --- recording -----------------------------------------------------------------------------------


def _declare(writer: Writer, present: Sequence[_Writer]) -> None:
    """Record which pages each work has, before any of them is scanned."""
    known: dict[str, int] = defaultdict(int)
    for row in queries.all_of(writer.connection, facts.ManifestPage):
        if row.file_ref.startswith(FOREIGN_WORK):
            known[row.work] = max(known[row.work], row.page)
    other = [one for one in present if known.get(one.work, one.pages) != one.pages]
    if other:
        raise OtherPages(works=len(other), known=known[other[0].work], asked=other[0].pages)
    # In order of tokens: the order of rows must not say who sits in one class.
    for one in sorted(present, key=lambda one: one.work):
        name = f"{FOREIGN_WORK}{one.work}"
        writer.append_all(facts.ManifestPage(name, n, one.work, n + 1, "") for n in range(one.pages))


_Subject = tuple[str, str, int, int]  # subject, work or nothing, works, pages


def _subjects(present: Sequence[_Writer], make: Make, index: safe.Index) -> list[_Subject]:
    if make is not Make.CLASS_COVERS:
        return [(one.work, one.work, 1, one.pages) for one in present]
    classes: dict[str, list[int]] = defaultdict(list)
    for one in present:
        classes[one.class_token].append(one.pages)
    if uneven := [token for token, pages in classes.items() if len(set(pages)) > 1]:
        raise UnevenClass(count=len(uneven))
    return [(_class_subject(index, token), "", len(pages), pages[0]) for token, pages in classes.items()]


def _class_subject(index: safe.Index, class_token: str) -> str:
    # Not the token that other facts know the class by: pages behind a cover must not say which class they are of.
    return "K" + index.token("cover", class_token)


def _number(writer: Writer, subjects: Sequence[_Subject]) -> tuple[int, Mapping[str, int]]:
    """Cover numbers by subject: the one it has, if what it declares is the same; else a new one."""
    issued = queries.all_of(writer.connection, facts.Cover)
    standing = {(row.subject, row.work, row.works, row.pages): row.cover for row in issued}
    number = max((row.cover for row in issued), default=0)
    fresh = []
    for subject in sorted(set(subjects) - standing.keys()):
        number += 1
        standing[subject] = number
        fresh.append(facts.Cover(number, *subject))
    writer.append_all(fresh)
    return len(fresh), {subject[0]: standing[subject] for subject in subjects}


def _separators(
    present: Sequence[_Writer], make: Make, index: safe.Index, numbers: Mapping[str, int]
) -> list[Separator]:
    if make is not Make.CLASS_COVERS:
        return [WorkSeparator(numbers[o.work], o.school, o.class_name, o.code, o.pages) for o in present]
    classes: dict[str, list[_Writer]] = defaultdict(list)
    for one in present:
        classes[one.class_token].append(one)
    return [
        ClassSeparator(numbers[_class_subject(index, token)], o[0].school, o[0].class_name, len(o), o[0].pages)
        for token, o in classes.items()
    ]
