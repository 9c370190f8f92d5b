"""Command `remark assign`: works that were drawn to be marked again, to experts who never read them."""

from __future__ import annotations

import click

from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station


@click.command(
    "assign",
    help=N_(
        "Give the works that were drawn to experts who never read them.\n\nOf other schools, without a conflict, with "
        "loads as even as can be; verified. Needs the organiser's key. Run `crosscheck print` afterwards.\n\n"
        "Example: crosscheck remark assign"
    ),
)
@with_station
def assign(station: Station) -> None:
    from packets import assigning

    with station.ledger.reading() as connection:
        waits = assigning.remarks_waiting(connection)
    if not waits:
        click.echo(_("nothing waits"))
        return
    done = assigning.remark(station, unlocked(station, Holder.ORGANISER))
    click.echo(_("{n} re-markings assigned; verified.").format(n=done.assignments))
