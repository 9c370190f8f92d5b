"""Facts of the ledger about differences, appeals and re-markings; `crosscheck.facts` is where all kinds are found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscrepancyNote:
    """A named person said something of a difference. The difference itself is computed, and named by what it is
    between: `work`, `comparison` (experts, third, form, own, remark, mark or journal) and `task`, empty for the whole
    work. `act`: asked, looking, settled, or taken_back, which makes the newest other one void. `found`: the values that
    differed then; settled holds for just these."""

    work: str
    comparison: str
    task: str
    revision: int
    act: str
    found: str
    why: str


# --- appeals -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppealFiling:
    """How an appeal came in: on which day (ISO 8601), on which ground (marking or technical), about which criteria (a
    JSON list, empty for all); `late`: why it was taken after the deadline, else empty."""

    appeal: str
    filed: str
    ground: str
    criteria: str
    late: str


@dataclass(frozen=True, slots=True)
class AppealWithdrawn:
    """Whoever filed an appeal took it back before it was decided."""

    appeal: str
    why: str


@dataclass(frozen=True, slots=True)
class AppealPanel:
    """Who sits on an appeal: `size` members the panel has in all, of whom `chair` and `members` (JSON list, without the
    chair) are there. Each was checked: of another school, read nothing of the work, organised nothing."""

    appeal: str
    revision: int
    size: int
    chair: str
    members: str


@dataclass(frozen=True, slots=True)
class AppealMark:
    """What the panel itself gave for a criterion, X when `points` is None. `how`: blind, before anybody there saw the
    points that stand, or sighted. It changes nothing: the decision does."""

    appeal: str
    criterion: str
    revision: int
    points: int | None
    how: str


@dataclass(frozen=True, slots=True)
class AppealProtocol:
    """How an appeal was decided: when the panel met (ISO 8601), votes for and against, how the chair voted where that
    decided (for, against, or empty), what is recommended to experts, why it is late or empty."""

    appeal: str
    met: str
    votes_for: int
    votes_against: int
    tie: str
    recommended: str
    late: str


@dataclass(frozen=True, slots=True)
class AppealChange:
    """What an appeal changed: what stood for a criterion before and stands after, as signs (points or X; nothing stood:
    empty), and why."""

    appeal: str
    criterion: str
    before: str
    after: str
    why: str


# --- re-markings ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RemarkDraw:
    """Works were named to be marked again. `how`: authority (a list, of `source`, approved by `approval`), markers (by
    differences that call for it) or random (by lot from `seed`, which is public, over the list of works whose digest is
    `manifest`). `population`: works it could have fallen on; `asked`: how many were wanted."""

    draw: str
    how: str
    source: str
    approval: str
    seed: str
    manifest: str
    population: int
    asked: int


@dataclass(frozen=True, slots=True)
class RemarkWork:
    """A work that is to be marked again. `place`: in the lot or the list, from 0; `why`: what names it."""

    draw: str
    work: str
    place: int
    why: str
