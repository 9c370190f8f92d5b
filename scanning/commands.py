"""Commands of the scanning stages: parse, call, print."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import click

from crosscheck import stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import progress, with_station
from crosscheck.station import Station
from scanning.incoming import hotfolder, intake


class NothingToTake(CrosscheckError):
    number, exit = 3053, Exit.USAGE
    sentence = "There is nothing to take in: name files or folders, or a folder with --watch, and not both."
    remedy = "For example `crosscheck ingest scans/`, or `crosscheck ingest --watch incoming/`."


@click.command(
    help=stages.help_of(
        "ingest",
        "PDF, TIFF, JPEG and PNG files, or folders of them, in any order and orientation: works, or with --sheets "
        "filled "
        "score sheets. A file that can't be opened is named with what to do, and the rest goes on. Taking the same "
        "file "
        "in twice changes nothing. "
        "With --watch a folder is watched: a file is taken once it is complete, and listed as handled beside the "
        "station. Ctrl-C ends it. When the paper of a batch is through, close the batch: `crosscheck batch close`.",
        "crosscheck ingest scans/",
        "crosscheck ingest --sheets filled/",
        "crosscheck ingest --watch incoming/",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--sheets", is_flag=True, help=N_("The files are filled score sheets, not works."))
@click.option(
    "--watch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help=N_("Take in what comes into this folder."),
)
@click.option(
    "--every", type=click.FloatRange(0.1, 3600), default=2.0, help=N_("With --watch: seconds between looks (2).")
)
@click.option(
    "--until-idle",
    type=click.FloatRange(0),
    help=N_("With --watch: end when no file came for so many seconds (default: Ctrl-C ends it)."),
)
@click.option(
    "--delete-handled", is_flag=True, help=N_("With --watch: delete a file once its pages are sealed and recorded.")
)
@with_station
def ingest(
    station: Station,
    paths: tuple[Path, ...],
    sheets: bool,
    watch: Path | None,
    every: float,
    until_idle: float | None,
    delete_handled: bool,
) -> int:
    if bool(paths) == (watch is not None):
        raise NothingToTake
    purpose = intake.SHEETS if sheets else intake.WORKS
    with progress(_("ingest"), None, N_("pages")) as step:
        if watch is None:
            return report_taken(intake.take_in(station, paths, purpose, step))
        order = hotfolder.Order(watch, purpose, every, until_idle, delete_handled)
        click.echo(_("Watching {folder}; Ctrl-C ends it.").format(folder=watch), err=True)
        return report_taken(_until_interrupted(hotfolder.take_in(station, order, moved=step)))


def _until_interrupted(taken: Generator[intake.Taken, None, None]) -> Iterator[intake.Taken]:
    """Until Ctrl-C: whoever watches a folder has no other way to say that the paper is through. A file that was being
    read is not recorded, and the next run takes it."""
    with suppress(KeyboardInterrupt), closing(taken):
        yield from taken


def report_taken(taken: Iterable[intake.Taken]) -> int:
    """Print what was taken in; PERSON_NEEDED when a file could not be opened."""
    files = pages = known = 0
    faults = []
    for one in taken:
        files, pages, known = files + 1, pages + (0 if one.known else one.pages), known + one.known
        if one.fault:
            faults.append(one)
            click.echo(f"{one.name}: {one.fault}", err=True)
    click.echo(
        _("{files} files ({known} known already), {pages} pages, {faults} could not be opened.").format(
            files=files, known=known, pages=pages, faults=len(faults)
        )
    )
    return Exit.PERSON_NEEDED if faults else Exit.DONE


@click.command(
    help=stages.help_of(
        "redact",
        "Only answer zones are copied, onto a new picture, and the result is checked by code that knows nothing of the "
        "masking. A page that fails goes to a person, never to an expert.",
        "crosscheck redact",
    )
)
@with_station
def redact(station: Station) -> int:
    from scanning.redact import redact_all

    ran = redact_all(station)
    click.echo(_("{done} pages read, {failed} failed.").format(done=ran.done, failed=ran.failed))
    return Exit.PERSON_NEEDED if ran.failed else Exit.DONE


@click.command(
    help=stages.help_of(
        "number",
        "A work is numbered when each of its pages is known or was declared missing. Numbers differ for each marking.",
        "crosscheck number",
    )
)
@with_station
def number(station: Station) -> int:
    from scanning.collating.collate import number_all

    done = number_all(station)
    click.echo(
        _("{works} works numbered, {unsettled} pages wait for a person.").format(
            works=done.works, unsettled=done.unsettled
        )
    )
    return Exit.PERSON_NEEDED if done.unsettled else Exit.DONE
