"""An allocation as a file, checked again elsewhere."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import ExpertId
from packets.costs import Wish, between_schools
from packets.errors import NoExport
from packets.exporting import exported, imported
from packets.problem import Infeasible, Problem, Solution
from packets.solve import solve
from packets.verify import verify
from packets.violations import in_sentence
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, problems, work

EXPERTS = (expert("a", 0), expert("b", 1), expert("c", 2))
PROBLEM = Problem((work("w1", 0), work("w2", 1, pages=4)), EXPERTS, markings(1), conflicts=own_schools(EXPERTS))


WISHED = replace(
    PROBLEM,
    wishes=(Wish("way", (between_schools(SCHOOLS, np.arange(16).reshape(4, 4), [(ExpertId("a"), SCHOOLS[0])]),)),),
)


def solved(problem: Problem) -> Solution:
    solution = solve(problem)
    assert not isinstance(solution, Infeasible)
    return solution


def text() -> str:
    return exported(PROBLEM, solved(PROBLEM))


@settings(max_examples=60, deadline=None)
@given(problems(most_works=10, most_experts=6))
def test_what_is_read_back_passes_the_same_check(problem: Problem) -> None:
    """And is written again as the same bytes."""
    solution = solve(problem)
    if isinstance(solution, Infeasible):
        return
    again, found = imported(exported(problem, solution))
    assert verify(again, found) == ()
    assert exported(again, found) == exported(problem, solution)


def test_an_altered_file_does_not_pass() -> None:
    """A work given to somebody else, or a cost that was made up."""
    whole = json.loads(text())
    whole["solution"]["assignments"][0][2] = "a"
    assert verify(*imported(json.dumps(whole)))
    whole = json.loads(text())
    whole["solution"]["proven"][0]["cost"] -= 1
    assert verify(*imported(json.dumps(whole)))


def test_a_file_of_an_earlier_version_counts_one_page_a_work() -> None:
    """It doesn't say how many there are; nothing that is checked rests on them."""
    whole = json.loads(text())
    whole["problem"]["works"] = [row[:5] for row in whole["problem"]["works"]]
    again, found = imported(json.dumps(whole))
    assert {w.pages for w in again.works} == {1}
    assert verify(again, found) == ()
    assert {w.pages for w in imported(text())[0].works} == {1, 4}


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 3}', '{"format": 1, "problem": {}}', '{"format": 1}']
)
def test_any_other_file_is_refused(content: str) -> None:
    """By name, not by a traceback."""
    with pytest.raises(NoExport, match="E6025"):
        imported(content)


@pytest.mark.parametrize("content", ["[" * 100_000, '{"format": 1, "problem": null}'])
def test_strange_json_is_refused_too(content: str) -> None:
    """Nested without end, or with nothing where something must be."""
    with pytest.raises(NoExport):
        imported(content)


@pytest.mark.parametrize("place", [("works", 0, 1), ("works", 0, 5), ("experts", 0, 2)])
def test_wrong_types_are_refused(place: tuple[str, int, int]) -> None:
    """A school that is no word, pages or a capacity that are no number."""
    whole = json.loads(text())
    table, row, column = place
    whole["problem"][table][row][column] = None
    with pytest.raises(NoExport):
        imported(json.dumps(whole))
    whole = json.loads(text())
    whole["solution"]["proven"][0]["experts"][0] = "x"
    with pytest.raises(NoExport):
        imported(json.dumps(whole))


def _places(value: object, path: tuple[int | str, ...] = ()) -> list[tuple[int | str, ...]]:
    """Every place of a JSON value."""
    inner: list[tuple[int | str, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_altered_ends_in_words(data: st.DataObject) -> None:
    """A value of any place replaced by another: the file is refused, or what is wrong is said; never a fault of the
    program, and never a silent pass of another allocation."""
    whole = json.loads(exported(WISHED, solved(WISHED)))
    *path, last = data.draw(st.sampled_from(_places(whole)[1:]))
    parent = whole
    for key in path:
        parent = parent[key]
    strange = st.sampled_from([None, True, -1, 0, 3, 1 << 70, 0.5, "", "x", [], [1], [[1, 2, 3]], {}, {"a": 9}])
    parent[last] = data.draw(strange)
    with suppress(NoExport):
        assert all(in_sentence(violation) for violation in verify(*imported(json.dumps(whole))))
