"""Rules of appeals as data of a procedure: deadlines in working days, quorum, tie, blind or sighted marking. Pure."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Collection
from dataclasses import dataclass

from crosscheck.i18n import gettext as _
from crosscheck.toml_reading import Reading

_KEYS = ("file_days", "decide_days", "quorum", "chair_breaks_tie", "marking", "days_off", "whole_work")
_MOST_DAYS, _MOST_QUORUM = 60, 10
_SATURDAY = 5


class PanelMarking(enum.Enum):
    """How a panel marks the work again before it decides."""

    SIGHTED = "sighted"  # it sees the points that stand; what it gives need not be written down beforehand
    BLIND = "blind"  # what it gives is recorded before anybody sees the points that stand


@dataclass(frozen=True, slots=True)
class AppealRules:
    """file_days: working days after results in which an appeal may come in. decide_days: working days after it came in
    until it must be decided. quorum: one in so many of the panel has to be there; 0: no panel is asked for.
    chair_breaks_tie: with as many for as against, the chair's voice decides. days_off: holidays beside weekends.
    whole_work: the panel marks all of the work, and not only what the appeal is about."""

    file_days: int = 2
    decide_days: int = 4
    quorum: int = 3
    chair_breaks_tie: bool = True
    marking: PanelMarking = PanelMarking.SIGHTED
    days_off: frozenset[datetime.date] = frozenset()
    whole_work: bool = False


DEFAULT_APPEALS = AppealRules()


def last_day(start: datetime.date, days: int, off: Collection[datetime.date]) -> datetime.date:
    """The last of so many working days after a day; that day itself doesn't count."""
    day = start
    while days > 0:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < _SATURDAY and day not in off
    return day


def read_appeals(section: Reading) -> AppealRules:
    """The section [appeals] of a procedure file; without one, deadlines and quorum of the state examinations."""
    default = AppealRules()
    section.only(*_KEYS)
    return AppealRules(
        section.whole("file_days", 0, _MOST_DAYS, default.file_days),
        section.whole("decide_days", 0, _MOST_DAYS, default.decide_days),
        section.whole("quorum", 0, _MOST_QUORUM, default.quorum),
        section.flag("chair_breaks_tie", default.chair_breaks_tie),
        PanelMarking(section.one_of("marking", [m.value for m in PanelMarking], default.marking.value)),
        _days_off(section),
        section.flag("whole_work", default.whole_work),
    )


def _days_off(section: Reading) -> frozenset[datetime.date]:
    value = section.table.get("days_off", [])
    days = value if isinstance(value, list) else [value]
    if not all(isinstance(day, datetime.date) and not isinstance(day, datetime.datetime) for day in days):
        section.refuse("days_off", _("a list of dates without quotes, as [2026-05-01]"))
        return frozenset()
    return frozenset(days)
