"""What a difference is: its kind, what it is between, and the markings it was found in. Frozen values. Pure.

Experts and works appear by number only; nothing here can name a person or a school.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from crosscheck.model import (
    WHOLE,
    AnonymousNumber,
    CriterionId,
    Given,
    Marking,
    Part,
    Points,
    TaskId,
    WorkId,
)
from scoring.forms.stated import NOTHING_SAID, Difference, NotStated, SchoolSaid, Stated, sign


class Comparison(enum.StrEnum):
    """Which two accounts differ. Part of a difference's name, so typed by people: one short word each."""

    EXPERTS = "experts"  # independent markings of a work
    THIRD = "third"  # the third marking against every earlier one
    FORM = "form"  # a school's form against what stands, cell by cell
    OWN = "own"  # a school's own marking against what stands
    REMARK = "remark"  # a re-marking against what stands
    MARK = "mark"  # two accounts of a work's total lie on two sides of a mark boundary
    JOURNAL = "journal"  # the mark in the class journal against the mark that stands


class Kind(enum.StrEnum):
    """What sort of difference it is; the essential ones come first, each by its rule."""

    TASK_DIFFERENCE = "task_difference"
    CRITERION_DIFFERENCE = "criterion_difference"
    ZERO_GATE = "zero_gate"
    X_AGAINST_POINTS = "x_against_points"
    SUM_DIFFERENCE = "sum_difference"
    MARK_DIFFERS = "mark_differs"
    MINOR = "minor"
    MISSING = "missing"
    SCHOOL_FORM = "school_form"  # the form of the school says something else than what stands
    THIRD_FAR = "third_far"  # the third marking differs essentially from every earlier one
    OWN_MARKING = "own_marking"  # the school itself gave other points than those that stand
    RE_MARKED = "re_marked"  # a re-marking gave other points than those that stand
    MARK_CROSSED = "mark_crossed"  # accounts of the total make different marks
    JOURNAL_MARK = "journal_mark"  # the mark in the class journal is far from the one that stands

    @property
    def comparison(self) -> Comparison:
        """Which two accounts it is between."""
        return _BETWEEN.get(self, Comparison.EXPERTS)


_BETWEEN = {
    Kind.SCHOOL_FORM: Comparison.FORM,
    Kind.THIRD_FAR: Comparison.THIRD,
    Kind.OWN_MARKING: Comparison.OWN,
    Kind.RE_MARKED: Comparison.REMARK,
    Kind.MARK_CROSSED: Comparison.MARK,
    Kind.JOURNAL_MARK: Comparison.JOURNAL,
}

ESSENTIAL = frozenset(
    (
        Kind.TASK_DIFFERENCE,
        Kind.CRITERION_DIFFERENCE,
        Kind.ZERO_GATE,
        Kind.X_AGAINST_POINTS,
        Kind.SUM_DIFFERENCE,
        Kind.MARK_DIFFERS,
    )
)


class NextStep(enum.StrEnum):
    """What happens with it."""

    THIRD_MARKING = "third_marking"
    DECIDED_BY_THIRD = "decided_by_third"
    RE_MARK = "re_mark"  # nobody agrees with what stands: worth a re-marking
    LOOK = "look"  # a methodist looks at the work with both accounts, and says what was found
    APPEAL = "appeal"  # decided by an appeal
    BY_RULE = "by_rule"  # minor: settled by the rule of the procedure
    ENTER_MISSING = "enter_missing"  # a score has not come in yet
    ASK_SCHOOL = "ask_school"  # somebody must look: the school's slip, or ours
    STANDS = "stands"  # a named person looked: what stands is right


@dataclass(frozen=True, slots=True)
class ScoreSeen:
    """One score with its evidence: the picture of the cell (None when a person keyed it)."""

    criterion: CriterionId
    given: Given
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class MarkingSeen:
    """One marking of a work, or of a part of it: the number it had for this expert, and the expert's own number."""

    marking: Marking
    number: AnonymousNumber
    expert: str
    scores: tuple[ScoreSeen, ...]
    part: Part = WHOLE


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """All markings of one work, what its school's form says of it, and the points agreed on where it is an exemplar."""

    work: WorkId
    markings: tuple[MarkingSeen, ...]
    school: SchoolSaid = NOTHING_SAID
    agreed: Mapping[CriterionId, Given] = field(default_factory=dict)

    def scores(self) -> Mapping[Marking, Mapping[CriterionId, Given]]:
        """In the shape verdicts are computed from: the parts of a marking together."""
        found: dict[Marking, dict[CriterionId, Given]] = {}
        for m in self.markings:
            found.setdefault(m.marking, {}).update({s.criterion: s.given for s in m.scores})
        return found


