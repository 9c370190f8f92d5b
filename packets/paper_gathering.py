"""What papers are filled with: from the ledger, and from the vault where a paper is for a school or names experts."""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from crosscheck import doubts, facts, numbering, safe
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.keys import PrivateKey
from crosscheck.labels import Label
from crosscheck.model import RE_MARKING, AnonymousNumber, ExpertId, counts_in_result
from crosscheck.numbering import packet_code
from crosscheck.procedure import OwnPaper, Procedure
from crosscheck.schoolbook import Alias, Renaming, SchoolBook, school_book
from crosscheck.station import Station
from crosscheck.times import local
from crosscheck.vault import Purpose, RecordKind
from packets import print_state
from packets.calling import by_number
from packets.coverlist import class_labels
from packets.custody import Direction, Move
from packets.noting import Book, known_packets
from packets.papers.known import (
    AccessKnown,
    AppealsKnown,
    AppealThere,
    ClassKnown,
    ExpertThere,
    Gettext,
    GroupThere,
    Handed,
    Occasion,
    Opened,
    PacketThere,
    PanelThere,
    ParticipantThere,
    PointKnown,
    PointsChanged,
    RemarksKnown,
    Scored,
)


def occasion(procedure: Procedure) -> Occasion:
    """The procedure, as papers tell of it."""
    return Occasion(
        procedure.title,
        procedure.date,
        tuple(Scored(c.id, c.task, c.maximum) for c in procedure.criteria),
        procedure.pages,
        OwnPaper() in procedure.papers,
        procedure.boundaries is not None,
    )


# --- check points -------------------------------------------------------------------------------


def expert_names(station: Station, coordinator: PrivateKey, why: str) -> Mapping[str, str]:
    """Names of experts, by their opaque codes; the opening is recorded."""
    opened = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.PRINT, coordinator, why)
    return {expert: row["name"] for expert, row in opened.items()}


def check_points(connection: Connection, procedure: Procedure, names: Mapping[str, str]) -> tuple[PointKnown, ...]:
    """Every check point, in order of their names. Packets whose works were all given to others are not there, neither
    are experts who are said to be absent. `names`: of experts, empty where nobody opened them."""
    book, about = known_packets(connection), occasion(procedure)
    packets, experts = _packets(connection, book, names), _experts(connection, book, names)
    return tuple(PointKnown(about, at, experts.get(at, ()), packets.get(at, ())) for at in book.points)


def _packets(connection: Connection, book: Book, names: Mapping[str, str]) -> Mapping[str, tuple[PacketThere, ...]]:
    drawn = print_state.prints(connection)
    sheets = Counter((sheet.packet, sheet.round) for sheet in queries.all_of(connection, facts.Sheet))
    found: dict[str, list[PacketThere]] = defaultdict(list)
    for p in sorted(book.packets.values(), key=lambda p: p.packet):
        if not p.void:
            pages = drawn[p.packet].file.pages
            works, name = p.works - len(p.taken_back), names.get(p.expert, "")
            drawn_of = (works, pages, sheets[p.packet, p.round], p.round + 1)
            found[p.point].append(PacketThere(p.packet, packet_code(p.packet), name, *drawn_of))
    return {point: tuple(there) for point, there in found.items()}


def _experts(connection: Connection, book: Book, names: Mapping[str, str]) -> Mapping[str, tuple[ExpertThere, ...]]:
    """One line for each person: two codes of one person are not two chairs."""
    persons = doubts.persons(connection)
    away = persons.of_all(ExpertId(code) for code in queries.absent_experts(connection))
    printed: dict[str, list[str]] = defaultdict(list)
    for p in sorted(book.packets.values(), key=lambda p: p.packet):
        if not p.void:
            printed[p.expert].append(packet_code(p.packet))
    found: dict[str, dict[frozenset[ExpertId], ExpertThere]] = defaultdict(dict)
    for e in sorted(queries.latest_of(connection, facts.Expert), key=lambda e: e.expert):
        person = persons.of(ExpertId(e.expert))
        codes = tuple(code for one in sorted(person) for code in printed[one])
        if ExpertId(e.expert) not in away and (e.capacity or codes):
            found[e.check_point].setdefault(person, ExpertThere(names.get(e.expert, ""), codes))
    return {
        point: tuple(sorted(there.values(), key=lambda one: (one.name, one.packets))) for point, there in found.items()
    }


