"""Doubts about who is who: found when tables are registered, settled by a named person, heeded by allocation.

The ledger holds pairs of opaque codes. What speaks for one person, with names and schools, is sealed for the
coordinator. Each decision is a new fact; the newest of a pair holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck import facts, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import ExpertId
from crosscheck.names import person_name
from crosscheck.register_rows import ConflictKind, ExpertRow, Register, WholeClass, WholeSchool
from crosscheck.station import Station
from crosscheck.vault import RecordKind
from crosscheck.whoiswho import Doubtful, Entry, Evidence, Pair, Persons, Same, contradicted, pairs, persons_of

KIND = "doubtful_identity"
DOUBTFUL, SAME, DIFFERENT = "doubtful", "same", "different"
TABLES, PERSON = "tables", "person"
_WORDS = "two codes of experts may stand for one person"
_PROVEN = "the full name and a school are the same"
_NO_LONGER = "the tables give no reason any more"
CHECK = "conflicts_changed"
CHECK_WORDS = "Conflicts or schools of experts changed after works were given out; they were not checked since."
Couple = tuple[ExpertId, ExpertId]


class IdentitiesWait(CrosscheckError):
    number, exit = 1040, Exit.PERSON_NEEDED
    sentence = "Pairs of experts who may be one person: {count}. Until a person says, conflicts can't be known."
    remedy = "See them with `crosscheck identity list`; settle each with `crosscheck identity same` or `different`."


class ContradictsDecision(CrosscheckError):
    number, exit = 2045, Exit.USAGE
    sentence = "Experts {one} and {other} were said to be two people; this would make them one."
    remedy = "Take the wrong decision back first: `crosscheck identity undo`."


class NothingToUndo(CrosscheckError):
    number, exit = 2046, Exit.USAGE
    sentence = "No decision of a person about experts {one} and {other} stands."
    remedy = "See all pairs with `crosscheck identity list --all`."


# --- what holds ---------------------------------------------------------------------------------


def standing(connection: Connection) -> dict[Couple, facts.ExpertIdentity]:
    """The newest decision about every pair."""
    return {_couple(fact): fact for fact in queries.latest_of(connection, facts.ExpertIdentity)}


def persons(connection: Connection) -> Persons:
    """Which codes stand for one person, as the ledger holds it."""
    return persons_of(_decided(standing(connection), SAME))


def waiting(connection: Connection) -> int:
    """How many pairs wait for a person."""
    return len(_decided(standing(connection), DOUBTFUL))


def refuse_doubts(connection: Connection) -> None:
    """Raise IdentitiesWait while somebody has to say who is who."""
    if count := waiting(connection):
        raise IdentitiesWait(count=count)


def _couple(fact: facts.ExpertIdentity) -> Couple:
    return ExpertId(fact.one), ExpertId(fact.other)


def _decided(known: Mapping[Couple, facts.ExpertIdentity], decision: str) -> list[Couple]:
    return sorted(pair for pair, fact in known.items() if fact.decision == decision)


# --- what the tables say ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of experts as it is registered: rows by opaque code."""

    rows: Mapping[ExpertId, ExpertRow]
    former: Mapping[str, frozenset[str]]

    def entries(self) -> list[Entry]:
        return [
            Entry(
                code,
                person_name(row.name),
                frozenset(row.schools),
                frozenset(subject.casefold() for subject in row.subjects),
                self.former.get(row.expert, frozenset()),
            )
            for code, row in self.rows.items()
        ]


def listed(register: Register, codes: Mapping[str, ExpertId]) -> Listed:
    """The experts of a register; `codes`: opaque code by the district's."""
    former: dict[str, frozenset[str]] = {}
    for row in register.conflicts:
        if row.kind is ConflictKind.FORMER_SCHOOL and isinstance(row.target, WholeSchool | WholeClass):
            school = row.target.school if isinstance(row.target, WholeSchool) else row.target.class_ref.school
            former[row.expert] = former.get(row.expert, frozenset()) | {school}
    return Listed({codes[row.expert]: row for row in register.experts}, former)


def record(writer: Writer, station: Station, index: safe.Index, experts: Listed) -> None:
    """Record what the list of experts says about who is who, where it says something new. What a person said stands
    while the tables say what they said then."""
    known = standing(writer.connection)
    before = frozenset(_decided(known, SAME))
    found = pairs(experts.entries())
    for pair in found:
        couple = (ExpertId(pair.one), ExpertId(pair.other))
        doubt = safe.keep(writer, station, index, RecordKind.IDENTITY, "-".join(couple), _evidence(pair, experts))
        decision = _by_tables(pair, couple, known)
        if _is_news(known.get(couple), decision, doubt):
            known[couple] = _append(writer, couple, decision, TABLES, doubt, _why(decision))
    gone = {couple for couple in known if set(couple) <= set(experts.rows)} - {
        (ExpertId(pair.one), ExpertId(pair.other)) for pair in found
    }
    for couple in sorted(gone):
        if known[couple].source == TABLES and known[couple].decision != DIFFERENT:
            known[couple] = _append(writer, couple, DIFFERENT, TABLES, known[couple].doubt, _NO_LONGER)
    if not before.issuperset(_decided(known, SAME)):
        call_for_a_check(writer)


