"""Whether a work is whole: which of its pages are known, which were declared missing, and whether that changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import Fate

CHANGED = "changed_after_numbering"
Numbers = frozenset[int]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one work: numbers of those expected and those declared missing; known ones with their scans."""

    expected: Numbers
    missing: Numbers
    known: Mapping[int, str]

    @property
    def gone(self) -> Numbers:
        """Pages that are neither known nor declared missing."""
        return self.expected - self.missing - self.known.keys()

    @property
    def scans(self) -> str:
        """The known pages as they are recorded: JSON, page number to scanned page."""
        return json.dumps({str(n): page for n, page in sorted(self.known.items())})


def pages_of_works(connection: Connection) -> Mapping[str, Pages]:
    """Every work of which pages are expected."""
    expected, missing, known = {}, {}, {}  # type: dict[str, set[int]], dict[str, set[int]], dict[str, dict[int, str]]
    for work, page in state.expected_pages(connection):
        expected.setdefault(work, set()).add(page)
    for work, page in state.missing_pages(connection):
        missing.setdefault(work, set()).add(page)
    for fate in queries.latest_of(connection, facts.PageFate):
        if fate.fate == Fate.KNOWN.value:
            known.setdefault(fate.work, {})[fate.page_no] = fate.page
    return {
        work: Pages(frozenset(pages), frozenset(missing.get(work, ())), known.get(work, {}))
        for work, pages in sorted(expected.items())
    }


def unsound_works(connection: Connection) -> frozenset[str]:
    """Numbered works that must not be printed now: a page of theirs is gone or in conflict, or their pages changed
    since they were numbered and nobody has looked yet."""
    numbered = set(queries.numbered_works(connection))
    torn = {work for work, pages in pages_of_works(connection).items() if work in numbered and pages.gone}
    changed = {finding.subject for finding in queries.open_findings(connection) if finding.kind == CHANGED}
    return frozenset(torn | changed)
