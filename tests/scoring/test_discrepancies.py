"""The one list of differences."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    WHOLE,
    AnonymousNumber,
    BlobId,
    CriterionId,
    Marking,
    NotAttempted,
    Points,
    WorkId,
)
from crosscheck.procedure import Minor, Rules, Scheme, Scope
from scoring.discrepancies import (
    ESSENTIAL,
    Discrepancy,
    Kind,
    MarkingSeen,
    NextStep,
    ScoreSeen,
    WorkSeen,
    discrepancies,
)
from scoring.forms.stated import NOTHING_SAID, NotStated, SchoolSaid, of_sign
from scoring.verdicts import verdicts
from tests import factories

P = factories.procedure()
FULL = "1 2 2 3 2 1"


def marking(n: int, text: str) -> MarkingSeen:
    pairs = zip(P.criteria, text.split(), strict=True)
    scores = tuple(
        ScoreSeen(c.id, NotAttempted() if word == "X" else Points(int(word)), BlobId(f"crop-{n}-{c.id}"))
        for c, word in pairs
        if word != "."
    )
    return MarkingSeen(Marking(n), AnonymousNumber(f"10000{n:02d}"), f"Э{n:02d}", scores)


def listed(
    first: str, second: str, *later: tuple[int, str], school: SchoolSaid = NOTHING_SAID
) -> tuple[Discrepancy, ...]:
    """Differences task by task; those of marks are tested with the other accounts."""
    markings = (marking(1, first), marking(2, second), *(marking(n, text) for n, text in later))
    found = discrepancies(P, [WorkSeen(WorkId("w1"), markings, school)])
    return tuple(one for one in found if one.kind is not Kind.MARK_CROSSED)


def said(text: str, *answers: tuple[str, str, str]) -> SchoolSaid:
    """What a school's form says: signs as they are stored, `.` for an empty cell; answers given to differences."""
    signs = {c.id: of_sign("" if word == "." else word) for c, word in zip(P.criteria, text.split(), strict=True)}
    return SchoolSaid(signs, frozenset((CriterionId(c), stated, stands) for c, stated, stands in answers))


def test_equal_markings_are_not_listed() -> None:
    """Agreement, also of X with 0, is no difference."""
    assert listed("X 2 2 3 2 1", "0 2 2 3 2 1") == ()


def test_a_difference_names_what_and_by_how_much_and_where_the_evidence_is() -> None:
    """Task 5 differs by 2 on its two criteria: numbers, readings and four pictures are listed."""
    (found,) = listed(FULL, "1 2 2 3 1 0")
    assert (found.task, found.kind, found.size) == ("5", Kind.TASK_DIFFERENCE, 2)
    assert found.next_step is NextStep.THIRD_MARKING
    assert found.numbers == ("1000001", "1000002")
    assert found.evidence == ("crop-1-5К1", "crop-1-5К2", "crop-2-5К1", "crop-2-5К2")


def test_a_minor_difference_is_settled_by_rule() -> None:
    """It is listed all the same."""
    (found,) = listed(FULL, "1 1 2 3 2 1")
    assert (found.kind, found.size, found.next_step) == (Kind.MINOR, 1, NextStep.BY_RULE)


def test_a_missing_score_is_to_be_entered() -> None:
    """Only the task with the gap is listed."""
    (found,) = listed(FULL, "1 2 2 3 . 1")
    assert (found.task, found.kind, found.next_step) == ("5", Kind.MISSING, NextStep.ENTER_MISSING)


def test_what_the_third_marking_decided_stays_on_the_list() -> None:
    """With the third reading beside the others."""
    (found,) = listed(FULL, "1 0 2 3 2 1", (THIRD_MARKING, ". 1 . . . ."))
    assert (found.kind, found.next_step) == (Kind.TASK_DIFFERENCE, NextStep.DECIDED_BY_THIRD)
    assert found.readings[-1].expert == "Э10"


def test_a_third_marking_far_from_both_suggests_a_re_mark() -> None:
    """Three experts, three opinions on a task."""
    (found,) = listed("1 2 2 3 2 1", "1 2 2 3 1 0", (THIRD_MARKING, ". . . . 0 0"))
    assert found.next_step is NextStep.DECIDED_BY_THIRD
    (found,) = listed("1 2 2 2 2 1", "1 2 2 0 2 1", (THIRD_MARKING, ". . . 1 . ."))
    assert found.next_step is NextStep.DECIDED_BY_THIRD
    (found,) = listed("1 2 2 3 X 1", "1 2 2 3 1 1", (THIRD_MARKING, ". . . . 2 1"))
    assert (found.kind, found.next_step) == (Kind.X_AGAINST_POINTS, NextStep.DECIDED_BY_THIRD)
    decided, far = listed("1 2 2 3 X 0", "1 2 2 3 1 0", (THIRD_MARKING, ". . . . 2 1"))
    assert (decided.kind, decided.next_step) == (Kind.X_AGAINST_POINTS, NextStep.DECIDED_BY_THIRD)
    assert (far.kind, far.size, far.next_step) == (Kind.THIRD_FAR, 2, NextStep.RE_MARK)


def test_an_appeal_is_the_last_step() -> None:
    """Decided by the appeal, whatever the third said."""
    (found,) = listed(FULL, "1 0 2 3 2 1", (THIRD_MARKING, ". 1 . . . ."), (APPEAL_MARKING, ". 2 . . . ."))
    assert found.next_step is NextStep.APPEAL


