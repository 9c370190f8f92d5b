"""Tests of the verifier: no damaged allocation passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfClass, Source
from crosscheck.model import ExpertId, Marking, Status, WorkId
from drill.plain_rules import valid
from packets.network import levels_of, network_of, tie_level
from packets.optimum import level_cost
from packets.problem import Assignment, LevelProof, Problem, Proven, SchoolPairs, Solution
from packets.rules import Rule
from packets.solve import solve
from packets.verify import Violation, verify
from tests.packets.instances import SCHOOLS, expert, many, markings, own_schools, problems, schools, work


def solution_of(problem: Problem) -> Solution:
    found = solve(problem)
    assert isinstance(found, Solution)
    return found


def with_rows(problem: Problem, solution: Solution, rows: tuple[Assignment, ...]) -> Solution:
    """The same claims over other rows, loads stated truthfully."""
    loads = {e.expert: e.load for e in problem.experts}
    for row in rows:
        if row.expert in loads:
            loads[row.expert] += 1
    return replace(solution, assignments=rows, loads=tuple(sorted(loads.items())))


@st.composite
def damaged(draw: st.DrawFn, problem: Problem, solution: Solution) -> tuple[Assignment, ...]:
    """Rows with one to three random changes: another expert, marking or work, a row lost or doubled, a swap."""
    rows = list(solution.assignments)
    for _ in range(draw(st.integers(1, 3))):
        if not rows:
            break
        at, other = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows) - 1))
        names = [e.expert for e in problem.experts] + [ExpertId("stranger")]
        change = draw(
            st.sampled_from(["expert", "expert", "expert", "swap", "swap", "marking", "work", "lose", "double"])
        )
        if change == "expert":
            rows[at] = replace(rows[at], expert=draw(st.sampled_from(names)))
        elif change == "swap":
            one, two = rows[at].expert, rows[other].expert
            rows[at], rows[other] = replace(rows[at], expert=two), replace(rows[other], expert=one)
        elif change == "marking":
            rows[at] = replace(rows[at], marking=Marking(draw(st.integers(1, 4))))
        elif change == "work":
            rows[at] = replace(rows[at], work=rows[other].work)
        elif change == "lose":
            del rows[at]
        else:
            rows.append(rows[at])
    return tuple(rows)


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(problems(most_works=12, most_experts=7), st.data())
def test_a_damaged_allocation_never_passes(problem: Problem, data: st.DataObject) -> None:
    """Whenever an independent reading of the rules calls changed rows invalid, so does the verifier; and only then
    does it name a hard rule."""
    found = solve(problem)
    assume(isinstance(found, Solution) and found.assignments)
    assert isinstance(found, Solution)
    rows = data.draw(damaged(problem, found))
    rules = {v.rule for v in verify(problem, with_rows(problem, found, rows))}
    hard = rules - {Rule.OBJECTIVE, Rule.OPTIMALITY}
    assert bool(hard) == (not valid(problem, rows))


def counts(problem: Problem, rows: tuple[Assignment, ...]) -> Counter[tuple[int, ExpertId]]:
    """How many works of each group each expert gets."""
    network = network_of(problem)
    group = {w.work: int(at) for w, at in zip(network.works, network.group_of, strict=True)}
    return Counter((group[a.work], a.expert) for a in rows)


def truthful(problem: Problem, solution: Solution) -> Solution:
    """With loads and the cost of every level stated as they are; the potentials as they were."""
    network = network_of(problem)
    number = {e.expert: at for at, e in enumerate(network.experts)}
    reads = sorted((g * len(number) + number[e], n) for (g, e), n in counts(problem, solution.assignments).items())
    pairs, carried = (np.array([row[at] for row in reads], dtype=np.int64) for at in (0, 1))
    assert isinstance(solution.certificate, Proven)
    levels = [*levels_of(problem, network)]
    levels += [tie_level(network, n + 1) for n in range(len(solution.certificate.levels) - len(levels))]
    proofs = zip(levels, solution.certificate.levels, strict=True)
    proven = Proven(tuple(replace(p, cost=level_cost(network, level, pairs, carried)) for level, p in proofs))
    objective = sum(load * load for _, load in solution.loads)
    return replace(solution, certificate=proven, objective=objective)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(many(most_works=20, most_experts=8, most_schools=1), st.data())
def test_another_allocation_never_passes_as_the_best(problem: Problem, data: st.DataObject) -> None:
    """Valid rows with other counts are refused with any potentials tried, although every cost is stated truthfully."""
    found = solve(problem)
    assume(isinstance(found, Solution) and found.assignments)
    assert isinstance(found, Solution)
    other = solve(replace(problem, seed=problem.seed + 1, spread=1, wishes=()))
    assert isinstance(other, Solution)
    rows = other.assignments
    assume(counts(problem, rows) != counts(problem, found.assignments))
    assert isinstance(found.certificate, Proven)
    claim = truthful(problem, with_rows(problem, found, rows))
    assert {v.rule for v in verify(problem, claim)} == {Rule.OPTIMALITY}
    levels = tuple(data.draw(shifted(proof)) for proof in found.certificate.levels)
    assert verify(problem, truthful(problem, replace(claim, certificate=Proven(levels)))) != ()


@st.composite
def shifted(draw: st.DrawFn, proof: LevelProof) -> LevelProof:
    """Some potentials changed, or those of gates and lanes forgotten."""
    change = st.sampled_from([0, 0, 0, -1, 1, -7, 1000])
    groups = tuple(v + draw(change) for v in proof.groups)
    experts = tuple(v + draw(change) for v in proof.experts)
    if draw(st.booleans()):
        proof = replace(proof, gates=(), lanes=())
    return replace(proof, groups=groups, experts=experts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(many(most_works=30, most_experts=8, most_schools=1), st.data())
def test_a_changed_cost_never_passes(problem: Problem, data: st.DataObject) -> None:
    """Whatever level is said to cost more or less than it does is named."""
    found = solve(problem)
    assume(isinstance(found, Solution))
    assert isinstance(found, Solution)
    assert isinstance(found.certificate, Proven)
    levels = list(found.certificate.levels)
    at = data.draw(st.integers(0, len(levels) - 1))
    levels[at] = replace(levels[at], cost=levels[at].cost + data.draw(st.sampled_from([-1, 1, 100])))
    claim = replace(found, certificate=Proven(tuple(levels)))
    assert verify(problem, claim) == (Violation(Rule.OBJECTIVE, (levels[at].level,)),)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 2), min_size=2, max_size=12).filter(
        lambda who: max(map(who.count, range(3))) > -(-len(who) // 3)
    )
)
def test_less_even_loads_never_pass_as_proven(who: list[int]) -> None:
    """Valid rows that are less balanced than possible are refused, also when their cost is stated truthfully."""
    experts = tuple(expert(f"e{n}", n + 1) for n in range(3))
    problem = Problem(tuple(work(f"w{n:02d}", 0) for n in range(len(who))), experts, markings(1))
    rows = tuple(Assignment(w.work, Marking(1), experts[n].expert) for w, n in zip(problem.works, who, strict=True))
    assert valid(problem, rows)
    best = solution_of(problem)
    changed = with_rows(problem, best, rows)
    assert Violation(Rule.OBJECTIVE, (str(best.objective),)) in verify(problem, changed)
    honest = replace(changed, objective=sum(load * load for _, load in changed.loads))
    assert Violation(Rule.OPTIMALITY, ("balance",)) in verify(problem, honest)


BASE = Problem(
    (work("w0", 0), work("w1", 0, "b")),
    (expert("e0", 1), expert("e1", 1), expert("e2", 2), expert("e3", 3)),
    markings(2),
)
ROWS = tuple(
    Assignment(WorkId(w), Marking(m), ExpertId(e))
    for w, m, e in [("w0", 1, "e0"), ("w0", 2, "e2"), ("w1", 1, "e1"), ("w1", 2, "e3")]
)


def on_row(at: int, **changes: object) -> Callable[[Problem], tuple[Problem, tuple[Assignment, ...]]]:
    rows = list(ROWS)
    rows[at] = replace(rows[at], **changes)  # type: ignore[arg-type]
    return lambda problem: (problem, tuple(rows))


def on_problem(**changes: object) -> Callable[[Problem], tuple[Problem, tuple[Assignment, ...]]]:
    return lambda problem: (replace(problem, **changes), ROWS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "rule", "about"),
    [
        (on_row(0, work=WorkId("w9")), Rule.UNKNOWN_WORK, ("w9",)),
        (on_row(0, expert=ExpertId("e9")), Rule.UNKNOWN_EXPERT, ("e9",)),
        (lambda problem: (problem, ROWS[1:]), Rule.NOT_ASSIGNED, ("w0", "1")),
        (on_row(0, marking=Marking(3)), Rule.NOT_ASKED, ("w0", "3")),
        (lambda problem: (problem, (*ROWS, ROWS[0])), Rule.ASSIGNED_TWICE, ("w0", "1")),
        (on_row(1, expert=ExpertId("e0")), Rule.SAME_EXPERT, ("w0", "e0")),
        (on_row(1, expert=ExpertId("e1")), Rule.SAME_SCHOOL, ("w0", "e0", "e1")),
        (on_problem(works=(work("w0", 0, used_schools=schools(1)), BASE.works[1])), Rule.USED_SCHOOL, ("w0", "e0")),
        (
            on_problem(
                conflicts=frozenset({Conflict(ExpertId("e1"), OfClass(BASE.works[1].class_set), Source.CLASS_TAUGHT)})
            ),
            Rule.CONFLICT,
            ("w1", "e1"),
        ),
        (on_problem(conflicts=own_schools((expert("e2", 0),))), Rule.CONFLICT, ("w0", "e2")),
        (on_problem(works=(work("w0", 0, barred=frozenset({"e2"})), BASE.works[1])), Rule.BARRED, ("w0", "e2")),
        (on_problem(statuses=frozenset({Status.SENIOR})), Rule.STATUS, ("w0", "e0")),
        (on_problem(experts=(expert("e0", 1, capacity=1, load=1), *BASE.experts[1:])), Rule.CAPACITY, ("e0", "2")),
        (on_problem(who=SchoolPairs(frozenset({(SCHOOLS[0], SCHOOLS[1])}))), Rule.PAIR, ("w0", "e2")),
        (on_problem(seed=5), Rule.SEED, ("0",)),
    ],
)
def test_each_broken_rule_is_named(
    change: Callable[[Problem], tuple[Problem, tuple[Assignment, ...]]], rule: Rule, about: tuple[str, ...]
) -> None:
    """The verifier says which rule is broken, and by whom on which work."""
    problem, rows = change(BASE)
    solution = with_rows(problem, solution_of(BASE), rows)
    assert Violation(rule, about) in verify(problem, solution)


def test_false_statements_about_loads_and_objective_are_found() -> None:
    """Loads or a cost that don't follow from the rows are refused."""
    found = solution_of(BASE)
    assert verify(BASE, replace(found, loads=found.loads[1:])) == (Violation(Rule.LOADS, ()),)
    cheaper = replace(found, objective=found.objective - 1)
    assert verify(BASE, cheaper) == (Violation(Rule.OBJECTIVE, (str(cheaper.objective),)),)


