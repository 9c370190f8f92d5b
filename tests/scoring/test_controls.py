"""What hidden works tell of experts, and that they tell nothing of works."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import FIRST_CONTROL_MARKING, CriterionId, Given, Marking, NotAttempted, Part, Points, WorkId
from scoring import agreement
from scoring.controls import Hidden, hidden
from scoring.discrepancies import MarkingSeen, WorkSeen, discrepancies
from scoring.discrepancy_report import discrepancy_report
from scoring.verdicts import verdicts
from tests.scoring.test_discrepancies import FULL, P, marking, texts


def control(n: int, text: str, expert: str) -> MarkingSeen:
    return replace(marking(FIRST_CONTROL_MARKING + n, text), marking=Marking(FIRST_CONTROL_MARKING + n), expert=expert)


def seen(*markings: MarkingSeen, name: str = "w1") -> WorkSeen:
    return WorkSeen(WorkId(name), markings)


@given(texts(), texts(), st.lists(texts(), max_size=3))
def test_no_result_depends_on_hidden_works(first: str, second: str, more: list[str]) -> None:
    """Verdicts, differences and agreement are the same with and without them."""
    plain = [marking(1, first), marking(2, second)]
    bare = seen(*plain)
    full = seen(*plain, *(control(n, text, f"Э{n % 3:02d}") for n, text in enumerate(more)))
    assert verdicts(P, full.scores()) == verdicts(P, bare.scores())
    assert discrepancies(P, [full]) == discrepancies(P, [bare])
    assert agreement.summary(P, [full.scores()]) == agreement.summary(P, [bare.scores()])


def test_a_work_marked_a_second_time_is_held_against_the_first() -> None:
    """Criterion by criterion, X as 0; what did not come back a second time is left out."""
    work = seen(marking(1, FULL), marking(2, "1 1 1 1 1 1"), control(0, "1 2 X 3 1 .", "Э01"))
    assert hidden([work]) == (Hidden("Э01", 1, (0, 0, -2, 0, -1), 0, ()),)
    assert hidden([work])[0].same == 3


def test_an_exemplar_work_is_held_against_all_others() -> None:
    """Totals over what both gave; other experts' hidden markings count as well, those of other parts don't."""
    other = replace(marking(2, "1 1 1 1 1 1"), part=Part(1))
    work = seen(marking(1, FULL), other, control(0, "1 2 2 2 1 1", "Э07"), control(1, "0 0 0 0 0 0", "Э08"))
    assert hidden([work]) == (
        Hidden("Э07", 0, (), 1, (9 - 11, 9)),
        Hidden("Э08", 0, (), 1, (-11, -9)),
    )


def test_nothing_hidden_makes_no_table_and_names_after_release_none_either() -> None:
    """Only methodists see it, by number; results of schools don't hold it."""
    works = [seen(marking(1, FULL), marking(2, FULL), control(0, FULL, "Э01"))]
    agreed = agreement.summary(P, [work.scores() for work in works])
    titles = [table.title for table in discrepancy_report(P, works, [], agreed).tables]
    assert titles[-1] == "Скрытые работы"
    assert len(discrepancy_report(P, works, [], agreed, {}).tables) == len(titles) - 1
    without = [replace(work, markings=work.markings[:2]) for work in works]
    assert len(discrepancy_report(P, without, [], agreed).tables) == len(titles) - 1
    assert hidden([seen(marking(1, FULL), control(0, ". . . . . .", "Э01"))]) == ()


def test_an_exemplar_work_is_held_against_the_agreed_points() -> None:
    """Criterion by criterion, X as 0; criteria on which nothing was agreed are left out."""
    agreed: dict[CriterionId, Given] = {
        P.criteria[0].id: Points(0),
        P.criteria[1].id: NotAttempted(),
        P.criteria[2].id: Points(2),
    }
    work = replace(seen(marking(1, FULL), marking(2, FULL), control(0, "1 2 1 2 1 .", "Э07")), agreed=agreed)
    assert hidden([work])[0].from_agreed == (1, 2, -1)
    assert hidden([replace(work, agreed={})])[0].from_agreed == ()
