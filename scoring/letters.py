"""What letters to schools ask for by when, from the ledger: appeals, and electronic forms that are still awaited."""

from __future__ import annotations

import datetime

from crosscheck.appeal_rules import last_day
from crosscheck.db.queries import Connection
from crosscheck.release import Links
from crosscheck.station import Station
from scoring.appeals.recorded import announced
from scoring.forms import comparing
from scoring.forms.progress import State
from scoring.reporting.letter import Awaited, Deadlines

_AWAITED = (State.OUT, State.SENT_BACK)


def deadlines_of(connection: Connection, station: Station, links: Links, now: datetime.datetime) -> Deadlines:
    """The last day of appeals, once results were announced; forms that are out, where schools were told until when."""
    procedure = station.procedure()
    rules, results = procedure.appeals, announced(connection)
    forms: dict[str, dict[datetime.datetime, tuple[str, ...]]] = {}
    for way in comparing.ways(connection, station, procedure, links):
        if way.journey.state in _AWAITED and way.journey.due is not None:
            of_school = forms.setdefault(way.school, {})
            of_school[way.journey.due] = (*of_school.get(way.journey.due, ()), way.class_set)
    awaited = {
        school: tuple(Awaited(until, classes, until < now) for until, classes in sorted(of_school.items()))
        for school, of_school in forms.items()
    }
    return Deadlines(None if results is None else last_day(results, rules.file_days, rules.days_off), awaited)
