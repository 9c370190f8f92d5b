"""Commands about who is who: which experts are one person, and what an expert may not mark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import click

from crosscheck import barred, doubts, facts, safe, stages
from crosscheck.db import queries
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import ExpertId
from crosscheck.session import json_option, required_words, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind

_WHY = "who is who"


class NoSuchExpert(CrosscheckError):
    number, exit = 2047, Exit.USAGE
    sentence = "No expert, or more than one, is called {expert}."
    remedy = "Give the code of the table experts, or the opaque one that listings show."


@click.group(
    help=stages.help_of(
        "identity",
        "One teacher under two codes would mark works against a conflict, or one work twice. `register` finds entries "
        "that may be one person; a person says what they are, with a reason, and no work is given out before. Experts "
        "are named by the code of the table experts. Names are shown with the coordinator's key only.",
        "crosscheck identity list",
        "crosscheck --who 'Петрова А. И.' identity same Э01 Э09 --why 'one teacher, two schools'",
        "crosscheck identity conflicts Э01",
    )
)
def identity() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Experts:
    """Codes and names of experts by opaque code."""

    codes: Mapping[ExpertId, str]
    names: Mapping[ExpertId, str]

    def find(self, text: str) -> ExpertId:
        """By the district's code, or by the opaque one or its first letters. Raises NoSuchExpert."""
        own = [expert for expert, code in self.codes.items() if code.casefold() == text.casefold()]
        found = own or [expert for expert in self.codes if text and expert.startswith(text)]
        if len(found) != 1:
            raise NoSuchExpert(expert=text)
        return found[0]

    def told(self, expert: ExpertId) -> str:
        return f"{self.codes[expert]} {self.names[expert]}"


def known_experts(station: Station, coordinator: PrivateKey, purpose: Purpose) -> Experts:
    """Codes and names of all experts; recorded."""
    rows = safe.open_json(station, RecordKind.EXPERT_NAME, purpose, coordinator, _WHY)
    return Experts(
        {ExpertId(token): row["code"] for token, row in rows.items()},
        {ExpertId(token): row["name"] for token, row in rows.items()},
    )


@identity.command(
    "list", help=N_("List pairs of experts who may be one person.\n\nExample: crosscheck identity list --all")
)
@click.option("--all", "every", is_flag=True, help=N_("Also those that are settled."))
@json_option
@with_station
def list_pairs(station: Station, every: bool, as_json: bool) -> int:
    with station.ledger.reading() as connection:
        known = doubts.standing(connection)
        waiting = doubts.waiting(connection)
        # Who decided: a fact is signed by whoever recorded it.
        who = {
            (row["one"], row["other"], row["revision"]): row["who"]
            for row in queries.signed_rows(connection, facts.ExpertIdentity)
        }
    pairs = [fact for _couple, fact in sorted(known.items()) if every or fact.decision == doubts.DOUBTFUL]
    rows: list[dict[str, object]] = []
    if pairs:
        key = unlocked(station, Holder.COORDINATOR)
        experts = known_experts(station, key, Purpose.IDENTITY)
        cards = _cards(station, key, [fact.doubt for fact in pairs if fact.doubt])
        rows = [_row(fact, experts, cards, str(who[fact.one, fact.other, fact.revision])) for fact in pairs]
        if not as_json:
            rows = [row | {"decision": _(_DECISIONS[str(row["decision"])])} for row in rows]
    columns = ("one", "other", "decision", "evidence", "decided_by", "why")
    show(rows, columns, as_json=as_json, empty=_("No two experts may be one person."), words=("why",))
    return Exit.PERSON_NEEDED if waiting else Exit.DONE


_DECISIONS = {
    doubts.DOUBTFUL: N_("waits for a person"),
    doubts.SAME: N_("one person"),
    doubts.DIFFERENT: N_("two people"),
}


def _cards(station: Station, key: PrivateKey, records: list[str]) -> Mapping[str, dict[str, object]]:
    opened = safe.open_records(station, records, RecordKind.IDENTITY, Purpose.IDENTITY, key, _WHY)
    return {record: json.loads(plain) for record, plain in opened.items()}


def _row(
    fact: facts.ExpertIdentity, experts: Experts, cards: Mapping[str, dict[str, object]], who: str
) -> dict[str, object]:
    card = cards.get(fact.doubt, {})
    said, evidence = card.get("experts", ()), card.get("evidence", ())
    assert isinstance(said, list | tuple)
    assert isinstance(evidence, list | tuple)
    # As the tables said it then; by today's names where nothing was sealed or it was erased.
    told = {doc["code"]: f"{doc['code']} {doc['name']} ({', '.join(doc['schools'])})" for doc in said}
    pair = (ExpertId(fact.one), ExpertId(fact.other))
    one, other = (told.get(experts.codes[code], experts.told(code)) for code in pair)
    return {
        "one": one,
        "other": other,
        "decision": fact.decision,
        "evidence": "; ".join(_(words) for words in doubts.evidence_words(evidence)),
        "decided_by": who if fact.source == doubts.PERSON else "",
        "why": fact.why,
    }