def test_a_form_that_says_what_stands_is_not_listed() -> None:
    """What stands, not what one expert gave: a minor difference was settled by rule."""
    (found,) = listed(FULL, "1 1 2 3 2 1", school=said(FULL))
    assert found.kind is Kind.MINOR


def test_a_form_that_says_something_else_is_listed_by_task() -> None:
    """With what it says, what stands, by how many points, and the pictures of just these criteria."""
    (found,) = listed(FULL, FULL, school=said("1 2 2 3 0 ."))
    assert (found.task, found.kind, found.size, found.next_step) == ("5", Kind.SCHOOL_FORM, 2, NextStep.ASK_SCHOOL)
    assert [(one.criterion, one.stated, one.stands) for one in found.stated] == [
        ("5К1", Points(0), Points(2)),
        ("5К2", NotStated(), Points(1)),
    ]
    assert found.evidence == ("crop-1-5К1", "crop-1-5К2", "crop-2-5К1", "crop-2-5К2")
    assert found.kind not in ESSENTIAL


def test_a_form_stands_beside_a_difference_of_experts() -> None:
    """The third marking decided: the form is held against what it decided, and both are listed."""
    decided, form = listed(FULL, "1 0 2 3 2 1", (THIRD_MARKING, ". 1 . . . ."), school=said(FULL))
    assert (decided.kind, form.kind) == (Kind.TASK_DIFFERENCE, Kind.SCHOOL_FORM)
    assert [(one.stated, one.stands) for one in form.stated] == [(Points(2), Points(1))]


def test_what_is_not_settled_is_not_compared() -> None:
    """Until a third marking decides, a form can neither agree nor differ."""
    assert [found.kind for found in listed(FULL, "1 0 2 3 2 1", school=said("0 0 2 3 2 1"))] == [
        Kind.SCHOOL_FORM,
        Kind.TASK_DIFFERENCE,
    ]


def test_an_answer_holds_for_its_two_values_alone() -> None:
    """Another value on either side opens the difference again."""
    (found,) = listed(FULL, FULL, school=said("0 2 2 3 2 1", ("1", "0", "1")))
    assert found.next_step is NextStep.STANDS
    (found,) = listed(FULL, FULL, school=said("X 2 2 3 2 1", ("1", "0", "1")))
    assert found.next_step is NextStep.ASK_SCHOOL
    (found,) = listed(FULL, FULL, school=said("1 2 2 3 0 0", ("5К1", "0", "2")))
    assert found.next_step is NextStep.ASK_SCHOOL


# --- markings in parts ---------------------------------------------------------------------------

SPLIT = factories.procedure(scheme=Scheme.BY_TASK, stated_parts=(("1", "4"), ("2", "3"), ("5",)))


def in_parts(one: MarkingSeen) -> list[MarkingSeen]:
    """The same points by an expert for each part, under a number of each; third markings and appeals stay whole."""
    if one.marking not in SPLIT.independent():
        return [one]
    owners = SPLIT.owners
    return [
        replace(
            one,
            part=part.number,
            number=AnonymousNumber(f"{one.number}/{part.number}"),
            expert=f"{one.expert}/{part.number}",
            scores=tuple(s for s in one.scores if owners.part(one.marking, s.criterion) == part.number),
        )
        for part in SPLIT.parts
    ]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Points for every criterion, X, or a score that has not come in."""
    return " ".join(draw(st.sampled_from([*map(str, range(c.maximum + 1)), "X", "."])) for c in P.criteria)


rules = st.builds(
    Rules,
    task_difference=st.integers(1, 3),
    sum_difference=st.none() | st.integers(1, 6),
    mark_differs=st.booleans(),
    x_against_points=st.booleans(),
    minor=st.sampled_from(Minor),
    third_scope=st.sampled_from(Scope),
)


@given(texts(), texts(), st.none() | texts(), rules)
def test_parts_of_a_marking_come_together_to_the_same_verdicts(
    first: str, second: str, third: str | None, asked: Rules
) -> None:
    """Whoever marks the parts: the same points, verdicts, differences, sizes, evidence and next steps, by the experts
    of the part a task is in."""
    whole, split = (replace(procedure, rules=asked) for procedure in (P, SPLIT))
    markings = [marking(1, first), marking(2, second), *([marking(THIRD_MARKING, third)] if third else [])]
    one = WorkSeen(WorkId("w1"), tuple(markings))
    parts = WorkSeen(WorkId("w1"), tuple(part for m in markings for part in in_parts(m)))
    assert verdicts(split, parts.scores()) == verdicts(whole, one.scores())
    together, apart = discrepancies(whole, [one]), discrepancies(split, [parts])

    def told(found: Discrepancy) -> tuple[object, ...]:
        return found.task, found.criteria, found.kind, found.size, found.next_step, found.evidence

    assert list(map(told, apart)) == list(map(told, together))
    for found in apart:
        if found.kind is Kind.MARK_CROSSED:
            continue
        (of,) = {SPLIT.owners.part(Marking(1), c) for c in found.criteria}
        assert [r.part for r in found.readings] == [of if r.marking < THIRD_MARKING else WHOLE for r in found.readings]
        assert all(r.expert.endswith(f"/{of}") for r in found.readings if r.marking < THIRD_MARKING)
