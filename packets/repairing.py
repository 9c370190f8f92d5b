"""Check day: what happened after works were given out, and the fewest changes that put it right.

Everything is decided on the ledger as it stands and recorded in one commit: who is there, conflicts found on the spot,
and each marking that was taken back with whoever has it now. Nothing that was given out before is rewritten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck import doubts, facts, keys, numbering, safe
from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import THIRD_MARKING, ExpertId, Marking, MutualMarking, SchoolToken, WorkId
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from crosscheck.vault import Purpose, RecordKind
from crosscheck.whoiswho import common_conflicts
from packets import assigning, checking, present
from packets.calling import Calling
from packets.costs import Wish
from packets.directions import newly_mutual
from packets.errors import CannotRepair, NoSuchPacketToPrint, NotVerified, RepairMarksBack
from packets.explain import Blocking, explain, listed, sentence
from packets.handing import handed_over
from packets.origins import Origins, open_origins
from packets.problem import AnySchool, Assignment, Direction, ExpertCapacity, Problem, SchoolPairs, WorkToAssign
from packets.repair import NOBODY, Impossible, Repair, repair
from packets.repair_check import after, fewest, verify_repair
from packets.situation import Situation, Slot, StandingWork
from packets.verify import verify
from packets.violations import in_sentence

LOST, HANDED_OVER, ROOM = "lost", "handed_over", "room"
_ON_THE_SPOT = "declared on check day"


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, as a person tells it. conflicts: an expert and what this expert may not mark; lost: codes of
    packets. take_over: how many works of others a late expert gets at most."""

    absent: tuple[ExpertId, ...] = ()
    late: tuple[ExpertId, ...] = ()
    conflicts: tuple[tuple[ExpertId, Target], ...] = ()
    lost: tuple[str, ...] = ()
    take_over: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One marking that is taken back and given anew. number: of the work; packet: where it lies, 0 if in none;
    printed: whether that packet is out on paper."""

    slot: Slot
    number: str
    before: ExpertId
    expert: ExpertId
    reason: str
    packet: int
    printed: bool


@dataclass(frozen=True, slots=True)
class Repaired:
    """What changes, or would. gone: markings that could not stay; fewest: no way has fewer changes than this, beside
    those that were asked for (`lost`, `handed_over`). stay: markings of absent experts that came back, and stay."""

    changes: tuple[Change, ...]
    gone: int
    moved: int
    fewest: int
    even: bool
    reserved: bool
    load_gap: int
    stay: int


def repaired(station: Station, organiser: PrivateKey, happened: Happened, *, dry: bool) -> Repaired:
    """Give anew what can't stay with whom it is; recorded unless `dry`. Raises CannotRepair, saying what blocks."""
    with station.ledger.reading() as connection:
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    declared = [Conflict(expert, target, Source.DECLARED) for expert, target in happened.conflicts]
    conflicts = origins.conflicts | common_conflicts(origins.persons, declared)
    origins = replace(origins, conflicts=conflicts)
    if dry:
        with station.ledger.reading() as connection:
            return _Day(station, connection, origins, happened).repaired()
    with station.ledger.writing() as writer:
        day = _Day(station, writer.connection, origins, happened)
        found = day.repaired()
        _record(writer, station, day, happened)
        return found


