"""Release: the one place where results may be joined with schools and codes, in memory only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import click

from crosscheck import facts, rowsums, safe, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import ClassToken, SchoolToken, WorkId, counts_in_result
from crosscheck.procedure import Procedure
from crosscheck.session import required_words, unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind

RESULTS = "results"


class NotReleased(CrosscheckError):
    number, exit = 4540, Exit.KEY
    sentence = "Results were not released for '{purpose}'."
    remedy = "The coordinator runs `crosscheck release --purpose {purpose} --why REASON` first."


class ReleaseOutdated(CrosscheckError):
    number, exit = 4542, Exit.KEY
    sentence = "The procedure stands in version {now} now; results were not released for '{purpose}' by that version."
    remedy = (
        "Its rules or boundaries may give other marks. The coordinator looks at what changed and runs "
        "`crosscheck release --purpose {purpose} --why REASON` again."
    )


class NotReady(CrosscheckError):
    number, exit = 4541, Exit.KEY
    sentence = (
        "Results are not complete: {works} works have not come or wait for a person, {outstanding} markings have not "
        "come back, {doubtful} cells wait for a person."
    )
    remedy = (
        "Finish scanning, reading, reviewing and third markings; --partial releases what is settled and leaves the "
        "rest out."
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Whose work it is, as a district knows it: code, class and school, never a name."""

    code: str
    school: SchoolToken
    class_set: ClassToken


@dataclass(frozen=True, slots=True)
class Links:
    """The link table in memory: works to participants, tokens to schools and classes. Never written anywhere."""

    people: Mapping[WorkId, Person]
    schools: Mapping[SchoolToken, tuple[str, str]]  # number, name
    classes: Mapping[ClassToken, tuple[SchoolToken, str]]


def join(station: Station, coordinator: PrivateKey, why: str) -> Links:
    """Open the person part for publishing. Raises NotReleased, ReleaseOutdated; the openings are recorded."""
    with station.ledger.reading() as connection:
        _require_release(connection)

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.PUBLISH, coordinator, why)

    return Links(
        people={
            WorkId(work): Person(row["code"], SchoolToken(row["school"]), ClassToken(row["class"]))
            for work, row in opened(RecordKind.PARTICIPANT).items()
        },
        schools={SchoolToken(t): (row["school"], row["name"]) for t, row in opened(RecordKind.SCHOOL).items()},
        classes={
            ClassToken(t): (SchoolToken(row["school"]), row["class"]) for t, row in opened(RecordKind.CLASS_SET).items()
        },
    )


def _require_release(connection: queries.Connection) -> None:
    """That results may be joined as the procedure computes them now."""
    if queries.one_of(connection, facts.Release, purpose=RESULTS) is None:
        raise NotReleased(purpose=RESULTS)
    version = _version(connection)
    if queries.one_of(connection, facts.ReleaseBasis, purpose=RESULTS, version=version) is None:
        raise ReleaseOutdated(now=version + 1, purpose=RESULTS)


def _doubtful(connection: queries.Connection, procedure: Procedure) -> int:
    """Cells and sums that wait for a person and that results may rest on."""
    cells = sum(counts_in_result(cell.marking) for cell in state.doubtful_cells(connection))
    return cells + sum(counts_in_result(one.marking) for one in rowsums.waiting(connection, procedure))


def _version(connection: queries.Connection) -> int:
    """The version of the procedure in force; 0 before there is one."""
    known = queries.procedure_text(connection)
    return 0 if known is None else known.version


@click.command(
    help=stages.help_of(
        "release",
        "The coordinator allows it once per purpose, with a reason, and again when the procedure changes (other rules "
        "or boundaries give other marks); everything must have come back. "
        "`crosscheck publish` then writes the results.",
        "crosscheck release --why 'protocol 4 of the district commission'",
    )
)
@click.option("--purpose", default=RESULTS, show_default=True, help=N_("What the results are joined for."))
@click.option("--why", required=True, callback=required_words, help=N_("The decision that allows it."))
@click.option("--partial", is_flag=True, help=N_("Release what is settled; the rest is left out and counted."))
@with_station
def release(station: Station, purpose: str, why: str, partial: bool) -> None:
    procedure = station.procedure()
    unlocked(station, Holder.COORDINATOR)  # proves that the coordinator is here; nothing is opened yet
    with station.ledger.writing() as writer:
        totals = state.counts(writer.connection, procedure)
        doubtful = _doubtful(writer.connection, procedure)
        outstanding = totals.outstanding + totals.markings_waiting
        if not partial and (outstanding or doubtful or totals.works_waiting):
            raise NotReady(works=totals.works_waiting, outstanding=outstanding, doubtful=doubtful)
        state.require_balance(writer.connection, procedure)
        known = queries.one_of(writer.connection, facts.Release, purpose=purpose)
        if known is None:
            writer.append(facts.Release(purpose, why, queries.position(writer.connection)))
        version = _version(writer.connection)
        if queries.one_of(writer.connection, facts.ReleaseBasis, purpose=purpose, version=version) is None:
            writer.append(facts.ReleaseBasis(purpose, version, why))
    click.echo(_("Released for {purpose}.").format(purpose=purpose))
