"""What is really on the sample scans: for comparing after the fact, never read by the product."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscheck.geometry import Box
from crosscheck.model import CriterionId, Fate, Given, NotAttempted, Points


class Accident(enum.Enum):
    """What went wrong with a page."""

    UPSIDE_DOWN = "upside_down"
    SHUFFLED = "shuffled"
    DUPLICATE = "duplicate"
    OTHER_PROCEDURE = "other_procedure"
    OTHER_PAPER = "other_paper"
    CODES_DESTROYED = "codes_destroyed"
    NAME_IN_MARGIN = "name_in_margin"
    NAME_IN_ANSWER = "name_in_answer"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class TrueWork:
    """One work: who wrote it, on what, and what it is worth. `scanned` are the pages that were scanned at all."""

    participant: str
    school: str
    class_name: str
    way: str
    form: int | None
    points: dict[CriterionId, Given]
    name: str
    pages: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TruePage:
    """One scanned page: `index` counts from 0 in `file`; `expected_fate` is its fate before any person has acted;
    `identity` are the places (mm, upright, unworn page) where a name, school, class or code is written by hand."""

    file: str
    index: int
    participant: str | None
    page: int | None
    accident: Accident | None
    expected_fate: Fate
    identity: tuple[Box, ...]
    planted_in_answer: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """All works and pages of one set of sample scans."""

    works: tuple[TrueWork, ...]
    pages: tuple[TruePage, ...]

    def of_form(self) -> dict[int, TrueWork]:
        """Works on the project's own forms by form number."""
        return {work.form: work for work in self.works if work.form is not None}


def _given(value: int | str) -> Given:
    return NotAttempted() if value == "X" else Points(int(value))


def _plain(given: Given) -> int | str:
    return given.value if isinstance(given, Points) else "X"


def _work(entry: dict[str, Any]) -> TrueWork:
    return TrueWork(
        participant=entry["participant"],
        school=entry["school"],
        class_name=entry["class"],
        way=entry["way"],
        form=entry["form"],
        points={CriterionId(c): _given(value) for c, value in entry["points"].items()},
        name=entry["name"],
        pages=entry["pages"],
        missing=tuple(entry["missing"]),
    )


def _page(entry: dict[str, Any]) -> TruePage:
    return TruePage(
        file=entry["file"],
        index=entry["index"],
        participant=entry["participant"],
        page=entry["page"],
        accident=None if entry["accident"] is None else Accident(entry["accident"]),
        expected_fate=Fate(entry["expected_fate"]),
        identity=tuple(Box(*box) for box in entry["identity_boxes_mm"]),
        planted_in_answer=entry["planted_in_answer"],
    )


def read(path: Path) -> Truth:
    """The truth beside a set of sample scans. Raises KeyError or ValueError when the file is not such a truth."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return Truth(tuple(map(_work, entries["works"])), tuple(map(_page, entries["pages"])))


def written(truth: Truth) -> str:
    """The truth as JSON, one entry a line."""
    works = [
        {
            "participant": w.participant, "school": w.school, "class": w.class_name, "way": w.way, "form": w.form,
            "points": {c: _plain(given) for c, given in w.points.items()}, "name": w.name,
            "pages": w.pages, "missing": list(w.missing),
        }
        for w in truth.works
    ]  # fmt: skip
    pages = [
        {
            "file": p.file, "index": p.index, "participant": p.participant, "page": p.page,
            "accident": p.accident.value if p.accident else None, "expected_fate": p.expected_fate.value,
            "identity_boxes_mm": [[b.x, b.y, b.w, b.h] for b in p.identity],
            "planted_in_answer": p.planted_in_answer,
        }
        for p in truth.pages
    ]  # fmt: skip

    def listed(entries: list[dict[str, Any]]) -> str:
        return ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)

    return f'{{"works": [\n{listed(works)}\n],\n"pages": [\n{listed(pages)}\n]}}\n'