@dataclass(frozen=True, slots=True)
class Account:
    """What one account makes of a whole work. `whose`: what it is an account of; `marking`: which one, where it is a
    marking. `total`: None where only a mark is known (a journal); `mark`: None where the procedure has no boundaries.
    `secret`: what only the coordinator's key opens, of an account of which the ledger may not tell even that it
    differs, for what stands there would tell what it says."""

    whose: Comparison
    marking: Marking | None
    total: int | None
    mark: int | None
    secret: str = ""

    @property
    def sign(self) -> str:
        """What it says, in one word."""
        return f"{_or_nothing(self.total)}={_or_nothing(self.mark)}"


@dataclass(frozen=True, slots=True)
class Name:
    """What a difference is called: derived from what it is between, never stored as such, so that what people said of
    it holds when everything is computed anew. `task` is empty where it is about the whole work."""

    work: WorkId
    comparison: Comparison
    task: TaskId


WHOLE_WORK = TaskId("")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One task of one work, or the whole of it, on which two accounts differ or one is missing.

    `size`: points between the highest and the lowest independent sum of the task, or of the work when the
    kind is about totals; of a form, an own marking or a re-marking, points between it and what stands; of marks, marks
    between. `readings`: what every marking gave for the task's criteria. `stated`: criterion by criterion what the
    other account says and what stands, when the kind is that. `accounts`: when it is about marks.
    """

    work: WorkId
    numbers: tuple[AnonymousNumber, ...]
    task: TaskId
    criteria: tuple[CriterionId, ...]
    readings: tuple[MarkingSeen, ...]
    kind: Kind
    size: int
    next_step: NextStep
    stated: tuple[Difference, ...] = ()
    accounts: tuple[Account, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Pictures of the cells, in the order of the readings."""
        return tuple(s.evidence for m in self.readings for s in m.scores if s.evidence is not None)

    @property
    def name(self) -> Name:
        """What it is called."""
        return Name(self.work, self.kind.comparison, self.task)

    @property
    def kept_as(self) -> Name:
        """The name under which people's words on it are kept."""
        secret = self._secret()
        return self.name if secret is None else replace(self.name, work=WorkId(_hidden(secret, self.work)))

    @property
    def values(self) -> str:
        """The values that differ, in one line and a fixed order: what people say of a difference is said of these."""
        if self.accounts:
            told = (f"{a.whose}{a.marking or ''}:{a.sign}" for a in self.accounts)
        elif self.stated:
            told = (f"{d.criterion}:{sign(d.stated)}/{sign(d.stands)}" for d in self.stated)
        else:
            told = (f"{m.marking}:{s.criterion}={sign(s.given)}" for m in self.readings for s in m.scores)
        values, secret = " ".join(sorted(told)), self._secret()
        return values if secret is None else _hidden(secret, values)

    def _secret(self) -> str | None:
        return next((one.secret for one in self.accounts if one.secret), None)


def _hidden(secret: str, text: str) -> str:
    """What nobody turns back into the text, or finds by trying, without the secret."""
    return hashlib.blake2b(text.encode(), key=secret.encode(), digest_size=12).hexdigest()


def _or_nothing(value: int | None) -> str:
    return "" if value is None else str(value)


# --- accounts from outside -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnMarking:
    """What a school itself gave for a work, before the cross-check: by criterion, what it didn't say left out; and in
    total, where it said that."""

    stated: Mapping[CriterionId, Stated]
    total: int | None = None

    @property
    def cells(self) -> int:
        """How many things it says."""
        return len(self.stated) + (self.total is not None)


@dataclass(frozen=True, slots=True)
class JournalMark:
    """The mark 2-5 that the class journal says of the author of a work. secret: of the work, opened with the mark,
    which is sealed: it hides people's words on a difference. came: the file that said it, or empty for a school's
    form."""

    mark: int
    secret: str = ""
    came: str = ""

    def __post_init__(self) -> None:
        if not 2 <= self.mark <= 5:
            raise ValueError(f"a mark is 2 to 5, not {self.mark}")


@dataclass(frozen=True, slots=True)
class Beside:
    """Accounts that come from outside the cross-check, by work. Nothing is known of a work that is left out."""

    own: Mapping[WorkId, OwnMarking] = field(default_factory=lambda: MappingProxyType({}))
    journal: Mapping[WorkId, JournalMark] = field(default_factory=lambda: MappingProxyType({}))


NOTHING_BESIDE = Beside()
NO_JOURNAL: Mapping[WorkId, JournalMark] = MappingProxyType({})


def apart(one: Difference) -> int:
    """Points between what is stated and what stands; an empty cell states none, so nothing can be counted."""
    if isinstance(one.stated, NotStated):
        return 0
    return abs(points(one.stated) - points(one.stands))


def points(stated: Stated | Given) -> int:
    """Points as totals count them: all but points count 0."""
    return stated.value if isinstance(stated, Points) else 0
