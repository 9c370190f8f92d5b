"""Control groups in the ledger: which works are named, by whom or by which lot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import AnonymousNumber, WorkId
from crosscheck.procedure import Procedure
from scoring import settle
from scoring.differences.gathering import entries, works_seen
from scoring.differences.kinds import Kind, NextStep, WorkSeen
from scoring.differences.states import Open
from scoring.forms.comparing import all_standing
from scoring.remarks.errors import LineUnclear, NothingToDraw, SeedEmpty, TooMany
from scoring.remarks.listed import Whose, is_number, meant
from scoring.remarks.lots import digest, drawn, manifest
from scoring.settle import NoSuchNumber


@dataclass(frozen=True, slots=True)
class Drawn:
    """A control group as it was recorded. left_out: works that were named and can't be marked again. text: the list
    that a lot drew from, else empty."""

    name: str
    works: tuple[WorkId, ...]
    left_out: int
    text: str = ""


def free(connection: Connection, procedure: Procedure) -> Mapping[AnonymousNumber, WorkId]:
    """Works that can be marked again, by their first number: settled, and not drawn before."""
    asked = {c.id for c in procedure.criteria}
    settled = {work for work, stands in all_standing(connection, procedure).items() if asked <= stands.keys()}
    before = {one.work for one in queries.all_of(connection, facts.RemarkWork)}
    seen = works_seen(connection, procedure)
    return {first_number(one): one.work for one in seen if one.work in settled and one.work not in before}


def first_number(work: WorkSeen) -> AnonymousNumber:
    """The number of the first marking; it stays, whatever markings come later."""
    return min(work.markings, key=lambda m: (m.marking, m.part)).number


def by_lot(writer: Writer, procedure: Procedure, seed: str, count: int) -> Drawn:
    """So many works by a public lot. Raises E3133-E3135."""
    if not seed.strip():
        raise SeedEmpty
    there = free(writer.connection, procedure)
    if not there:
        raise NothingToDraw(named=0)
    if count > len(there):
        raise TooMany(asked=count, there=len(there))
    text = manifest(there)
    works = [there[AnonymousNumber(number)] for number in drawn(seed, text, count)]
    name = _name(writer.connection)
    writer.append(facts.RemarkDraw(name, "random", "", "", seed, digest(text), len(there), count))
    return _recorded(writer, name, works, ["lot"] * len(works), 0, text)


def from_list(
    writer: Writer,
    procedure: Procedure,
    lines: Sequence[str],
    known: Whose,
    coded: Callable[[str], str | None],
    source: str,
    approval: str,
) -> Drawn:
    """Works that a list of the authority names: by any of their numbers, by code, school or class-set. known: whose
    works are; `NOBODYS` is enough for numbers alone. coded: the work of a participant code. Raises E3070, E3133,
    E3176, E3177."""
    connection = writer.connection
    there = {work: number for number, work in free(connection, procedure).items()}
    groups = [{_numbered(connection, line, coded)} if is_number(line) else sorted(meant(known, line)) for line in lines]
    named = list(dict.fromkeys(work for group in groups for work in group))
    works = [work for work in named if work in there]
    if not all(map(is_number, lines)):
        # Works beside each other would tell that they are of one school.
        works.sort(key=lambda work: there[work])
    if not works:
        raise NothingToDraw(named=len(named))
    name = _name(writer.connection)
    writer.append(facts.RemarkDraw(name, "authority", source, approval, "", "", len(there), len(named)))
    return _recorded(writer, name, works, ["list"] * len(works), len(named) - len(works))


def _numbered(connection: Connection, line: str, coded: Callable[[str], str | None]) -> WorkId:
    """The work of a line that looks like a number. A code may look so, too."""
    by_code = coded(line)
    try:
        work = settle.numbered(connection, line).work
    except NoSuchNumber:
        if by_code is None:
            raise
        return WorkId(by_code)
    if by_code not in (None, work):
        raise LineUnclear(line=line)
    return work


def by_markers(writer: Writer, procedure: Procedure, approval: str) -> Drawn:
    """Works on which a third marking is far from every earlier one, and nobody has settled that. Raises E3133."""
    connection = writer.connection
    there = set(free(connection, procedure).values())
    listed = entries(connection, procedure, works_seen(connection, procedure))
    calling = [
        one.found
        for one in listed
        if one.found.kind is Kind.THIRD_FAR and one.found.next_step is NextStep.RE_MARK and isinstance(one.state, Open)
    ]
    why = {one.work: f"{one.kind.comparison}:{one.task}" for one in calling if one.work in there}
    if not why:
        raise NothingToDraw(named=len(calling))
    name = _name(connection)
    writer.append(facts.RemarkDraw(name, "markers", "", approval, "", "", len(there), len(why)))
    return _recorded(writer, name, list(why), list(why.values()), 0)


def _name(connection: Connection) -> str:
    return f"RM{queries.count_of(connection, facts.RemarkDraw) + 1:02d}"


def _recorded(
    writer: Writer, name: str, works: Sequence[WorkId], why: Sequence[str], left_out: int, text: str = ""
) -> Drawn:
    writer.append_all(
        facts.RemarkWork(name, work, place, reason) for place, (work, reason) in enumerate(zip(works, why, strict=True))
    )
    return Drawn(name, tuple(works), left_out, text)
