"""Commands of the packets' stages: parse, call, print."""

from __future__ import annotations

from pathlib import Path

import click

from crosscheck import doubts, facts, stages
from crosscheck.db import queries
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import THIRD_MARKING
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from packets import inquiring, planning, repair_commands
from packets.print_commands import print_ as print_


@click.group(
    invoke_without_command=True,
    help=stages.help_of(
        "allocate",
        "Experts of other schools, without a conflict, loads as even as they can be. The result is checked by a "
        "verifier "
        "that shares no search with the solver; when no allocation exists, the reason is said and nothing is recorded.",
        "crosscheck allocate",
        "crosscheck allocate report allocation.xlsx",
        "crosscheck allocate export allocation.json",
    ),
)
@click.pass_context
def allocate(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        context.invoke(_allocate)


for _command in (
    planning.explain,
    planning.what_if,
    inquiring.export,
    inquiring.verify,
    inquiring.why,
    inquiring.report,
    inquiring.last_year,
    repair_commands.repair,
):
    allocate.add_command(_command)


@with_station
def _allocate(station: Station) -> None:
    from packets import assigning, checking

    with station.ledger.reading() as connection:
        doubts.refuse_doubts(connection)
        changed = checking.needs_check(connection)
    if changed:
        found = checking.check_again(station, unlocked(station, Holder.ORGANISER))
        click.echo(_("Checked again: {n} assignments are not allowed any more.").format(n=found))
    if not _waits(station):
        click.echo(_("nothing waits"))
        return
    done = assigning.allocate(station, unlocked(station, Holder.ORGANISER))
    if done.kept < done.reserve:
        text = _("Only {kept} of {reserve} places are left for third markings: more senior experts are needed.")
        click.echo(text.format(kept=done.kept, reserve=done.reserve))
    if done.idle:
        text = _("Experts who have room but may mark none of these works: {n} ({experts}).")
        click.echo(text.format(n=len(done.idle), experts=", ".join(done.idle)))
    given = _("{n} markings assigned to {experts} experts; loads differ by {gap} at most, pages by {pages}; verified.")
    for part, hidden in zip(done.parts, done.hidden, strict=True):
        told = given.format(n=part.assignments, experts=part.experts, gap=part.load_gap, pages=part.page_gap)
        tasks = ", ".join(part.tasks)
        click.echo(_("Tasks {tasks}: {told}").format(tasks=tasks, told=told) if part.tasks else told)
        if hidden.seeds or hidden.repeats:
            text = _("Hidden among them: {seeds} markings of {works} exemplar works, {again} of own works again.")
            click.echo(text.format(seeds=hidden.seeds, works=hidden.works, again=hidden.repeats))


def _waits(station: Station) -> bool:
    # The organiser's passphrase is asked for only when there is something to decide.
    with station.ledger.reading() as connection:
        assigned = {assignment.work for assignment in queries.standing_assignments(connection)}
        return any(work not in assigned for work in queries.numbered_works(connection))


@click.command(
    help=stages.help_of(
        "adjudicate",
        "Third experts are senior or lead ones of other schools who never read the work. They see the earlier scores. "
        "Run `crosscheck print` afterwards.",
        "crosscheck adjudicate",
    )
)
@with_station
def adjudicate(station: Station) -> None:
    from packets import assigning

    with station.ledger.reading() as connection:
        called = {call.work for call in queries.all_of(connection, facts.ThirdCall)}
        given = {one.work for one in queries.standing_assignments(connection, marking=int(THIRD_MARKING))}
    if not called - given:
        click.echo(_("nothing waits"))
        return
    done = assigning.adjudicate(station, unlocked(station, Holder.ORGANISER))
    click.echo(_("{n} third markings assigned; verified.").format(n=done.assignments))


@click.command(
    "print",
    help=N_(
        "Make the answer forms of participants who have none yet.\n\nEvery present participant without a form gets a "
        "numbered one. FILE is the PDF to print; LIST.csv says which form goes to which participant, for the schools "
        "to hand them out by: it names codes, so send each school its own lines. For works on forms of others, --make "
        "prints covers to scan between the works, or stickers for their first pages.\n\n"
        "Example: crosscheck forms print forms.pdf --list forms.csv\n\n"
        "Example: crosscheck forms print covers.pdf --make class-covers --pages 4\n\n"
        "Example: crosscheck forms print stickers.pdf --make stickers --pages 4 --school 12"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--list", "listing", type=click.Path(path_type=Path, dir_okay=False), help=N_("CSV to write."))
@click.option(
    "--make",
    type=click.Choice(["class-covers", "work-covers", "stickers"]),
    help=N_("Print covers or stickers for forms of others instead: one for each class-set, or for each work."),
)
@click.option("--pages", type=click.IntRange(1, 99), help=N_("How many pages a work on a form of others has."))
@click.option(
    "--pages-from",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=N_("CSV with the columns participant and pages, for works that have another number of pages."),
)
@click.option("--school", "schools", multiple=True, help=N_("Only for this school; may be given several times."))
@with_station
def print_forms(
    station: Station,
    file: Path,
    listing: Path | None,
    make: str | None,
    pages: int | None,
    pages_from: Path | None,
    schools: tuple[str, ...],
) -> None:
    if make is not None:
        if pages is None or listing is not None:
            raise click.UsageError(_("--make needs --pages, and has no --list"))
        _make_covers(station, file, make, pages, pages_from, schools)
        return
    if listing is None or pages is not None or pages_from is not None or schools:
        raise click.UsageError(_("answer forms need --list; --pages, --pages-from and --school go with --make"))
    from packets import formlist

    done = formlist.issue(station, unlocked(station, Holder.COORDINATOR), file, listing)
    click.echo(
        _("{new} new forms; {forms} forms, {pages} pages in {file}.").format(
            new=done.new, forms=done.forms, pages=done.pages, file=file
        )
    )


def _make_covers(
    station: Station, file: Path, make: str, pages: int, pages_from: Path | None, schools: tuple[str, ...]
) -> None:
    from packets import coverlist

    wanted = coverlist.Wanted(coverlist.Make(make), pages, pages_from, frozenset(schools))
    done = coverlist.make(station, unlocked(station, Holder.COORDINATOR), wanted, file)
    click.echo(
        _("{new} new; {drawn} covers or stickers on {pages} pages in {file}.").format(
            new=done.new, drawn=done.drawn, pages=done.pages, file=file
        )
    )
