"""`crosscheck read audit`: points that stand are keyed again, blind, and what that proves is said."""

from __future__ import annotations

import math
from pathlib import Path

import click

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.numbering import packet_code
from crosscheck.session import json_option, show, with_station
from crosscheck.station import Station
from crosscheck.wholefile import write_whole
from scoring import audit as audits
from scoring import auditing, entering
from scoring.audit import Found, Wanted
from scoring.auditing import CONFIDENCE, Counts
from scoring.keyboard import keyboard

_ROWS = 60


@click.group(
    help=N_(
        "Check points that stand: key some rows again, blind, and learn what that proves.\n\nRows are drawn by lot "
        "from a public seed (a number that nobody could know before: a state lottery, the time of a telegram), so that "
        "anybody can draw them again; and, all of them, where a wrong point could change a mark. Another person than "
        "who took the points in keys them from the paper. What differs goes to `crosscheck review`."
        "\n\nExample: crosscheck read audit draw --seed 'lottery 5/36, 14.04.2026: 3 11 17 24 36'"
    )
)
def audit() -> None:
    pass


@audit.command(
    "draw",
    help=N_(
        "Draw rows to be keyed again.\n\nExample: crosscheck read audit draw --seed 'lottery 5/36, 14.04.2026: 3 11 17'"
    ),
)
@click.option("--seed", required=True, help=N_("Public words that nobody could know before the points stood."))
@click.option("--rows", type=click.IntRange(0), default=_ROWS, show_default=True, help=N_("How many rows by lot."))
@click.option(
    "--near",
    type=click.IntRange(0, 20),
    default=1,
    show_default=True,
    help=N_("All works that so many points would give another mark; 0: none."),
)
@click.option("--near-third", is_flag=True, help=N_("Also those that so many points would send to a third marking."))
@with_station
def draw(station: Station, seed: str, rows: int, near: int, near_third: bool) -> None:
    if not seed.strip():
        raise click.UsageError(_("The seed is empty: take public words that nobody could know before."))
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        name = audits.draw(writer, procedure, seed, Wanted(rows, near, near_third))
        found = audits.found(writer.connection, procedure, name)
        times = audits.draws(writer.connection)
    said = _("Audit {audit}: {lot} of {population} rows by lot, {near} more because they are close to another mark.")
    drawn = found.draw
    click.echo(said.format(audit=name, lot=drawn.lot, population=drawn.population, near=found.near()[0]))
    _tell_draws(times)


def _tell_draws(times: int) -> None:
    """Whoever may draw until the result pleases must be seen to have done so."""
    if times > 1:
        click.echo(
            _("Audits drawn from this procedure so far: {n}. Whoever is told the result is told this.").format(n=times)
        )


_LISTED = (N_("packet"), N_("row"), N_("number"), N_("how"), N_("keyed"))


