"""Columns of a school's own marking: points of a criterion, or of the whole work. Pure.

`own 6К1`, `own 6К1 (3)`, `own`, `own (20)`; the number in brackets is the highest score, and has to be the procedure's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Points, TaskId
from crosscheck.names import meant
from crosscheck.procedure import Criterion, Procedure
from scoring.differences.kinds import OwnMarking
from scoring.forms.book import Content
from scoring.forms.stated import NotStated, Stated
from scoring.forms.values import Wrong, found_in, score

_WORDS = ("school's own marking", "own marking", "own", "баллы школы", "балл школы", "проверка школы", "своя проверка")
_MOST = re.compile(r"(?P<rest>.*?) ?\((?P<most>[1-9][0-9]{0,2}) ?[бpБP]?\.?\)")
TOTAL = CriterionId("")


@dataclass(frozen=True, slots=True)
class OwnScale:
    """What a school may have given: each criterion of experts, and the highest total of a work."""

    criteria: tuple[Criterion, ...] = ()
    highest: int = 0

    def column(self, title: str) -> Criterion | None:
        """What a column holds by its title: a criterion, or the whole work under `TOTAL`. None: no such thing."""
        typed = " ".join(title.split())
        bounded = _MOST.fullmatch(typed)
        words, most = (bounded["rest"], int(bounded["most"])) if bounded else (typed, None)
        folded = words.lower()
        word = next((word for word in _WORDS if folded == word or folded.startswith(f"{word} ")), None)
        if word is None:
            return None
        # As typed: small letters of two alphabets don't look alike where great ones do.
        found = self._called(words[len(word) :].strip())
        return found if found is not None and most in (None, found.maximum) else None

    def _called(self, typed: str) -> Criterion | None:
        if not typed:
            return Criterion(TOTAL, TaskId(""), self.highest) if self.highest else None
        criteria = {one.id: one for one in self.criteria}
        found = meant(criteria, typed)
        return None if found is None else criteria[CriterionId(found)]


NO_SCALE = OwnScale()


def own_scale(procedure: Procedure) -> OwnScale:
    """Of a procedure; tasks that schools mark stand in the total alone."""
    return OwnScale(procedure.criteria, procedure.highest)


def own_cell(content: Content | None, criterion: Criterion) -> Stated | Wrong:
    """One cell; a total is a whole number or nothing."""
    stated = score(content, criterion)
    if criterion.id == TOTAL and not isinstance(stated, Points | NotStated | Wrong):
        allowed = _("a whole number from 0 to {maximum}, or nothing").format(maximum=criterion.maximum)
        return Wrong(found_in(content), allowed)
    return stated


def own_marking(stated: Mapping[CriterionId, Stated]) -> OwnMarking | None:
    """What a row says of a work, empty cells left out; None where it says nothing."""
    said = {c: one for c, one in stated.items() if not isinstance(one, NotStated)}
    total = said.pop(TOTAL, None)
    if not said and total is None:
        return None
    return OwnMarking(said, total.value if isinstance(total, Points) else None)


def sum_apart(own: OwnMarking, scale: OwnScale) -> int | None:
    """What the criteria come to, where that isn't the total that stands beside them; None: nothing is wrong. Without
    every criterion, and where schools mark tasks, it can't be told."""
    asked = {c.id: c.maximum for c in scale.criteria}
    if own.total is None or asked.keys() != own.stated.keys() or sum(asked.values()) != scale.highest:
        return None
    found = sum(one.value for one in own.stated.values() if isinstance(one, Points))
    return None if found == own.total else found
