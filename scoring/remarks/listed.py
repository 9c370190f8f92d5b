"""What a line of the authority's list means: a work by its number, a participant by code, a school, a class-set.

A line that could mean two different things is refused: nobody is marked again by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crosscheck import numbering
from crosscheck.model import WorkId
from crosscheck.register_rows import class_name
from crosscheck.release import Links
from crosscheck.schoolbook import SchoolBook, school_book
from scoring.remarks.errors import LineNotUnderstood, LineUnclear

_CODE = re.compile(r"(?:код(?: участника)?|участник|participant|code)\s+(?P<code>\S+)", re.IGNORECASE)
_APART = re.compile(r"\s*[;,\t/]\s*")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose works are: by participant code, by number of the school, by school and class."""

    codes: Mapping[str, WorkId]
    book: SchoolBook
    schools: Mapping[str, frozenset[WorkId]]
    classes: Mapping[tuple[str, str], frozenset[WorkId]]


NOBODYS = Whose({}, SchoolBook(), {}, {})


def is_number(line: str) -> bool:
    """Does it look like the number of a work, right or wrong?"""
    return len(bare := re.sub(r"[\s№‐‑‒–—-]", "", line)) == numbering.DIGITS + 1 and bare.isdecimal()


def whose(links: Links, numbered: Collection[WorkId]) -> Whose:
    """From the link table, which is only there after release. numbered: works that were given out; whoever was absent
    is nobody's work in a school."""
    schools: dict[str, set[WorkId]] = {}
    classes: dict[tuple[str, str], set[WorkId]] = {}
    for work, one in links.people.items():
        number, class_set = links.schools[one.school][0], links.classes[one.class_set][1]
        if work in numbered:
            schools.setdefault(number, set()).add(work)
            classes.setdefault((number, class_set), set()).add(work)
    return Whose(
        {one.code: work for work, one in links.people.items()},
        school_book(links.schools.values()),
        {number: frozenset(works) for number, works in schools.items()},
        {key: frozenset(works) for key, works in classes.items()},
    )


def meant(known: Whose, line: str) -> frozenset[WorkId]:
    """The works that a line names, which is no number of a work. Raises LineNotUnderstood, LineUnclear."""
    found = {works for works in _meanings(known, line.strip()) if works}
    if not found:
        raise LineNotUnderstood(line=line)
    if len(found) > 1:
        raise LineUnclear(line=line)
    return found.pop()


def _meanings(known: Whose, line: str) -> Iterator[frozenset[WorkId]]:
    """Everything that a line may mean. A word before a code says that it is one, and then it is nothing else."""
    if (said := _CODE.fullmatch(line)) is not None:
        if said["code"] in known.codes:
            yield frozenset({known.codes[said["code"]]})
        return
    if line in known.codes:
        yield frozenset({known.codes[line]})
    if (class_set := _class_set(known, line)) is not None:
        # A school of which one class is named is never taken whole, whether there is such a class or not.
        yield known.classes.get(class_set, frozenset())
    elif not _APART.search(line) and (school := known.book.school(line)) is not None:
        yield known.schools.get(school, frozenset())


def _class_set(known: Whose, line: str) -> tuple[str, str] | None:
    """School and class, apart by a sign or by the last blank; None where a line doesn't name both."""
    pieces = _APART.split(line) if _APART.search(line) else line.rsplit(maxsplit=1)
    if len(pieces) != 2:
        return None
    number, class_set = known.book.school(pieces[0]), class_name(pieces[1])
    return None if number is None or class_set is None else (number, class_set)
