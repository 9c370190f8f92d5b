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
from scoring.reporting.letter import Deadlines

_AWAITED = (State.OUT, State.SENT_BACK)


def deadlines_of(connection: Connection, station: Station, links: Links) -> Deadlines:
    """The last day of appeals, once results were announced; forms that are out, where schools were told until when."""
    procedure = station.procedure()
    rules, results = procedure.appeals, announced(connection)
    forms: dict[str, tuple[tuple[str, ...], datetime.datetime]] = {}
    for way in comparing.ways(connection, station, procedure, links):
        if way.journey.state in _AWAITED and way.journey.due is not None:
            classes, _until = forms.get(way.school, ((), way.journey.due))
            forms[way.school] = ((*classes, way.class_set), way.journey.due)
    return Deadlines(None if results is None else last_day(results, rules.file_days, rules.days_off), forms)
