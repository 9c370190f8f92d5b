"""Commands about the station itself: init, status, run, findings, vault, ledger."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path

import click

from crosscheck import doubts, facts, keys, safe, stages
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.engine import open_engine, upgrade
from crosscheck.db.ledger import Ledger
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.laws import Law
from crosscheck.remedies import advised, advised_of_sheets
from crosscheck.session import Session, json_option, passphrase, required_words, show, with_station
from crosscheck.station import Settings, Station, database_url, open_station, read_settings, settings_text
from crosscheck.wording import kinds_in


class AlreadyInitialised(CrosscheckError):
    number, exit = 2040, Exit.PROCEDURE
    sentence = "{folder} is a station's folder already."
    remedy = "Use it as it is, or name an empty folder with --home."


class SamePassphrase(CrosscheckError):
    number, exit = 4531, Exit.KEY
    sentence = "The passphrases of two holders are the same."
    remedy = "Each of the three people chooses a passphrase of their own and tells it to nobody."


class NoSuchFinding(CrosscheckError):
    number, exit = 2041, Exit.USAGE
    sentence = "There is no open finding {finding}."
    remedy = "List them with `crosscheck findings list`."


class NotClosedByHand(CrosscheckError):
    number, exit = 2044, Exit.USAGE
    sentence = "The finding {finding} asks who is who: it closes when somebody says so."
    remedy = "See the pair with `crosscheck identity list`; use `crosscheck identity same` or `different`."


class NoSuchRecord(CrosscheckError):
    number, exit = 2043, Exit.USAGE
    sentence = "The vault holds no record {record}."
    remedy = "Name a whole record, or its kind and subject, as `participant:W3F0A1B2C4D5E`."


class NoSuchLaw(CrosscheckError):
    number, exit = 2042, Exit.USAGE
    sentence = "There is no law '{law}' that fails to balance."
    remedy = "`crosscheck status` shows the laws by name."


@click.command(
    help=stages.help_of(
        "init",
        "Three people each choose a passphrase: the district (original scans), the organiser (which school a work "
        "comes from) and the coordinator (names and codes). The recovery sheet opens everything when a passphrase "
        "is forgotten: print it, lock it away, delete the file.",
        "crosscheck --home math-5 init --recovery-sheet recovery.txt",
    )
)
@click.option(
    "--recovery-sheet", type=click.Path(path_type=Path), required=True, help=N_("Where to write the recovery sheet.")
)
@click.option("--station", "station_name", default="station-1", help=N_("Name of this computer."))
@click.pass_obj
def init(session: Session, recovery_sheet: Path, station_name: str) -> None:
    home = session.home
    if (home / "station.toml").exists():
        raise AlreadyInitialised(folder=home)
    phrases = {holder: passphrase(holder.name, confirm=True) for holder in Holder}
    if len(set(phrases.values())) < len(phrases):
        raise SamePassphrase
    home.mkdir(parents=True, exist_ok=True)
    settings = read_settings(home, {"CROSSCHECK_STATION": station_name} | dict(os.environ))
    engine = open_engine(database_url(home, settings))
    upgrade(engine)
    _clear_unfinished(home, Ledger(engine, station_name, ""))
    _require_place_for(recovery_sheet)
    codes = keys.create(home / "keys", phrases)
    recovery_sheet.write_text(keys.recovery_text(codes), "utf-8")
    # A folder without it counts as not initialised; what comes after it, `register` can make good.
    (home / "station.toml").write_text(settings_text(Settings(station_name, settings.database)), "utf-8")
    station = open_station(home, session.who, os.environ)
    with station.ledger.writing() as writer:
        safe.new_index(writer, station, secrets.token_bytes(32))
    click.echo(
        _("Ready: {home}. Print {sheet}, lock it away, and delete the file.").format(
            home=home.resolve(), sheet=recovery_sheet
        )
    )


def _clear_unfinished(home: Path, ledger: Ledger) -> None:
    """Remove the keyring of an `init` that was ended half way: nothing can have been sealed for it, since a folder
    without settings opens no ledger. With facts in the ledger it is kept, and `keys.create` refuses."""
    with ledger.reading() as connection:
        if queries.position(connection) == 0 and (home / "keys").exists():
            shutil.rmtree(home / "keys")


class SheetExists(CrosscheckError):
    number, exit = 4532, Exit.KEY
    sentence = "{file} exists already; it may be the recovery sheet of another ledger."
    remedy = "Name a file that does not exist yet."


def _require_place_for(recovery_sheet: Path) -> None:
    if recovery_sheet.exists() and recovery_sheet.stat().st_size:
        raise SheetExists(file=recovery_sheet)
    # The codes are shown once: where they go must be found out before the keys exist.
    try:
        recovery_sheet.write_text("", "utf-8")
    except OSError as trouble:
        raise click.BadParameter(f"{recovery_sheet}: {trouble.strerror}", param_hint="--recovery-sheet") from trouble


@click.command(
    help=stages.help_of(
        "status",
        "The laws are sums that must come out; nothing is printed while one does not, unless a named person "
        "overrides it with a reason.",
        "crosscheck status",
        "crosscheck status --json",
        "crosscheck --who 'Петрова А. И.' status --override expected --why 'page lost at school, act 12'",
    )
)
@json_option
@click.option("--override", "law", help=N_("Let work go on although this law does not balance."))
@click.option("--why", default="", help=N_("The reason for the override."))
@with_station
def status(station: Station, as_json: bool, law: str | None, why: str) -> int:
    procedure = station.procedure()
    if law is not None:
        _override(station, law, why)
    with station.ledger.reading() as connection:
        laws = state.all_laws(connection, procedure)
        waiting = state.waiting(connection, procedure)
        findings = queries.open_findings(connection)
        position = queries.position(connection)
        identities = doubts.waiting(connection)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "procedure": procedure.code,
                    "position": position,
                    "laws": [
                        {"name": x.name, "total": x.total, "parts": dict(x.parts), "balanced": x.balanced} for x in laws
                    ],
                    "waiting": {x.stage: x.units for x in waiting},
                    "identities_waiting": identities,
                    "findings_open": len(findings),
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        _print_status(procedure.title, laws, waiting, len(findings), identities)
    return Exit.DONE if all(x.balanced for x in laws) and not findings else Exit.PERSON_NEEDED


def _print_status(
    title: str, laws: tuple[Law, ...], waiting: tuple[state.Waiting, ...], findings: int, identities: int
) -> None:
    click.echo(title)
    for law in laws:
        click.echo(f"  {'✓' if law.balanced else '✗'} {law.name}: {law}")
    click.echo(
        _("Waiting: ") + (", ".join(f"`crosscheck {w.stage}` {w.units}" for w in waiting if w.units) or _("nothing"))
    )
    if identities:
        words = _("Works can't be given out: pairs of experts who may be one person: {n} (`crosscheck identity list`).")
        click.echo(words.format(n=identities))
    if findings:
        click.echo(_("Findings for a person: {n} (`crosscheck findings list`).").format(n=findings))


def _override(station: Station, law: str, why: str) -> None:
    if not why:
        raise click.UsageError(_("An override needs a reason: --why."))
    with station.ledger.writing() as writer:
        broken = {x.name for x in state.all_laws(writer.connection, station.procedure()) if not x.balanced}
        if law not in broken:
            raise NoSuchLaw(law=law)
        writer.append(facts.Override(law, queries.position(writer.connection), why))


@click.command(
    help=stages.help_of(
        "run",
        "Stops where people act next: pages to settle, packets to print and hand out, sheets to scan, cells to settle.",
        "crosscheck run",
    )
)
@click.pass_context
def run(ctx: click.Context) -> int:
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    worst = 0
    for row in stages.STAGES:
        if row.actor is stages.Actor.MACHINE and row.name != "report":
            worst = max(worst, _run_one(ctx, group, row.name))
    # Third markings that were just called still have to be printed.
    return max(worst, _run_one(ctx, group, "print"))


def _run_one(ctx: click.Context, group: click.Group, name: str) -> int:
    command = group.get_command(ctx, name)
    assert command is not None
    click.echo(f"{name}: ", nl=False)
    with command.make_context(name, [], parent=ctx.find_root()) as sub:
        result = command.invoke(sub)
    return result if isinstance(result, int) else 0


@click.group(
    help=stages.help_of(
        "findings",
        "A finding names what is wrong and what to do about it. Most close by themselves when their page or cell is "
        "settled.",
        "crosscheck findings list",
        "crosscheck findings close F3A9… --why 'rescanned'",
    )
)
def findings() -> None:
    pass


@findings.command("list", help=N_("List open findings.\n\nExample: crosscheck findings list"))
@json_option
@with_station
def list_findings(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        found = queries.open_findings(connection)
    rows = [{"finding": f.finding, "kind": f.kind, "subject": f.subject, "detail": f.detail} for f in found]
    columns, empty = ("finding", "kind", "subject", "detail"), _("Nothing waits for a person.")
    show(rows, columns, as_json=as_json, empty=empty, words=("kind", "detail"))
    if not as_json:
        # A page that was not masked is one finding, whose detail names all that was wrong with it.
        within = [f.detail for f in found if f.kind in ("unknown", "sheet")]
        kinds = [*(finding.kind for finding in found), *(kind for detail in within for kind in kinds_in(detail))]
        for line in [*advised(kinds), *advised_of_sheets(f.detail for f in found if f.kind == "sheet")]:
            click.echo(line)


@findings.command(
    "close", help=N_("Close a finding that was dealt with.\n\nExample: crosscheck findings close F12 --why rescanned")
)
@click.argument("finding")
@click.option("--why", required=True, callback=required_words, help=N_("What was done about it."))
@with_station
def close_finding(station: Station, finding: str, why: str) -> None:
    with station.ledger.writing() as writer:
        kinds = {f.finding: f.kind for f in queries.open_findings(writer.connection)}
        if finding not in kinds:
            raise NoSuchFinding(finding=finding)
        if kinds[finding] == doubts.KIND:
            raise NotClosedByHand(finding=finding)
        writer.append(facts.FindingClosed(finding, why))


@click.group(
    help=stages.help_of(
        "vault",
        "The vault holds names, codes, schools of works and original scans. Every opening is recorded.",
        "crosscheck vault openings",
        "crosscheck vault erase participant:W3F… --why 'act of destruction 7'",
    )
)
def vault() -> None:
    pass


@vault.command("openings", help=N_("List every opening of the vault.\n\nExample: crosscheck vault openings --json"))
@json_option
@with_station
def openings(station: Station, as_json: bool) -> None:
    with station.ledger.reading() as connection:
        rows = queries.signed_rows(connection, facts.Opening)
    columns, empty = ("at", "who", "part", "purpose", "records", "why"), _("Never opened.")
    show(rows, columns, as_json=as_json, empty=empty, words=("part", "purpose", "why"))


@vault.command(
    "erase", help=N_("Destroy the key of a record for good.\n\nExample: crosscheck vault erase RECORD --why 'act 7'")
)
@click.argument("record")
@click.option("--why", required=True, callback=required_words, help=N_("The act that orders it."))
@with_station
def erase(station: Station, record: str, why: str) -> None:
    with station.ledger.writing() as writer:
        every = [sealed.record for sealed in queries.all_of(writer.connection, facts.SealedRecord)]
        # Whole parts only: half a name, or a kind alone, would destroy what nobody named.
        whole = record.count(":") >= 1 and not record.endswith(":")
        names = [name for name in every if whole and (name == record or name.startswith(f"{record}:"))]
        if not names:
            raise NoSuchRecord(record=record)
        writer.append(facts.Opening(secrets.token_hex(16), "keys", "erase", len(names), why))
        erased = safe.erase(writer, names)
    click.echo(_("{n} keys destroyed.").format(n=erased))


_HOLDERS = click.Choice([holder.value for holder in Holder])


@vault.command("passphrase", help=N_("Change a holder's passphrase.\n\nExample: crosscheck vault passphrase organiser"))
@click.argument("holder", type=_HOLDERS)
@with_station
def change_passphrase(station: Station, holder: str) -> None:
    keys.change_passphrase(station.keys, Holder(holder), passphrase(holder), passphrase(f"new_{holder}", confirm=True))
    click.echo(_("The passphrase is changed; the recovery sheet stays valid."))


@vault.command(
    "recover", help=N_("Set a new passphrase by the recovery sheet.\n\nExample: crosscheck vault recover organiser")
)
@click.argument("holder", type=_HOLDERS)
@with_station
def recover(station: Station, holder: str) -> None:
    code = str(click.prompt(_("Recovery code of the {holder}").format(holder=_(holder)), hide_input=True))
    keys.reset_passphrase(station.keys, Holder(holder), code, passphrase(f"new_{holder}", confirm=True))
    click.echo(_("The passphrase is changed; the recovery sheet stays valid."))


@click.group(
    help=stages.help_of(
        "ledger", "Walks every station's chain of facts and compares each row.", "crosscheck ledger verify"
    )
)
def ledger() -> None:
    pass


@ledger.command("verify", help=N_("Check every fact against its chain.\n\nExample: crosscheck ledger verify"))
@with_station
def verify(station: Station) -> None:
    checked = station.ledger.verify()
    click.echo(_("{n} facts checked; none was altered.").format(n=checked))
    with station.ledger.reading() as connection:
        for name, position, digest in queries.heads(connection):
            click.echo(f"{name} {position} {digest}")
