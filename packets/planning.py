"""Commands about an allocation to come: what blocks it and what would help."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crosscheck import safe
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import ExpertId, SchoolToken
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from packets.calling import Calling

_NAMES = click.option(
    "--names", is_flag=True, help=N_("Say numbers of schools and codes of experts: needs the coordinator's key too.")
)


@click.command(
    help=N_(
        "Say what blocks the allocation that waits, and what would help.\n\nThe smallest set of works that can't be "
        "given out, who may mark them, and the least changes that would make it possible, to choose from. Conflicts "
        "are never given up. Nothing is decided or recorded; ends with 10 when something blocks."
        "\n\nExample: crosscheck allocate explain --names"
    )
)
@_NAMES
@with_station
def explain(station: Station, names: bool) -> int:
    from packets import assigning
    from packets.waivers import said

    called = told(station) if names else Calling()
    problem = assigning.waiting(station, unlocked(station, Holder.ORGANISER))
    if problem is None:
        click.echo(_("nothing waits"))
        return Exit.DONE
    blocks = said(problem, called)
    click.echo(blocks.rstrip() or _("Nothing blocks what waits."))
    return Exit.PERSON_NEEDED if blocks else Exit.DONE


def told(station: Station) -> Calling:
    """Numbers of schools and codes of experts; recorded. Whose a work is stays closed."""
    coordinator = unlocked(station, Holder.COORDINATOR)

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.CONFLICTS, coordinator, "an allocation planned")

    return Calling(
        {SchoolToken(token): row["school"] for token, row in opened(RecordKind.SCHOOL).items()},
        {ExpertId(token): row["code"] for token, row in opened(RecordKind.EXPERT_NAME).items()},
    )
