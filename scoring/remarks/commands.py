"""Commands of `remark` that draw and compare: `draw`, `list`, `note`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_, translator
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import RE_MARKING, WorkId
from crosscheck.participants import work_of
from crosscheck.procedure import Procedure
from crosscheck.release import join
from crosscheck.report_files import text_of
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.times import on_day
from crosscheck.wholefile import write_whole
from scoring.differences.gathering import works_seen
from scoring.forms.comparing import all_standing
from scoring.remarks import drawing
from scoring.remarks.comparing import compared
from scoring.remarks.errors import NoSuchDraw
from scoring.remarks.listed import NOBODYS, Whose, is_number, whose
from scoring.remarks.note import remark_note
from scoring.reports import Words
from scoring.written import write_report


@click.command(
    "draw",
    help=N_(
        "Name works that are to be marked again.\n\n--list FILE: as the authority gives it, with --source and "
        "--approval; on each line the number of a work, a participant's code, a school (школа 7) or a school and a "
        "class (7; 5А). Lines that are no numbers need released results and the coordinator's key. --markers: works on "
        "which a third marking is far from every earlier one. --random N: by a public lot; the list of all works that "
        "it could fall on is written beside the reports, and whoever has it and the seed can draw again. A work is "
        "marked again once.\n\n"
        "Example: crosscheck remark draw --random 10 --seed 'lottery 5/36, 14.04.2026: 3 11 17 24 36'"
    ),
)
@click.option(
    "--list",
    "listing",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=N_("Works, participants, schools, classes."),
)
@click.option("--source", default="", help=N_("Whose list it is, by which document."))
@click.option("--approval", default="", help=N_("Who approved it, by which document."))
@click.option("--markers", is_flag=True, help=N_("Works that differences call for."))
@click.option("--random", "count", type=click.IntRange(1, 100_000), help=N_("How many works a lot draws."))
@click.option("--seed", default="", help=N_("Public words that nobody could know before."))
@with_station
def draw(
    station: Station, listing: Path | None, source: str, approval: str, markers: bool, count: int | None, seed: str
) -> None:
    if [listing is not None, markers, count is not None].count(True) != 1:
        raise click.UsageError(_("say one of --list, --markers and --random"))
    if listing is not None and not (source.strip() and approval.strip()):
        raise click.UsageError(_("--list needs --source and --approval"))
    procedure = station.procedure()
    lines = _lines(listing)
    known = _whose(station, lines)
    with station.ledger.writing() as writer:
        if listing is not None:
            done = drawing.from_list(
                writer, procedure, lines, known, partial(work_of, writer.connection, station.secret()), source, approval
            )
        elif count is not None:
            done = drawing.by_lot(writer, procedure, seed, count)
        else:
            done = drawing.by_markers(writer, procedure, approval)
    if done.text:
        path = _folder(station) / f"{done.name}-list.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, done.text.encode())
        click.echo(_("The list that was drawn from: {path}.").format(path=path))
    click.echo(
        _("{name}: {n} works; named and left out: {left}. Next: `crosscheck remark assign`.").format(
            name=done.name, n=len(done.works), left=done.left_out
        )
    )


def _lines(listing: Path | None) -> list[str]:
    if listing is None:
        return []
    try:
        text = listing.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = listing.read_text("cp1251", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _whose(station: Station, lines: Sequence[str]) -> Whose:
    """Whose works are, where a line asks for it: that is known to nobody before results are released."""
    if all(map(is_number, lines)):
        return NOBODYS
    links = join(station, unlocked(station, Holder.COORDINATOR), N_("list of works to be marked again"))
    with station.ledger.reading() as connection:
        return whose(links, frozenset(map(WorkId, queries.numbered_works(connection))))


def _folder(station: Station) -> Path:
    return station.out / "reports"


@click.command("list", help=N_("List control groups.\n\nExample: crosscheck remark list --json"))
@json_option
@with_station
def list_(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        drawn = queries.signed_rows(connection, facts.RemarkDraw)
        works = Counter(one.draw for one in queries.all_of(connection, facts.RemarkWork))
        given: dict[str, set[str]] = {}
        for score in queries.standing_scores(connection, marking=int(RE_MARKING)):
            given.setdefault(score.work, set()).add(score.criterion)
        asked = {c.id for c in station.procedure().criteria}
        back = {work for work, some in given.items() if asked <= some}
        come = Counter(one.draw for one in queries.all_of(connection, facts.RemarkWork) if one.work in back)
    columns = ("draw", "how", "works", "come", "population", "seed", "manifest", "source", "approval", "who")
    rows = [{**row, "works": works[str(row["draw"])], "come": come[str(row["draw"])]} for row in drawn]
    told = [{name: row[name] for name in columns} for row in rows]
    show(told, columns, as_json=as_json, empty=_("No control group."), words=("how",))


@click.command(
    "note",
    help=N_(
        "Write the note on a re-marking, as XLSX, PDF, HTML, CSV and JSON.\n\nBy number only. It is the annex of the "
        "protocol, which "
        "`crosscheck paper make remark-protocol` prints. Each difference is in `crosscheck discrepancies list --kind "
        "remark`, too.\n\nExample: crosscheck remark note RM01"
    ),
)
@click.argument("name")
@with_station
def note(station: Station, name: str) -> None:
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        drawn = queries.one_of(connection, facts.RemarkDraw, draw=name)
        if drawn is None:
            raise NoSuchDraw(name=name)
        works = {one.work for one in queries.all_of(connection, facts.RemarkWork, draw=name)}
        seen = [work for work in works_seen(connection, procedure) if work.work in works]
        found = compared(procedure, seen, all_standing(connection, procedure))
        how = _how(connection, procedure, drawn)
    made = remark_note(procedure, how, found, len(works) - len(found))
    write_report(station, made, _folder(station) / f"remark-{name}")
    click.echo(text_of(made))


def _how(connection: Connection, procedure: Procedure, drawn: facts.RemarkDraw) -> tuple[str, ...]:
    _ = translator(procedure.language)
    (row,) = queries.signed_rows(connection, facts.RemarkDraw, draw=drawn.draw)
    who = _("Control group {name}, recorded on {day} by {who}").format(
        name=drawn.draw, who=row["who"], day=on_day(str(row["at"]))
    )
    return (who, *_named_by(drawn, _))


def _named_by(drawn: facts.RemarkDraw, _: Words) -> tuple[str, ...]:
    if drawn.how == "random":
        lot = _("By a public lot: {asked} of {population} works, seed «{seed}», SHA-256 of the list {manifest}.")
        return (lot.format(asked=drawn.asked, population=drawn.population, seed=drawn.seed, manifest=drawn.manifest),)
    if drawn.how == "authority":
        listed = _("By a list: {source}; approved: {approval}.")
        return (listed.format(source=drawn.source, approval=drawn.approval),)
    return (_("By differences that call for it: a third marking far from every earlier one."),)