class _Day:
    """The ledger as it stands, and what comes of it."""

    def __init__(self, station: Station, connection: Connection, origins: Origins, happened: Happened) -> None:
        self.connection, self.origins, self.happened = connection, origins, happened
        self.procedure = station.procedure()
        self.standing = queries.standing_assignments(connection)
        self.rows = {(WorkId(r.work), Marking(r.marking)): r.packet for r in queries.standing_rows(connection)}
        self.situation = self._situation(assigning.seed(station, self.procedure))
        self.found = _decided(self.situation)
        lately = frozenset(self._one(code) for code in happened.late)
        self.handed = handed_over(self.situation, self.found.given, lately, happened.take_over if lately else 0)
        self.given = (*self.found.given, *self.handed)
        _refuse_unverified(self.situation, self.given, self.found)
        if self.procedure.mutual_schools is MutualMarking.NEVER:
            self._refuse_mutual()
        self.lost = self._lost()

    def _one(self, code: str) -> ExpertId:
        """The code that stands for the person who has this one."""
        return self.standing_code.get(ExpertId(code), ExpertId(code))

    def _refuse_mutual(self) -> None:
        # The search knows nothing of directions; what would break the rule is not recorded.
        held, then = (self._directions(rows) for rows in (self.situation.held, after(self.situation, self.given)))
        if pairs := newly_mutual(held, then):
            called = Calling()
            named = (f"{called.school(one)}-{called.school(other)}" for one, other in pairs)
            raise RepairMarksBack(schools=listed(named))

    def _directions(self, rows: Sequence[Assignment]) -> frozenset[Direction]:
        schools = {(self.origins.works[a.work][0], at) for a in rows for at in self.origins.experts[a.expert].schools}
        return frozenset((school, at) for school, at in schools if school != at)

    def _situation(self, seed: int) -> Situation:
        persons, procedure = self.origins.persons, self.procedure
        experts = present.all_experts(self.connection, self.origins)
        self.standing_code = {code: e.expert for e in experts for code in persons.of(e.expert)}
        away = present.absent(self.connection, persons) | persons.of_all(self.happened.absent)
        away -= persons.of_all(self.happened.late)
        taken: dict[str, set[tuple[Marking, ExpertId]]] = {}
        for one in queries.all_of(self.connection, facts.Reassignment):
            if one.reason != LOST:
                taken.setdefault(one.work, set()).add((Marking(one.marking), self._one(one.withdrawn)))
        works = sorted({WorkId(a.work) for a in self.standing})
        there = tuple(e for e in experts if e.expert not in away)
        pages = numbered_pages(self.connection)
        return Situation(
            works=tuple(
                StandingWork(w, *self.origins.works[w], frozenset(taken.get(w, ())), pages.get(w, 1)) for w in works
            ),
            experts=tuple(replace(e, load=0) for e in experts),
            held=tuple(Assignment(WorkId(a.work), Marking(a.marking), self._one(a.expert)) for a in self.standing),
            returned=_returned(self.connection),
            absent=frozenset(e.expert for e in experts if e.expert in away),
            conflicts=self.origins.conflicts,
            different_schools=procedure.different_schools,
            statuses={THIRD_MARKING: procedure.third_statuses},
            reserve=present.reserve(self.connection, procedure, there),
            unpaired=self._unpaired(works, experts, seed),
            wishes=self._wishes(works, there),
            seed=seed,
        )

    def _unpaired(
        self, works: Sequence[WorkId], experts: Sequence[ExpertCapacity], seed: int
    ) -> Mapping[tuple[Marking, SchoolToken], frozenset[ExpertId]]:
        """Whom the scheme keeps from the works of each school; third markings follow none."""
        of_works = {self.origins.works[work][0] for work in works}
        schools = of_works.union(*(e.schools for e in experts))
        match assigning.whose(self.procedure.scheme, self.origins, schools, seed):
            case SchoolPairs(pairs):
                kept = {s: frozenset(e.expert for e in experts if _apart(pairs, s, e)) for s in of_works}
                return {(m, s): some for s, some in kept.items() for m in self.procedure.independent()}
            case AnySchool():
                return {}

    def _wishes(self, works: Sequence[WorkId], there: Sequence[ExpertCapacity]) -> tuple[Wish, ...]:
        plain = Problem(tuple(WorkToAssign(w, *self.origins.works[w]) for w in works), tuple(there), (Marking(1),))
        return assigning.wished(self.connection, self.procedure, plain, self.origins).wishes

    def _lost(self) -> frozenset[Slot]:
        """What lay in lost packets, didn't come back and stays with its expert. Raises NoSuchPacketToPrint."""
        changed = {(a.work, a.marking) for a in self.given}
        printed = _printed(self.connection)
        found: set[Slot] = set()
        for code in self.happened.lost:
            number = numbering.packet_number(code)
            inside = {slot for slot, packet in self.rows.items() if packet == number}
            if number not in printed or not inside - self.situation.returned:
                raise NoSuchPacketToPrint(code=code)
            found |= inside - self.situation.returned - changed
        return frozenset(found)

    def repaired(self) -> Repaired:
        situation, printed = self.situation, _printed(self.connection)
        numbers = {(n.work, n.marking): n.number for n in queries.all_of(self.connection, facts.Number)}
        standing = {(WorkId(a.work), Marking(a.marking)): ExpertId(a.expert) for a in self.standing}
        now = {(a.work, a.marking): a.expert for a in self.given} | {slot: standing[slot] for slot in self.lost}
        changes = tuple(
            Change(
                slot,
                numbers.get(slot, ""),
                standing[slot],
                expert,
                self._reason(slot),
                self.rows.get(slot, 0),
                self.rows.get(slot, 0) in printed,
            )
            for slot, expert in sorted(now.items())
        )
        loads = Counter(a.expert for a in after(situation, self.given))
        there = [loads[e.expert] for e in situation.experts if e.capacity and e.expert not in situation.absent]
        return Repaired(
            changes=changes,
            gone=len(self.found.gone),
            moved=len(self.found.moved),
            fewest=self.fewest(),
            even=self.found.even,
            reserved=self.found.reserved,
            load_gap=max(there, default=0) - min(there, default=0),
            stay=sum(a.expert in situation.absent for a in after(situation, self.given)),
        )

    def fewest(self) -> int:
        """Fewer changes than these there can't be."""
        return fewest(self.situation) if self.found.moved else len(self.found.gone)

    def _reason(self, slot: Slot) -> str:
        if slot in self.lost:
            return LOST
        if any((a.work, a.marking) == slot for a in self.handed):
            return HANDED_OVER
        return self.found.gone[slot].value if slot in self.found.gone else ROOM


