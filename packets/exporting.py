"""A problem and its allocation as one file, and back: to be verified on another machine, by whoever doubts it. Pure.

The file names works, experts, schools and class-sets by opaque tokens only. It is JSON with sorted keys: the same
allocation gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.errors import CrosscheckError
from crosscheck.i18n import gettext
from crosscheck.model import ClassToken, ExpertId, Marking, MutualMarking, SchoolToken, Status, TaskId, WorkId
from packets.costs import Table, Wish
from packets.errors import NoExport
from packets.problem import (
    AnySchool,
    Assignment,
    Bounded,
    Certificate,
    Direction,
    ExpertCapacity,
    LevelBound,
    LevelProof,
    Prices,
    Problem,
    Proven,
    SchoolPairs,
    Solution,
    Split,
    Together,
    Unproven,
    Who,
    WorkToAssign,
)

FORMAT = 2
_WITHOUT_DIRECTIONS = 1  # a format that knew nothing of schools that mark each other
_NO_DIRECTIONS: Mapping[str, Mapping[str, Any]] = {
    "problem": {"mutual": MutualMarking.ALLOWED.value, "directions": []},
    "solution": {"closed": [], "bounds": []},
}
_LARGEST = 1 << 62
_TARGETS: Mapping[str, Callable[[Any], Target]] = {"school": OfSchool, "class": OfClass, "work": OfWork}
_Row = Mapping[str, Any]
_T = TypeVar("_T")


def exported(problem: Problem, solution: Solution) -> str:
    """Both as text."""
    whole = {"format": FORMAT, "problem": _problem(problem), "solution": _solution(solution)}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def imported(text: str) -> tuple[Problem, Solution]:
    """The same read back. Raises NoExport for anything else."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise NoExport(detail=gettext("it is no JSON text, or was cut short")) from e
    if not isinstance(whole, dict) or "format" not in whole:
        raise NoExport(detail=gettext("it doesn't begin as an export"))
    if whole["format"] not in (FORMAT, _WITHOUT_DIRECTIONS):
        words = gettext("its format is {found}; this version reads {known}")
        raise NoExport(detail=words.format(found=whole["format"], known=f"{_WITHOUT_DIRECTIONS}, {FORMAT}"))
    return _part("problem", _to_problem, whole), _part("solution", _to_solution, whole)


def _part(name: str, read: Callable[[_Row], _T], whole: _Row) -> _T:
    added = _NO_DIRECTIONS[name] if whole["format"] == _WITHOUT_DIRECTIONS else {}
    try:
        return read({**whole[name], **added})
    except KeyError as e:
        detail = gettext("its part '{part}' lacks {what}").format(part=name, what=e.args[0])
        raise NoExport(detail=detail) from e
    except CrosscheckError as e:
        # What a problem refuses is said of tables elsewhere; here it is the export that is wrong.
        raise NoExport(detail=gettext(e.sentence).format(**e.fields).rstrip(".")) from e
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as e:
        raise NoExport(detail=gettext("its part '{part}' holds something of the wrong kind").format(part=name)) from e


def _whole(value: object) -> int:
    """A whole number and nothing that looks like one: no altered file gets past the check by a type."""
    if type(value) is not int or abs(value) >= _LARGEST:
        raise TypeError(value)
    return value


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


# --- out ------------------------------------------------------------------------------------------------


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "works": [
            [w.work, w.school, w.class_set, sorted(w.barred), sorted(w.used_schools), w.pages]
            for w in sorted(problem.works, key=lambda w: w.work)
        ],
        "experts": [
            [e.expert, sorted(e.schools), e.capacity, e.load, e.status.value]
            for e in sorted(problem.experts, key=lambda e: e.expert)
        ],
        "markings": [int(marking) for marking in problem.markings],
        "different_schools": problem.different_schools,
        "statuses": sorted(status.value for status in problem.statuses),
        "conflicts": sorted([c.expert, *_named(c.target), c.source.value] for c in problem.conflicts),
        "seed": problem.seed,
        "spread": problem.spread,
        "wishes": [_wish(wish) for wish in problem.wishes],
        "together": problem.together.value,
        "pairs": sorted(map(list, problem.who.pairs)) if isinstance(problem.who, SchoolPairs) else None,
        "mutual": problem.mutual.value,
        "directions": sorted(problem.directions),
        **(
            {"tasks": list(problem.tasks)} if problem.tasks else {}
        ),  # whole works are written as they were before parts
    }


def _named(target: Target) -> tuple[str, str]:
    match target:
        case OfSchool(name):
            return "school", name
        case OfClass(name):
            return "class", name
        case OfWork(name):
            return "work", name


def _wish(wish: Wish) -> dict[str, object]:
    tables = [[dict(t.rows), dict(t.columns), np.asarray(t.values).tolist(), dict(t.class_sets)] for t in wish.tables]
    return {"name": wish.name, "tables": tables, "extra": sorted([*pair, cost] for pair, cost in wish.extra.items())}


def _solution(solution: Solution) -> dict[str, object]:
    proof = solution.certificate
    return {
        "assignments": [[a.work, int(a.marking), a.expert] for a in solution.assignments],
        "loads": [list(load) for load in solution.loads],
        "objective": solution.objective,
        "seed": solution.seed,
        "proven": None if isinstance(proof, Unproven) else [asdict(level) for level in proof.levels],
        "closed": list(proof.closed) if isinstance(proof, Bounded) else [],
        "bounds": [_bound(bound) for bound in proof.bounds] if isinstance(proof, Bounded) else [],
        "unproven": proof.reason if isinstance(proof, Unproven) else None,
    }


