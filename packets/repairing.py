"""Check day: what happened after works were given out, and the fewest changes that put it right.

Everything is decided on the ledger as it stands and recorded in one commit: who is there, conflicts found on the spot,
and each marking that was taken back with whoever has it now. Nothing that was given out before is rewritten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck import doubts, facts, keys, numbering, safe
from crosscheck import status as state
from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_, gettext
from crosscheck.keys import PrivateKey
from crosscheck.model import WHOLE, ExpertId, MarkingKey, MutualMarking, Part, WorkId
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.whoiswho import common_conflicts
from packets import checking
from packets.calling import Calling
from packets.directions import newly_mutual
from packets.errors import CannotRepair, NoSuchPacketToPrint, NotVerified, RepairMarksBack
from packets.explain import Blocking, explain, listed, sentence
from packets.handing import handed_over
from packets.origins import open_origins
from packets.problem import Assignment, Direction
from packets.recording import record_allocation
from packets.repair import NOBODY, Impossible, Repair, repair
from packets.repair_check import after, fewest, verify_repair
from packets.rules import Rule
from packets.scenes import LOST, ROOM, Book
from packets.situation import Situation, Slot, gone
from packets.verify import Violation, verify
from packets.violations import in_sentence

HANDED_OVER = "handed_over"
NOBODY_ELSE = ExpertId("")  # who has a control marking that fell away
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
    """One marking that is taken back and given anew; to nobody, where it is a control marking. number: of the work;
    packet: where it lies, 0 if in none; printed: whether that packet is out on paper."""

    key: MarkingKey
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
            return _Day(Book(station, connection, origins, happened.absent, happened.late), happened).repaired()
    with station.ledger.writing() as writer:
        day = _Day(Book(station, writer.connection, origins, happened.absent, happened.late), happened)
        found = day.repaired()
        _record(writer, station, day, happened)
        return found


@dataclass(frozen=True, slots=True)
class _Scene:
    """One part of works put right, or third markings, or everything where works are whole."""

    part: Part
    situation: Situation
    found: Repair
    handed: tuple[Assignment, ...]

    @property
    def given(self) -> tuple[Assignment, ...]:
        return (*self.found.given, *self.handed)

    def key(self, slot: Slot) -> MarkingKey:
        return MarkingKey(*slot, self.part)

    @property
    def fewest(self) -> int:
        """Fewer changes than these there can't be."""
        return fewest(self.situation) if self.found.moved else len(self.found.gone)

    @property
    def load_gap(self) -> int:
        situation = self.situation
        loads = Counter(a.expert for a in after(situation, self.given))
        there = [loads[e.expert] for e in situation.experts if e.capacity and e.expert not in situation.absent]
        return max(there, default=0) - min(there, default=0)


_Decided = Mapping[Part, tuple[Situation, Repair | Impossible]]