_WHY_OPTION = click.option("--why", required=True, callback=required_words, help=N_("The reason: how it is known."))


def _decide(station: Station, first: str, second: str, decision: str, why: str) -> int:
    experts = known_experts(station, unlocked(station, Holder.COORDINATOR), Purpose.IDENTITY)
    one, other = experts.find(first), experts.find(second)
    if one == other:
        raise click.UsageError(_("Two experts are needed; this is one."))
    with station.ledger.writing() as writer:
        new = doubts.settle(writer, one, other, decision, why)
        waiting = doubts.waiting(writer.connection)
    same = _("{one} and {other}: one person.")
    apart = _("{one} and {other}: two people.")
    text = same if decision == doubts.SAME else apart
    click.echo(text.format(one=experts.told(one), other=experts.told(other)))
    if not new:
        click.echo(_("It stands already."))
    click.echo(_("Pairs that wait: {n}.").format(n=waiting))
    return Exit.PERSON_NEEDED if waiting else Exit.DONE


@identity.command(
    "same", help=N_("Say that two codes are one person.\n\nExample: crosscheck identity same Э01 Э09 --why 'act 2'")
)
@click.argument("one")
@click.argument("other")
@_WHY_OPTION
@with_station
def same(station: Station, one: str, other: str, why: str) -> int:
    return _decide(station, one, other, doubts.SAME, why)


@identity.command(
    "different",
    help=N_("Say that two codes are two people.\n\nExample: crosscheck identity different Э01 Э09 --why namesakes"),
)
@click.argument("one")
@click.argument("other")
@_WHY_OPTION
@with_station
def different(station: Station, one: str, other: str, why: str) -> int:
    return _decide(station, one, other, doubts.DIFFERENT, why)


@identity.command(
    "undo", help=N_("Take back what a person said.\n\nExample: crosscheck identity undo Э01 Э09 --why 'wrong row'")
)
@click.argument("one")
@click.argument("other")
@_WHY_OPTION
@with_station
def undo(station: Station, one: str, other: str, why: str) -> int:
    experts = known_experts(station, unlocked(station, Holder.COORDINATOR), Purpose.IDENTITY)
    with station.ledger.writing() as writer:
        decision = doubts.undo(writer, experts.find(one), experts.find(other), why)
        waiting = doubts.waiting(writer.connection)
    click.echo(_("Taken back; what the tables say holds again: {decision}.").format(decision=_(_DECISIONS[decision])))
    click.echo(_("Pairs that wait: {n}.").format(n=waiting))
    return Exit.PERSON_NEEDED if waiting else Exit.DONE


@identity.command(
    "conflicts",
    help=N_(
        "Show what an expert may not mark, and why.\n\nWith --names also the coordinator's key is used: numbers of "
        "schools and classes, and what the expert wrote. A single work is never told by its code. Named by the code of "
        "the table experts, --names is taken for granted.\n\nExample: crosscheck identity conflicts Э01"
    ),
)
@click.argument("expert")
@click.option("--names", is_flag=True, help=N_("Show numbers of schools and reasons: needs the coordinator's key too."))
@json_option
@with_station
def conflicts(station: Station, expert: str, names: bool, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        tokens = {e.expert for e in queries.latest_of(connection, facts.Expert)}
    opaque = [token for token in tokens if expert and token.startswith(expert)]
    known, codes = None, Experts({}, {})
    if names or len(opaque) != 1:
        coordinator = unlocked(station, Holder.COORDINATOR)
        codes = known_experts(station, coordinator, Purpose.CONFLICTS)
        token = codes.find(expert)
        known = barred.open_names(station, coordinator)
    else:
        token = ExpertId(opaque[0])
    found = barred.bars(station, unlocked(station, Holder.ORGANISER), token, known)
    rows = [
        {
            "source": bar.source.value if as_json else _(barred.WORDS[bar.source]),
            "target": bar.target,
            "expert": codes.codes.get(bar.expert, bar.expert),
            "until": bar.until,
            "reason": bar.reason,
            "stands": not bar.over if as_json else _("over") if bar.over else _("stands"),
        }
        for bar in found
    ]
    columns = ("source", "target", "expert", "until", "stands", "reason")
    show(rows, columns, as_json=as_json, empty=_("No conflicts."))