def test_a_proof_that_proves_nothing_is_refused() -> None:
    """Levels left out, potentials of the wrong number, out of range, or all alike don't pass."""
    found = solution_of(BASE)
    assert isinstance(found.certificate, Proven)
    *before, ties = found.certificate.levels
    assert verify(BASE, replace(found, certificate=Proven(tuple(before)))) == (Violation(Rule.OPTIMALITY, ("levels",)),)
    flat = replace(ties, experts=(0,) * 4, groups=(0,) * len(ties.groups), gates=(), lanes=())
    for bad in (
        replace(ties, experts=ties.experts[1:]),
        replace(ties, experts=(1 << 70, *ties.experts[1:])),
        replace(ties, gates=((0, 99, 1),)),
        replace(ties, lanes=((0, 0, 1), (0, 0, 2))),
        flat,
    ):
        claim = replace(found, certificate=Proven((*before, bad)))
        assert verify(BASE, claim) == (Violation(Rule.OPTIMALITY, ("ties 1",)),)


def test_a_false_cost_of_a_level_is_refused() -> None:
    """What a level is said to cost must follow from the rows."""
    found = solution_of(BASE)
    assert isinstance(found.certificate, Proven)
    first, *after = found.certificate.levels
    claim = replace(found, certificate=Proven((replace(first, cost=first.cost + 1), *after)))
    assert verify(BASE, claim) == (Violation(Rule.OBJECTIVE, ("balance",)),)


def test_the_solver_is_not_needed_to_verify() -> None:
    """The verifier and what it imports name neither the solver's modules nor its library."""
    import packets.bounds
    import packets.costs
    import packets.directions
    import packets.network
    import packets.problem
    import packets.proof
    import packets.rules
    import packets.verify

    for module in (
        packets.verify,
        packets.proof,
        packets.bounds,
        packets.directions,
        packets.rules,
        packets.network,
        packets.problem,
        packets.costs,
    ):
        assert module.__file__
        with open(module.__file__, encoding="utf-8") as source:
            imports = [line for line in source if line.startswith(("import ", "from "))]
        searching = ("solve", "flow", "face", "rows", "unique", "optimum", "oneway", "branching", "relaxed")
        words = ("ortools", "scipy", *(f"packets.{name} " for name in searching))
        assert not any(word in line for line in imports for word in words)