class _Day:
    """The ledger as it stands, and what comes of it."""

    def __init__(self, book: Book, happened: Happened) -> None:
        self.book, self.happened = book, happened
        self.scenes = tuple(self._scenes())
        self.given = {scene.key((a.work, a.marking)): a.expert for scene in self.scenes for a in scene.given}
        _refuse_unverified(book, self.scenes)
        if book.procedure.mutual_schools is MutualMarking.NEVER:
            self._refuse_mutual()
        self.fallen = book.fallen()
        self.lost = self._lost()

    # --- deciding ---

    def _scenes(self) -> Iterator[_Scene]:
        """Parts first, each with those who may help there; then third markings, beside what everybody has by then."""
        book, most = self.book, self.happened.take_over
        parts = [part for part in book.parts if part != WHOLE]
        decided = self._helped(parts)
        for part in book.parts:
            situation, found = decided[part] if part != WHOLE else self._decided([WHOLE], [])[WHOLE]
            done = _possible(situation, found)
            here = {e.expert for e in situation.experts}
            lately = frozenset(book.one(code) for code in self.happened.late) & here
            handed = handed_over(situation, done.given, lately, most if lately else 0)
            most -= len(handed)
            scene = _Scene(part, situation, done, handed)
            book.take(part, scene.given)
            yield scene

    def _helped(self, parts: Sequence[Part]) -> _Decided:
        """Whoever never had a part helps where something is gone; where that is not enough, all of them help there."""
        wanting = [part for part in parts if gone(self.book.situation(part, {}))]
        if not wanting and self.happened.late:
            wanting = list(parts)
        decided = self._decided(parts, wanting)
        blocked = [part for part, (_situation, found) in decided.items() if isinstance(found, Impossible)]
        return self._decided(parts, blocked) if blocked else decided

    def _decided(self, parts: Sequence[Part], wanting: Sequence[Part]) -> _Decided:
        helpers = self.book.helpers(wanting)
        return {part: self._possibly(part, helpers) for part in parts}

    def _possibly(self, part: Part, helpers: Mapping[ExpertId, Part]) -> tuple[Situation, Repair | Impossible]:
        """Hidden works keep nobody away where nobody else is left: they fall away instead."""
        situation = self.book.situation(part, helpers)
        found = repair(situation)
        if isinstance(found, Impossible) and self.book.controls:
            situation = self.book.situation(part, helpers, hidden=False)
            found = repair(situation)
        return situation, found

    def _refuse_mutual(self) -> None:
        # The search knows nothing of directions; what would break the rule is not recorded.
        book = self.book
        before = [(a.key.work, book.one(a.expert)) for a in book.standing]
        now = [(key.work, self.given.get(key, expert)) for key, expert in book.holders.items()]
        if pairs := newly_mutual(self._directions(before), self._directions(now)):
            called = Calling()
            named = (f"{called.school(one)}-{called.school(other)}" for one, other in pairs)
            raise RepairMarksBack(schools=listed(named))

    def _directions(self, rows: Sequence[tuple[WorkId, ExpertId]]) -> frozenset[Direction]:
        origins = self.book.origins
        schools = {(origins.works[work][0], at) for work, expert in rows for at in origins.experts[expert].schools}
        return frozenset((school, at) for school, at in schools if school != at)

    def _lost(self) -> frozenset[MarkingKey]:
        """What lay in lost packets, didn't come back and stays with its expert. Raises NoSuchPacketToPrint."""
        book = self.book
        printed = _printed(book.connection)
        found: set[MarkingKey] = set()
        for code in self.happened.lost:
            number = numbering.packet_number(code)
            inside = {key for key, packet in book.rows.items() if packet == number}
            if number not in printed or not inside - book.returned:
                raise NoSuchPacketToPrint(code=code)
            found |= inside - book.returned - self.given.keys() - self.fallen.keys()
        return frozenset(found)

    # --- what comes of it ---

    def repaired(self) -> Repaired:
        book, printed = self.book, _printed(self.book.connection)
        numbers = {n.key: n.number for n in queries.all_of(book.connection, facts.Number)}
        standing = {a.key: ExpertId(a.expert) for a in book.standing}
        now = self.given | {key: standing[key] for key in self.lost} | dict.fromkeys(self.fallen, NOBODY_ELSE)
        changes = tuple(
            Change(
                key,
                numbers.get(key, ""),
                standing[key],
                expert,
                self._reason(key),
                book.rows.get(key, 0),
                book.rows.get(key, 0) in printed,
            )
            for key, expert in sorted(now.items())
        )
        return Repaired(
            changes=changes,
            gone=sum(len(scene.found.gone) for scene in self.scenes),
            moved=sum(len(scene.found.moved) for scene in self.scenes),
            fewest=self.fewest(),
            even=all(scene.found.even for scene in self.scenes),
            reserved=all(scene.found.reserved for scene in self.scenes),
            load_gap=max((scene.load_gap for scene in self.scenes), default=0),
            stay=sum(a.expert in s.situation.absent for s in self.scenes for a in after(s.situation, s.given)),
        )

    def fewest(self) -> int:
        """Fewer changes than these there can't be."""
        return sum(scene.fewest for scene in self.scenes)

    def _reason(self, key: MarkingKey) -> str:
        if key in self.lost or key in self.fallen:
            return self.fallen.get(key, LOST)
        scene, slot = next(scene for scene in self.scenes if scene.part == key.part), (key.work, key.marking)
        if any((a.work, a.marking) == slot for a in scene.handed):
            return HANDED_OVER
        return scene.found.gone[slot].value if slot in scene.found.gone else ROOM


