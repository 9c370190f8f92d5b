"""Exact search for the rare case that experts of several schools can't be kept apart by swapping.

The parts of `packets.problem.cliques_of` are then only a necessary condition, and the question is a colouring
problem: a constraint solver decides it, with one worker and a deterministic limit, so that every computer
answers alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from crosscheck.model import ExpertId, MutualMarking, WorkId
from packets.problem import Direction, ExpertCapacity, Group, Infeasible, Problem, sorted_experts

EFFORT = 20.0  # of CP-SAT's deterministic time: roughly seconds, but the same on every computer


@dataclass(frozen=True, slots=True)
class Undecided:
    """The effort was spent without an answer."""


Rows = dict[WorkId, list[ExpertId]]
Found = Rows | Infeasible | Undecided
_Gives = dict[tuple[WorkId, ExpertId], cp_model.IntVar]


def search_within(problem: Problem, groups: Sequence[Group], hint: Mapping[WorkId, Sequence[ExpertId]]) -> Found:
    """Experts of every work of these groups, each as often in each group as in the hint: any proof stays one."""
    rows: Rows = {}
    for group in groups:
        found = search_with_reads(problem, [group], hint)
        if isinstance(found, (Infeasible, Undecided)):
            return found
        rows |= found
    return rows


def search_with_reads(problem: Problem, groups: Sequence[Group], hint: Mapping[WorkId, Sequence[ExpertId]]) -> Found:
    """Experts of every work of these groups, each expert as often as in the hint: loads stay as even as they were."""
    model, gives = _model(problem, groups)
    reads = Counter(expert for group in groups for work in group.works for expert in hint[work.work])
    for expert, variables in _by_expert(gives).items():
        model.add(sum(variables) == reads[expert])
    return _answer(problem, model, gives, hint)


def search(problem: Problem, groups: Sequence[Group], hint: Mapping[WorkId, Sequence[ExpertId]]) -> Found:
    """Experts of every work, as balanced as the effort allows; Infeasible is proven. Where no two schools may mark
    each other, they don't, whatever directions are open."""
    model, gives = _model(problem, groups)
    if problem.mutual is MutualMarking.NEVER:
        _one_way(model, problem, gives)
    experts = {e.expert: e for e in sorted_experts(problem)}
    model.minimize(sum(_load(model, experts[expert], reads) for expert, reads in _by_expert(gives).items()))
    return _answer(problem, model, gives, hint)


def _model(problem: Problem, groups: Sequence[Group]) -> tuple[cp_model.CpModel, _Gives]:
    model = cp_model.CpModel()
    experts = {e.expert: e for e in problem.experts}
    gives: _Gives = {}
    for group in groups:
        for work in group.works:
            variables = {expert: model.new_bool_var("") for expert in group.allowed}
            _one_work(model, problem, variables, experts)
            gives.update(((work.work, expert), variable) for expert, variable in variables.items())
    return model, gives


def _by_expert(gives: _Gives) -> dict[ExpertId, list[cp_model.IntVar]]:
    reads: dict[ExpertId, list[cp_model.IntVar]] = {}
    for (_, expert), variable in gives.items():
        reads.setdefault(expert, []).append(variable)
    return reads


def _answer(
    problem: Problem, model: cp_model.CpModel, gives: _Gives, hint: Mapping[WorkId, Sequence[ExpertId]]
) -> Found:
    for (work, expert), variable in gives.items():
        model.add_hint(variable, expert in hint[work])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.catch_sigint_signal = False  # it would leave Ctrl-C to kill the process without cleaning up
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Infeasible(problem.reads)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Undecided()
    rows: Rows = {work: [] for work, _ in gives}
    for (work, expert), variable in gives.items():
        if solver.value(variable):
            rows[work].append(expert)
    return rows


def _one_work(
    model: cp_model.CpModel,
    problem: Problem,
    variables: Mapping[ExpertId, cp_model.IntVar],
    experts: Mapping[ExpertId, ExpertCapacity],
) -> None:
    model.add(sum(variables.values()) == len(problem.markings))
    if not problem.different_schools:
        return
    for school in sorted({school for expert in variables for school in experts[expert].schools}):
        model.add_at_most_one([v for expert, v in variables.items() if school in experts[expert].schools])


def _one_way(model: cp_model.CpModel, problem: Problem, gives: _Gives) -> None:
    """Of every two schools at most one marks the other."""
    schools, home = {e.expert: e.schools for e in problem.experts}, {w.work: w.school for w in problem.works}
    used: dict[Direction, cp_model.IntVar] = {}
    for (work, expert), variable in gives.items():
        for other in sorted(schools[expert] - {home[work]}):
            way = (home[work], other)
            if way not in used:
                used[way] = model.new_bool_var("")
            model.add_implication(variable, used[way])
    for (one, other), forth in used.items():
        if one < other and (other, one) in used:
            model.add_at_most_one([forth, used[other, one]])


def _load(model: cp_model.CpModel, expert: ExpertCapacity, reads: list[cp_model.IntVar]) -> cp_model.IntVar:
    most = expert.load + min(expert.room, len(reads))
    load = model.new_int_var(expert.load, most, "")
    model.add(load == expert.load + sum(reads))
    square = model.new_int_var(0, most * most, "")
    model.add_multiplication_equality(square, [load, load])
    return square
