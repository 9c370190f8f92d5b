"""The allocation drill: every gate holds on odd instances, and it sees solvers, verifiers and explanations that err."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

import packets.explain
import packets.network
import packets.optimum
import packets.proof
import packets.solve
import packets.verify
import packets.waivers
from crosscheck.conflicts import index_conflicts
from drill import allocate
from drill.gate import Gate
from drill.odd_allocations import Odd, odd, planted
from packets.network import SPREAD, Level, Network
from packets.problem import Problem, hashed
from tests.packets.test_explain import linked_and_full


def failed(gates: Sequence[Gate]) -> set[str]:
    return {gate.name for gate in gates if not gate.ok}


def test_everything_said_of_odd_allocations_is_true() -> None:
    """500 instances and 50 planted bottlenecks; the same bytes in any order, with threads, in other processes."""
    gates = allocate.run(2026, 500)
    assert failed(gates) == set()
    assert [gate.name for gate in gates if not gate.n] == []


def test_the_same_seed_gives_the_same_instances() -> None:
    """And another number another one."""
    one, same, other = odd(3, 5), odd(3, 5), odd(3, 6)
    assert (one.oddities, allocate.said(one.problem)) == (same.oddities, allocate.said(same.problem))
    assert one.problem.works != other.problem.works
    assert planted(3, 5) == planted(3, 5)


def test_a_solver_that_ignores_conflicts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its allocations break a rule, and it names other bottlenecks than those planted."""
    monkeypatch.setattr(packets.network, "index_conflicts", lambda _conflicts: index_conflicts(()))
    found = failed(allocate.claims(1, 40))
    assert {"allocations that break a rule", "planted bottlenecks not named exactly"} <= found


@pytest.mark.parametrize("check", ["_coverage", "unfit", "_teams", "_loads", "_optimality"])
def test_a_verifier_without_one_of_its_checks_is_seen(monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    """Some altered allocation passes it."""
    monkeypatch.setattr(packets.verify, check, lambda *_arguments: ())
    assert failed(allocate.claims(1, 120)) == {"altered allocations that pass"}


def test_a_proof_that_is_not_looked_at_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs are right, but nothing says that they are the least."""
    for check in ("_pairs", "_gates", "_lanes", "_loads"):
        monkeypatch.setattr(packets.proof, check, lambda *_arguments: ())
    assert failed(allocate.claims(1, 60)) == {"altered allocations that pass"}


def test_levels_left_out_by_solver_and_verifier_alike_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The integer programme knows of them."""
    every = packets.network.levels_of

    def without_spread(problem: Problem, network: Network) -> tuple[Level, ...]:
        return tuple(level for level in every(problem, network) if level.name != SPREAD)

    for module in (packets.optimum, packets.proof):
        monkeypatch.setattr(module, "levels_of", without_spread)
    assert "levels an integer programme beats or misses" in failed(allocate.claims(1, 60))


def test_an_explanation_that_names_too_much_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """All groups instead of those that block."""
    monkeypatch.setattr(packets.explain, "_irreducible", lambda network, _groups: list(range(len(network.size))))
    found = failed(allocate.claims(1, 40))
    assert {"blocking sets with something to spare", "planted bottlenecks not named exactly"} <= found


def test_an_explanation_that_knows_nothing_of_shared_schools_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer works may block already where experts work in several schools: the cut alone doesn't tell."""
    monkeypatch.setattr(packets.explain, "_linked", lambda _problem: False)
    one = Odd(linked_and_full(), ())
    assert allocate.counted(one, random.Random(0)).spare == 1
    monkeypatch.undo()
    assert allocate.counted(one, random.Random(0)).spare == 0


@pytest.mark.parametrize(
    ("by", "gate"),
    [(-1, "changes offered that don't help"), (1, "changes offered that are larger than needed")],
)
def test_changes_of_a_wrong_size_are_seen(monkeypatch: pytest.MonkeyPatch, by: int, gate: str) -> None:
    """One work too little or too much for a new expert."""
    every = packets.waivers._more_experts

    def wrong(problem: Problem, network: Network) -> packets.waivers.MoreExperts | None:
        found = every(problem, network)
        return found and replace(found, capacities=(max(0, found.capacities[0] + by), *found.capacities[1:]))

    monkeypatch.setattr(packets.waivers, "_more_experts", wrong)
    monkeypatch.setattr(packets.waivers, "_enough", lambda _problem, _waiver: True)
    assert gate in failed(allocate.claims(1, 40))


def test_an_answer_that_depends_on_the_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Experts numbered as they were listed."""
    monkeypatch.setattr(packets.network, "sorted_experts", lambda problem: problem.experts)
    assert allocate.unlike([odd(1, number).problem for number in range(20)], 1) > 0


def test_an_answer_of_another_process_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ties that are hashed otherwise here give other bytes than in all three."""
    monkeypatch.setattr(packets.network, "hashed", lambda seed, *names: hashed(seed + 1, *names))
    assert allocate.elsewhere(1, 12) == 3
