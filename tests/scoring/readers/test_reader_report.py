"""What is said of experts: over odd districts, and what an own report may not hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings

from crosscheck.model import FIRST_CONTROL_MARKING, AnonymousNumber, Marking, Points, WorkId
from crosscheck.report import Report, Withheld
from scoring.discrepancies import MarkingSeen, ScoreSeen, WorkSeen
from scoring.readers.judging import judged
from scoring.readers.report import own_report, reader_report
from tests import factories
from tests.scoring import odd

RU = factories.procedure()
_SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@_SLOW
@given(odd.works())
def test_no_odd_district_crashes_or_makes_a_figure_that_is_none(works: list[WorkSeen]) -> None:
    """One expert, works with one marking, all X, all maximum, all equal: a number or why there is none."""
    found = judged(odd.P, works, {})
    assert odd.sound(reader_report(odd.P, found))
    assert all(odd.sound(own_report(odd.P, found, expert)) for expert in found.experts)


def marked(experts: int, count: int, late: int = 0) -> tuple[list[WorkSeen], dict[AnonymousNumber, int]]:
    """Works with two markings each; late: points that the first expert gives less in the second half of his works."""
    dice = np.random.default_rng(3)
    works, order = [], {}
    for n in range(count):
        worth = [int(dice.integers(0, c.maximum + 1)) for c in RU.criteria]
        first = int(dice.integers(0, experts))
        second = (first + 1 + int(dice.integers(0, experts - 1))) % experts
        some = []
        for marking, expert in ((1, first), (2, second)):
            number = AnonymousNumber(f"{marking}{n:06d}")
            order[number] = n
            less = late if expert == 0 and n > count // 2 else 0
            points = [
                min(c.maximum, max(0, w + int(dice.integers(-1, 2)) - less))
                for c, w in zip(RU.criteria, worth, strict=True)
            ]
            scores = tuple(ScoreSeen(c.id, Points(p)) for c, p in zip(RU.criteria, points, strict=True))
            some.append(MarkingSeen(Marking(marking), number, f"{expert + 1}", scores))
        works.append(WorkSeen(WorkId(f"w{n}"), tuple(some)))
    return works, order


def texts(report: Report) -> list[str]:
    cells = [getattr(cell, "text", "") for t in report.tables for row in t.rows for cell in row]
    return [report.title, *report.lines, *cells, *(note for t in report.tables for note in t.notes)]


def test_an_expert_whose_measure_moves_stands_out_in_points() -> None:
    """A point less on each criterion from the middle on; the change is told in points, the others are as usual."""
    works, order = marked(8, 240, late=1)
    report = reader_report(RU, judged(RU, works, order))
    table = next(t for t in report.tables if t.title == "Сдвиг по ходу проверки")
    first, *others = table.rows
    assert getattr(first[0], "text", "") == "1"
    assert getattr(first[-1], "text", "") == "выделяется: посмотрите работы вместе"
    assert -5 < getattr(first[2], "value", 0.0) < -1.5
    assert all(isinstance(row[-1], Withheld) for row in others)


def test_the_order_of_marking_is_what_a_shift_is_looked_for_in() -> None:
    """The same points in another order show no shift."""
    works, order = marked(8, 240, late=1)
    shuffled = {number: hash_of(number) for number in order}
    report = reader_report(RU, judged(RU, works, shuffled))
    table = next(t for t in report.tables if t.title == "Сдвиг по ходу проверки")
    assert all(isinstance(row[-1], Withheld) for row in table.rows)


def hash_of(number: str) -> int:
    return (int(number) * 7919) % 10007


def test_an_own_report_holds_nobody_elses_figures() -> None:
    """One table about the expert of whom it is; no other expert is named."""
    works, order = marked(8, 240)
    found = judged(RU, works, order)
    report = own_report(RU, found, "3")
    assert report.lines[1].startswith("Эксперт 3.")
    assert len(report.tables) == 1
    cells = [cell for row in report.tables[0].rows for cell in row]
    assert not {getattr(cell, "text", "") for cell in cells} & {f"{n}" for n in range(1, 9)}


def test_of_few_experts_an_own_report_compares_nothing() -> None:
    """With four, what one differs from the others tells of them."""
    works, order = marked(4, 120)
    found = judged(RU, works, order)
    rows = own_report(RU, found, "1").tables[0].rows
    assert all(isinstance(row[1], Withheld) for row in rows[1:])
    works, order = marked(5, 150)
    assert not isinstance(own_report(RU, judged(RU, works, order), "1").tables[0].rows[1][1], Withheld)


def test_an_own_report_tells_no_points_of_the_few_who_marked_the_same_exemplar_work() -> None:
    """With one other the difference is that expert's points; four others are five with oneself."""
    works, order = marked(8, 240)
    for others in (1, 3, 4):
        full = tuple(ScoreSeen(c.id, Points(c.maximum)) for c in RU.criteria)
        shown = WorkSeen(
            WorkId("exemplar"),
            tuple(
                MarkingSeen(Marking(FIRST_CONTROL_MARKING + n), AnonymousNumber(f"8{n:06d}"), f"{n + 1}", full)
                for n in range(others + 1)
            ),
        )
        rows = own_report(RU, judged(RU, [*works, shown], order), "1").tables[0].rows
        assert isinstance(rows[-1][1], Withheld) == (others < 4)


def test_exemplar_works_are_in_no_figure_of_the_district() -> None:
    """Kappas, correlations and components are the same with and without them."""
    works, order = marked(8, 120)
    nought = tuple(ScoreSeen(c.id, Points(0)) for c in RU.criteria)
    shown = tuple(
        MarkingSeen(Marking(FIRST_CONTROL_MARKING + n), AnonymousNumber(f"8{n:06d}"), f"{n + 1}", nought)
        for n in range(8)
    )
    mixed = [replace(works[0], markings=(*works[0].markings, *shown)), *works[1:], WorkSeen(WorkId("exemplar"), shown)]
    one, other = judged(RU, works, order), judged(RU, mixed, order)
    assert (one.icc, one.components) == (other.icc, other.components)
    assert (one.kappas, one.kappa_of_totals) == (other.kappas, other.kappa_of_totals)
    assert one.works != other.works


def test_who_shares_most_works_with_one_other_is_not_told_apart_from_that_one() -> None:
    """Two experts read the same works: neither halo nor spread is said of them, of nobody else's either way."""
    works, order = marked(6, 200)
    pair, _order = marked(2, 60)
    named = [
        replace(
            work,
            work=WorkId(f"p{n}"),
            markings=tuple(
                replace(m, expert=f"{m.expert}0", number=AnonymousNumber(f"9{m.number}")) for m in work.markings
            ),
        )
        for n, work in enumerate(pair)
    ]
    found = judged(RU, [*works, *named], order)
    assert found.tangled == {"10", "20"}
    said = {one.name for one in getattr(found.families.spread, "tested", ())}
    assert said == {"1", "2", "3", "4", "5", "6"}


def test_names_stand_for_numbers_after_release() -> None:
    """Everywhere in the methodist's report, also in notes on groups and in what is too little."""
    works, order = marked(3, 40)
    names = {f"{n}": f"{n} · Э0{n} · Иванова" for n in range(1, 4)}
    report = reader_report(RU, judged(RU, works, order), names)
    firsts = {getattr(row[0], "text", "") for row in report.tables[0].rows}
    assert firsts == set(names.values())
    few = [t for t in report.tables if t.title == "Недостаточно данных"]
    assert all(getattr(row[0], "text", "") in names.values() for t in few for row in t.rows)
