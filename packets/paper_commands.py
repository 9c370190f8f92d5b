"""`crosscheck paper`: the papers of schools, organisers, observers and the district, filled in as far as is known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import click

from crosscheck import i18n, stages
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.wholefile import private_folder
from packets import proof_commands
from packets.errors import FileNotWritten
from packets.papers.errors import NoSuchPaper
from packets.papers.kinds import ENVELOPE_LABELS, KINDS, Audience, Kind, OfPoint, OfSchool


@click.group(
    help=stages.help_of(
        "paper",
        "What the ledger knows is filled in, lines are left where a hand writes. `list` names the papers, for whom and "
        "when; `make` writes them as PDF into out/papers, one file for each check point or school.",
        "crosscheck paper list",
        "crosscheck paper make check-protocol",
        "crosscheck paper make --all-for organiser --point П1",
    )
)
def paper() -> None:
    pass


for _command in (proof_commands.preview, proof_commands.proof, proof_commands.check):
    paper.add_command(_command)

_FOR = {
    Audience.ORGANISER: N_("for organisers"),
    Audience.SCHOOL: N_("for schools"),
    Audience.OBSERVER: N_("for observers"),
    Audience.DISTRICT: N_("for the district"),
}


@paper.command("list", help=N_("List the papers there are.\n\nExample: crosscheck paper list"))
@json_option
def list_(*, as_json: bool) -> None:
    rows = [
        {
            "paper": kind.name,
            "for whom": kind.audience.value if as_json else _(_FOR[kind.audience]),
            "when": kind.when if as_json else _(kind.when),
            "what it is": kind.title if as_json else _(kind.title),
        }
        for kind in KINDS
    ]
    show(rows, (N_("paper"), N_("for whom"), N_("when"), N_("what it is")), as_json=as_json)


@paper.command(
    "make",
    help=N_(
        "Make papers: NAMES as `crosscheck paper list` shows them, or all of one audience."
        "\n\nEach check point and each school has a folder of its own: give it nothing else. Papers for schools, and "
        "those that name experts, need the coordinator's key. Nothing is written while anything can't be made."
        "\n\nExample: crosscheck paper make check-protocol --point П1"
        "\n\nExample: crosscheck paper make --all-for school --school 12"
    ),
)
@click.argument("names", nargs=-1)
@click.option(
    "--all-for", "audience", type=click.Choice([a.value for a in Audience]), help=N_("All papers for these people.")
)
@click.option("--point", default="", help=N_("Of this check point only."))
@click.option("--school", default="", help=N_("Of this school only."))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=N_("Folder; default: out/papers."))
@click.option(
    "--lang", type=click.Choice(i18n.LANGUAGES), help=N_("Language of the papers; default: that of the procedure.")
)
@click.option(
    "--in-envelope", type=click.IntRange(1, 200), help=N_("With envelope-labels: packets in one; default: 5.")
)
@with_station
def make(
    station: Station,
    names: tuple[str, ...],
    audience: str | None,
    point: str,
    school: str,
    out: Path | None,
    lang: str | None,
    in_envelope: int | None,
) -> None:
    from packets import paper_making
    from packets.allocations import written

    chosen = _chosen(names, audience)
    _require_heard(chosen, "--point", point, OfPoint, named=bool(names))
    _require_heard(chosen, "--school", school, OfSchool, named=bool(names))
    if in_envelope is not None and ENVELOPE_LABELS not in [kind.name for kind in chosen]:
        raise click.UsageError(_("--in-envelope goes with {name}").format(name=ENVELOPE_LABELS))
    wanted = paper_making.Wanted(chosen, point, school, lang or "", in_envelope)
    folder = out or station.out / "papers"
    key = cache(lambda: unlocked(station, Holder.COORDINATOR))  # asked for once, and only if it is needed
    files = paper_making.made(station, wanted, key)
    for file in files:
        path = folder / file.path
        _folder(path.parent)
        written(path, file.content)
    click.echo(_("{n} papers in {folder}.").format(n=len(files), folder=folder))


def _folder(folder: Path) -> None:
    try:
        private_folder(folder)
    except OSError as trouble:
        raise FileNotWritten(file=folder, reason=trouble.strerror or type(trouble).__name__) from trouble


def _require_heard(
    chosen: Sequence[Kind], option: str, value: str, of: type[OfPoint] | type[OfSchool], *, named: bool
) -> None:
    """Refuse an option that a paper named would not look at; of all papers for somebody, those that are the same for
    everybody may be among them, but not alone."""
    deaf = [kind.name for kind in chosen if not isinstance(kind.made_for, of)]
    if value and deaf and (named or len(deaf) == len(chosen)):
        known = ", ".join(kind.name for kind in KINDS if isinstance(kind.made_for, of))
        said = _("{option} says nothing to {papers}; it goes with: {known}.")
        raise click.UsageError(said.format(option=option, papers=", ".join(deaf), known=known))


def _chosen(names: Sequence[str], audience: str | None) -> tuple[Kind, ...]:
    if bool(names) == (audience is not None):
        raise click.UsageError(_("Name papers, or say --all-for whom."))
    if audience is not None:
        return tuple(kind for kind in KINDS if kind.audience.value == audience)
    known = {kind.name: kind for kind in KINDS}
    for name in names:
        if name not in known:
            raise NoSuchPaper(name=name, names=", ".join(known))
    return tuple(known[name] for name in dict.fromkeys(names))