_OF_TASKS = N_("Tasks {tasks}: {told}")


def _possible(situation: Situation, found: Repair | Impossible) -> Repair:
    if not isinstance(found, Impossible):
        return found
    blocking = explain(found.problem)
    reason = sentence(_without_nobody(blocking), Calling()) if isinstance(blocking, Blocking) else ""
    tasks = ", ".join(situation.tasks)
    raise CannotRepair(reason=gettext(_OF_TASKS).format(tasks=tasks, told=reason) if tasks else reason)


def _without_nobody(blocking: Blocking) -> Blocking:
    """The same in numbers of people: places that nobody fills are neither needed nor there."""
    people = tuple(e for e in blocking.experts if not e.startswith(NOBODY))
    nobody = [e for e in blocking.experts if e.startswith(NOBODY)]
    places = sum(e not in work.barred for group in blocking.groups for work in group.works for e in nobody)
    return replace(blocking, experts=people, reads=blocking.reads - places, capacity=blocking.capacity - places)


def _refuse_unverified(book: Book, scenes: Sequence[_Scene]) -> None:
    violations = [one for scene in scenes for one in verify_repair(scene.situation, scene.given)]
    violations += [one for s in scenes for part in s.found.parts for one in verify(part.problem, part.solution)]
    violations += _in_two_parts(book, scenes)
    if violations:
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))


def _in_two_parts(book: Book, scenes: Sequence[_Scene]) -> Iterator[Violation]:
    """Whoever is given a part of works and marks another one, now or before."""
    marks = dict(book.placed)
    for scene in scenes:
        for expert in sorted({a.expert for a in scene.given} if scene.part != WHOLE else ()):
            if marks.setdefault(expert, scene.part) != scene.part:
                yield Violation(Rule.OTHER_PART, (expert, ", ".join(scene.situation.tasks)))


# --- what the ledger says ------------------------------------------------------------------------


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
    for expert in sorted(day.book.origins.persons.of_all(happened.late)):
        _attend(writer, expert, 1, happened.why)
    for expert, target in happened.conflicts:
        _declare(writer, station, expert, target, happened.why)
    named = _record_parts(writer, station, day)
    before = {a.key: a for a in day.book.standing}
    revisions = {r.key: r.revision for r in queries.latest_of(writer.connection, facts.Reassignment)}
    new: list[facts.Fact] = []
    for change in day.repaired().changes:
        key, was = change.key, before[change.key]
        allocation = named.get(key, was.allocation)
        why = _ON_THE_SPOT if change.reason == "conflict" else happened.why
        new.append(
            facts.Reassignment(
                key.work,
                key.marking,
                revisions.get(key, 0) + 1,
                was.expert,
                change.packet,
                change.expert,
                allocation,
                was.criteria,
                change.reason,
                why,
                key.part,
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


def _record_parts(writer: Writer, station: Station, day: _Day) -> Mapping[MarkingKey, str]:
    """Record each small allocation; which one decided a marking."""
    named: dict[MarkingKey, str] = {}
    for scene in day.scenes:
        found = scene.found
        tells = {"gone": len(found.gone), "moved": len(found.moved), "fewest": scene.fewest, "even": found.even}
        given = {(a.work, a.marking): a.expert for a in found.given}
        for part in found.parts:
            if part.problem.works:
                name = record_allocation(writer, station, part.problem, part.solution, tells)
                rows = {(a.work, a.expert) for a in part.solution.assignments}
                named |= {scene.key(slot): name for slot, expert in given.items() if (slot[0], expert) in rows}
    return named


def _settle_findings(writer: Writer, day: _Day) -> None:
    """Close what called a person about markings that have other experts now, and call about those that can't."""
    changed = {state.subject_of(key) for key in (*day.given, *day.fallen)}
    for finding in queries.open_findings(writer.connection):
        if finding.kind == checking.CONFLICT and finding.subject in changed:
            writer.append(facts.FindingClosed(finding.finding, "given to another expert"))
    checking.name_conflicts(writer, day.book.origins)
