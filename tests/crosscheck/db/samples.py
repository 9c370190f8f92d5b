"""A made-up fact of every kind, as many different ones as wanted."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args, get_type_hints

from crosscheck import facts
from crosscheck.facts import Fact

KINDS: tuple[type[Fact], ...] = get_args(Fact)
# What the tables' checks ask for; everything else may be anything of its type.
_ALLOWED: dict[tuple[type[object], str], str] = {
    (facts.Expert, "status"): "senior",
    (facts.Batch, "purpose"): "works",
    (facts.PageReading, "outcome"): "labelled",
    (facts.PageDecision, "decision"): "assign",
    (facts.ExpertIdentity, "other"): "E2",
    (facts.ExpertIdentity, "decision"): "same",
    (facts.ExpertIdentity, "source"): "person",
    (facts.PageFate, "fate"): "known",
    (facts.CustodyMove, "direction"): "out",
    (facts.Reassignment, "reason"): "absent",
    (facts.SheetReading, "outcome"): "read",
    (facts.CellReading, "kind"): "points",
    (facts.SumReading, "kind"): "agrees",
    (facts.Score, "source"): "reading",
    (facts.AppealDecision, "outcome"): "rejected",
    (facts.SchoolScore, "kind"): "points",
    (facts.Look, "source"): "review",
    (facts.Look, "kind"): "points",
    (facts.AuditRow, "how"): "lot",
    (facts.DiscrepancyNote, "comparison"): "form",
    (facts.DiscrepancyNote, "act"): "asked",
    (facts.FormStep, "step"): "sent_back",
    (facts.AgreedPoints, "kind"): "points",
    (facts.AppealFiling, "ground"): "marking",
    (facts.AppealMark, "how"): "blind",
    (facts.AppealProtocol, "tie"): "for",
    (facts.RemarkDraw, "how"): "random",
    (facts.PointNote, "topic"): "incident",
    (facts.OwnScore, "kind"): "points",
}


def _value(kind: type[object], name: str, hint: object, n: int) -> object:
    if (allowed := _ALLOWED.get((kind, name))) is not None:
        return allowed
    if hint is bytes:
        return bytes([n % 256, 0, 255])
    return f"текст-{n}" if hint is str else n


def sample(kind: type[Fact], n: int = 0, **fixed: object) -> Fact:
    """Fact number `n` of a kind, with some fields as given."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    made: dict[str, Any] = {name: _value(kind, name, hints[name], n) for name in names}
    return kind(**(made | fixed))
