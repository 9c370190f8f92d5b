"""Tests of allocations in which no two schools mark each other."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.model import ClassToken, ExpertId, MutualMarking, SchoolToken, WorkId
from drill.lexicographic import best_levels
from packets.bounds import Pricing, case_bound, meetings_of
from packets.calling import Calling
from packets.costs import Wish, between_schools
from packets.directions import directions_of
from packets.errors import DirectionsUndecided
from packets.explain import Blocking, NothingBlocks, Reason, explain, sentence
from packets.exporting import exported, imported
from packets.network import levels_of, network_of
from packets.oneway import _Search
from packets.optimum import Optimum, optimum
from packets.overview import overview
from packets.problem import (
    Bounded,
    ExpertCapacity,
    Infeasible,
    Prices,
    Problem,
    Proven,
    Solution,
    Split,
    WorkToAssign,
)
from packets.rules import Rule
from packets.solve import solve
from packets.turning import Turning
from packets.verify import Violation, verify
from packets.why import MarkedThere, OtherDirection, in_words, why
from tests.packets.instances import markings, shuffled

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]
NAMES = tuple(SchoolToken(f"s{n}") for n in range(7))


def made_up(seed: int, most_schools: int = 1, most_works: int = 12) -> Problem:
    """A few schools with works and experts, up to two wishes, now and then a direction that is taken already."""
    chance = random.Random(seed)
    names = NAMES[: chance.randint(2, len(NAMES))]
    experts = tuple(
        ExpertCapacity(
            ExpertId(f"e{n}"),
            frozenset(chance.sample(names, min(len(names), chance.randint(1, most_schools)))),
            chance.choice((3, 8, 40)),
            chance.choice((0, 0, 0, 1)),
        )
        for n in range(chance.randint(2, 9))
    )
    works = []
    for n in range(chance.randint(1, most_works)):
        school = chance.choice(names)
        barred = frozenset(e.expert for e in experts if chance.random() < 0.02)
        works.append(WorkToAssign(WorkId(f"w{n:02d}"), school, ClassToken(f"{school}-a"), barred))
    own = frozenset(Conflict(e.expert, OfSchool(s), Source.OWN_SCHOOL) for e in experts for s in e.schools)
    pairs = list(permutations(names, 2))
    taken = frozenset(chance.sample(pairs, min(len(pairs), chance.choice((0, 0, 1, 3)))))
    schools = [(e.expert, min(e.schools)) for e in experts]
    wishes = []
    for name, costs in chance.choice(((), (("way", range(10)),), (("met", (0, 0, 0, 1)), ("way", (0, 3, 7, 9))))):
        table = np.array([[chance.choice(costs) for _ in NAMES] for _ in NAMES])
        wishes.append(Wish(name, (between_schools(NAMES, table, schools),)))
    return Problem(
        tuple(works),
        experts,
        markings(chance.choice((1, 1, 2))),
        chance.random() < 0.5,
        conflicts=own if chance.random() < 0.8 else frozenset(),
        seed=chance.randrange(4),
        spread=chance.choice((1, 2, 4)),
        wishes=tuple(wishes),
        mutual=MutualMarking.NEVER,
        directions=taken,
    )


SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(SEEDS)
@example(1601756)  # prices of experts far above those of all others: the balance has to outweigh them
def test_no_two_schools_mark_each_other_and_nothing_is_better(seed: int) -> None:
    """An allocation is found exactly when one exists; every level costs what an independent integer programme over
    works, experts and directions finds; and the bounds prove it."""
    problem = made_up(seed)
    best, found = best_levels(problem), solve(problem)
    if best is None:
        assert isinstance(found, Infeasible)
        return
    assert isinstance(found, Solution)
    assert verify(problem, found) == ()
    assert isinstance(found.certificate, Proven | Bounded)
    assert [proof.cost for proof in found.certificate.levels][: len(best)] == best
    used = directions_of(problem, found.assignments)
    assert not any((b, a) in used | problem.directions for a, b in used)
    if isinstance(found.certificate, Bounded):
        assert [bound.bound for bound in found.certificate.bounds] == best


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(SEEDS)
@example(295503)  # nobody would mark back, until somebody has to be kept away from a work
@example(2934)  # with the best directions two colleagues would have to meet, and with all others, too
@example(2149839210)  # with the best ones they would have to meet, with others they need not
def test_experts_of_several_schools_count_for_each(seed: int) -> None:
    """No allocation with them breaks a rule, and none is called impossible that an integer programme finds."""
    problem = made_up(seed, most_schools=2)
    found = solve(problem)
    if isinstance(found, Infeasible):
        assert best_levels(problem) is None
    else:
        assert verify(problem, found) == ()


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(seed: int, order: random.Random) -> None:
    """Directions, rows, prices and bounds are the same to the last number."""
    problem = made_up(seed)
    assert solve(shuffled(problem, order)) == solve(problem)


def ring(schools: int = 5, works: int = 12, **changes: object) -> Problem:
    """Schools in a circle, each with two experts and works; near schools are cheaper."""
    names = NAMES[:schools]
    experts = tuple(ExpertCapacity(ExpertId(f"e{n}"), frozenset({names[n // 2]}), 40) for n in range(2 * schools))
    works_ = tuple(
        WorkToAssign(WorkId(f"w{n:02d}"), names[n % schools], ClassToken(f"{names[n % schools]}-a"))
        for n in range(works)
    )
    away = np.array([[min((a - b) % schools, (b - a) % schools) for b in range(schools)] for a in range(schools)])
    wish = Wish("way", (between_schools(names, away, [(e.expert, min(e.schools)) for e in experts]),))
    own = frozenset(Conflict(e.expert, OfSchool(s), Source.OWN_SCHOOL) for e in experts for s in e.schools)
    made = Problem(works_, experts, markings(2), conflicts=own, spread=1, wishes=(wish,), mutual=MutualMarking.NEVER)
    return replace(made, **changes)  # type: ignore[arg-type]


def solved(problem: Problem) -> tuple[Solution, Bounded]:
    found = solve(problem)
    assert isinstance(found, Solution)
    assert isinstance(found.certificate, Bounded)
    return found, found.certificate


def test_what_the_rule_costs_is_proven() -> None:
    """Five schools of which each must mark two: the near neighbours on both sides aren't to be had any more."""
    problem = ring()
    _found, certificate = solved(problem)
    assert certificate.gaps == ()
    allowed = solve(replace(problem, mutual=MutualMarking.ALLOWED))
    assert isinstance(allowed, Solution)
    assert isinstance(allowed.certificate, Proven)
    used = directions_of(problem, allowed.assignments)
    assert any((b, a) in used for a, b in used), "the rule would change nothing here"
    assert certificate.levels[2].cost > allowed.certificate.levels[2].cost