# --- class-sets ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schools:
    """The class-sets of every school that takes part, by the school's number; and how schools may be called."""

    classes: Mapping[str, tuple[ClassKnown, ...]]
    book: SchoolBook


def schools(station: Station, coordinator: PrivateKey, *, covered: bool) -> Schools:
    """Class-sets with their participants' codes; openings are recorded. covered: number the sheets to be scanned on
    top of the works. Class-sets that declared nobody take no part; what was erased is not there."""

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.REGISTER, coordinator, "papers of schools")

    people, named, sets = opened(RecordKind.PARTICIPANT), opened(RecordKind.SCHOOL), opened(RecordKind.CLASS_SET)
    with station.ledger.reading() as connection:
        there = _participants(connection, people)
        declared = {c.token: c.declared for c in queries.all_of(connection, facts.ClassSet)}
    part = {token: row for token, row in sets.items() if declared.get(token) and row["school"] in named}
    procedure = station.procedure()
    only_own = all(isinstance(paper, OwnPaper) for paper in procedure.papers)
    own = {token: only_own or all(one.form for one in there[token] if not one.absent) for token in part}
    labels: Mapping[str, Label] = class_labels(station, coordinator, own) if covered else {}
    about = occasion(procedure)
    classes = [
        ClassKnown(
            about,
            named[row["school"]]["school"],
            named[row["school"]]["name"],
            row["class"],
            declared[token],
            there[token],
            labels.get(token),
        )
        for token, row in part.items()
    ]
    classes.sort(key=lambda one: (by_number(one.school), by_number(one.class_name)))
    return Schools({school: tuple(some) for school, some in groupby(classes, lambda one: one.school)}, _book(named))


def _participants(
    connection: Connection, people: Mapping[str, dict[str, str]]
) -> Mapping[str, tuple[ParticipantThere, ...]]:
    absent = {absence.work for absence in queries.all_of(connection, facts.Absence)}
    forms = {form.work: str(form.form) for form in queries.all_of(connection, facts.IssuedForm)}
    found: dict[str, list[ParticipantThere]] = defaultdict(list)
    for work, row in people.items():
        found[row["class"]].append(ParticipantThere(row["code"], forms.get(work, ""), work in absent))
    in_order = {token: tuple(sorted(there, key=lambda one: by_number(one.code))) for token, there in found.items()}
    return defaultdict(tuple, in_order)


def _book(named: Mapping[str, dict[str, str]]) -> SchoolBook:
    aliases = [
        Alias(alias, row["school"], None, Renaming.ALIAS) for row in named.values() for alias in row.get("aliases", ())
    ]
    return school_book([(row["school"], row["name"]) for row in named.values()], aliases)


# --- the district -------------------------------------------------------------------------------

_DONE = {Direction.OUT: N_("given out"), Direction.BACK: N_("back"), Direction.LOST: N_("lost")}


def access(connection: Connection, procedure: Procedure, _: Gettext) -> AccessKnown:
    """Openings of the vault one by one; moves of packets by day, check point, direction and who noted them."""
    opened = tuple(
        Opened(
            local(str(row["at"])),
            str(row["who"]),
            _(str(row["part"])),
            _(str(row["purpose"])),
            int(str(row["records"])),
            _(str(row["why"])) if row["why"] else "",
        )
        for row in queries.signed_rows(connection, facts.Opening)
    )
    moves: dict[tuple[datetime.date, str, str, str], list[Move]] = defaultdict(list)
    for move in known_packets(connection).moves:
        moves[move.at.astimezone().date(), move.point, move.direction.value, move.by].append(move)
    handed = [_handed(some, _) for some in moves.values()]
    return AccessKnown(
        occasion(procedure), opened, tuple(sorted(handed, key=lambda h: (h.first, h.point, h.what, h.who)))
    )