def _by_tables(pair: Pair, couple: Couple, known: Mapping[Couple, facts.ExpertIdentity]) -> str:
    """Same only where no decision of a person is contradicted."""
    if pair.identity != Same():
        return DOUBTFUL
    others = {other: fact for other, fact in known.items() if other != couple}
    clash = contradicted([*_decided(others, SAME), couple], _decided(others, DIFFERENT))
    return DOUBTFUL if clash else SAME


def _is_news(known: facts.ExpertIdentity | None, decision: str, doubt: str) -> bool:
    if known is None:
        return True
    if known.source == PERSON:  # said about other names or schools than those of now?
        return known.decision == DIFFERENT and known.doubt not in ("", doubt)
    return (known.decision, known.doubt) != (decision, doubt)


def _why(decision: str) -> str:
    return _PROVEN if decision == SAME else _WORDS


def _evidence(pair: Pair, experts: Listed) -> dict[str, object]:
    found = pair.identity.evidence if isinstance(pair.identity, Doubtful) else (Evidence.FULL_NAME, Evidence.SCHOOL)
    return {
        "evidence": [evidence.name for evidence in found],
        "experts": [_card(experts.rows[ExpertId(code)]) for code in (pair.one, pair.other)],
    }


def _card(row: ExpertRow) -> dict[str, object]:
    return {"code": row.expert, "name": row.name, "schools": sorted(row.schools), "subjects": sorted(row.subjects)}


# --- what a person says -------------------------------------------------------------------------


def settle(writer: Writer, one: ExpertId, other: ExpertId, decision: str, why: str) -> bool:
    """Record that two codes stand for one person, or for two; False when it stands already. Raises
    ContradictsDecision."""
    couple = (min(one, other), max(one, other))
    known = standing(writer.connection)
    fact = known.get(couple)
    if fact is not None and (fact.decision, fact.source) == (decision, PERSON):
        return False
    _refuse_contradiction(known, couple, decision)
    _append(writer, couple, decision, PERSON, fact.doubt if fact else "", why)
    if decision == SAME and (fact is None or fact.decision != SAME):
        call_for_a_check(writer)
    return True


def undo(writer: Writer, one: ExpertId, other: ExpertId, why: str) -> str:
    """Take back what a person said: what the tables said last holds again. The decision that holds now."""
    couple = (min(one, other), max(one, other))
    known = standing(writer.connection)
    if couple not in known or known[couple].source != PERSON:
        raise NothingToUndo(one=couple[0], other=couple[1])
    every = queries.all_of(writer.connection, facts.ExpertIdentity, one=couple[0], other=couple[1])
    said = [fact for fact in every if fact.source == TABLES]
    decision, doubt = (said[-1].decision, said[-1].doubt) if said else (DIFFERENT, "")
    _refuse_contradiction(known, couple, decision)
    _append(writer, couple, decision, TABLES, doubt, why)
    if decision == SAME:
        call_for_a_check(writer)
    return decision


def _refuse_contradiction(known: Mapping[Couple, facts.ExpertIdentity], couple: Couple, decision: str) -> None:
    others = {other: fact for other, fact in known.items() if other != couple}
    same = [*_decided(others, SAME), *([couple] if decision == SAME else [])]
    different = [*_decided(others, DIFFERENT), *([couple] if decision == DIFFERENT else [])]
    if clash := contradicted(same, different):
        raise ContradictsDecision(one=clash[0], other=clash[1])


def _append(writer: Writer, couple: Couple, decision: str, source: str, doubt: str, why: str) -> facts.ExpertIdentity:
    """Record a decision, and open or close the finding that calls a person."""
    one, other = couple
    revision = queries.next_revision(writer.connection, facts.ExpertIdentity, one=one, other=other)
    fact = facts.ExpertIdentity(one, other, revision, decision, source, doubt, why)
    writer.append(fact)
    subject = f"{one} {other}"
    waiting = [f for f in queries.open_findings(writer.connection) if (f.kind, f.subject) == (KIND, subject)]
    if decision == DOUBTFUL and not waiting:
        writer.append(facts.Finding(f"{KIND}-{one}-{other}-{revision}", KIND, subject, _WORDS))
    if decision != DOUBTFUL:
        writer.append_all(facts.FindingClosed(f.finding, f"settled: {decision}") for f in waiting)
    return fact


def call_for_a_check(writer: Writer) -> None:
    """What was given out may have become forbidden: only the organiser's key can tell, so `allocate` must."""
    if queries.count_of(writer.connection, facts.Assignment):
        name = f"{CHECK}-{queries.position(writer.connection)}"
        writer.append(facts.Finding(name, CHECK, "register", CHECK_WORDS))


def evidence_words(names: Iterable[str]) -> list[str]:
    """What speaks for one person, as recorded, in words (not yet translated)."""
    return [Evidence[name].value for name in names]