@audit.command("list", help=N_("List the rows that were drawn.\n\nExample: crosscheck read audit list --json"))
@click.argument("audit", required=False)
@json_option
@with_station
def list_(station: Station, audit: str | None, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = audits.found(connection, station.procedure(), audit)
    rows = [
        {
            "packet": packet_code(packet),
            "row": at + 1,
            "number": row.number,
            "how": row.how,
            "keyed": found.checked[row.number] is not None,
        }
        for row in sorted(found.rows, key=lambda row: found.packets[row.number])
        for packet, at in [found.packets[row.number]]
    ]
    show(
        rows,
        _LISTED,
        as_json=as_json,
        empty=_("Nothing was drawn."),
        words=("how",),
    )


@audit.command(
    "key",
    help=N_(
        "Key the drawn rows from the paper, without seeing what stands; keys as in `crosscheck enter`. Whoever keyed "
        "or settled a row isn't asked for it.\n\nExample: crosscheck --who 'Седов С. С.' read audit key"
    ),
)
@click.argument("audit", required=False)
@with_station
def key(station: Station, audit: str | None) -> int:
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        name = audits.draw_of(writer.connection, audit).audit
        audits.tell(writer, procedure, name)
        rows, own = audits.rows_to_key(writer.connection, procedure, name, station.who)
    with keyboard() as characters:
        for one in rows:
            click.echo(_("Packet {code}, row {row}:").format(code=packet_code(one.packet), row=one.at + 1))
            recorder = entering.Recorder(station, procedure, one.row, name)
            if not entering.key_row(one.row, recorder, characters)[0]:
                break
    if own:
        click.echo(_("{n} rows need another person: you had a hand in them.").format(n=own))
    with station.ledger.reading() as connection:
        found = audits.found(connection, procedure, name)
    said = _("Rows still to key: {left}; cells that differ and wait: {open}.")
    click.echo(said.format(left=found.left, open=found.open))
    return Exit.PERSON_NEEDED if found.left or found.open else Exit.DONE


@audit.command("show", help=N_("Say what an audit proves so far.\n\nExample: crosscheck read audit show"))
@click.argument("audit", required=False)
@json_option
@with_station
def show_(station: Station, audit: str | None, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = audits.found(connection, station.procedure(), audit)
        times = audits.draws(connection)
    if as_json:
        show([_figures(found)], (), as_json=True)
        return
    click.echo(_("Audit {audit}, drawn with the seed: {seed}").format(audit=found.draw.audit, seed=found.draw.seed))
    for line in (*_lot(found.by_lot), *_near(found)):
        click.echo(line)
    if found.open:
        click.echo(_("Cells that differ and were not looked at again count as wrong: {n}.").format(n=found.open))
    _tell_draws(times)


def _figures(found: Found) -> dict[str, object]:
    counts, (drawn, keyed, wrong) = found.by_lot, found.near()
    return {
        "audit": found.draw.audit,
        "seed": found.draw.seed,
        "confidence": CONFIDENCE,
        "rows": counts.population,
        "keyed_rows": counts.rows,
        "wrong_rows": counts.wrong_rows,
        "wrong_rows_at_most": counts.rows_at_most(),
        "keyed_cells": counts.cells,
        "wrong_cells": counts.wrong_cells,
        "wrong_cells_at_most": counts.cells_at_most(),
        "near_drawn": drawn,
        "near_keyed": keyed,
        "near_wrong": wrong,
        "open": found.open,
    }


def _lot(counts: Counts) -> list[str]:
    """What the lot proves, in sentences."""
    if not counts.rows:
        return [_("By lot: the first rows of the draw are not keyed yet; nothing can be said.")]
    return [
        _("By lot: {rows} of {population} rows keyed again, {wrong} of them wrong; {cells} cells, {bad} wrong.").format(
            rows=counts.rows,
            population=counts.population,
            wrong=counts.wrong_rows,
            cells=counts.cells,
            bad=counts.wrong_cells,
        ),
        _("With {percent} % confidence at most {rows} of {population} rows hold a wrong point.").format(
            percent=round(100 * CONFIDENCE), rows=counts.rows_at_most(), population=counts.population
        ),
        _("If errors come one by one, at most {n} of 100,000 cells are wrong, with the same confidence.").format(
            n=math.ceil(100_000 * counts.cells_at_most())
        ),
    ]


def _near(found: Found) -> list[str]:
    """What the rows near a boundary prove, in sentences."""
    drawn, keyed, wrong = found.near()
    distance = found.draw.near
    if not distance:
        return []
    if found.left:
        return [
            _("Close to another mark: {keyed} of {drawn} rows keyed again, {wrong} wrong.").format(
                keyed=keyed, drawn=drawn, wrong=wrong
            )
        ]
    if found.open:
        return [_("Close to another mark: all {drawn} rows were keyed again; some differ.").format(drawn=drawn)]
    return [
        _(
            "Close to another mark: all {drawn} rows not drawn by lot were keyed again, {wrong} were wrong and are put "
            "right. Elsewhere a mark changes only where more than {distance} points of a row are wrong."
        ).format(drawn=drawn, wrong=wrong, distance=distance)
    ]


@audit.command(
    "export",
    help=N_(
        "Write the counts of an audit for another ledger: no number of a work, no name."
        "\n\nExample: crosscheck read audit export math-5.json"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--audit", default=None, help=N_("Which audit; the newest when left out."))
@with_station
def export(station: Station, file: Path, audit: str | None) -> None:
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        found = audits.found(connection, procedure, audit)
    write_whole(file, audits.exported(procedure, found))
    click.echo(str(file))


@audit.command(
    "pool",
    help=N_(
        "Take in the counts of other procedures and say what all audits together prove."
        "\n\nExample: crosscheck read audit pool russian-5.json history-6.json"
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_station
def pool(station: Station, files: tuple[Path, ...]) -> None:
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        for file in files:
            audits.import_counts(writer, procedure.code, file.name, file.read_bytes())
        own = [
            audits.found(writer.connection, procedure, one.audit).by_lot
            for one in queries.all_of(writer.connection, facts.AuditDraw)[-1:]
        ]
        others = audits.others(writer.connection)
        counts = auditing.pooled([*own, *others.values()])
    click.echo(_("Procedures: {n}.").format(n=len(others) + len(own)))
    for line in _lot(counts):
        click.echo(line)
