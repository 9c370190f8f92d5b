"""Deciding an appeal: everything that has to hold is looked at first, then all of it is recorded at once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.appeal_rules import PanelMarking
from crosscheck.db.ledger import Writer
from crosscheck.i18n import gettext as _
from crosscheck.model import APPEAL_MARKING, CriterionId, Given
from crosscheck.procedure import Procedure
from scoring import settle
from scoring.appeals.errors import (
    GrantedChangesNothing,
    MarkFirst,
    NoQuorum,
    NotAskedFor,
    NotDecided,
    NotThatDay,
    PanelReadIt,
    RejectedChangesNothing,
    TooLate,
)
from scoring.appeals.panel import Vote, quorate, told_alike, voted
from scoring.appeals.recorded import Appeal, open_appeal, stands
from scoring.appeals.sitting import scored
from scoring.forms.stated import sign

REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Votes:
    """How the members voted. None: all who are there voted for it. chair: for, against or empty."""

    voted_for: int | None
    against: int
    chair: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a panel decided. points, reasons: by criterion; a reason that is left out is the one of the whole."""

    outcome: str
    reason: str
    points: Mapping[CriterionId, Given]
    reasons: Mapping[CriterionId, str]
    votes: Votes
    met: datetime.date
    late: str
    recommended: str


def decide(writer: Writer, procedure: Procedure, who: str, name: str, decision: Decision) -> list[facts.AppealChange]:
    """Record it with what stood before; what changed. E3076-E3078, E3123, E3125, E3127-E3129, E3137, E3139."""
    if decision.points and decision.outcome == REJECTED:
        raise RejectedChangesNothing
    appeal = open_appeal(writer.connection, name)
    for other in sorted(scored(writer.connection, appeal.work)):
        if told_alike(who, other):
            raise PanelReadIt(who=who, other=other)
    _asked_for(procedure, appeal, decision)
    _in_time(procedure, appeal, decision)
    votes = _carried(procedure, appeal, decision.votes)
    _marked_blind(procedure, appeal)
    before = stands(writer.connection, procedure, appeal.work)
    if decision.outcome != REJECTED and all(before.get(c) == given for c, given in decision.points.items()):
        raise GrantedChangesNothing(outcome=_(decision.outcome))
    writer.append(facts.AppealDecision(name, decision.outcome, decision.reason))
    late = decision.late if decision.met > appeal.decide_by(procedure) else ""
    tie = decision.votes.chair if votes[0] == votes[1] else ""  # what the chair said counts at even votes alone
    writer.append(facts.AppealProtocol(name, decision.met.isoformat(), *votes, tie, decision.recommended, late))
    changed = []
    for criterion, given in decision.points.items():
        why = decision.reasons.get(criterion, decision.reason)
        place = settle.Place(appeal.work, APPEAL_MARKING, criterion)
        settle.record(writer, place, given, "appeal", f"{name}: {why}", correct=True)
        stood = sign(before[criterion]) if criterion in before else ""
        changed.append(facts.AppealChange(name, criterion, stood, sign(given), why))
    writer.append_all(changed)
    return changed


def _asked_for(procedure: Procedure, appeal: Appeal, decision: Decision) -> None:
    """What nobody appealed against changes only with a reason of its own."""
    asked = appeal.criteria(procedure)
    for criterion in decision.points:
        if criterion not in asked and criterion not in decision.reasons:
            raise NotAskedFor(appeal=appeal.appeal, criterion=criterion)


def _in_time(procedure: Procedure, appeal: Appeal, decision: Decision) -> None:
    last = appeal.decide_by(procedure)
    if not appeal.filed <= decision.met <= datetime.date.today():
        raise NotThatDay(day=decision.met, earliest=appeal.filed)
    if decision.met > last and not decision.late:
        raise TooLate(last=last, day=decision.met)


def _carried(procedure: Procedure, appeal: Appeal, votes: Votes) -> tuple[int, int]:
    """The votes for and against; enough were there, each voted once, and the decision has the majority."""
    rules, there = procedure.appeals, len(appeal.members)
    size = appeal.panel.size if appeal.panel is not None else 0
    if not quorate(rules, there, size):
        raise NoQuorum(appeal=appeal.appeal, there=there, size=size, quorum=rules.quorum)
    voted_for = there - votes.against if votes.voted_for is None else votes.voted_for
    whole = voted_for >= 0 and voted_for + votes.against == there
    if not there and (voted_for or votes.against):
        raise NotDecided(votes_for=voted_for, votes_against=votes.against, there=there)
    if there and not (whole and voted(rules, voted_for, votes.against, votes.chair) is Vote.FOR):
        raise NotDecided(votes_for=voted_for, votes_against=votes.against, there=there)
    return voted_for, votes.against


def _marked_blind(procedure: Procedure, appeal: Appeal) -> None:
    lacking = unmarked(procedure, appeal)
    if lacking:
        raise MarkFirst(appeal=appeal.appeal, criteria=", ".join(lacking))


def unmarked(procedure: Procedure, appeal: Appeal) -> tuple[CriterionId, ...]:
    """Criteria that the panel still has to mark before it may see what stands; none where it may see it anyway."""
    if procedure.appeals.marking is not PanelMarking.BLIND:
        return ()
    marked = {mark.criterion for mark in appeal.marks}
    return tuple(c for c in appeal.to_mark(procedure) if c not in marked)