def _handed(moves: list[Move], _: Gettext) -> Handed:
    times = [move.at.astimezone() for move in moves]
    one = moves[0]
    return Handed(
        min(times), max(times), one.by, one.point, _(_DONE[one.direction]), len({move.packet for move in moves})
    )


def appeals(connection: Connection, procedure: Procedure) -> AppealsKnown:
    """Every recorded appeal with the numbers of its work in the check itself, and what was decided: who marks a work
    hidden or again must not learn from a protocol that it was appealed against."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for number in queries.all_of(connection, facts.Number):
        if counts_in_result(number.marking):
            numbers[number.work].append(numbering.spaced(AnonymousNumber(number.number)))
    decided = {d.appeal: d for d in queries.all_of(connection, facts.AppealDecision)}
    filed = {f.appeal: f.filed for f in queries.all_of(connection, facts.AppealFiling)}
    withdrawn = {w.appeal for w in queries.all_of(connection, facts.AppealWithdrawn)}
    panels, protocols = _panels(connection), {p.appeal: p for p in queries.all_of(connection, facts.AppealProtocol)}
    changes = queries.all_of(connection, facts.AppealChange)
    found = []
    for row in queries.signed_rows(connection, facts.Appeal):
        appeal = str(row["appeal"])
        if appeal in withdrawn:
            continue
        decision, protocol = decided.get(appeal), protocols.get(appeal)
        day = datetime.date.fromisoformat(filed[appeal]) if appeal in filed else local(str(row["at"])).date()
        found.append(
            AppealThere(
                appeal,
                day,
                tuple(numbers[str(row["work"])]),
                str(row["ground"]),
                decision.outcome if decision else "",
                decision.reason if decision else "",
                panels.get(appeal),
                tuple(PointsChanged(c.criterion, c.before, c.after, c.why) for c in changes if c.appeal == appeal),
                protocol.recommended if protocol else "",
            )
        )
    return AppealsKnown(occasion(procedure), tuple(found))


def remarks(connection: Connection, procedure: Procedure) -> RemarksKnown:
    """Every control group with the numbers of its works."""
    numbers: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    for one in queries.all_of(connection, facts.Number):
        numbers[one.work][one.marking, one.part] = one.number
    works: dict[str, list[str]] = defaultdict(list)
    for named in queries.all_of(connection, facts.RemarkWork):
        if known := numbers.get(named.work):
            again = {key: number for key, number in known.items() if key[0] == RE_MARKING}
            mine = again or {min(known): known[min(known)]}
            works[named.draw] += [numbering.spaced(AnonymousNumber(mine[key])) for key in sorted(mine)]
    found = (
        GroupThere(
            one.draw, one.how, one.source, one.approval, one.seed, one.population, tuple(sorted(works[one.draw]))
        )
        for one in queries.all_of(connection, facts.RemarkDraw)
    )
    return RemarksKnown(occasion(procedure), tuple(found))


def _panels(connection: Connection) -> Mapping[str, PanelThere]:
    """Who sits on each appeal, with how it voted where that is recorded."""
    voted = {p.appeal: p for p in queries.all_of(connection, facts.AppealProtocol)}
    found: dict[str, PanelThere] = {}
    for panel in queries.latest_of(connection, facts.AppealPanel):
        there = PanelThere((panel.chair, *json.loads(panel.members)), panel.size)
        if (vote := voted.get(panel.appeal)) is not None:
            met = datetime.date.fromisoformat(vote.met)
            there = replace(there, met=met, votes_for=vote.votes_for, votes_against=vote.votes_against, tie=vote.tie)
        found[panel.appeal] = there
    return found