def test_rows_in_which_schools_mark_each_other_are_refused() -> None:
    """The best allocation without the rule, put forward where it stands, is named with both schools."""
    problem = ring()
    allowed = solve(replace(problem, mutual=MutualMarking.ALLOWED))
    assert isinstance(allowed, Solution)
    rules = {violation.rule for violation in verify(problem, allowed)}
    assert rules == {Rule.MUTUAL}


def test_a_direction_taken_before_is_not_answered() -> None:
    """Whoever marked works of a school in an earlier allocation gets none of their own marked there."""
    taken = frozenset({(NAMES[0], NAMES[1]), (NAMES[0], NAMES[2])})
    problem = ring(directions=taken)
    found, _ = solved(problem)
    assert not directions_of(problem, found.assignments) & {(b, a) for a, b in taken}
    broken = replace(problem, directions=frozenset(directions_of(problem, [found.assignments[0]])))
    turned = replace(broken, directions=frozenset((b, a) for a, b in broken.directions))
    assert Rule.MUTUAL in {violation.rule for violation in verify(turned, found)}


def test_four_schools_can_not_mark_in_pairs_of_two() -> None:
    """Each of four schools needs two others to mark its works: eight directions, where six are to be had."""
    problem = ring(schools=4)
    assert isinstance(solve(problem), Infeasible)
    assert isinstance(solve(replace(problem, mutual=MutualMarking.ALLOWED)), Solution)
    found = explain(problem)
    assert isinstance(found, Blocking)
    assert found.reason is Reason.MUTUAL
    assert "mark each other" in sentence(found, Calling())
    assert explain(ring()) == NothingBlocks()


def test_what_blocks_among_experts_of_several_schools_has_nothing_to_spare() -> None:
    """Without any one group of those named, the others can be allocated."""
    problem = made_up(2934, most_schools=2)
    found = explain(problem)
    assert isinstance(found, Blocking)
    assert found.reason is Reason.MUTUAL
    named = [work for group in found.groups for work in group.works]
    assert 0 < len(named) < len(problem.works)
    assert isinstance(solve(replace(problem, works=tuple(named))), Infeasible)
    for group in found.groups:
        rest = tuple(work for work in named if work not in group.works)
        assert isinstance(solve(replace(problem, works=rest)), Solution)


