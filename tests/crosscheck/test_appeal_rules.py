"""Rules of appeals as `procedure.toml` states them."""

from __future__ import annotations

import datetime

from crosscheck.appeal_rules import AppealRules, PanelMarking
from crosscheck.procedure_file import read_procedure
from tests.crosscheck.test_procedure_file import GOOD, paths


def test_appeals_have_rules_and_without_any_those_of_the_state_examinations() -> None:
    """Working days, quorum, tie, blind or sighted, holidays; what can't be is refused with its key."""
    assert read_procedure(GOOD, "procedure.toml").appeals == AppealRules()
    stated = 'file_days = 1\nquorum = 0\nmarking = "blind"\ndays_off = [2026-05-01]\nchair_breaks_tie = false\n'
    stated += "whole_work = true\n"
    found = read_procedure(f"{GOOD}\n[appeals]\n{stated}", "procedure.toml").appeals
    day = datetime.date(2026, 5, 1)
    assert found == AppealRules(1, 4, 0, False, PanelMarking.BLIND, frozenset({day}), True)
    for wrong in ("quorum = 11", "days_off = ['1 May']", 'marking = "secret"', "file_days = -1", "holidays = []"):
        (path,) = paths(f"{GOOD}\n[appeals]\n{wrong}\n")
        assert path == f"appeals.{wrong.partition(' ')[0]}"
