"""Tests of the groups and of the flow network."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drill.plain_rules import may
from packets.network import network_of, spread_steps
from packets.problem import Problem, clash, cliques_of, hashed
from tests.packets.instances import problems

MODEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MODEST
@given(problems())
def test_groups_hold_every_work_once_with_exactly_its_experts(problem: Problem) -> None:
    """Grouping loses nothing and gives each work the experts the rules allow, no more and no fewer."""
    network = network_of(problem)
    groups = [network.group(at) for at in range(len(network.size))]
    assert sorted(w.work for g in groups for w in g.works) == sorted(w.work for w in problem.works)
    for group in groups:
        for item in group.works:
            assert item.school == group.school
            assert group.allowed == tuple(sorted(e.expert for e in problem.experts if may(problem, item, e)))


@MODEST
@given(problems(most_schools=3))
def test_experts_of_one_part_may_never_meet(problem: Problem) -> None:
    """Parts are cliques of the relation 'may not meet'."""
    parts = cliques_of(problem)
    for one in problem.experts:
        for other in problem.experts:
            if parts[one.expert] == parts[other.expert]:
                assert clash(problem, one, other)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 12))
def test_the_free_places_of_a_lane_force_the_spread(works: int, number: int, spread: int) -> None:
    """Within the free places fewer than `spread` experts can't take all reads, and places never shrink."""
    steps = spread_steps(works, number, spread)
    assert list(steps) == sorted(steps)
    assert steps[-1] == works
    if works * number >= spread > 1:
        assert (spread - 1) * steps[0] < works * number


def test_hashes_keep_names_apart() -> None:
    """Moving a letter from one name to the next, or another seed, changes the hash."""
    assert len({hashed(1, "ab", "c"), hashed(1, "a", "bc"), hashed(2, "ab", "c"), hashed(1, "abc")}) == 4