def test_works_that_nobody_may_mark_are_still_explained_first() -> None:
    """Where the rule isn't what blocks, it isn't blamed."""
    found = explain(ring(experts=ring().experts[:1]))
    assert isinstance(found, Blocking)
    assert found.reason is not Reason.MUTUAL


@pytest.mark.parametrize("seed", range(12))
def test_a_city_is_allocated_without_cases_and_bounded(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first-order programme leans to is an allocation that keeps every rule; its bounds never exceed the best,
    and levels it reaches are proven; or it says that nothing was decided."""
    monkeypatch.setattr("packets.oneway._BROAD", 0)
    problem = made_up(1000 + seed)
    best = best_levels(problem)
    try:
        found = solve(problem)
    except DirectionsUndecided:
        return
    if best is None:
        assert isinstance(found, Infeasible)
        return
    assert isinstance(found, Solution)
    assert verify(problem, found) == ()
    if isinstance(found.certificate, Bounded):
        costs = [proof.cost for proof in found.certificate.levels][: len(best)]
        assert costs >= best
        same = [*(a == b for a, b in zip(costs, best, strict=True)), False].index(False)
        for bound, cost in list(zip(found.certificate.bounds, best, strict=True))[: same + 1]:
            assert bound.bound <= cost


def test_the_wide_programme_comes_near_the_best_of_a_district() -> None:
    """Its bound is the one of the exact programme but for a thousandth, whatever the order of the input."""
    problem = ring(schools=7, works=70, spread=2)
    network = network_of(problem)
    free = optimum(problem, network)
    assert isinstance(free, Optimum)
    exact, wide = (_Search(problem, network, meetings_of(network), free) for _ in range(2))
    wide._broad = True
    assert exact.begun()
    assert wide.begun()
    near, far = exact._programme(2, 2).solve(frozenset()).value, wide._bound(2).bound
    assert far <= near + 1e-6
    assert far >= near * 0.98


def test_turning_saves_what_it_says_and_keeps_every_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a sweep the whole solved again costs no more than before less what was saved; no two schools mark each
    other; every group and expert has as many reads as before; and something is saved now and then."""
    monkeypatch.setattr("packets.turning._NEAR", 3)
    monkeypatch.setattr("packets.oneway._SWEEPS", 0)
    assert sum(_turned(seed) for seed in range(8)) > 0


def _turned(seed: int) -> int:
    """What turning saves in a made-up ring, checked."""
    table = np.random.default_rng(seed).integers(0, 30, (7, 7))
    schools = [(ExpertId(f"e{n}"), NAMES[n // 2]) for n in range(14)]
    problem = ring(schools=7, works=70, wishes=(Wish("way", (between_schools(NAMES, table, schools),)),))
    network = network_of(problem)
    free = optimum(problem, network)
    assert isinstance(free, Optimum)
    search = _Search(problem, network, meetings_of(network), free)
    search._broad = True
    assert search.begun()
    known, at = search._known, len(search._levels) - 1
    assert known is not None
    assert search._same() >= at
    best, prices = known.best, known.best.levels[at][1]
    turning = Turning(network, meetings_of(network), search._face(at), search._levels[at], best.pairs, best.reads)
    before = turning.reads.copy()
    saved = turning.sweep(prices)
    assert np.array_equal(turning.reads.sum(axis=0), before.sum(axis=0))
    assert np.array_equal(turning.reads.sum(axis=1), before.sum(axis=1))
    assert not np.minimum(turning.flow, turning.flow.T).any()
    search._try(turning.closed(prices), turning.flow.astype(np.float64))
    assert search._known is not None
    assert search._known.costs[at] <= known.costs[at] - saved
    return saved


def test_a_search_that_runs_out_of_effort_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undecided is neither possible nor impossible."""
    monkeypatch.setattr("packets.oneway.CASES", 1)
    with pytest.raises(DirectionsUndecided, match="4 schools"):
        solve(ring(schools=4))


def test_a_search_cut_short_says_how_far_it_may_be_from_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """The allocation stands, with a bound that is proven although it isn't reached."""
    problem = next(p for p in map(made_up, range(200, 400)) if _splits(p))
    monkeypatch.setattr("packets.branching.CASES", 1)
    _, certificate = solved(problem)
    found, _ = solved(problem)
    assert verify(problem, found) == ()
    assert all(gap.bound < gap.cost for gap in certificate.gaps)


def _splits(problem: Problem) -> bool:
    found = solve(problem)
    if not isinstance(found, Solution) or not isinstance(found.certificate, Bounded):
        return False
    return any(len(bound.cases) > 1 for bound in found.certificate.bounds)


Claim = tuple[Solution, Bounded]


def _with(claim: Claim, **changes: object) -> Solution:
    found, certificate = claim
    return replace(found, certificate=replace(certificate, **changes))  # type: ignore[arg-type]


def _bound(claim: Claim, at: int, **changes: object) -> Solution:
    bounds = list(claim[1].bounds)
    bounds[at] = replace(bounds[at], **changes)  # type: ignore[arg-type]
    return _with(claim, bounds=tuple(bounds))


def test_a_bound_that_nothing_proves_is_refused() -> None:
    """Raised by one, of other levels, left out, with a case missing or too many, or with prices of the wrong form."""
    problem = next(p for p in map(made_up, range(200, 400)) if _splits(p))
    claim = solved(problem)
    at = next(n for n, bound in enumerate(claim[1].bounds) if len(bound.cases) > 1)
    bound = claim[1].bounds[at]
    prices = next(case for case in bound.cases if isinstance(case, Prices))
    split = next(case for case in bound.cases if isinstance(case, Split))
    broken = (Violation(Rule.BOUND, (bound.level,)),)
    assert verify(problem, claim[0]) == ()
    assert verify(problem, _bound(claim, at, bound=bound.bound + 1)) == broken
    for cases in (
        bound.cases[:-1],
        (*bound.cases, prices),
        (replace(split, other=99), *bound.cases[1:]),
        (Split(0, 0), *bound.cases[1:]),
        (replace(prices, groups=prices.groups[1:]),),
        (replace(prices, experts=(*prices.experts, 0)),),
        (replace(prices, gates=((0, 99, 1),)),),
        (replace(prices, earlier=(-1,) * at if at else (1,)),),
        (
            replace(
                prices, experts=tuple(value * 2**40 for value in prices.experts), groups=(2**61,) * len(prices.groups)
            ),
        ),
        (),
    ):
        assert verify(problem, _bound(claim, at, cases=cases)) == broken
    assert verify(problem, _bound(claim, at, scale=0)) == broken
    missing = verify(problem, _with(claim, bounds=claim[1].bounds[1:]))
    assert missing == (Violation(Rule.BOUND, ("bounds",)),)


def test_the_first_case_alone_proves_less() -> None:
    """Whoever leaves out the prices of the other half claims more than is proven."""
    problem = next(p for p in map(made_up, range(200, 400)) if _splits(p))
    claim = solved(problem)
    at = next(n for n, bound in enumerate(claim[1].bounds) if len(bound.cases) > 1)
    root = claim[1].bounds[at].cases[1]
    lone = _bound(claim, at, cases=(root,))
    assert verify(problem, lone) == (Violation(Rule.BOUND, (claim[1].bounds[at].level,)),)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(SEEDS, st.data())
def test_no_prices_prove_more_than_is_true(seed: int, data: st.DataObject) -> None:
    """Whatever prices are put forward, what they prove is never above what the best allocation costs."""
    problem = made_up(seed)
    best, found = best_levels(problem), solve(problem)
    assume(best is not None and isinstance(found, Solution) and isinstance(found.certificate, Proven | Bounded))
    network = network_of(problem)
    levels = levels_of(problem, network)
    at = data.draw(st.integers(0, len(levels) - 1))
    value = st.integers(-60, 60)
    gates = st.tuples(st.integers(0, len(network.size) - 1), st.integers(0, max(0, network.parts - 1)))
    prices = Prices(
        tuple(data.draw(value) for _ in network.size),
        tuple(data.draw(value) for _ in network.room),
        tuple((*gate, data.draw(value)) for gate in data.draw(st.sets(gates, max_size=3))),
        tuple(data.draw(st.integers(0, 5)) for _ in range(at)),
    )
    scale = data.draw(st.integers(1, 5))
    assert best is not None
    pricing = Pricing(network, meetings_of(network), levels[: at + 1])
    proven = case_bound(pricing, best[:at], prices, scale, frozenset())
    assert proven is not None
    assert proven <= best[at]


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
@given(SEEDS, st.randoms(use_true_random=False))
def test_prices_near_the_best_ones_prove_no_more_than_is_true(seed: int, chance: random.Random) -> None:
    """Prices that prove the best there is, moved a little and taken for all directions at once: never above it."""
    problem = made_up(seed)
    best, found = best_levels(problem), solve(problem)
    assume(best is not None and isinstance(found, Solution) and isinstance(found.certificate, Bounded))
    assert best is not None
    assert isinstance(found, Solution)
    assert isinstance(found.certificate, Bounded)
    network = network_of(problem)
    levels = levels_of(problem, network)
    for at, bound in enumerate(found.certificate.bounds):
        pricing = Pricing(network, meetings_of(network), levels[: at + 1])
        for prices in [case for case in bound.cases if isinstance(case, Prices)][:5]:
            for moved in (0, bound.scale):
                groups, experts = (
                    tuple(value + chance.choice((-moved, 0, moved)) for value in some)
                    for some in (prices.groups, prices.experts)
                )
                changed = replace(prices, groups=groups, experts=experts)
                proven = case_bound(pricing, best[:at], changed, bound.scale, frozenset())
                assert proven is not None
                assert proven <= best[at]


def test_closing_both_directions_is_refused() -> None:
    """It would make what is left easier to be the best of."""
    claim = solved(ring())
    (one, other), *rest = claim[1].closed
    both = _with(claim, closed=((one, other), (other, one), *rest))
    assert verify(ring(), both) == (Violation(Rule.OPTIMALITY, ("directions",)),)
    used = min(directions_of(ring(), claim[0].assignments))
    hiding = _with(claim, closed=(*(d for d in claim[1].closed if d != used[::-1]), used))
    assert verify(ring(), hiding) == (Violation(Rule.OPTIMALITY, ("directions",)),)


def test_what_is_exported_is_read_back_and_passes() -> None:
    """Directions, bounds and their cases survive the file."""
    problem = next(p for p in map(made_up, range(200, 400)) if _splits(p))
    found, _ = solved(problem)
    again, read = imported(exported(problem, found))
    assert (again.mutual, again.directions, read) == (problem.mutual, problem.directions, found)
    assert verify(again, read) == ()
    whole = json.loads(exported(problem, found))
    at = next(n for n, bound in enumerate(whole["solution"]["bounds"]) if len(bound["cases"]) > 1)
    whole["solution"]["bounds"][at]["bound"] += 1
    assert Rule.BOUND in {violation.rule for violation in verify(*imported(json.dumps(whole)))}


def test_a_file_of_the_format_before_is_read_as_allowing_it() -> None:
    """It knew nothing of the rule."""
    problem = ring(mutual=MutualMarking.ALLOWED)
    found = solve(problem)
    assert isinstance(found, Solution)
    whole = json.loads(exported(problem, found))
    whole["format"] = 1
    for part, names in (("problem", ("mutual", "directions")), ("solution", ("closed", "bounds"))):
        for name in names:
            del whole[part][name]
    again, read = imported(json.dumps(whole))
    assert again.mutual is MutualMarking.ALLOWED
    assert read == found


def test_why_names_the_direction_chosen() -> None:
    """Where the work's school marks works of the expert's: by choice, or because it did so before."""
    problem = ring()
    found, certificate = solved(problem)
    school, other = certificate.closed[0]
    work = next(w.work for w in problem.works if w.school == school)
    who = next(e.expert for e in problem.experts if other in e.schools)
    (answer,) = why(problem, found, work, who)
    assert answer == OtherDirection(school, other)
    assert "other direction" in in_words(answer)
    earlier = ring(directions=frozenset({(other, school)}))
    assert MarkedThere((other,)) in why(earlier, solved(earlier)[0], work, who)


def test_the_report_says_what_is_least_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a bound isn't reached, cost and bound stand side by side."""
    problem = next(p for p in map(made_up, range(200, 400)) if _splits(p))
    monkeypatch.setattr("packets.branching.CASES", 1)
    found, certificate = solved(problem)
    seen = overview(problem, found, {})
    assert [(cost.cost, cost.least) for cost in seen.levels[: len(certificate.bounds)]] == [
        (proof.cost, min(proof.cost, bound.bound))
        for proof, bound in zip(certificate.levels, certificate.bounds, strict=False)
    ]
    assert seen.mutual == ()