def _bound(bound: LevelBound) -> dict[str, object]:
    """Splits as two numbers, prices as an object."""
    cases = [[case.one, case.other] if isinstance(case, Split) else asdict(case) for case in bound.cases]
    return {"level": bound.level, "bound": bound.bound, "scale": bound.scale, "cases": cases}


# --- back -----------------------------------------------------------------------------------------------


def _to_problem(row: _Row) -> Problem:
    return Problem(
        works=tuple(
            WorkToAssign(
                WorkId(_word(work)),
                SchoolToken(_word(school)),
                ClassToken(_word(class_set)),
                frozenset(ExpertId(_word(name)) for name in barred),
                frozenset(SchoolToken(_word(name)) for name in used),
                *map(_whole, pages),  # files of earlier versions don't say
            )
            for work, school, class_set, barred, used, *pages in row["works"]
        ),
        experts=tuple(
            ExpertCapacity(
                ExpertId(_word(name)),
                frozenset(SchoolToken(_word(school)) for school in schools),
                _whole(capacity),
                _whole(load),
                Status(status),
            )
            for name, schools, capacity, load, status in row["experts"]
        ),
        markings=tuple(Marking(_whole(marking)) for marking in row["markings"]),
        different_schools=_flag(row["different_schools"]),
        statuses=frozenset(map(Status, row["statuses"])),
        conflicts=frozenset(
            Conflict(ExpertId(_word(expert)), _target(kind, target), Source(source))
            for expert, kind, target, source in row["conflicts"]
        ),
        seed=_whole(row["seed"]),
        spread=_whole(row["spread"]),
        wishes=tuple(map(_to_wish, row["wishes"])),
        who=_to_who(row.get("pairs")),
        together=Together(row.get("together", Together.SCHOOL.value)),
        mutual=MutualMarking(row["mutual"]),
        directions=frozenset(map(_to_direction, row["directions"])),
        tasks=tuple(TaskId(_word(task)) for task in row.get("tasks", ())),
    )


def _to_who(pairs: Sequence[Sequence[str]] | None) -> Who:
    if pairs is None:
        return AnySchool()
    return SchoolPairs(frozenset((SchoolToken(_word(school)), SchoolToken(_word(own))) for school, own in pairs))


def _target(kind: str, name: object) -> Target:
    if kind not in _TARGETS:
        raise ValueError(kind)
    return _TARGETS[kind](_word(name))


def _to_wish(row: _Row) -> Wish:
    tables = tuple(_to_table(*table) for table in row["tables"])
    extra = {
        (SchoolToken(_word(school)), ExpertId(_word(expert))): _whole(cost) for school, expert, cost in row["extra"]
    }
    return Wish(_word(row["name"]), tables, extra)


def _to_table(
    rows: Mapping[str, int],
    columns: Mapping[str, int],
    values: Sequence[Sequence[int]],
    class_sets: Mapping[str, int] | None = None,
) -> Table:
    numbers = np.array([[_whole(value) for value in row] for row in values], dtype=np.int64)
    numbers = numbers if len(values) else numbers.reshape(0, 0)
    single = class_sets or {}
    for named, length in ((rows, len(numbers)), (columns, numbers.shape[1]), (single, len(numbers))):
        if not all(0 <= _whole(at) < length for at in named.values()):
            raise IndexError
    return Table(
        {SchoolToken(school): at for school, at in rows.items()},
        {ExpertId(expert): at for expert, at in columns.items()},
        numbers,
        {ClassToken(class_set): at for class_set, at in single.items()},
    )


def _to_solution(row: _Row) -> Solution:
    return Solution(
        tuple(
            Assignment(WorkId(_word(work)), Marking(_whole(marking)), ExpertId(_word(who)))
            for work, marking, who in row["assignments"]
        ),
        tuple((ExpertId(_word(expert)), _whole(load)) for expert, load in row["loads"]),
        _whole(row["objective"]),
        _to_certificate(row),
        _whole(row["seed"]),
    )


def _to_certificate(row: _Row) -> Certificate:
    if row["proven"] is None:
        return Unproven(_word(row["unproven"]))
    levels = tuple(_to_level(level) for level in row["proven"])
    if not row["closed"] and not row["bounds"]:
        return Proven(levels)
    return Bounded(levels, tuple(map(_to_direction, row["closed"])), tuple(map(_to_bound, row["bounds"])))


def _to_direction(row: Sequence[object]) -> Direction:
    school, other = row
    return SchoolToken(_word(school)), SchoolToken(_word(other))


def _to_bound(row: _Row) -> LevelBound:
    cases = tuple(map(_to_case, row["cases"]))
    return LevelBound(_word(row["level"]), _whole(row["bound"]), _whole(row["scale"]), cases)


def _to_case(row: Any) -> Split | Prices:
    if isinstance(row, list):
        one, other = map(_whole, row)
        return Split(one, other)
    groups, experts, earlier = (tuple(map(_whole, row[name])) for name in ("groups", "experts", "earlier"))
    return Prices(groups, experts, _triples(row["gates"]), earlier)


def _triples(found: Sequence[Sequence[int]]) -> tuple[tuple[int, int, int], ...]:
    return tuple((_whole(a), _whole(b), _whole(c)) for a, b, c in found)


def _to_level(level: _Row) -> LevelProof:
    numbers = tuple(map(_whole, level["groups"])), tuple(map(_whole, level["experts"]))
    return LevelProof(
        _word(level["level"]), _whole(level["cost"]), *numbers, _triples(level["gates"]), _triples(level["lanes"])
    )
