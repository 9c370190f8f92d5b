"""Commands about allocations that were made: check one again, ask why, look at it as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import WorkId
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from packets import allocations
from packets.allocation_report import level_in_words
from packets.exporting import imported
from packets.problem import Bounded, Certificate, Problem, Solution, Unproven
from packets.rules import Rule
from packets.verify import Violation

_NAME = click.option("--allocation", "name", help=N_("Which one, where there are several; the newest if not given."))
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    help=N_(
        "Write an allocation into a file: problem, result and proof.\n\nIt names works, experts and schools by opaque "
        "tokens. `crosscheck allocate verify FILE` checks it on any machine, without the ledger and without a key. "
        "Compare the SHA-256 that both print: it is the recorded one."
        "\n\nExample: crosscheck allocate export allocation.json"
    )
)
@click.argument("file", type=_FILE)
@_NAME
@with_station
def export(station: Station, file: Path, name: str | None) -> None:
    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), name)
    allocations.written(file, found.text.encode())
    click.echo(_("{name}: {n} markings, in {file}.").format(name=found.name, n=len(found.assignments), file=file))
    click.echo(_("SHA-256, as the ledger has it: {digest}").format(digest=found.digest))


@click.command(
    help=N_(
        "Check an exported allocation: every rule, and that none is better.\n\nNo solver is used and nothing of this "
        "station is read. Ends with 10 when something is wrong.\n\nExample: crosscheck allocate verify allocation.json"
    )
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(file: Path) -> int:
    from packets.verify import verify as checked

    content = file.read_bytes()
    problem, solution = imported(content.decode("utf-8", "replace"))
    click.echo(_("SHA-256 of the file: {digest}").format(digest=hashlib.sha256(content).hexdigest()))
    # The product lets nobody mark works of the own school. A file that was stripped of its conflicts is caught by what
    # else it says of experts and works.
    violations = (*checked(problem, solution), *_own_school(problem, solution))
    for violation in violations:
        click.echo(f"{violation.rule.value}: {', '.join(violation.about)}")
    if violations:
        click.echo(_("{n} things are wrong with this allocation.").format(n=len(violations)))
        return Exit.PERSON_NEEDED
    click.echo(_("{n} markings: every rule holds.").format(n=len(solution.assignments)))
    for line in _how_good(solution.certificate):
        click.echo(line)
    return Exit.DONE


def _how_good(certificate: Certificate) -> Iterator[str]:
    match certificate:
        case Unproven(reason):
            yield _("Not proven to be the best: {reason}").format(reason=reason)
        case Bounded() if certificate.gaps:
            yield _("Proven: none is better with the directions chosen between schools. With other directions:")
            for gap in certificate.gaps:
                yield _("{level}: {cost} here; proven that none is below {bound} ({percent} % less).").format(
                    level=level_in_words(gap.level), cost=gap.cost, bound=gap.bound, percent=f"{gap.share:.2%}"[:-1]
                )
        case _:
            yield _("Proven: no other allocation is better at any level without being worse at an earlier one.")


def _own_school(problem: Problem, solution: Solution) -> Iterator[Violation]:
    schools = {e.expert: e.schools for e in problem.experts}
    school_of = {w.work: w.school for w in problem.works}
    for each in solution.assignments:
        if school_of.get(each.work) in schools.get(each.expert, ()):
            yield Violation(Rule.CONFLICT, (each.work, each.expert))


@click.command(
    help=N_(
        "Say why an expert marks a work, or doesn't.\n\nWORK is a number of the work or its opaque name, EXPERT the "
        "expert's opaque code. Rules against the pair are named; where none is, what having it would cost."
        "\n\nExample: crosscheck allocate why 40718 3f9c2e"
    )
)
@click.argument("work")
@click.argument("expert")
@_NAME
@with_station
def why(station: Station, work: str, expert: str, name: str | None) -> None:
    from packets.why import in_words
    from packets.why import why as reasons

    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), name)
    who = allocations.expert(found, expert)
    for answer in reasons(found.problem, found.solution, _work(station, work), who):
        click.echo(f"{who}: {in_words(answer)}")


def _work(station: Station, named: str) -> WorkId:
    """A work by any of its numbers, or by its own name."""
    with station.ledger.reading() as connection:
        numbers = queries.all_of(connection, facts.Number, number=named)
    return WorkId(numbers[0].work if numbers else named)


@click.command(
    help=N_(
        "Write the report of an allocation: loads, who marks whom, conflicts avoided, how readers are linked.\n\nFILE "
        "is an .xlsx or a .pdf. Schools and experts are named by the beginnings of their opaque codes."
        "\n\nExample: crosscheck allocate report allocation.xlsx"
    )
)
@click.argument("file", type=_FILE)
@_NAME
@with_station
def report(station: Station, file: Path, name: str | None) -> None:
    from packets.overview import overview

    if file.suffix.lower() not in (".xlsx", ".pdf"):
        raise click.UsageError(_("FILE must end in .xlsx or .pdf"))
    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), name)
    seen = overview(found.problem, found.solution, allocations.pages(station))
    allocations.write_report(station, seen, file)
    click.echo(
        _("{file}: loads differ by {load} at most, {mutual} pairs of schools mark each other.").format(
            file=file, load=seen.load_gap, mutual=len(seen.mutual)
        )
    )
