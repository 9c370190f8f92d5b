"""Commands about allocations that were made: check one again, ask why, look at it as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from packets import allocations
from packets.allocation_report import level_in_words
from packets.calling import Calling
from packets.exporting import imported
from packets.problem import Bounded, Certificate, Problem, Solution, Unproven
from packets.rules import Rule
from packets.verify import Violation

_NAME = click.option("--allocation", "name", help=N_("Which one, where there are several; the newest if not given."))
_NAMES = click.option(
    "--names", is_flag=True, help=N_("Numbers of schools, codes of experts: asks the coordinator too.")
)
_TASK = click.option("--task", help=N_("Where works are given out in parts: of the part with this task."))
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
@_TASK
@with_station
def export(station: Station, file: Path, name: str | None, task: str | None) -> None:
    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), name, task)
    allocations.written(file, found.text.encode())
    click.echo(_("{name} is in {file}; markings: {n}.").format(name=found.name, n=len(found.assignments), file=file))
    click.echo(_("SHA-256, as the ledger has it: {digest}").format(digest=found.digest))


@click.command(
    help=N_(
        "Check an exported allocation: every rule, and that none is better.\n\nNo solver is used and nothing of this "
        "station is read. Of several files, as of the parts of works, also that nobody marks two parts. Ends with 10 "
        "when something is wrong.\n\nExample: crosscheck allocate verify allocation.json"
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(files: tuple[Path, ...]) -> int:
    from packets.parts_check import apart
    from packets.violations import in_sentence

    read = [_verified(file, named=len(files) > 1) for file in files]
    between = apart([(problem, solution) for problem, solution, _wrong in read])
    for violation in between:
        click.echo(in_sentence(violation))
    if len(files) > 1 and not between:
        click.echo(_("Nobody marks two parts of works."))
    return Exit.PERSON_NEEDED if between or any(wrong for _problem, _solution, wrong in read) else Exit.DONE


def _verified(file: Path, *, named: bool) -> tuple[Problem, Solution, int]:
    """Check one file and say what was found; what it holds, and how much of it is wrong."""
    from packets.verify import verify as checked
    from packets.violations import in_sentence

    content = file.read_bytes()
    problem, solution = imported(content.decode("utf-8", "replace"))
    if named:
        click.echo(f"{file}:")
    click.echo(_("SHA-256 of the file: {digest}").format(digest=hashlib.sha256(content).hexdigest()))
    if problem.tasks:
        click.echo(_("Only these tasks of the works: {tasks}.").format(tasks=", ".join(problem.tasks)))
    # The product lets nobody mark works of the own school. A file that was stripped of its conflicts is caught by what
    # else it says of experts and works.
    violations = tuple(dict.fromkeys((*checked(problem, solution), *_own_school(problem, solution))))
    for violation in violations:
        click.echo(in_sentence(violation))
    if violations:
        click.echo(_("Wrong in this allocation: {n}.").format(n=len(violations)))
        return problem, solution, len(violations)
    click.echo(_("Every rule holds; markings: {n}.").format(n=len(solution.assignments)))
    for line in _how_good(solution.certificate):
        click.echo(line)
    return problem, solution, 0


def _how_good(certificate: Certificate) -> Iterator[str]:
    match certificate:
        case Unproven(reason):
            yield _("Not proven to be the best: {reason}").format(reason=reason)
        case Bounded() if certificate.gaps:
            yield _("Proven: none is better with the directions chosen between schools. With other directions:")
            for gap in certificate.gaps:
                yield _("{level}: {cost} here; proven that none is below {bound} ({percent} % less).").format(
                    level=level_in_words(gap.level, _), cost=gap.cost, bound=gap.bound, percent=f"{gap.share:.2%}"[:-1]
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
        "Say why an expert marks a work, or doesn't.\n\nWORK is a number of the work as it is printed, or its opaque "
        "name. EXPERT is the number of a packet of the expert, the opaque code, or the code of the table experts; for "
        "the last, and with --names, the coordinator's key is used too. Rules against the pair are named; where none "
        "is, what having it would cost.\n\nExample: crosscheck allocate why 407183-4 Э01"
    )
)
@click.argument("work")
@click.argument("expert")
@_NAME
@_TASK
@_NAMES
@with_station
def why(station: Station, work: str, expert: str, name: str | None, task: str | None, names: bool) -> None:
    from packets.why import Answer, OtherPart, in_words
    from packets.why import why as reasons

    called = allocations.printed(station)
    if names or len(called.experts_meant(expert, allocations.registered(station))) != 1:
        called = _called(station, names=True)
    what = allocations.work(station, work)
    meant = called.experts_meant(expert, allocations.registered(station))
    wanted = name or allocations.where_given(station, what, meant)
    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), wanted, task)
    own = station.procedure().part(allocations.part_of(station, meant))
    if found.problem.tasks and own.number and own.tasks != found.problem.tasks:
        who = meant[0]
        answers: tuple[Answer, ...] = (OtherPart(own.tasks),)
    else:
        who = allocations.expert(station, found, called, expert)
        answers = reasons(found.problem, found.solution, allocations.work_of(what), who)
    click.echo(_("Work {work}, expert {expert}:").format(work=work, expert=called.expert(who)))
    for answer in answers:
        click.echo(f"  {in_words(answer, called)}")


@click.command(
    help=N_(
        "Report on an allocation: loads, who marks whom, conflicts avoided, how readers are linked, what each wish "
        "costs.\n\nFILE is an .xlsx, a .pdf with pictures, or a .png with the square of schools; without FILE the "
        "tables are printed here. With --names schools have their numbers and experts their codes and names: the "
        "coordinator's key is used too. Without, both have opaque codes, and experts the numbers of their packets."
        "\n\nExample: crosscheck allocate report allocation.pdf --names"
    )
)
@click.argument("file", type=_FILE, required=False)
@click.option("--quick", is_flag=True, help=N_("Leave out what each wish costs: for that works are given out again."))
@_NAME
@_TASK
@_NAMES
@with_station
def report(station: Station, file: Path | None, quick: bool, name: str | None, task: str | None, names: bool) -> None:
    from packets.overview import overview
    from packets.prices import prices

    ending = file.suffix.lower() if file else ""
    if file and ending not in (".xlsx", ".pdf", ".png"):
        raise click.UsageError(_("FILE must end in .xlsx, .pdf or .png"))
    called = _called(station, names)
    found = allocations.opened(station, unlocked(station, Holder.ORGANISER), name, task)
    with station.ledger.reading() as connection:
        pages = {w.work: w.pages for w in found.problem.works} if found.problem.tasks else numbered_pages(connection)
    seen = overview(found.problem, found.solution, pages)
    priced = None if quick or ending == ".png" else prices(found.problem, found.solution)
    if file is None:
        from crosscheck.report_files import text_of

        click.echo(text_of(allocations.report_of(station, seen, called, priced, drawn=False)))
        return
    allocations.write_report(station, seen, called, priced, file, ending)
    click.echo(
        _("{file}: loads differ by {load} at most; pairs of schools that mark each other: {mutual}.").format(
            file=file, load=seen.load_gap, mutual=len(seen.mutual)
        )
    )


@click.command(
    "last-year",
    help=N_(
        "Write which schools' works were marked by experts of which schools, for the next procedure.\n\nFILE becomes "
        "its table last_year: with the wish 'last_year' those schools meet again only where nothing else is possible. "
        "All allocations of this ledger count. The coordinator's key is used too."
        "\n\nExample: crosscheck allocate last-year last_year.csv"
    ),
)
@click.argument("file", type=_FILE)
@with_station
def last_year(station: Station, file: Path) -> None:
    called = _called(station, names=True)
    pairs = allocations.pairs_written(station, unlocked(station, Holder.ORGANISER), called, file)
    click.echo(_("{file}: pairs of schools: {n}.").format(file=file, n=pairs))


def _called(station: Station, names: bool) -> Calling:
    if not names:
        return allocations.printed(station)
    return allocations.told(station, unlocked(station, Holder.COORDINATOR))
