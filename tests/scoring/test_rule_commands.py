"""Rules told in words, looked at for doubts, and found behind recorded scores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import FIRST_MARKING, SECOND_MARKING, Agreed, Discrepant, NotAttempted, Points
from crosscheck.procedure import Boundaries, Minor, Rules, Scope, Third
from drill.assessment import toml
from scoring.errors import MarkedOnce
from scoring.rule_commands import rules
from scoring.rule_words import doubts, examples, in_words
from scoring.verdicts import verdicts
from tests import factories
from tests.journey.played import SAMPLES
from tests.stations import Desk, district

P = factories.procedure()
_RULES = st.builds(
    Rules,
    task_difference=st.integers(1, 4),
    x_against_points=st.booleans(),
    minor=st.sampled_from([*Minor]),
    third_scope=st.sampled_from([*Scope]),
    criterion_difference=st.none() | st.integers(1, 3),
    zero_gates=st.sampled_from([(), (P.criteria[0].id,)]),
    third=st.sampled_from([*Third]),
)


def plain(text: str) -> str:
    return text


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rules, list(arguments), standalone_mode=False)


@given(_RULES)
def test_an_example_is_what_happens_to_a_work(stated: Rules) -> None:
    """The same two markings in a work get the verdict that the example tells."""
    procedure = replace(P, rules=stated)
    for one in examples(procedure):
        rest = {c.id: Points(c.maximum // 2) for c in procedure.criteria}
        scores = {
            FIRST_MARKING: {**rest, one.criterion: one.first},
            SECOND_MARKING: {**rest, one.criterion: one.second},
        }
        found = verdicts(procedure, scores)[one.criterion]
        assert found == Agreed(one.stands) if one.stands is not None else isinstance(found, Discrepant)


def test_every_rule_that_applies_is_told() -> None:
    """Each rule adds a sentence or changes one; a procedure with one marking has none of them."""
    usual = in_words(P, plain)
    for change in (
        Rules(task_difference=3),
        Rules(criterion_difference=2),
        Rules(zero_gates=(P.criteria[0].id,)),
        Rules(x_against_points=False),
        Rules(sum_difference=4),
        Rules(mark_differs=True),
        Rules(minor=Minor.LOWER),
        Rules(third_scope=Scope.ALL),
        Rules(third=Third.MEAN),
    ):
        assert in_words(replace(P, rules=change), plain) != usual
    assert len(in_words(replace(P, markings=1), plain)) == 1


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        (Rules(sum_difference=1000), "sum_difference"),
        (Rules(criterion_difference=9), "criterion_difference"),
        (Rules(mark_differs=True), "mark_differs"),
        (Rules(minor=Minor.FIRST), "minor"),
        (Rules(task_difference=9), "fewer than 9"),
    ],
)
def test_rules_that_never_apply_or_surprise_are_named(stated: Rules, word: str) -> None:
    """One doubt more than the usual rules have."""
    before = set(doubts(replace(P, boundaries=None), plain))
    (more,) = set(doubts(replace(P, rules=stated, boundaries=None), plain)) - before
    assert word in more
    assert doubts(replace(P, rules=stated, markings=1), plain) == ()


def test_examples_wait_for_boundaries_that_rules_need() -> None:
    """Marks can't be compared before they are known."""
    needy = replace(P, rules=Rules(mark_differs=True), boundaries=None)
    assert examples(needy) == ()
    assert examples(replace(needy, boundaries=Boundaries(2, 4, 6)))


def test_a_file_is_checked_and_told_without_a_ledger() -> None:
    """The samples: one that can all apply, one with tasks of a single point."""
    alone, district = (str(SAMPLES.parent / name / "procedure.toml") for name in ("single", "district"))
    assert run("check", alone).return_value is Exit.DONE
    assert run("check", district).return_value is Exit.PERSON_NEEDED
    told = run("explain", "--file", district)
    assert told.exception is None
    assert len(told.output.splitlines()) > 20


def table(folder: Path, text: str) -> str:
    path = folder / "scores.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_the_rule_behind_a_table_is_told_with_its_exceptions(tmp_path: Path) -> None:
    """Russian or English columns, third readings where there are any."""
    found = run("infer", table(tmp_path, "первая;вторая;третья;итог;раз\n1;2;;2;76\n2;0;;3;1\n3;0;1;1;4\n"))
    assert found.return_value is Exit.PERSON_NEEDED
    assert "76" in found.output
    assert "2, 0" in found.output
    whole = run("infer", table(tmp_path, "second,first,final\n1,2,2\n3,3,3\n"))
    assert (whole.exception, whole.return_value) == (None, Exit.DONE)
    assert run("infer", table(tmp_path, "first;second;final\n")).return_value is Exit.DONE


def test_rows_with_x_are_left_out_and_counted(tmp_path: Path) -> None:
    """X is not 0: a rule that takes it for points would be a rule about something else."""
    found = run("infer", table(tmp_path, "first;second;final\n1;2;2\nX;2;2\n1;1;х\n"))
    assert "2 rows with X are left out" in found.output
    assert "explains 1 of 1" in found.output


@pytest.mark.parametrize("text", ["first;second\n1;2\n", "first;second;final\n1;Y;1\n", "first;second;final\n1;2;\n"])
def test_a_table_that_cannot_be_meant_is_refused_with_the_cell(tmp_path: Path, text: str) -> None:
    """A missing column, a sign that is no number, an empty score: never taken for 0."""
    found = run("infer", table(tmp_path, text))
    assert isinstance(found.exception, CrosscheckError)
    assert found.exception.number == 3003


def test_thresholds_are_compared_from_thirty_works_on_and_not_where_works_are_marked_once(desk: Desk) -> None:
    """Two works say nothing; a procedure with one marking is refused."""
    ended = desk.run("thresholds")
    assert (ended.status, "30" in ended.out) == (Exit.PERSON_NEEDED, True)
    once = desk.home.parent / "once"
    (district(once) / "procedure.toml").write_text(toml(factories.procedure(markings=1)), "utf-8")
    assert desk.run("register", str(once)).status == Exit.DONE
    ended = desk.run("thresholds")
    assert (ended.status, f"E{MarkedOnce.number}" in ended.err) == (MarkedOnce.exit, True)


def test_x_against_nothing_is_told_as_it_is() -> None:
    """X of both stays X."""
    (both,) = [e for e in examples(P) if e.task == P.tasks[0].id and e.first == e.second == NotAttempted()]
    assert both.stands == NotAttempted()