def _apart(pairs: frozenset[tuple[SchoolToken, SchoolToken]], school: SchoolToken, expert: ExpertCapacity) -> bool:
    return pairs.isdisjoint((school, own) for own in expert.schools)


def _decided(situation: Situation) -> Repair:
    found = repair(situation)
    if isinstance(found, Impossible):
        blocking = explain(found.problem)
        raise CannotRepair(
            reason=sentence(_without_nobody(blocking), Calling()) if isinstance(blocking, Blocking) else ""
        )
    return found


def _without_nobody(blocking: Blocking) -> Blocking:
    """The same in numbers of people: places that nobody fills are neither needed nor there."""
    people = tuple(e for e in blocking.experts if not e.startswith(NOBODY))
    nobody = [e for e in blocking.experts if e.startswith(NOBODY)]
    places = sum(e not in work.barred for group in blocking.groups for work in group.works for e in nobody)
    return replace(blocking, experts=people, reads=blocking.reads - places, capacity=blocking.capacity - places)


def _refuse_unverified(situation: Situation, given: Sequence[Assignment], found: Repair) -> None:
    violations = list(verify_repair(situation, given))
    violations += [one for part in found.parts for one in verify(part.problem, part.solution)]
    if violations:
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))


# --- what the ledger says ------------------------------------------------------------------------


def _returned(connection: Connection) -> frozenset[Slot]:
    """Markings of which anything came back: a score, or a cell that was read and waits for a person."""
    scores = ((s.work, s.marking) for s in queries.all_of(connection, facts.Score))
    cells = ((c.work, c.marking) for c in queries.all_of(connection, facts.CellReading))
    return frozenset((WorkId(work), Marking(marking)) for work, marking in (*scores, *cells))


def _printed(connection: Connection) -> frozenset[int]:
    return frozenset(done.packet for done in queries.all_of(connection, facts.PacketPrint))


