"""Appeals as the ledger holds them: what came in, what became of it, what stood before and after."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.appeal_rules import last_day
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, Given, WorkId
from crosscheck.procedure import Procedure
from crosscheck.release import RESULTS
from crosscheck.times import local
from scoring import settle
from scoring.appeals.errors import NoSuchAppeal, UnknownAppeal
from scoring.verdicts import standing, verdicts


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal with everything that is recorded of it. panel: as it sits now."""

    appeal: str
    work: WorkId
    filed: datetime.date
    text: str
    filing: facts.AppealFiling | None
    panel: facts.AppealPanel | None
    decision: facts.AppealDecision | None
    protocol: facts.AppealProtocol | None
    withdrawn: facts.AppealWithdrawn | None
    changes: tuple[facts.AppealChange, ...]
    marks: tuple[facts.AppealMark, ...]

    @property
    def open(self) -> bool:
        """Does it wait for a decision?"""
        return self.decision is None and self.withdrawn is None

    @property
    def state(self) -> str:
        """In one word."""
        if self.withdrawn is not None:
            return "recalled"
        return "open" if self.decision is None else self.decision.outcome

    def decide_by(self, procedure: Procedure) -> datetime.date:
        """The last day for a decision."""
        return last_day(self.filed, procedure.appeals.decide_days, procedure.appeals.days_off)

    def criteria(self, procedure: Procedure) -> tuple[CriterionId, ...]:
        """What it is about, in the procedure's order."""
        named = json.loads(self.filing.criteria) if self.filing is not None and self.filing.criteria else []
        return tuple(c.id for c in procedure.criteria if not named or c.id in named)

    def to_mark(self, procedure: Procedure) -> tuple[CriterionId, ...]:
        """What the panel marks again: what it is about, or all of the work where the procedure has it so."""
        return tuple(c.id for c in procedure.criteria) if procedure.appeals.whole_work else self.criteria(procedure)

    @property
    def members(self) -> tuple[str, ...]:
        """Who is there, the chair first."""
        return () if self.panel is None else (self.panel.chair, *json.loads(self.panel.members))


def all_appeals(connection: Connection) -> tuple[Appeal, ...]:
    """Every appeal, in the order in which they were recorded."""
    filings = {f.appeal: f for f in queries.all_of(connection, facts.AppealFiling)}
    panels = {p.appeal: p for p in queries.latest_of(connection, facts.AppealPanel)}
    decisions = {d.appeal: d for d in queries.all_of(connection, facts.AppealDecision)}
    protocols = {p.appeal: p for p in queries.all_of(connection, facts.AppealProtocol)}
    withdrawn = {w.appeal: w for w in queries.all_of(connection, facts.AppealWithdrawn)}
    changes = queries.all_of(connection, facts.AppealChange)
    marks = queries.latest_of(connection, facts.AppealMark)
    found = []
    for row in queries.signed_rows(connection, facts.Appeal):
        name = str(row["appeal"])
        filing = filings.get(name)
        recorded = local(str(row["at"])).date()
        found.append(
            Appeal(
                name,
                WorkId(str(row["work"])),
                recorded if filing is None else datetime.date.fromisoformat(filing.filed),
                str(row["ground"]),
                filing,
                panels.get(name),
                decisions.get(name),
                protocols.get(name),
                withdrawn.get(name),
                tuple(c for c in changes if c.appeal == name),
                tuple(m for m in marks if m.appeal == name),
            )
        )
    return tuple(found)


def open_appeal(connection: Connection, name: str) -> Appeal:
    """The open appeal of a name. Raises NoSuchAppeal."""
    found = next((one for one in all_appeals(connection) if one.appeal == name and one.open), None)
    if found is None:
        raise NoSuchAppeal(appeal=name)
    return found


def recorded_appeal(connection: Connection, name: str) -> Appeal:
    """The appeal of a name, open or not. Raises UnknownAppeal."""
    found = next((one for one in all_appeals(connection) if one.appeal == name), None)
    if found is None:
        raise UnknownAppeal(appeal=name)
    return found


def stands(connection: Connection, procedure: Procedure, work: WorkId) -> Mapping[CriterionId, Given]:
    """What stands for each settled criterion of a work."""
    return standing(verdicts(procedure, settle.all_scores(connection, work=work).get(work, {})))


def announced(connection: Connection) -> datetime.date | None:
    """The day (local time) on which results were announced, by other rules or boundaries perhaps anew; None before."""
    days = [
        local(str(row["at"])).date()
        for kind in (facts.Release, facts.ReleaseBasis)
        for row in queries.signed_rows(connection, kind, purpose=RESULTS)
    ]
    return max(days, default=None)
