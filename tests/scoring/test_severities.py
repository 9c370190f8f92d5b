"""Severities of experts in the methodist's report."""

from __future__ import annotations

from dataclasses import replace

from crosscheck.model import FIRST_CONTROL_MARKING, THIRD_MARKING, Marking, Part, WorkId
from crosscheck.procedure import Scheme
from scoring import agreement
from scoring.discrepancies import MarkingSeen, WorkSeen
from scoring.discrepancy_report import discrepancy_report
from scoring.severities import Severe, TooFew, severities
from tests.scoring.test_discrepancies import FULL, P, marking

ONE_LESS = "0 2 2 3 2 1"  # than FULL


def seen(name: str, *markings: MarkingSeen) -> WorkSeen:
    return WorkSeen(WorkId(name), markings)


def by(expert: str, n: int, text: str) -> MarkingSeen:
    return replace(marking(n, text), expert=expert)


def works(count: int, first: str = "1", second: str = "2", name: str = "w") -> list[WorkSeen]:
    """The second expert gives a point less, but in one work of two."""
    return [seen(f"{name}{n}", by(first, 1, FULL), by(second, 2, FULL if n % 2 else ONE_LESS)) for n in range(count)]


def test_who_gives_less_is_more_severe_and_the_margin_says_how_sure() -> None:
    """Half a point between them is a quarter on each side of the mean."""
    found = severities(P, works(40))
    one, other = found["1"], found["2"]
    assert isinstance(one, Severe)
    assert isinstance(other, Severe)
    assert (one.points, other.points) == (-0.25, 0.25)
    assert 0 < one.margin < 0.25
    assert other.sure


def test_few_works_in_common_give_no_severity() -> None:
    """Nine are one too few."""
    assert severities(P, works(9))["2"] == TooFew(1, 9)
    assert severities(P, []) == {}


def test_a_work_alone_and_a_third_marking_say_nothing() -> None:
    """Nobody else marked it; and who gives a third marking has seen what the others gave."""
    alone = [seen(f"a{n}", by("7", 1, FULL), by("8", THIRD_MARKING, ONE_LESS)) for n in range(20)]
    found = severities(P, alone)
    assert found == {"7": TooFew(1, 0)}


def test_hidden_works_link_experts_and_own_works_a_second_time_do_not() -> None:
    """An exemplar work is a work that others marked, too."""
    hidden = [
        seen(
            f"h{n}",
            by("1", 1, FULL),
            replace(by("2", 1, ONE_LESS), marking=Marking(FIRST_CONTROL_MARKING)),
            replace(by("1", 1, "0 0 0 0 0 0"), marking=Marking(FIRST_CONTROL_MARKING + 1)),
        )
        for n in range(12)
    ]
    found = severities(P, hidden)["2"]
    assert isinstance(found, Severe)
    assert found.points == 0.5


def test_a_marking_that_lacks_a_criterion_is_left_out() -> None:
    """A total without it would make the expert severe."""
    partly = [seen(f"p{n}", by("1", 1, FULL), by("2", 2, "1 . 2 2 2 2")) for n in range(20)]
    assert severities(P, partly) == {"1": TooFew(1, 0)}


def test_the_report_names_experts_that_no_work_links() -> None:
    """Two pairs of experts: each pair among itself."""
    some = [*works(20), *works(20, "3", "4", "v")]
    agreed = agreement.summary(P, [work.scores() for work in some])
    table = discrepancy_report(P, some, [], agreed).tables[2]
    assert any("1, 2; 3, 4" in note for note in table.notes)
    linked = discrepancy_report(P, works(20), [], agreed).tables[2]
    assert not any("1, 2" in note for note in linked.notes)


def test_parts_of_works_are_works_of_their_own() -> None:
    """Experts of the first part are compared on it; who had another part is in no group with them."""
    by_task = replace(P, scheme=Scheme.BY_TASK)
    parts = [
        seen(
            f"m{n}",
            replace(by("1", 1, "1 . . . . ."), part=Part(1)),
            replace(by("2", 2, "0 . . . . ."), part=Part(1)),
            replace(by("3", 1, ". 2 . . . ."), part=Part(2)),
        )
        for n in range(20)
    ]
    found = severities(by_task, parts)
    assert found == {"1": Severe(1, 20, -0.5, 0.0), "2": Severe(1, 20, 0.5, 0.0), "3": TooFew(2, 0)}
