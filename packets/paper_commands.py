"""`crosscheck paper`: the papers of schools, organisers, observers and the district, filled in as far as is known."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from crosscheck import i18n, stages
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from packets.allocations import written
from packets.errors import PointUnknown
from packets.papers.errors import NoSuchPaper
from packets.papers.kinds import KINDS, Audience, Kind


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
        "Make papers: NAMES as `crosscheck paper list` shows them, or all of one audience.\n\nA file is called by its "
        "paper and its check point.\n\nExample: crosscheck paper make check-protocol --point П1"
    ),
)
@click.argument("names", nargs=-1)
@click.option(
    "--all-for", "audience", type=click.Choice([a.value for a in Audience]), help=N_("All papers for these people.")
)
@click.option("--point", help=N_("Of this check point only."))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=N_("Folder; default: out/papers."))
@click.option(
    "--lang", type=click.Choice(i18n.LANGUAGES), help=N_("Language of the papers; default: that of the procedure.")
)
@with_station
def make(
    station: Station,
    names: tuple[str, ...],
    audience: str | None,
    point: str | None,
    out: Path | None,
    lang: str | None,
) -> None:
    chosen = _chosen(names, audience)
    folder = out or station.out / "papers"
    made = dict(_made(station, chosen, point, lang))
    for name, content in made.items():
        folder.mkdir(parents=True, exist_ok=True)
        written(folder / name, content)
    click.echo(_("{n} papers in {folder}.").format(n=len(made), folder=folder))


def _chosen(names: Sequence[str], audience: str | None) -> list[Kind]:
    if bool(names) == (audience is not None):
        raise click.UsageError(_("Name papers, or say --all-for whom."))
    if audience is not None:
        return [kind for kind in KINDS if kind.audience.value == audience]
    known = {kind.name: kind for kind in KINDS}
    for name in names:
        if name not in known:
            raise NoSuchPaper(name=name, names=", ".join(known))
    return [known[name] for name in dict.fromkeys(names)]


def _made(station: Station, kinds: Sequence[Kind], point: str | None, lang: str | None) -> Iterator[tuple[str, bytes]]:
    """Names of files and their bytes: all are made before the first is written."""
    from packets import paper_gathering
    from packets.papers.layout import print_papers

    procedure = station.procedure()
    words = i18n.translator(lang or procedure.language)
    with station.ledger.reading() as connection:
        points = paper_gathering.check_points(connection, procedure)
    known = [one.point for one in points]
    if point is not None and point not in known:
        raise PointUnknown(point=point, points=", ".join(known))
    for kind in kinds:
        for at in points:
            if point in (None, at.point):
                out = io.BytesIO()
                print_papers(kind.made_for.made(at, words), out, words)
                yield f"{kind.name}-{_in_names(at.point)}.pdf", out.getvalue()


def _in_names(text: str) -> str:
    """A text as part of a file's name, on any system."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "x"
