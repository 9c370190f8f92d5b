"""Foreign forms: a template file says which form it is, where identity stands and where answers are written.

name = "vpr-math-5"
[[page]]
page = 1
reference = "vpr-1.png"            # the blank form, A4, beside the template file
identity = [[20, 15, 170, 30]]     # x, y, width, height in millimetres
ignore = [[180, 285, 20, 8]]       # may be left out: print that differs from copy to copy
guard = 5                          # may be left out: millimetres kept clear around identity, at least 3
[[page.answer]]
task = "1"
box = [20, 60, 170, 40]
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from crosscheck.model import TaskId
from crosscheck.pageform import GUARD_MM, AnswerZone
from scanning.errors import TemplateProblems
from scanning.forms import matching
from scanning.forms.foreignform import Template, TemplatePage
from scanning.forms.matching import Matched, match
from scanning.masking.redaction import gap

__all__ = ["Matched", "Template", "TemplatePage", "load_template", "match", "sketched_template"]

_KEYS = {
    "": {"name", "page"},
    "page": {"page", "reference", "identity", "ignore", "guard", "answer"},
    "answer": {"task", "box"},
}
_ASPECT_TOLERANCE = 0.02
_MOST_GUARD = 50.0  # millimetres
_LEAST_WIDTH = 800  # pixels of a reference picture: about 100 dpi


def load_template(path: Path) -> Template:
    """Read a template file and the pictures it names. Raises TemplateProblems with everything that is wrong."""
    template = sketched_template(path)
    problems = [
        f"page {page.page}: {why}" for page in template.pages if (why := matching.unmatchable(page)) is not None
    ]
    if problems:
        raise TemplateProblems(name=path.name, problems="\n".join(problems))
    return template


def sketched_template(path: Path) -> Template:
    """The same without asking whether its pages could ever be found: to look at while it is being made."""
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as e:
        raise TemplateProblems(name=path.name, problems=f"it can't be read: {e.strerror}") from e
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise TemplateProblems(name=path.name, problems=str(e)) from e
    reader = _Reader(path.parent)
    template = reader.template(said)
    if reader.problems:
        raise TemplateProblems(name=path.name, problems="\n".join(reader.problems))
    return template


class _Reader:
    """Collects problems while it builds; what it built counts only when there are none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []

    def template(self, said: Mapping[str, object]) -> Template:
        self._known("", said, "the file")
        name = self._text(said, "name", "the file")
        tables = list(self._tables(said, "page", "the file"))
        if not tables:
            self.problems.append("there is no [[page]]")
        pages = tuple(self._page(table, f"page {i}") for i, table in enumerate(tables, start=1))
        numbers = [page.page for page in pages]
        if len(set(numbers)) < len(numbers):
            self.problems.append("two pages have the same number")
        return Template(name, pages)

    def _page(self, said: Mapping[str, object], where: str) -> TemplatePage:
        self._known("page", said, where)
        number = said.get("page")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            self.problems.append(f"{where}: page must be a number from 1")
            number = 1
        # Asked for even when there is none, so that nobody forgets it by leaving it out.
        identity = self._boxes(said.get("identity"), "identity", where)
        ignore = self._boxes(said.get("ignore", []), "ignore", where)
        guard = self._guard(said, where)
        answers = tuple(
            self._answer(t, f"{where}, answer {i}") for i, t in enumerate(self._tables(said, "answer", where), 1)
        )
        self._apart(answers, identity, guard, where)
        self._kept(answers, ignore, where)
        return TemplatePage(number, self._reference(said, where), identity, answers, ignore, guard)

    def _answer(self, said: Mapping[str, object], where: str) -> AnswerZone:
        self._known("answer", said, where)
        return AnswerZone(TaskId(self._text(said, "task", where)), self._box(said.get("box"), f"{where}, box"))

    def _boxes(self, given: object, key: str, where: str) -> tuple[Box, ...]:
        if not isinstance(given, list):
            self.problems.append(f"{where}: {key} must be a list of [x, y, width, height]; write [] for none")
            return ()
        return tuple(self._box(box, f"{where}, {key} {i}") for i, box in enumerate(given, start=1))

    def _guard(self, said: Mapping[str, object], where: str) -> float:
        given = said.get("guard", GUARD_MM)
        if not isinstance(given, int | float) or isinstance(given, bool) or not GUARD_MM <= given <= _MOST_GUARD:
            self.problems.append(f"{where}: guard must be a number of millimetres from {GUARD_MM:g} to {_MOST_GUARD:g}")
            return GUARD_MM
        return float(given)

    def _box(self, given: object, where: str) -> Box:
        numbers = given if isinstance(given, list) else []
        if len(numbers) != 4 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
            self.problems.append(f"{where}: must be [x, y, width, height] in millimetres")
            return Box(0, 0, 1, 1)
        box = Box(*(float(n) for n in numbers))
        if box.w <= 0 or box.h <= 0 or not box.inside(PAGE):
            self.problems.append(f"{where}: lies outside the A4 page or has no size")
        return box

    def _apart(self, answers: tuple[AnswerZone, ...], identity: tuple[Box, ...], guard: float, where: str) -> None:
        for answer in answers:
            nearest = min((gap(answer.box, hidden) for hidden in identity), default=guard)
            if nearest < guard - 1e-6:
                self.problems.append(
                    f"{where}: the zone of task {answer.task} must stay {guard:g} mm away from every identity zone"
                )

    def _kept(self, answers: tuple[AnswerZone, ...], ignore: tuple[Box, ...], where: str) -> None:
        """What is ignored is never copied: an answer zone that overlaps it would be copied in part."""
        for answer in answers:
            if any(answer.box.overlaps(box) for box in ignore):
                self.problems.append(f"{where}: the zone of task {answer.task} overlaps a place that is ignored")

    def _reference(self, said: Mapping[str, object], where: str) -> bytes:
        name = self._text(said, "reference", where)
        if not name:
            return b""
        try:
            content = (self.folder / name).read_bytes()
        except OSError as e:
            self.problems.append(f"{where}: reference {name} can't be read: {e.strerror}")
            return b""
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
        if picture is None:
            self.problems.append(f"{where}: reference {name} is not a picture")
        elif abs(picture.shape[0] / picture.shape[1] * A4_WIDTH / A4_HEIGHT - 1) > _ASPECT_TOLERANCE:
            self.problems.append(f"{where}: reference {name} is not upright A4")
        elif picture.shape[1] < _LEAST_WIDTH:
            self.problems.append(f"{where}: reference {name} needs at least {_LEAST_WIDTH} pixels across")
        return content

    def _text(self, said: Mapping[str, object], key: str, where: str) -> str:
        value = said.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problems.append(f"{where}: {key} must be a text")
            return ""
        return value

    def _tables(self, said: Mapping[str, object], key: str, where: str) -> Iterator[Mapping[str, object]]:
        value = said.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self.problems.append(f"{where}: {key} must be written as [[{'page.' if key == 'answer' else ''}{key}]]")
            return
        yield from cast("list[Mapping[str, object]]", value)

    def _known(self, kind: str, said: Mapping[str, object], where: str) -> None:
        for key in said:
            if key not in _KEYS[kind]:
                near = difflib.get_close_matches(key, _KEYS[kind], n=1)
                self.problems.append(f"{where}: unknown key {key}" + (f"; did you mean {near[0]}?" if near else ""))