def empty_packets(station: Station) -> frozenset[int]:
    """Printed packets of which every row was taken back."""
    with station.ledger.reading() as connection:
        left = {row.packet for row in queries.standing_rows(connection)}
        return _printed(connection) - left


# --- recording ------------------------------------------------------------------------------------


def _record(writer: Writer, station: Station, day: _Day, happened: Happened) -> None:
    for expert in happened.absent:
        _attend(writer, expert, 0, happened.why)
    for expert in sorted(day.origins.persons.of_all(happened.late)):
        _attend(writer, expert, 1, happened.why)
    for expert, target in happened.conflicts:
        _declare(writer, station, expert, target, happened.why)
    named = _record_parts(writer, station, day)
    before = {(a.work, a.marking): a for a in day.standing}
    revisions = {(r.work, r.marking): r.revision for r in queries.latest_of(writer.connection, facts.Reassignment)}
    new: list[facts.Fact] = []
    for change in day.repaired().changes:
        slot, was = change.slot, before[change.slot]
        allocation = named.get(slot, was.allocation)
        why = _ON_THE_SPOT if change.reason == "conflict" else happened.why
        new.append(
            facts.Reassignment(
                slot[0],
                int(slot[1]),
                revisions.get((slot[0], int(slot[1])), 0) + 1,
                was.expert,
                change.packet,
                change.expert,
                allocation,
                was.criteria,
                change.reason,
                why,
            )
        )
    writer.append_all(new)
    _settle_findings(writer, day)


def _attend(writer: Writer, expert: ExpertId, present: int, why: str) -> None:
    known = {a.expert: a for a in queries.latest_of(writer.connection, facts.Attendance)}.get(expert)
    if (known.present if known else 1) != present:
        revision = known.revision + 1 if known else 0
        writer.append(facts.Attendance(expert, revision, present, why))


def _declare(writer: Writer, station: Station, expert: ExpertId, target: Target, why: str) -> None:
    """Seal a conflict as a declared one, and the expert's words beside it: they may tell whose child is meant."""
    value = {"expert": expert, "kind": Source.DECLARED.value, **_named(target)}
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True)
    subject = "D" + keys.keyed(station.secret(), "conflict", plain)[:12]
    safe.keep_bytes(writer, station, RecordKind.CONFLICT, subject, plain.encode())
    note = json.dumps({"note": why}, ensure_ascii=False)
    safe.keep_bytes(writer, station, RecordKind.CONFLICT_NOTE, subject, note.encode())


def _named(target: Target) -> dict[str, str]:
    match target:
        case OfSchool(school):
            return {"school": school}
        case OfClass(class_set):
            return {"class": class_set}
        case OfWork(work):
            return {"work": work}


def _record_parts(writer: Writer, station: Station, day: _Day) -> Mapping[Slot, str]:
    """Record each small allocation; which one decided a slot."""
    tells = {"gone": len(day.found.gone), "moved": len(day.found.moved), "fewest": day.fewest(), "even": day.found.even}
    named: dict[Slot, str] = {}
    given = {(a.work, a.marking): a.expert for a in day.found.given}
    for part in day.found.parts:
        if part.problem.works:
            name = assigning.record_allocation(writer, station, part.problem, part.solution, tells)
            rows = {(a.work, a.expert) for a in part.solution.assignments}
            named |= {slot: name for slot, expert in given.items() if (slot[0], expert) in rows}
    return named


def _settle_findings(writer: Writer, day: _Day) -> None:
    """Close what called a person about markings that have other experts now, and call about those that can't."""
    changed = {f"{a.work}:{a.marking}" for a in day.given}
    for finding in queries.open_findings(writer.connection):
        if finding.kind == checking.CONFLICT and finding.subject in changed:
            writer.append(facts.FindingClosed(finding.finding, "given to another expert"))
    checking.name_conflicts(writer, day.origins)
