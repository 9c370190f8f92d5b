"""The who-is-who drill: its lists are like real ones, and it sees a comparison that is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from crosscheck import whoiswho
from crosscheck.whoiswho import Different, Same
from drill import namesakes


def test_few_questions_and_nobody_missed() -> None:
    """Every gate holds on a small list."""
    assert [gate.name for gate in namesakes.run(3, 400) if not gate.ok] == []


def test_common_names_come_often_and_most_are_rare() -> None:
    """Otherwise a low rate of false alarms would mean nothing."""
    people = namesakes.teachers(600, np.random.default_rng(1))
    families = [person.family for person in people]
    shared = {family for family in families if families.count(family) > 1}
    assert 0.2 < sum(family in shared for family in families) / len(families) < 0.7
    assert len({(person.given, person.patronymic) for person in people}) < 500


@pytest.mark.parametrize("known", [Same(), Different(whoiswho.Apart.NAMES_DIFFER)])
def test_the_drill_sees_a_comparison_that_is_wrong(monkeypatch: pytest.MonkeyPatch, known: whoiswho.Identity) -> None:
    """One that joins whoever shares a family name or school, and one that finds nobody."""
    monkeypatch.setattr(whoiswho, "identity", lambda *_entries: known)
    assert [gate.name for gate in namesakes.run(3, 200) if not gate.ok] != []
