"""Commands of the scanning stages: parse, call, print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from crosscheck import stages
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import with_station
from crosscheck.station import Station
from scanning import intake


@click.command(
    help=stages.help_of(
        "ingest",
        "PDF, TIFF, JPEG and PNG files, or folders of them, in any order and orientation: works, or with --sheets "
        "filled "
        "score sheets. A file that can't be opened is named with what to do, and the rest goes on. Taking the same "
        "file "
        "in twice changes nothing.",
        "crosscheck ingest scans/",
        "crosscheck ingest --sheets filled/",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--sheets", is_flag=True, help=N_("The files are filled score sheets, not works."))
@with_station
def ingest(station: Station, paths: tuple[Path, ...], sheets: bool) -> int:
    return report_taken(intake.take_in(station, paths, intake.SHEETS if sheets else intake.WORKS))


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
    from scanning.collate import number_all

    done = number_all(station)
    click.echo(
        _("{works} works numbered, {unsettled} pages wait for a person.").format(
            works=done.works, unsettled=done.unsettled
        )
    )
    return Exit.PERSON_NEEDED if done.unsettled else Exit.DONE
