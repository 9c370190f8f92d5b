"""No path changes a final score without a fact that says who and why; what is said of differences changes none."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import shutil
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crosscheck import damm, facts
from crosscheck.db import queries
from crosscheck.db.errors import DiffersFromRecorded
from crosscheck.errors import Exit
from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, Given, Marking, WorkId
from scoring.forms.comparing import all_standing
from scoring.verdicts import Unsettled, counted, finals, total, verdicts
from tests.crosscheck.db.samples import KINDS, sample
from tests.scoring.test_discrepancies import P, marking, texts
from tests.stations import Desk

NUMBER = damm.closed("113291")
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
SEED = "лото: 3 11 17"


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """A work marked twice, task 5 decided by a third marking far from both; its school's form differs on task 1."""
    work = desk.work(11)
    for number, row in ((1, (1, 0, 2, 3, None, 0)), (2, (1, 0, 2, 3, 1, 0)), (10, (None, None, None, None, 2, 1))):
        desk.add(facts.Number(work, number, NUMBER if number == 1 else damm.closed(f"1{number:02d}444")))
        some = [(c, p) for c, p in zip(CRITERIA, row, strict=True) if number < 10 or c.startswith("5")]
        desk.add(*(facts.Score(work, number, c, 0, p, "reading", "", "") for c, p in some))
    desk.add(facts.SchoolScore(work, "1", 0, "points", 0))
    assert desk.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE
    return desk


def stands(desk: Desk) -> Mapping[CriterionId, Given]:
    with desk.station().ledger.reading() as connection:
        return all_standing(connection, P)[WorkId(desk.work(11))]


def signed(desk: Desk, kind: type[object]) -> list[dict[str, object]]:
    with desk.station().ledger.reading() as connection:
        return queries.signed_rows(connection, kind)


SAYING = (
    ("discrepancies", "note", f"{NUMBER}/1/form", "--asked", "--why", "w"),
    ("discrepancies", "close", f"{NUMBER}/1/form", "--why", "w"),
    ("discrepancies", "undo", f"{NUMBER}/1/form", "--why", "w"),
    ("discrepancies", "close", f"{NUMBER}/5/third", "--why", "w"),
    ("discrepancies", "undo", f"{NUMBER}/5/third", "--why", "w"),
    ("appeal", "file", NUMBER, "--ground", "w"),
    ("appeal", "panel", "AP001", "--size", "1", "--chair", "Седова С. С.=-"),
    ("appeal", "mark", "AP001", "3=0"),
    ("appeal", "withdraw", "AP001", "--why", "w"),
    ("remark", "draw", "--random", "1", "--seed", SEED),
    ("reconcile",),
    ("report",),
    ("publish",),
)


def test_nothing_that_is_said_filed_drawn_or_written_changes_a_score(marked: Desk) -> None:
    """Every command of differences, appeals and re-markings but a decision: what stands is the same after each."""
    before, scores = stands(marked), len(signed(marked, facts.Score))
    for arguments in SAYING:
        ended = marked.run(*arguments)
        assert ended.status == Exit.DONE, (arguments, ended.err)
        assert (stands(marked), len(signed(marked, facts.Score))) == (before, scores), arguments


def _decided(desk: Desk) -> None:
    desk.run("appeal", "file", NUMBER, "--ground", "задание 3")
    desk.run("appeal", "panel", "AP001", "--size", "1", "--chair", "Седова С. С.=-")
    decision = ("--outcome", "marking", "--reason", "протокол 2", "--points", "3=0")
    ended = desk.run("appeal", "decide", "AP001", *decision, who="Секретарь")
    assert ended.status == Exit.DONE, ended.err


def test_a_decision_changes_just_what_it_says_and_tells_who_and_why(marked: Desk) -> None:
    """The one criterion; a score signed by name with the reason, and the earlier ones are still there."""
    before, earlier = stands(marked), signed(marked, facts.Score)
    _decided(marked)
    after, now = stands(marked), signed(marked, facts.Score)
    assert {c for c in before if before[c] != after[c]} == {"3"}
    assert now[: len(earlier)] == earlier
    (one,) = now[len(earlier) :]
    assert (one["who"], one["why"], one["marking"], one["source"]) == ("Секретарь", "AP001: протокол 2", 30, "appeal")
    (change,) = signed(marked, facts.AppealChange)
    assert (change["before"], change["after"], change["who"]) == ("2", "0", "Секретарь")


# --- whatever is recorded, in whatever order -------------------------------------------------------

DECIDING: tuple[type[facts.Fact], ...] = (facts.Score, facts.ScoreWithdrawn)
_turn = itertools.count(1)


def _aimed(kind: type[facts.Fact], work: str, number: int, criterion: str) -> facts.Fact:
    """A made-up fact, of just this cell as far as its fields say of which."""
    here: dict[str, object] = {"work": work, "marking": number, "criterion": criterion, "task": "5"}
    names = {field.name for field in dataclasses.fields(kind)}
    return sample(kind, next(_turn), **{name: value for name, value in here.items() if name in names})


_OTHERS = [kind for kind in KINDS if kind not in DECIDING]
_cells_of_all = st.lists(
    st.tuples(st.sampled_from((1, 2, 10, 20, 30)), st.sampled_from(CRITERIA)),
    min_size=len(_OTHERS),
    max_size=len(_OTHERS),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.permutations(_OTHERS), _cells_of_all)
def test_no_fact_but_a_score_or_its_withdrawal_changes_what_stands(
    marked: Desk, kinds: list[type[facts.Fact]], cells: list[tuple[int, str]]
) -> None:
    """A fact of each other kind, aimed at this very work and at some marking and criterion of it, in any order."""
    before, work = stands(marked), marked.work(11)
    with marked.station().ledger.writing() as writer:
        for kind, (number, criterion) in zip(kinds, cells, strict=True):
            with contextlib.suppress(DiffersFromRecorded):  # another answer under a key that is taken: refused anyway
                writer.append(_aimed(kind, work, number, criterion))
    assert stands(marked) == before


_cells = st.sampled_from(CRITERIA)
_points = st.sampled_from(("0", "1", "2", "X"))
_who = st.sampled_from(("Секретарь", "Орлова В. П."))
_CORRECTED = ("review", "set", NUMBER, "3", "0", "--correct", "--why", "описка")
_DECIDED = ("appeal", "decide", "AP001", "--outcome", "marking", "--reason", "протокол 2", "--points", "4=0")
_commands = st.one_of(
    st.tuples(_cells, _points).map(lambda c: ("review", "set", NUMBER, *c)),
    st.tuples(_cells, _points).map(lambda c: ("review", "set", NUMBER, *c, "--correct", "--why", "описка")),
    st.tuples(_cells, _points).map(lambda c: ("review", "set", NUMBER, *c, "--correct")),
    st.tuples(_cells, _points).map(
        lambda c: (
            *("appeal", "decide", "AP001", "--outcome", "marking", "--reason", "протокол 2"),
            "--points",
            "=".join(c),
        )
    ),
    st.sampled_from((1, 5)).map(lambda n: ("discrepancies", "close", f"{NUMBER}/{n}/form", "--why", "w")),
    st.just(("discrepancies", "close", f"{NUMBER}/5/third", "--why", "w")),
    st.just(("reconcile",)),
    st.just(("release", "--partial", "--why", "протокол 5")),
)


@settings(max_examples=5, deadline=None, suppress_health_check=[*HealthCheck])
@example([("Орлова В. П.", _CORRECTED), ("Секретарь", _DECIDED)])
@given(st.lists(st.tuples(_who, _commands), min_size=1, max_size=4))
def test_whatever_changes_what_stands_says_who_and_why(
    marked: Desk, commands: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Commands in any order: a criterion that stands otherwise has a new signed score with a reason; the earlier ones
    are still there."""
    home = marked.home.with_name(f"{marked.home.name} {next(_turn)}")
    shutil.copytree(marked.home, home)
    here = Desk(home, marked.read)
    here.run("appeal", "file", NUMBER, "--ground", "задания")
    here.run("appeal", "panel", "AP001", "--size", "1", "--chair", "Седова С. С.=-")
    for who, command in commands:
        before, scores = stands(here), signed(here, facts.Score)
        here.run(*command, who=who)
        after, now = stands(here), signed(here, facts.Score)
        assert now[: len(scores)] == scores
        fresh = {str(row["criterion"]): row for row in now[len(scores) :]}
        changed = {criterion for criterion in {**before, **after} if before.get(criterion) != after.get(criterion)}
        assert changed <= fresh.keys()
        assert all(row["who"] == who and str(row["why"]).strip() for c, row in fresh.items() if c in changed)
    shutil.rmtree(home)


# --- what final scores are made of, whoever gave them ----------------------------------------------


def given_by(**said: str) -> dict[Marking, dict[CriterionId, Given]]:
    names = {"one": 1, "two": 2, "third": THIRD_MARKING, "again": RE_MARKING, "appeal": APPEAL_MARKING}
    return {
        Marking(names[name]): {s.criterion: s.given for s in marking(names[name], text).scores}
        for name, text in said.items()
        if text
    }


@given(texts(), texts(), st.just("") | texts(), texts(), st.just("") | texts())
def test_no_re_marking_ever_has_a_say(one: str, two: str, third: str, again: str, appeal: str) -> None:
    """Whatever it gives, every verdict is the one without it."""
    without = given_by(one=one, two=two, third=third, appeal=appeal)
    assert verdicts(P, {**without, **given_by(again=again)}) == verdicts(P, without)


@given(texts(), texts(), st.just("") | texts(), st.just("") | texts())
def test_verdicts_are_symmetric_and_totals_exact(one: str, two: str, third: str, appeal: str) -> None:
    """Experts may be exchanged; a total is the sum of whole numbers, and there is none while anything is open."""
    found = verdicts(P, given_by(one=one, two=two, third=third, appeal=appeal))
    final = finals(found)
    assert final == finals(verdicts(P, given_by(one=two, two=one, third=third, appeal=appeal)))
    if isinstance(final, Unsettled):
        assert final.criteria
    else:
        assert total(final.values()) == sum(counted(value) for value in final.values())
        assert all(type(counted(value)) is int for value in final.values())


@given(texts(), texts(), texts())
def test_an_appeal_changes_only_the_criteria_it_names(one: str, two: str, appeal: str) -> None:
    """Every other verdict stays; those it names are what it gives."""
    before, after = verdicts(P, given_by(one=one, two=two)), verdicts(P, given_by(one=one, two=two, appeal=appeal))
    named = given_by(appeal=appeal).get(APPEAL_MARKING, {})
    for criterion, verdict in after.items():
        if criterion in named:
            assert getattr(verdict, "final", None) == named[criterion]
        else:
            assert verdict == before[criterion]
